"""Azure's Application Gateway for Containers: mistakes in its settings, and what the engine is told."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest
from pydantic import ValidationError

from components.exposure.contract import ExposedEndpoints
from components.exposure.kinds import exposed_services
from components.network.contract import CidrPeer, Flow, PodPeer, ServiceEndpoint
from tests.support.mocks import Graph
from tests.unit.cloud.azure.support import by_name, cloud_settings
from tests.unit.exposure.azure_support import SECOND_REGION, exposed_on_azure
from tests.unit.exposure.support import (
    ALL_HOSTS,
    CERT_MANAGER,
    SECRET,
    exposed,
    exposure,
    tls_endpoint,
)

KIND = "application-gateway-for-containers"
ENTRANCE = "0123456789abcdef.fz01.alb.azure.com"


def settings(**section: Any) -> Any:
    return exposure(**{"kind": KIND, "hosts": ALL_HOSTS, "tls": SECRET, "dns": {"zone": "jarvis.com"}} | section)


def on_containers(
    *, backend: ServiceEndpoint | None = None, controller: bool = True, **section: Any
) -> tuple[Graph, ExposedEndpoints]:
    return exposed_on_azure(settings(**section), backend=backend, controller=controller, gatewayKind=KIND)


@pytest.fixture(scope="module")
def graph() -> Graph:
    return on_containers()[0]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"idleTimeoutSeconds": 3600}, "idleTimeoutSeconds must be null"),
        ({"requestTimeoutSeconds": 0}, "greater than or equal to 1"),
        ({"hosts": {**ALL_HOSTS, "frontend": "jarvis.com"}}, "host jarvis.com cannot be the zone itself"),
        ({"loadBalancer": {}}, "nothing goes past the firewall"),
        ({"controllerNamespace": "azure-alb-system"}, "it is no Pod"),
        ({"maxBodySize": "8Gi"}, "above the firewall's 4000 MB"),
        ({"dns": None, "cdn": {"origin": "origin.jarvis.com"}}, "dns is required with cdn"),
        ({"failover": SECOND_REGION}, "dns.resourceGroup is required"),
    ],
)
def test_each_mistake_has_its_sentence(changed: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError) as error:
        settings(**changed)
    assert sentence in str(error.value)


def test_its_subnet_is_given_to_it_whole(graph: Graph) -> None:
    subnet = by_name(graph, "Subnet")["gateway-subnet"]
    (delegation,) = subnet.inputs["delegations"]
    assert delegation["serviceName"] == "Microsoft.ServiceNetworking/trafficControllers"
    (association,) = graph.of_kind("AssociationsInterface")
    assert association.inputs["associationType"] == "subnets"
    assert association.inputs["subnet"]["id"].endswith("snet-gateway")
    with pytest.raises(ValidationError, match=r"gateway 10\.20\.18\.0/25 must be a /24"):
        cloud_settings(network={"gatewayKind": KIND, "gateway": "10.20.18.0/25"})


def test_the_gateway_is_azure_s_with_its_one_entrance(graph: Graph) -> None:
    gateway = graph.one("Gateway", "jarvis")
    assert gateway.inputs["spec"]["gatewayClassName"] == "azure-alb-external"
    assert gateway.inputs["spec"]["addresses"] == [{"type": "alb.networking.azure.io/alb-frontend", "value": "public"}]
    annotations = gateway.inputs["metadata"]["annotations"]
    assert annotations["alb.networking.azure.io/alb-id"].endswith("TrafficControllerInterface/agc-jarvis-production")
    assert annotations["pulumi.com/waitFor"] == "condition=Programmed"
    listeners = {item["name"]: item for item in gateway.inputs["spec"]["listeners"]}
    assert (listeners["https"]["port"], listeners["http"]["port"]) == (443, 80)
    assert listeners["https"]["tls"]["certificateRefs"][0]["name"] == "given-tls"
    assert not graph.of_kind("GatewayClass")


def test_the_controller_may_keep_this_gateway_and_no_other(graph: Graph) -> None:
    rights = by_name(graph, "RoleAssignment")
    expected = {
        "keeps-gateway": ("TrafficControllerInterface/agc-jarvis-production", "fbc52c3f-28ad-4303-a892-8a056630b8f1"),
        "joins-subnet": ("snet-gateway", "4d97b98b-1d4f-4787-a291-c67834d212e7"),
        "joins-firewall": ("waf-agc-jarvis-production", "4d97b98b-1d4f-4787-a291-c67834d212e7"),
    }
    gateway = graph.one("Gateway", "jarvis")
    for name, (scope, role) in expected.items():
        assert rights[name].inputs["scope"].endswith(scope)
        assert rights[name].inputs["roleDefinitionId"].endswith(role)
        assert rights[name].inputs["principalId"] == "33333333-3333-3333-3333-333333333333"
        assert rights[name].urn in gateway.dependencies


def test_a_firewall_stands_before_every_host(graph: Graph) -> None:
    policy, attached = (by_name(graph, "WebApplicationFirewallPolicy")[name] for name in ("firewall", "jarvis"))
    assert policy.inputs["policySettings"]["mode"] == "Prevention"
    (let,) = graph.of_kind("SecurityPoliciesInterface")
    assert attached.inputs["spec"]["targetRef"]["kind"] == "Gateway"
    assert attached.inputs["spec"]["targetRef"]["name"] == "jarvis"
    assert attached.inputs["spec"]["webApplicationFirewall"]["id"] == let.inputs["wafPolicy"]["id"]


def test_hosts_lead_to_their_services(graph: Graph) -> None:
    frontend = graph.one("HTTPRoute", "jarvis-frontend").inputs["spec"]
    assert frontend["hostnames"] == ["app.jarvis.com", "admin.jarvis.com"]
    websockets, requests = frontend["rules"]
    assert websockets["timeouts"] == {"request": "0s"}
    assert requests["timeouts"] == {"request": "300s"}
    assert requests["backendRefs"] == [{"kind": "Service", "name": "jarvis-frontend", "port": 3000}]
    assert requests["filters"][0]["type"] == "ResponseHeaderModifier"
    redirect = graph.one("HTTPRoute", "jarvis-https-redirect").inputs["spec"]
    assert redirect["parentRefs"][0]["sectionName"] == "http"
    assert "jarvis-https-redirect" not in {
        item.name for item in on_containers(redirectHttp=False)[0].of_kind("HTTPRoute")
    }


def test_a_backend_that_serves_tls_is_verified() -> None:
    graph, _ = on_containers(backend=tls_endpoint("jarvis-backend", 8000))
    policy = graph.one("BackendTLSPolicy", "jarvis-backend")
    assert policy.inputs["apiVersion"] == "alb.networking.azure.io/v1"
    default = policy.inputs["spec"]["default"]
    assert default["sni"] == "jarvis-backend.jarvis-test.svc"
    assert default["ports"] == [{"port": 8000}]
    assert default["verify"]["caCertificateRef"]["name"] == "jarvis-backend-tls"


def test_records_are_aliases_of_the_entrance(graph: Graph) -> None:
    records = {item.inputs["relativeRecordSetName"]: item.inputs for item in graph.of_kind("RecordSet")}
    for label in ("app", "api", "admin", "grafana"):
        assert records[label]["recordType"] == "CNAME"
        assert records[label]["cnameRecord"] == {"cname": ENTRANCE}


def test_cert_manager_issues_a_certificate_that_covers_the_cdn_s_origin_too() -> None:
    graph, _ = on_containers(tls=CERT_MANAGER, cdn={"origin": "origin.jarvis.com"})
    certificate = graph.one("Certificate", "jarvis-staging-tls")
    assert "origin.jarvis.com" in certificate.inputs["spec"]["dnsNames"]
    assert certificate.urn in graph.one("Gateway", "jarvis").dependencies
    frontend = graph.one("HTTPRoute", "jarvis-frontend").inputs["spec"]
    assert "origin.jarvis.com" in frontend["hostnames"]


def test_the_second_region_answers_to_the_hosts_and_leaves_their_records_alone() -> None:
    zone = {"zone": "jarvis.com", "resourceGroup": "rg-jarvis-production"}
    graph, _ = on_containers(dns=zone, failover=SECOND_REGION)
    records = {item.inputs["relativeRecordSetName"] for item in graph.of_kind("RecordSet")}
    assert records == {"api-north", "origin-north"}
    assert "api-north.jarvis.com" in graph.one("HTTPRoute", "jarvis-backend").inputs["spec"]["hostnames"]


def test_people_and_policies_are_told() -> None:
    _, result = on_containers()
    assert result.urls["backend"] == "https://api.jarvis.com"
    assert result.flows == tuple(
        Flow(CidrPeer("10.20.18.0/24"), PodPeer(name), port)
        for name, port in (("jarvis-frontend", 3000), ("jarvis-backend", 8000), ("grafana", 3000))
    )
    assert exposed_services(settings()) == ()


def test_it_needs_a_controller_with_an_identity_and_an_azure_cloud() -> None:
    with pytest.raises(pulumi.RunError, match=r"needs jarvis:cluster of kind aks with albController: true\."):
        on_containers(controller=False)
    with pytest.raises(pulumi.RunError, match=rf"kind {KIND} needs jarvis:cloud of kind azure\."):
        exposed(settings())
