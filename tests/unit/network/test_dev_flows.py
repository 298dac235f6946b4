"""The dev stack's policies against a table: what may talk to what, and nothing else may."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from infra.program import deploy
from infra.settings.load import load_stack_file
from tests.support.mocks import Graph, registered
from tests.support.network import Endpoint, allows

NAMESPACE = "jarvis-development"
TABLE = {
    ("grafana", "prometheus-server", 9090),
    ("jarvis-backend", "jarvis-interface", 8001),
    ("jarvis-backend", "jarvis-stt", 8003),
    ("jarvis-backend", "jarvis-tts", 8002),
    ("jarvis-backend", "ollama", 11434),
    ("jarvis-backend", "postgres", 5432),
    ("jarvis-backend", "redis", 6379),
    ("jarvis-create-admin", "postgres", 5432),
    ("jarvis-interface", "jarvis-backend", 8000),
    ("jarvis-migrate", "postgres", 5432),
    ("jarvis-stt", "jarvis-backend", 8000),
    ("jarvis-tts", "jarvis-backend", 8000),
    ("prometheus-server", "jarvis-backend", 8000),
    ("prometheus-server", "jarvis-interface", 8001),
    ("prometheus-server", "jarvis-stt", 8003),
    ("prometheus-server", "jarvis-tts", 8002),
    ("prometheus-server", "postgres", 9187),
    ("prometheus-server", "redis", 9121),
}
OUTWARD = {("prometheus-server", 443), ("prometheus-server", 6443), ("prometheus-server", 10250)}
"""The API server, by its Service and by itself, and the kubelets."""
OUTSIDE = Endpoint("203.0.113.7")
NEIGHBOUR = Endpoint("10.0.99.1", "other", "jarvis-backend")


@pytest.fixture(scope="module")
def graph() -> Graph:
    settings = load_stack_file(Path(__file__).parents[3] / "Pulumi.dev.yaml")
    return registered(lambda: deploy(settings))


def pods(graph: Graph) -> dict[str, Endpoint]:
    """A Pod of every workload, with the labels that its template gives."""
    found: dict[str, Endpoint] = {}
    for kind in ("Deployment", "StatefulSet", "Job"):
        for workload in graph.of_kind(kind):
            app = workload.inputs["spec"]["template"]["metadata"]["labels"]["app"]
            found[app] = Endpoint(f"10.0.0.{len(found) + 1}", NAMESPACE, app)
    return found


def test_exactly_the_table_is_allowed(graph: Graph) -> None:
    policies = [policy.inputs for policy in graph.of_kind("NetworkPolicy")]
    running = pods(graph)
    assert len(running) == 12
    ports = {port for _, _, port in TABLE} | {22, 80, 443, 3000}
    allowed = {
        (source, target, port)
        for source, target, port in product(running, running, ports)
        if allows(policies, running[source], running[target], port)
    }
    assert allowed == TABLE


def test_nothing_comes_in_from_outside_and_only_prometheus_goes_out(graph: Graph) -> None:
    policies = [policy.inputs for policy in graph.of_kind("NetworkPolicy")]
    ports = {port for _, _, port in TABLE} | {port for _, port in OUTWARD} | {53, 80, 3000}
    for (app, pod), port, stranger in product(pods(graph).items(), ports, (OUTSIDE, NEIGHBOUR)):
        assert not allows(policies, stranger, pod, port), (app, port)
        assert allows(policies, pod, stranger, port) == ((app, port) in OUTWARD), (app, port)
