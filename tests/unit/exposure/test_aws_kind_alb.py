"""Exposure of kind `alb`."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pulumi
import pytest
from pydantic import ValidationError

from components.cloud.aws.contract import AwsCloud
from components.exposure.alb_settings import AlbExposure
from components.exposure.contract import ExposedEndpoints
from components.exposure.kinds import create_exposure, exposed_services
from components.network.contract import CidrPeer, Flow, PodPeer
from components.platform.kinds import create_platform
from components.platform.settings import PlatformSettings
from tests.support.mocks import Graph, Registered, cluster_access, eks_access
from tests.unit.cloud.aws.support import by_name, on_aws, tagless
from tests.unit.exposure.alb_support import ZONE, alb, alb_graph, aliases
from tests.unit.exposure.support import ALL_HOSTS, HOSTS, jarvis, tls_endpoint


@pytest.fixture(scope="module")
def graph() -> Graph:
    return alb_graph()


def balancer(graph: Graph) -> Registered:
    (found,) = graph.of_kind("LoadBalancer")
    return found


def test_the_load_balancer_stands_in_every_public_subnet(graph: Graph) -> None:
    inputs = balancer(graph).inputs
    assert inputs["subnets"] == [f"public-{zone}-id" for zone in "abc"]
    assert inputs["internal"] is False
    assert inputs["dropInvalidHeaderFields"] is True
    assert inputs["enableDeletionProtection"] is True
    assert inputs["idleTimeout"] == 3600
    assert balancer(graph).protect
    assert not balancer(alb_graph(protect=False)).inputs["enableDeletionProtection"]


def test_the_internet_reaches_443_and_80_of_the_load_balancer_and_nothing_else(graph: Graph) -> None:
    rules = by_name(graph, ":SecurityGroupIngressRule").values()
    open_ = {
        (rule.inputs["securityGroupId"], rule.inputs["fromPort"], rule.inputs["toPort"])
        for rule in rules
        if rule.inputs.get("cidrIpv4") == "0.0.0.0/0"
    }
    assert open_ == {("load-balancer-id", 443, 443), ("load-balancer-id", 80, 80)}
    assert "internet-80" not in by_name(alb_graph(alb(redirectHttp=False)), ":SecurityGroupIngressRule")


def test_it_reaches_the_pods_ports_only(graph: Graph) -> None:
    inward = {
        rule.inputs["fromPort"]
        for rule in by_name(graph, ":SecurityGroupIngressRule").values()
        if rule.inputs["securityGroupId"] == "nodes-id"
        and rule.inputs["referencedSecurityGroupId"] == "load-balancer-id"
    }
    outward = {rule.inputs["fromPort"] for rule in by_name(graph, ":SecurityGroupEgressRule").values()}
    assert inward == outward == {3000, 8000}


def test_each_host_leads_to_its_service(graph: Graph) -> None:
    rules = by_name(graph, ":ListenerRule")
    hosts = {name: rule.inputs["conditions"][0]["hostHeader"]["values"] for name, rule in rules.items()}
    assert hosts == {
        "jarvis-frontend": ["app.jarvis.com", "admin.jarvis.com"],
        "jarvis-backend": ["api.jarvis.com"],
        "grafana": ["grafana.jarvis.com"],
    }
    groups = by_name(graph, ":TargetGroup")
    assert groups["backend"].inputs["name"] == "jarvis-production-backend"
    assert (groups["backend"].inputs["port"], groups["backend"].inputs["protocol"]) == (8000, "HTTP")
    assert groups["backend"].inputs["healthCheck"]["path"] == "/health"
    assert groups["grafana"].inputs["healthCheck"]["path"] == "/api/health"
    assert len({rule.inputs["priority"] for rule in rules.values()}) == 3
    assert rules["jarvis-backend"].inputs["actions"][0]["targetGroupArn"].endswith(":backend")


def test_pods_are_bound_to_the_groups(graph: Graph) -> None:
    binding = graph.one("TargetGroupBinding", "jarvis-backend")
    assert binding.type == "kubernetes:elbv2.k8s.aws/v1beta1:TargetGroupBinding"
    assert binding.inputs["spec"] == {
        "targetGroupARN": "arn:aws:lb:us-east-1:123456789012:backend",
        "targetType": "ip",
        "serviceRef": {"name": "jarvis-backend", "port": 8000},
    }


def test_bindings_come_after_the_controller_that_keeps_them() -> None:
    """And leave before it: else nobody would take their finalizer off."""
    settings = PlatformSettings.model_validate({"awsLoadBalancerController": {"kind": "helm"}})

    def build(account: AwsCloud) -> None:
        cluster = cluster_access(eks=eks_access())
        ready = replace(cluster, prerequisites=create_platform(settings, cluster=cluster).resources)
        create_exposure(alb(), cluster=ready, jarvis=jarvis(), grafana=None, cloud=account)

    graph = on_aws(build)
    (controller,) = graph.of_kind("Release")
    bindings = graph.of_kind("TargetGroupBinding")
    assert len(bindings) == 2
    assert all(controller.urn in binding.dependencies for binding in bindings)


def test_a_backend_that_serves_tls_is_spoken_to_in_tls() -> None:
    graph = alb_graph(backend=tls_endpoint("jarvis-backend", 443, target_port=8443))
    group = by_name(graph, ":TargetGroup")["backend"].inputs
    assert (group["port"], group["protocol"], group["healthCheck"]["protocol"]) == (8443, "HTTPS", "HTTPS")


def test_users_get_tls_and_nothing_else(graph: Graph) -> None:
    listeners = by_name(graph, "lb/listener:Listener")
    https, http = listeners["https"].inputs, listeners["http"].inputs
    assert https["sslPolicy"] == "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
    assert https["defaultActions"][0]["fixedResponse"]["statusCode"] == "404"
    assert https["routingHttpResponseStrictTransportSecurityHeaderValue"] == "max-age=31536000; includeSubDomains"
    redirect = http["defaultActions"][0]["redirect"]
    assert (redirect["port"], redirect["protocol"], redirect["statusCode"]) == ("443", "HTTPS", "HTTP_301")
    assert "http" not in by_name(alb_graph(alb(redirectHttp=False)), "lb/listener:Listener")


def test_the_certificate_is_proven_for_every_host(graph: Graph) -> None:
    certificate = by_name(graph, "acm/certificate:Certificate")["certificate"].inputs
    names = [certificate["domainName"], *certificate["subjectAlternativeNames"]]
    assert set(names) == {*ALL_HOSTS.values(), "origin.jarvis.com"}
    assert certificate["validationMethod"] == "DNS"
    records = by_name(graph, "route53/record:Record")
    for name in names:
        record = records[f"proof-{name}"].inputs
        assert (record["name"], record["type"]) == (f"_proof.{name}", "CNAME")
        assert record["records"] == [f"_value.{name}.acm-validations.aws."]
        assert record["zoneId"] == "Z0123456789"
    (validation,) = by_name(graph, ":CertificateValidation").values()
    assert set(validation.inputs["validationRecordFqdns"]) == {f"_proof.{name}" for name in names}
    assert validation.urn in by_name(graph, "lb/listener:Listener")["https"].dependencies


def test_elsewhere_the_cdn_has_a_certificate_of_its_own_by_the_same_records() -> None:
    graph = alb_graph(region="eu-west-3", recoveryRegion="eu-central-1")
    certificates = by_name(graph, "acm/certificate:Certificate")
    assert certificates["cdn-certificate"].inputs["region"] == "us-east-1"
    assert certificates["cdn-certificate"].inputs["domainName"] == "app.jarvis.com"
    proofs = [name for name in by_name(graph, "route53/record:Record") if name.startswith("proof-")]
    assert len(proofs) == 5
    (cdn,) = graph.of_kind("Distribution")
    assert by_name(graph, ":CertificateValidation")["cdn-certificate"].urn in cdn.dependencies


def test_the_cdn_stands_before_the_user_interface(graph: Graph) -> None:
    cdn, elb = "d111111abcdef8.cloudfront.net", "jarvis-production-1.us-east-1.elb.amazonaws.com"
    assert aliases(graph) == {
        "app.jarvis.com": cdn,
        "admin.jarvis.com": cdn,
        "api.jarvis.com": elb,
        "grafana.jarvis.com": elb,
        "origin.jarvis.com": elb,
    }
    (distribution,) = graph.of_kind("Distribution")
    inputs = distribution.inputs
    assert inputs["aliases"] == ["app.jarvis.com", "admin.jarvis.com"]
    assert inputs["origins"][0]["domainName"] == "origin.jarvis.com"
    assert inputs["origins"][0]["customOriginConfig"]["originProtocolPolicy"] == "https-only"
    assert inputs["defaultCacheBehavior"]["viewerProtocolPolicy"] == "redirect-to-https"
    assert inputs["viewerCertificate"]["minimumProtocolVersion"] == "TLSv1.2_2021"


def test_without_a_cdn_every_host_leads_to_the_load_balancer() -> None:
    graph = alb_graph(alb(cdn=None))
    assert set(aliases(graph)) == set(ALL_HOSTS.values())
    assert set(aliases(graph).values()) == {"jarvis-production-1.us-east-1.elb.amazonaws.com"}
    assert not graph.of_kind("Distribution")


def test_attacks_are_refused_but_not_recordings_of_speech(graph: Graph) -> None:
    (acl,) = graph.of_kind("WebAcl")
    rules = {rule["name"]: rule for rule in acl.inputs["rules"]}
    assert rules["rate"]["statement"]["rateBasedStatement"]["limit"] == 3000
    common = rules["AWSManagedRulesCommonRuleSet"]["statement"]["managedRuleGroupStatement"]
    (counted,) = common["ruleActionOverrides"]
    assert counted["name"] == "SizeRestrictions_BODY"
    assert "count" in counted["actionToUse"]
    assert len({rule["priority"] for rule in rules.values()}) == len(rules) == 5
    (association,) = graph.of_kind("WebAclAssociation")
    assert association.inputs["resourceArn"].endswith(":load-balancer")
    assert not alb_graph(alb(waf=None)).of_kind("WebAcl")


def test_a_zone_of_its_own_says_where_to_delegate_to() -> None:
    made: list[ExposedEndpoints] = []
    graph = alb_graph(alb(zone={"name": "jarvis.com"}), made=made)
    (zone,) = by_name(graph, "route53/zone:Zone").values()
    assert zone.protect
    assert made[0].name_servers is not None
    assert {record.inputs["zoneId"] for record in by_name(graph, "route53/record:Record").values()} == {"ZOWN"}


def test_pods_let_the_public_subnets_in() -> None:
    made: list[ExposedEndpoints] = []
    alb_graph(made=made)
    public = CidrPeer("10.40.192.0/20")
    assert set(made[0].flows) == {
        Flow(public, PodPeer("jarvis-frontend"), 3000),
        Flow(public, PodPeer("jarvis-backend"), 8000),
        Flow(public, PodPeer("grafana"), 3000),
    }
    assert made[0].urls["backend"] == "https://api.jarvis.com"
    assert made[0].name_servers is None


def test_each_request_is_written_where_only_the_load_balancer_may_write(graph: Graph) -> None:
    inputs = balancer(graph).inputs
    name = "jarvis-production-load-balancer-logs-123456789012"
    assert inputs["accessLogs"] == {"bucket": name, "prefix": "requests", "enabled": True}
    assert inputs["connectionLogs"] == {"bucket": name, "prefix": "connections", "enabled": True}
    bucket_policy = by_name(graph, ":BucketPolicy")["load-balancer-logs"]
    assert bucket_policy.urn in balancer(graph).dependencies
    refused, allowed = json.loads(bucket_policy.inputs["policy"])["Statement"]
    assert refused["Effect"] == "Deny"
    assert allowed["Principal"] == {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}
    assert allowed["Action"] == "s3:PutObject"
    assert [arn.partition("load-balancer-logs/")[2] for arn in allowed["Resource"]] == [
        "requests/AWSLogs/123456789012/*",
        "connections/AWSLogs/123456789012/*",
    ]
    # With a KMS key it would write nothing, and not say so.
    (rule,) = by_name(graph, ":BucketServerSideEncryptionConfiguration")["load-balancer-logs"].inputs["rules"]
    assert rule == {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}
    (kept,) = by_name(graph, ":BucketLifecycleConfiguration")["load-balancer-logs"].inputs["rules"]
    assert kept["expiration"] == {"days": 90}
    closed = by_name(graph, ":BucketPublicAccessBlock")["load-balancer-logs"].inputs
    assert all(closed[key] for key in ("blockPublicAcls", "blockPublicPolicy", "restrictPublicBuckets"))
    without = alb_graph(alb(accessLogs=None))
    assert "accessLogs" not in balancer(without).inputs
    assert not by_name(without, "s3/bucket:Bucket")


def test_the_firewall_writes_what_it_refuses_without_what_lets_in(graph: Graph) -> None:
    (logging,) = graph.of_kind("WebAclLoggingConfiguration")
    group = by_name(graph, ":LogGroup")["firewall"]
    assert group.inputs["name"] == "aws-waf-logs-jarvis-production"
    assert (group.inputs["retentionInDays"], group.inputs["kmsKeyId"][-9:]) == (90, ":data-key")
    assert {field["singleHeader"]["name"] for field in logging.inputs["redactedFields"]} == {"authorization", "cookie"}
    assert logging.inputs["loggingFilter"]["defaultBehavior"] == "DROP"
    (policy,) = graph.of_kind("LogResourcePolicy")
    assert policy.urn in logging.dependencies
    (statement,) = json.loads(policy.inputs["policyDocument"])["Statement"]
    assert statement["Resource"].endswith(":firewall:*")
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}
    (everything,) = alb_graph(alb(waf={"logged": "all"})).of_kind("WebAclLoggingConfiguration")
    assert "loggingFilter" not in everything.inputs
    assert not alb_graph(alb(waf={"logged": None})).of_kind("WebAclLoggingConfiguration")


def test_every_resource_says_whose_it_is(graph: Graph) -> None:
    assert tagless(graph) == []


def test_users_come_from_the_hosts_of_the_user_interface() -> None:
    assert alb(hosts=HOSTS).frontend_origins == ("https://app.jarvis.com",)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"hosts": {**HOSTS, "admin": "admin.example.com"}}, "host admin.example.com is not in zone.name jarvis.com"),
        ({"hosts": {**HOSTS, "admin": "origin.jarvis.com"}}, "host origin.jarvis.com is taken by cdn"),
        ({"zone": {"name": "jarvis.com", "id": "0123"}}, "must be the id of a hosted zone"),
        ({"maxBodySize": "10Mi"}, "maxBodySize must be null with kind alb"),
        ({"loadBalancer": {}}, "loadBalancer must be null with kind alb"),
        ({"controllerNamespace": "kube-system"}, "controllerNamespace must be null with kind alb"),
        ({"idleTimeoutSeconds": 4001}, "idleTimeoutSeconds 4001 must be 4000 or less"),
        ({"sslPolicy": "ELBSecurityPolicy-2016-08"}, "'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09'"),
        ({"waf": {"requestsIn5Minutes": 1}}, "greater than or equal to 10"),
        ({"waf": {"logged": "none"}}, "'refused' or 'all'"),
        ({"accessLogs": {"retentionDays": 0}}, "greater than or equal to 1"),
        ({"failover": {}}, "role"),
        ({"failover": {"role": "third"}}, "'primary' or 'secondary'"),
        ({"failover": {"role": "secondary", "drained": True}}, "drained must be false with role secondary"),
        ({"failover": {"role": "primary", "intervalSeconds": 5}}, "10 or 30"),
        ({"cdn": {"priceClass": "PriceClass_1"}}, "'PriceClass_100'"),
    ],
)
def test_wrong_settings_are_refused(wrong: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        AlbExposure.model_validate({"kind": "alb", "hosts": ALL_HOSTS, "zone": ZONE, **wrong})


def test_it_needs_an_account_and_opens_no_service() -> None:
    given: dict[str, Any] = {"cluster": None, "jarvis": None, "grafana": None}
    with pytest.raises(pulumi.RunError, match=r"jarvis:exposure of kind alb needs jarvis:cloud of kind aws\."):
        create_exposure(alb(), **given)
    assert exposed_services(alb()) == ()
