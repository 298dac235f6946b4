"""Which connections a stack's policies, as the API server stored them, let through: its table's and no other."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from tests.contract.flow_tables import CONTROLLERS, STRANGERS, SUBNETS, Row, rows
from tests.support.jarvis_project import Deployed
from tests.support.kubectl import Kubectl
from tests.support.network import Endpoint, allows, selecting

OUTSIDE = {
    "internet": Endpoint("203.0.113.7"),
    "site": Endpoint("10.99.0.7"),
    "metadata": Endpoint("169.254.169.254"),
    "elsewhere": Endpoint("10.0.99.1", "elsewhere", "jarvis-backend"),
    **{name: Endpoint(f"10.0.98.{number}", name, "controller") for number, name in enumerate(CONTROLLERS, start=1)},
    "kube-dns": Endpoint("10.0.97.1", "kube-system", k8s_app="kube-dns"),
}
ADDRESSES = {
    "database-subnets": Endpoint("10.40.208.7"),
    "public-subnets": Endpoint("10.40.192.7"),
    "database-subnet": Endpoint("10.20.16.7"),
    "endpoints-subnet": Endpoint("10.20.17.7"),
    "gateway-subnet": Endpoint("10.20.18.7"),
    "nodes-subnet": Endpoint("10.20.0.7"),
}
"""Of the subnets in the flow tables."""
OPERATED_PORTS = {5432, 8000, 9127, 9187}
"""Of the Pods that the database's operator makes: PostgreSQL, its status, PgBouncer's and PostgreSQL's metrics."""
PORTS_OF_OTHERS = {22, 53, 80, 443, 5000, 5432, 6379, 6443, 8080, 10000, 10250}
UNKNOWN = "unknown"
"""A Pod of the namespace that no flow is about."""


@pytest.fixture(scope="module")
def templates(deployed: Deployed, kubectl: Kubectl) -> list[dict[str, Any]]:
    """The Pod template of every workload that the API server has."""
    items = kubectl.get("deployments,statefulsets,daemonsets,jobs,cronjobs", "-n", deployed.namespace)["items"]
    specs = [(item["spec"].get("jobTemplate") or item)["spec"] for item in items]
    return [spec["template"] for spec in specs]


@pytest.fixture(scope="module")
def operated(deployed: Deployed, kubectl: Kubectl) -> set[str]:
    """The `app` labels of the Pods that the database's operator makes."""
    if deployed.stack != "production":
        return set()
    clusters = kubectl.get("clusters.postgresql.cnpg.io", "-n", deployed.namespace)["items"]
    poolers = kubectl.get("poolers.postgresql.cnpg.io", "-n", deployed.namespace)["items"]
    return {
        *(item["spec"]["inheritedMetadata"]["labels"]["app"] for item in clusters),
        *(item["spec"]["template"]["metadata"]["labels"]["app"] for item in poolers),
    }


@pytest.fixture(scope="module")
def endpoints(templates: list[dict[str, Any]], operated: set[str], deployed: Deployed) -> dict[str, Endpoint]:
    """A Pod of each application, by the label that policies may select by; one that nobody knows; and the strangers."""
    apps = {template["metadata"]["labels"]["app"] for template in templates} | operated
    if deployed.stack != "dev":
        apps.add("webhook-handler")  # the guide's, which comes from elsewhere into this namespace
    pods = {
        app: Endpoint(f"10.0.0.{number}", deployed.namespace, app)
        for number, app in enumerate(sorted({*apps, UNKNOWN}), start=1)
    }
    return pods | OUTSIDE | {name: ADDRESSES[name] for name in SUBNETS.get(deployed.stack, ())}


@pytest.fixture(scope="module")
def ports(templates: list[dict[str, Any]], operated: set[str]) -> set[int]:
    """Every container port of the namespace, and some that nobody serves."""
    containers = [container for template in templates for container in template["spec"]["containers"]]
    served = {port["containerPort"] for container in containers for port in container.get("ports") or []}
    return served | PORTS_OF_OTHERS | (OPERATED_PORTS if operated else set())


def test_exactly_the_table_is_allowed(
    deployed: Deployed, kubectl: Kubectl, endpoints: dict[str, Endpoint], ports: set[int]
) -> None:
    policies = kubectl.get("networkpolicies", "-n", deployed.namespace)["items"]
    concerning = {name: selecting(policies, endpoint) for name, endpoint in endpoints.items()}
    pods = set(endpoints) - set(OUTSIDE) - set(ADDRESSES)
    pairs = [(a, b) for a, b in product(endpoints, repeat=2) if a in pods or b in pods]
    allowed: set[Row] = {
        (source, target, port, protocol)
        for (source, target), port, protocol in product(pairs, ports, ("TCP", "UDP"))
        if allows([*concerning[source], *concerning[target]], endpoints[source], endpoints[target], port, protocol)
    }
    table = rows(deployed.stack, pods)
    assert sorted(allowed - table) == [], "allowed, and not in the table"
    assert sorted(table - allowed) == [], "in the table, and not allowed"


def test_the_table_is_about_every_application(
    deployed: Deployed, endpoints: dict[str, Endpoint], ports: set[int]
) -> None:
    apps = set(endpoints) - set(OUTSIDE) - set(ADDRESSES) - {UNKNOWN}
    table = {row for row in rows(deployed.stack, apps) if row[1] != "kube-dns"}
    named = {name for row in table for name in row[:2]} - set(STRANGERS) - set(ADDRESSES)
    silent = {"jarvis-frontend"} if deployed.stack == "dev" else set()
    assert named == apps - silent, "the frontend's pages run in the browser, which a port-forward serves"
    assert {row[2] for row in table} <= ports
