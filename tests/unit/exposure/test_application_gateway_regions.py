"""Azure's Application Gateway in two regions that answer to the same names."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.mocks import Graph
from tests.unit.cloud.azure.support import FRONT_DOOR
from tests.unit.exposure.azure_support import FIRST_REGION, GIVEN_ZONE, SECOND_REGION, gateway_inputs, on_gateway


@pytest.fixture(scope="module")
def first_region() -> Graph:
    cdn = {"origin": "origin.jarvis.com", "recoveryOrigin": "origin-north.jarvis.com"}
    return on_gateway(cdn=cdn, failover=FIRST_REGION)[0]


def records_of(graph: Graph) -> dict[str, dict[str, Any]]:
    return {item.inputs["relativeRecordSetName"]: item.inputs for item in graph.of_kind("RecordSet")}


def test_the_cdn_turns_to_the_second_region_when_the_interface_is_unwell(first_region: Graph) -> None:
    origins = {
        (item.inputs["originHostHeader"], item.inputs["priority"]): item for item in first_region.of_kind("AFDOrigin")
    }
    assert {key: item.inputs["hostName"] for key, item in origins.items()} == {
        ("app.jarvis.com", 1): "origin.jarvis.com",
        ("app.jarvis.com", 2): "origin-north.jarvis.com",
        ("admin.jarvis.com", 1): "origin.jarvis.com",
        ("admin.jarvis.com", 2): "origin-north.jarvis.com",
    }
    assert len({item.inputs["originName"] for item in origins.values()}) == 4
    for group in first_region.of_kind("AFDOriginGroup"):
        assert group.inputs["healthProbeSettings"] == {
            "probeIntervalInSeconds": 30,
            "probePath": "/health",
            "probeProtocol": "Https",
            "probeRequestType": "GET",
        }
    for route in first_region.of_kind("Route"):
        assert sum(origin.urn in route.dependencies for origin in origins.values()) == 2


def test_hosts_past_the_cdn_follow_the_region_whose_api_answers(first_region: Graph) -> None:
    profile = next(item for item in first_region.resources if item.type == "azure-native:trafficmanager:Profile")
    assert profile.inputs["trafficRoutingMethod"] == "Priority"
    assert {item["priority"]: item["target"] for item in profile.inputs["endpoints"]} == {
        1: "api-west.jarvis.com",
        2: "api-north.jarvis.com",
    }
    monitor = profile.inputs["monitorConfig"]
    assert (monitor["protocol"], monitor["port"], monitor["path"]) == ("HTTPS", 443, "/health")
    records = records_of(first_region)
    for label in ("api", "grafana"):
        assert records[label]["cnameRecord"] == {"cname": "tm-jarvis-production.trafficmanager.net"}
    # Neither of these may move with the hosts: they are what tells whether to.
    for label in ("api-west", "origin"):
        assert "PublicIPAddress" in records[label]["targetResource"]["id"]
    assert not {"api-north", "origin-north"} & records.keys()
    listeners = {item["name"]: item["hostNames"] for item in gateway_inputs(first_region)["httpListeners"]}
    assert "api-west.jarvis.com" in listeners["jarvis-backend"]


def test_a_drained_region_gets_nobody() -> None:
    cdn = {"origin": "origin.jarvis.com", "recoveryOrigin": "origin-north.jarvis.com"}
    graph, _ = on_gateway(cdn=cdn, failover={**FIRST_REGION, "drained": True})
    origins = {(item.inputs["priority"], item.inputs["enabledState"]) for item in graph.of_kind("AFDOrigin")}
    assert origins == {(1, "Disabled"), (2, "Enabled")}
    profile = next(item for item in graph.resources if item.type == "azure-native:trafficmanager:Profile")
    states = {item["priority"]: item["endpointStatus"] for item in profile.inputs["endpoints"]}
    assert states == {1: "Disabled", 2: "Enabled"}


def test_the_second_region_answers_to_the_hosts_and_leaves_their_records_alone() -> None:
    graph, result = on_gateway(dns=GIVEN_ZONE, failover=SECOND_REGION)
    assert set(records_of(graph)) == {"api-north", "origin-north"}
    assert {item["resourceGroupName"] for item in records_of(graph).values()} == {"rg-jarvis-production"}
    listeners = {item["name"]: item["hostNames"] for item in gateway_inputs(graph)["httpListeners"]}
    assert listeners["jarvis-frontend"] == ["app.jarvis.com", "admin.jarvis.com", "origin-north.jarvis.com"]
    assert listeners["jarvis-backend"] == ["api.jarvis.com", "api-north.jarvis.com"]
    assert result.urls["backend"] == "https://api.jarvis.com"
    (policy,) = graph.of_kind("WebApplicationFirewallPolicy")
    host, sender = policy.inputs["customRules"][0]["matchConditions"]
    assert host["matchValues"] == ["app.jarvis.com", "admin.jarvis.com"]
    assert sender["matchValues"] == [FRONT_DOOR]
    assert not graph.of_kind("Profile")
