"""Exposure of kind `alb` in two regions that answer to the same names."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.mocks import Graph
from tests.unit.cloud.aws.support import by_name, tagless
from tests.unit.exposure.alb_support import alb, alb_graph, aliases
from tests.unit.exposure.support import ALL_HOSTS

PRIMARY = {"failover": {"role": "primary"}}
SECONDARY = {"failover": {"role": "secondary"}, "zone": {"name": "jarvis.com"}}
RECOVERY: dict[str, Any] = {"name": "jarvis-recovery", "region": "us-west-2", "recoveryRegion": None}


@pytest.fixture(scope="module")
def primary() -> Graph:
    return alb_graph(alb(**PRIMARY))


@pytest.fixture(scope="module")
def secondary() -> Graph:
    return alb_graph(alb(**SECONDARY), **RECOVERY)


def failover_records(graph: Graph) -> dict[str, tuple[str, str]]:
    """Record type of failover and set identifier by host."""
    return {
        name: (record.inputs["failoverRoutingPolicies"][0]["type"], record.inputs["setIdentifier"])
        for name, record in by_name(graph, "route53/record:Record").items()
        if "failoverRoutingPolicies" in record.inputs
    }


def test_both_stacks_have_a_record_of_each_shared_name(primary: Graph, secondary: Graph) -> None:
    shared = {"api.jarvis.com", "grafana.jarvis.com", "origin.jarvis.com"}
    assert failover_records(primary) == dict.fromkeys(shared, ("PRIMARY", "primary"))
    assert failover_records(secondary) == dict.fromkeys(shared, ("SECONDARY", "secondary"))
    for graph in (primary, secondary):
        (check,) = graph.of_kind("HealthCheck")
        for host in shared:
            record = by_name(graph, "route53/record:Record")[host]
            assert record.inputs["healthCheckId"] == "health-id"
            assert record.inputs["aliases"][0]["evaluateTargetHealth"] is True
            assert check.urn in record.dependencies


def test_each_region_is_asked_how_it_does_by_a_name_of_its_own(primary: Graph, secondary: Graph) -> None:
    for graph, host in ((primary, "us-east-1.api.jarvis.com"), (secondary, "us-west-2.api.jarvis.com")):
        (check,) = graph.of_kind("HealthCheck")
        inputs = check.inputs
        assert (inputs["fqdn"], inputs["type"], inputs["port"], inputs["resourcePath"]) == (
            host,
            "HTTPS",
            443,
            "/health",
        )
        assert (inputs["disabled"], inputs["invertHealthcheck"]) == (False, False)
        rule = by_name(graph, ":ListenerRule")["jarvis-backend"].inputs
        assert rule["conditions"][0]["hostHeader"]["values"] == ["api.jarvis.com", host]
        assert host not in failover_records(graph)
        assert host in aliases(graph)
        certificate = by_name(graph, "acm/certificate:Certificate")["certificate"].inputs
        assert host in certificate["subjectAlternativeNames"]


def test_one_cdn_stands_before_both(primary: Graph, secondary: Graph) -> None:
    assert aliases(primary)["app.jarvis.com"] == "d111111abcdef8.cloudfront.net"
    assert not secondary.of_kind("Distribution")
    assert {"app.jarvis.com", "admin.jarvis.com"}.isdisjoint(aliases(secondary))
    # The CDN asks for app.jarvis.com of whichever load balancer origin.jarvis.com leads to.
    rule = by_name(secondary, ":ListenerRule")["jarvis-frontend"].inputs
    assert rule["conditions"][0]["hostHeader"]["values"] == ["app.jarvis.com", "admin.jarvis.com"]
    certificate = by_name(secondary, "acm/certificate:Certificate")["certificate"].inputs
    assert {"app.jarvis.com", "origin.jarvis.com"} <= {
        certificate["domainName"],
        *certificate["subjectAlternativeNames"],
    }


def test_without_a_cdn_the_names_of_the_interface_change_over_too() -> None:
    graph = alb_graph(alb(**SECONDARY, cdn=None), **RECOVERY)
    assert set(failover_records(graph)) == set(ALL_HOSTS.values())


def test_the_secondary_shares_the_zone_and_the_records_of_certificates(primary: Graph, secondary: Graph) -> None:
    assert not secondary.of_kind("Zone")
    records = by_name(secondary, "route53/record:Record")
    assert {record.inputs["zoneId"] for record in records.values()} == {"ZSHARED"}
    # Whoever destroys the secondary must not take the primary's proofs along.
    assert {name for name in records if name.startswith("proof-")} == {"proof-us-west-2.api.jarvis.com"}
    proven = by_name(primary, "route53/record:Record")
    assert {f"proof-{host}" for host in (*ALL_HOSTS.values(), "origin.jarvis.com")} <= set(proven)
    (validation,) = by_name(secondary, ":CertificateValidation").values()
    assert "validationRecordFqdns" not in validation.inputs
    assert records["proof-us-west-2.api.jarvis.com"].urn in validation.dependencies
    given = alb_graph(alb(failover={"role": "secondary"}), **RECOVERY)
    assert {record.inputs["zoneId"] for record in by_name(given, "route53/record:Record").values()} == {"Z0123456789"}


def test_traffic_can_be_kept_from_a_primary_that_is_well() -> None:
    (check,) = alb_graph(alb(failover={"role": "primary", "drained": True})).of_kind("HealthCheck")
    assert (check.inputs["disabled"], check.inputs["invertHealthcheck"]) == (True, True)


def test_somebody_is_told_of_a_lost_region_where_its_metric_is(primary: Graph, secondary: Graph) -> None:
    alarm = by_name(primary, ":MetricAlarm")["region-health"].inputs
    assert (alarm["namespace"], alarm["metricName"]) == ("AWS/Route53", "HealthCheckStatus")
    assert (alarm["comparisonOperator"], alarm["threshold"]) == ("LessThanThreshold", 1)
    assert "region-health" not in by_name(secondary, ":MetricAlarm")
    for graph in (primary, secondary):
        down = by_name(graph, ":MetricAlarm")["jarvis-backend-down"].inputs
        assert (down["metricName"], down["treatMissingData"]) == ("HealthyHostCount", "breaching")
        assert set(down["dimensions"]) == {"LoadBalancer", "TargetGroup"}
        assert tagless(graph) == []
