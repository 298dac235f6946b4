"""Which connections the dev stack's policies, as the API server stored them, let through: this table and no other."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import pytest

from tests.contract.support import NAMESPACE
from tests.support.jarvis_project import JarvisProject
from tests.support.kubectl import Kubectl
from tests.support.network import Endpoint, allows

FLOWS = {
    # the API keeps its data, its sessions and its models elsewhere
    ("jarvis-backend", "postgres", 5432),
    ("jarvis-backend", "redis", 6379),
    ("jarvis-backend", "ollama", 11434),
    # it and its microservices call each other
    ("jarvis-backend", "jarvis-interface", 8001),
    ("jarvis-backend", "jarvis-tts", 8002),
    ("jarvis-backend", "jarvis-stt", 8003),
    ("jarvis-interface", "jarvis-backend", 8000),
    ("jarvis-tts", "jarvis-backend", 8000),
    ("jarvis-stt", "jarvis-backend", 8000),
    # a release prepares the database
    ("jarvis-migrate", "postgres", 5432),
    ("jarvis-create-admin", "postgres", 5432),
    # metrics are pulled, and shown
    ("prometheus-server", "jarvis-backend", 8000),
    ("prometheus-server", "jarvis-interface", 8001),
    ("prometheus-server", "jarvis-tts", 8002),
    ("prometheus-server", "jarvis-stt", 8003),
    ("prometheus-server", "postgres", 9187),
    ("prometheus-server", "redis", 9121),
    ("grafana", "prometheus-server", 9090),
}
OUTWARD = {
    # discovery of targets, by the API server's Service and by itself, and the metrics of containers from kubelets
    ("prometheus-server", 443),
    ("prometheus-server", 6443),
    ("prometheus-server", 10250),
}
"""App and port of what may be reached on any address outside of the namespace."""
PORTS_OF_OTHERS = {22, 53, 80, 443, 6443, 8080, 10250}
INTERNET, METADATA_SERVICE = Endpoint("203.0.113.7"), Endpoint("169.254.169.254")
NAMESAKE = Endpoint("10.0.99.1", "elsewhere", "jarvis-backend")
SCRAPER_NAMESAKE = Endpoint("10.0.99.2", "elsewhere", "prometheus-server")
STRANGERS = (INTERNET, METADATA_SERVICE, NAMESAKE, SCRAPER_NAMESAKE)
DNS = Endpoint("10.0.98.1", "kube-system", k8s_app="kube-dns")
NOT_DNS = Endpoint("10.0.98.2", "kube-system")

Policies = Sequence[dict[str, Any]]


@pytest.fixture(scope="module")
def policies(dev_stack: JarvisProject, kubectl: Kubectl) -> Policies:
    return kubectl.get("networkpolicies", "-n", NAMESPACE)["items"]


@pytest.fixture(scope="module")
def templates(dev_stack: JarvisProject, kubectl: Kubectl) -> list[dict[str, Any]]:
    """The Pod template of every workload that the API server has."""
    workloads = kubectl.get("deployments,statefulsets,jobs", "-n", NAMESPACE)["items"]
    return [item["spec"]["template"] for item in workloads]


@pytest.fixture(scope="module")
def pods(templates: list[dict[str, Any]]) -> dict[str, Endpoint]:
    """A Pod of each application, by the label that policies may select by."""
    apps = [template["metadata"]["labels"]["app"] for template in templates]
    return {app: Endpoint(f"10.0.0.{number}", NAMESPACE, app) for number, app in enumerate(apps, start=1)}


@pytest.fixture(scope="module")
def ports(templates: list[dict[str, Any]]) -> set[int]:
    """Every container port of the namespace, and some that nobody serves."""
    served = {
        port["containerPort"]
        for template in templates
        for container in template["spec"]["containers"]
        for port in container.get("ports") or []
    }
    return served | PORTS_OF_OTHERS


def test_the_table_is_about_every_application(pods: dict[str, Endpoint], ports: set[int]) -> None:
    sources, targets, served = (set(column) for column in zip(*FLOWS, strict=True))
    assert sources | targets == set(pods) - {"jarvis-frontend"}, "the frontend's pages run in the browser"
    assert served <= ports


def test_inside_the_namespace_the_table_and_nothing_else_is_allowed(
    policies: Policies, pods: dict[str, Endpoint], ports: set[int]
) -> None:
    allowed = {
        (source, target, port)
        for (source, target), port in product(product(pods, repeat=2), ports)
        if allows(policies, pods[source], pods[target], port)
    }
    assert allowed - FLOWS == set(), "allowed, and not in the table"
    assert FLOWS - allowed == set(), "in the table, and not allowed"


def test_udp_is_allowed_to_nobody_inside(policies: Policies, pods: dict[str, Endpoint], ports: set[int]) -> None:
    for (source, target), port in product(product(pods.values(), repeat=2), ports):
        assert not allows(policies, source, target, port, "UDP"), (source.app, target.app, port)


def test_nothing_comes_in_from_elsewhere(policies: Policies, pods: dict[str, Endpoint], ports: set[int]) -> None:
    """Port-forwards of development come from the Pod's own node, which policies don't concern."""
    for stranger, pod, port in product(STRANGERS, pods.values(), ports):
        assert not allows(policies, stranger, pod, port), (stranger, pod.app, port)


def test_only_prometheus_reaches_out(policies: Policies, pods: dict[str, Endpoint], ports: set[int]) -> None:
    allowed = {
        (app, port)
        for app, stranger, port in product(pods, STRANGERS, ports)
        if allows(policies, pods[app], stranger, port)
    }
    assert allowed == OUTWARD


def test_every_application_asks_the_clusters_dns_and_nothing_that_is_beside_it(
    policies: Policies, pods: dict[str, Endpoint]
) -> None:
    for pod, protocol in product(pods.values(), ("TCP", "UDP")):
        assert allows(policies, pod, DNS, 53, protocol), pod.app
        assert not allows(policies, pod, NOT_DNS, 53, protocol), pod.app
        assert not allows(policies, pod, DNS, 5353, protocol), pod.app


def test_a_pod_that_no_flow_knows_is_cut_off(policies: Policies, pods: dict[str, Endpoint], ports: set[int]) -> None:
    unknown = Endpoint("10.0.0.250", NAMESPACE, "unknown")
    for pod, port in product(pods.values(), ports):
        assert not allows(policies, unknown, pod, port), pod.app
        assert not allows(policies, pod, unknown, port) or (pod.app, port) in OUTWARD, pod.app
