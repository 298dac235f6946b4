"""Azure's Application Gateway: mistakes in its settings, and what the engine is told."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest
from pydantic import ValidationError

from components.exposure.kinds import exposed_services
from components.network.contract import CidrPeer, Flow, PodPeer
from tests.support.mocks import Graph
from tests.unit.cloud.azure.support import FRONT_DOOR, by_name
from tests.unit.exposure.azure_support import (
    FIRST_REGION,
    GIVEN_ZONE,
    SECOND_REGION,
    gateway_inputs,
    gateway_of,
    gateway_settings,
    on_gateway,
)
from tests.unit.exposure.support import ALL_HOSTS, exposed, tls_endpoint

ID = "/providers/Microsoft.Network/applicationGateways/agw-jarvis-production"


@pytest.fixture(scope="module")
def graph() -> Graph:
    return on_gateway()[0]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"certificate": "jarvis_tls"}, "1 to 127 letters"),
        ({"minUnits": 5, "maxUnits": 3}, "minUnits 5 must be at most maxUnits 3"),
        ({"maxUnits": 200}, "less than or equal to 125"),
        ({"loadBalancer": {}}, "nothing goes past the firewall"),
        ({"controllerNamespace": "ingress"}, "it is no Pod"),
        ({"maxBodySize": "8Gi"}, "above the firewall's 4000 MB"),
        ({"dns": {"zone": "example.com"}}, "host app.jarvis.com must lie in dns.zone example.com"),
        ({"dns": {"zone": "arvis.com"}}, "must lie in dns.zone"),
        ({"firewall": {"mode": "off"}}, "'prevention' or 'detection'"),
        ({"firewall": {"ruleSet": "3.1"}}, "'2.1'"),
        ({"zones": []}, "at least 1"),
        ({"dns": None, "cdn": {"origin": "origin.jarvis.com"}}, "dns is required with cdn"),
        ({"cdn": {"origin": "origin.example.com"}}, "host origin.example.com must lie in dns.zone jarvis.com"),
        ({"cdn": {"origin": "app.jarvis.com"}}, "must be a name of its own"),
        ({"cdn": {"origin": "origin.jarvis.com", "endpoint": "-x"}}, "2 to 46"),
        ({"cdn": {"origin": "origin.jarvis.com", "name": "afd_jarvis"}}, "2 to 90"),
        ({"cdn": {"origin": "origin.jarvis.com", "recoveryOrigin": "origin.jarvis.com"}}, "cdn.recoveryOrigin origin."),
        ({"cdn": {"origin": "origin.jarvis.com", "healthPath": "health"}}, "a path, such as /health"),
        ({"dns": None, "failover": FIRST_REGION}, "dns is required with failover"),
        (
            {"cdn": {"origin": "origin.jarvis.com"}, "failover": {**FIRST_REGION, "drained": True}},
            "cdn.recoveryOrigin is required with failover.drained",
        ),
        ({"failover": {**FIRST_REGION, "profile": "tm_jarvis"}}, "a Traffic Manager profile's name"),
        (
            {"failover": {**FIRST_REGION, "origin": "api.jarvis.com"}},
            "failover.origin api.jarvis.com must be",
        ),
        ({"failover": {**FIRST_REGION, "recoveryOrigin": "api.example.com"}}, "api.example.com must lie in dns.zone"),
        (
            {"hosts": {**ALL_HOSTS, "backend": "jarvis.com"}, "failover": FIRST_REGION},
            "host jarvis.com cannot be the zone itself with failover",
        ),
        ({"failover": SECOND_REGION}, "dns.resourceGroup is required with failover.kind recovery"),
        (
            {"dns": GIVEN_ZONE, "failover": SECOND_REGION, "cdn": {"origin": "other.jarvis.com"}},
            "cdn must be null with failover.kind recovery",
        ),
        ({"dns": GIVEN_ZONE, "failover": {**SECOND_REGION, "kind": "third"}}, "'primary', 'recovery'"),
    ],
)
def test_each_mistake_has_its_sentence(changed: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError) as error:
        gateway_settings(**changed)
    assert sentence in str(error.value)


def test_it_is_a_firewall_over_three_zones_that_grows(graph: Graph) -> None:
    inputs = gateway_inputs(graph)
    assert inputs["sku"] == {"name": "WAF_v2", "tier": "WAF_v2"}
    assert inputs["autoscaleConfiguration"] == {"minCapacity": 2, "maxCapacity": 10}
    assert inputs["zones"] == ["1", "2", "3"]
    assert inputs["sslPolicy"] == {"policyName": "AppGwSslPolicy20220101S", "policyType": "Predefined"}
    (policy,) = graph.of_kind("WebApplicationFirewallPolicy")
    assert policy.inputs["policySettings"]["mode"] == "Prevention"
    assert policy.inputs["policySettings"]["fileUploadLimitInMb"] == 10
    assert {item["ruleSetType"] for item in policy.inputs["managedRules"]["managedRuleSets"]} == {
        "Microsoft_DefaultRuleSet",
        "Microsoft_BotManagerRuleSet",
    }


def test_its_certificate_is_the_vault_s_newest(graph: Graph) -> None:
    (certificate,) = gateway_inputs(graph)["sslCertificates"]
    assert certificate["keyVaultSecretId"] == "https://kv-jarvis-production.vault.azure.net/secrets/jarvis-tls"
    right = by_name(graph, "RoleAssignment")["reads-vault"]
    assert right.inputs["roleDefinitionId"].endswith("4633458b-17de-408a-b874-0445c86b69e6")
    assert right.urn in gateway_of(graph).dependencies


def test_every_part_that_is_named_is_there(graph: Graph) -> None:
    """A reference to a part that does not exist fails at the end of a deployment of twenty minutes."""
    inputs = gateway_inputs(graph)
    kinds = {
        "frontendIPConfigurations": "frontendIPConfigurations",
        "frontendPorts": "frontendPorts",
        "httpListeners": "httpListeners",
        "sslCertificates": "sslCertificates",
        "backendAddressPools": "backendAddressPools",
        "backendHttpSettingsCollection": "backendHttpSettingsCollection",
        "probes": "probes",
        "redirectConfigurations": "redirectConfigurations",
        "rewriteRuleSets": "rewriteRuleSets",
    }
    there = {f"{ID}/{kind}/{part['name']}" for kind, key in kinds.items() for part in inputs[key]}

    def references(value: Any) -> set[str]:
        if isinstance(value, dict):
            own = {value["id"]} if set(value) == {"id"} else set[str]()
            return own.union(*(references(item) for item in value.values()))
        if isinstance(value, list):
            return set[str]().union(*(references(item) for item in value))
        return set()

    named = {ref[ref.index("/providers/") :] for ref in references(inputs) if ID in ref}
    assert len(named) > 10
    assert named <= there


def test_hosts_lead_to_their_services_and_http_to_https(graph: Graph) -> None:
    inputs = gateway_inputs(graph)
    listeners = {item["name"]: item for item in inputs["httpListeners"]}
    assert listeners["jarvis-frontend"]["hostNames"] == ["app.jarvis.com", "admin.jarvis.com"]
    assert listeners["jarvis-backend"]["hostNames"] == ["api.jarvis.com"]
    assert {item["protocol"] for name, item in listeners.items() if not name.endswith("-http")} == {"Https"}
    plain = [rule for rule in inputs["requestRoutingRules"] if rule["name"].endswith("-http")]
    assert len(plain) == 3
    assert all("redirectConfiguration" in rule and "backendAddressPool" not in rule for rule in plain)
    assert len({rule["priority"] for rule in inputs["requestRoutingRules"]}) == 6


def test_without_redirect_nothing_listens_on_port_80() -> None:
    inputs = gateway_inputs(on_gateway(redirectHttp=False)[0])
    assert [port["port"] for port in inputs["frontendPorts"]] == [443]
    assert {item["protocol"] for item in inputs["httpListeners"]} == {"Https"}


def test_every_answer_carries_hsts(graph: Graph) -> None:
    (rules,) = gateway_inputs(graph)["rewriteRuleSets"]
    (header,) = rules["rewriteRules"][0]["actionSet"]["responseHeaderConfigurations"]
    assert header == {"headerName": "Strict-Transport-Security", "headerValue": "max-age=31536000; includeSubDomains"}


def test_services_are_reached_inside_the_network_by_the_gateway_alone(graph: Graph) -> None:
    addresses = {
        pool["name"]: pool["backendAddresses"][0]["ipAddress"] for pool in gateway_inputs(graph)["backendAddressPools"]
    }
    for target, address in (("jarvis-frontend", "10.20.15.245"), ("jarvis-backend", "10.20.15.244")):
        service = graph.one("Service", f"{target}-internal")
        annotations = service.inputs["metadata"]["annotations"]
        assert annotations["service.beta.kubernetes.io/azure-load-balancer-internal"] == "true"
        assert annotations["service.beta.kubernetes.io/azure-load-balancer-ipv4"] == address == addresses[target]
        assert service.inputs["spec"]["loadBalancerSourceRanges"] == ["10.20.18.0/24"]
        assert service.inputs["spec"]["externalTrafficPolicy"] == "Local"
        assert service.inputs["spec"]["selector"] == {"app": target}
    assert set(exposed_services(gateway_settings())) >= {"jarvis-frontend-internal", "jarvis-backend-internal"}


def test_people_and_policies_are_told() -> None:
    _, result = on_gateway()
    assert result.urls == {
        "frontend": "https://app.jarvis.com",
        "admin": "https://admin.jarvis.com",
        "backend": "https://api.jarvis.com",
        "grafana": "https://grafana.jarvis.com",
    }
    assert result.flows == tuple(
        Flow(CidrPeer("10.20.18.0/24"), PodPeer(name), port)
        for name, port in (("jarvis-frontend", 3000), ("jarvis-backend", 8000), ("grafana", 3000))
    )


def test_records_follow_the_gateway_s_address(graph: Graph) -> None:
    records = {item.inputs["relativeRecordSetName"]: item for item in graph.of_kind("RecordSet")}
    assert set(records) == {"app", "api", "admin", "grafana", "@"}
    assert records["app"].inputs["targetResource"]["id"].endswith("PublicIPAddress/pip-agw-jarvis-production")
    assert records["@"].inputs["recordType"] == "CAA"
    (zone,) = graph.of_kind("Zone")
    assert zone.protect
    assert "dns-zone-lock" in by_name(graph, "ManagementLockByScope")


def test_a_zone_that_is_there_already_only_gets_records() -> None:
    graph, _ = on_gateway(dns={"zone": "jarvis.com", "resourceGroup": "rg-dns"})
    assert not graph.of_kind("Zone")
    records = graph.of_kind("RecordSet")
    assert {item.inputs["resourceGroupName"] for item in records} == {"rg-dns"}
    assert {item.inputs["recordType"] for item in records} == {"A"}


def test_a_service_that_serves_tls_is_refused() -> None:
    with pytest.raises(pulumi.RunError, match=r"jarvis-backend serves TLS .* leave jarvis:app\.tls out"):
        on_gateway(backend=tls_endpoint("jarvis-backend", 8000))


def test_it_needs_an_azure_cloud() -> None:
    with pytest.raises(pulumi.RunError, match=r"kind application-gateway needs jarvis:cloud of kind azure\."):
        exposed(gateway_settings())


def test_alerts_and_logs_watch_it(graph: Graph) -> None:
    assert "gateway-unhealthy" in by_name(graph, "MetricAlert")
    assert "gateway-logs" in by_name(graph, "DiagnosticSetting")


@pytest.fixture(scope="module")
def with_cdn() -> Graph:
    return on_gateway(cdn={"origin": "origin.jarvis.com"})[0]


def test_the_cdn_serves_the_user_interface_and_asks_the_gateway_by_a_name_of_its_own(with_cdn: Graph) -> None:
    origins = {item.inputs["originHostHeader"]: item.inputs for item in with_cdn.of_kind("AFDOrigin")}
    assert set(origins) == {"app.jarvis.com", "admin.jarvis.com"}
    for origin in origins.values():
        assert origin["hostName"] == "origin.jarvis.com"
        assert origin["enforceCertificateNameCheck"] is True
    for route in with_cdn.of_kind("Route"):
        assert route.inputs["forwardingProtocol"] == "HttpsOnly"
        assert route.inputs["httpsRedirect"] == "Enabled"
    listeners = {item["name"]: item["hostNames"] for item in gateway_inputs(with_cdn)["httpListeners"]}
    assert listeners["jarvis-frontend"] == ["app.jarvis.com", "admin.jarvis.com", "origin.jarvis.com"]
    assert listeners["jarvis-backend"] == ["api.jarvis.com"]


def test_records_lead_to_the_cdn_and_it_proves_whose_the_hosts_are(with_cdn: Graph) -> None:
    records = {item.inputs["relativeRecordSetName"]: item.inputs for item in with_cdn.of_kind("RecordSet")}
    assert "AFDEndpoint" in records["app"]["targetResource"]["id"]
    assert "AFDEndpoint" in records["admin"]["targetResource"]["id"]
    assert "PublicIPAddress" in records["api"]["targetResource"]["id"]
    assert "PublicIPAddress" in records["origin"]["targetResource"]["id"]
    assert records["_dnsauth.app"]["txtRecords"] == [{"value": ["a-token"]}]


def test_nobody_goes_past_the_cdn(with_cdn: Graph, graph: Graph) -> None:
    (policy,) = with_cdn.of_kind("WebApplicationFirewallPolicy")
    (rule,) = policy.inputs["customRules"]
    assert rule["action"] == "Block"
    host, sender = rule["matchConditions"]
    assert host["matchValues"] == ["app.jarvis.com", "admin.jarvis.com"]
    assert sender["matchValues"] == [FRONT_DOOR]
    assert sender["negationConditon"] is True
    assert "customRules" not in graph.of_kind("WebApplicationFirewallPolicy")[0].inputs
