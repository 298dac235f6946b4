"""The application as a whole: secrets, Pod security, endpoints, flows."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from components.network.contract import CidrPeer, Flow, Peer, PodPeer
from tests.support.mocks import Registered
from tests.support.pod_security import house_violations, restricted_violations
from tests.unit.jarvis.support import PASSWORDS, app_settings, container_of, deployed, endpoints, pod_of

EVERYTHING: dict[str, Any] = {
    "backend": {"hotReload": {}, "internetAccess": True},
    "frontend": {"hotReload": {}},
    "ollama": {"models": ["llama3.2:3b"], "gpu": {}, "instances": 2},
    "tls": {"secretName": "jarvis-tls", "certificatePath": "/etc/ssl/certs/j.crt", "keyPath": "/etc/ssl/private/j.key"},
    "interface": {"autoscaling": {}},
    "stt": {"replicas": 3},
    "availability": {
        "spread": {"zones": "required", "nodes": "required", "minZones": 3, "minNodes": 3},
        "priorities": {"preemption": True},
        "minReadySeconds": 5,
    },
}


@pytest.mark.parametrize("changes", [{}, EVERYTHING], ids=["smallest", "everything"])
def test_every_pod_is_restricted(changes: dict[str, Any]) -> None:
    graph = deployed(app_settings(**changes))
    workloads = [*graph.of_kind("Deployment"), *graph.of_kind("Job")]
    assert len(workloads) == (11 if changes else 8)
    for workload in workloads:
        assert restricted_violations(pod_of(workload)) == [], workload.object_name
        assert house_violations(pod_of(workload)) == [], workload.object_name


def test_secret_values_are_in_the_secret_and_nowhere_else() -> None:
    graph = deployed(app_settings(**EVERYTHING))
    secret = graph.one("Secret", "jarvis-secrets")
    assert {key: base64.b64decode(value).decode() for key, value in secret.inputs["data"].items()} == {
        "POSTGRES_PASSWORD": PASSWORDS["postgres"],
        "REDIS_PASSWORD": PASSWORDS["redis"],
        "JARVIS_SECRET_KEY": PASSWORDS["key"],
        "JARVIS_ADMIN_PASSWORD": PASSWORDS["admin"],
    }
    assert "data" in secret.secret_inputs
    for resource in graph.resources:
        if resource is not secret:
            text = json.dumps(resource.inputs)
            assert not [p for p in PASSWORDS.values() if p in text or base64.b64encode(p.encode()).decode() in text]


def test_checksum_over_secrets_is_a_secret() -> None:
    """A hash of a short password can be guessed."""
    graph = deployed()
    assert "spec" in graph.one("Deployment", "jarvis-backend").secret_inputs
    assert "spec" not in graph.one("Deployment", "jarvis-frontend").secret_inputs


def test_nothing_secret_is_in_a_name() -> None:
    assert not [r.object_name for r in deployed().of_kind("Job") if "metadata" in r.secret_inputs]


def test_replicas_and_cluster_hosts_come_from_the_connections() -> None:
    config = deployed(high_availability=True).one("ConfigMap", "jarvis-config").inputs["data"]
    assert config["POSTGRES_REPLICA_HOST"] == "postgres-ro"
    assert config["REDIS_CLUSTER_HOSTS"] == "redis-1:6379,redis-2:6379"
    assert "REDIS_HOST" not in config


def test_backend_asks_the_sentinels_who_is_primary() -> None:
    graph = deployed(high_availability=True)
    config = graph.one("ConfigMap", "jarvis-config").inputs["data"]
    assert config["REDIS_SENTINEL_HOSTS"] == "sentinel-1:26379,sentinel-2:26379"
    assert config["REDIS_SENTINEL_MASTER"] == "jarvis"
    assert {"REDIS_SENTINEL_HOSTS", "REDIS_SENTINEL_MASTER"} <= {
        variable["name"] for variable in container_of(graph.one("Deployment", "jarvis-backend"))["env"]
    }
    added = table(endpoints(high_availability=True).flows) - table(endpoints().flows)
    assert added == {("jarvis-backend", "redis-sentinel", 26379)}


def test_names_are_unique() -> None:
    graph = deployed(app_settings(**EVERYTHING))
    objects = [(r.type, r.object_name) for r in graph.resources if r.type.startswith("kubernetes:")]
    assert len(objects) == len(set(objects))
    assert len({r.urn for r in graph.resources}) == len(graph.resources)
    assert {r.type for r in graph.resources if r.type.startswith("jarvis:")} == {
        "jarvis:jarvis:Jarvis",
        "jarvis:jarvis:Workload",
        "jarvis:jarvis:ReleaseJob",
        "jarvis:jarvis:Ollama",
    }


def test_every_object_is_labelled_and_in_the_namespace() -> None:
    graph = deployed(app_settings(**EVERYTHING), tls="own authority")
    objects: list[Registered] = [r for r in graph.resources if r.type.startswith("kubernetes:")]
    for resource in objects:
        metadata = resource.inputs["metadata"]
        assert metadata.get("namespace") == (None if resource.type.endswith(":PriorityClass") else "jarvis-test")
        assert metadata["labels"]["app.kubernetes.io/part-of"] == "jarvis"
        assert metadata["labels"]["environment"] == "test"


def test_endpoints_are_the_services() -> None:
    found = endpoints()
    graph = deployed()
    for endpoint in (found.backend, found.frontend, found.interface, found.stt, found.tts, found.ollama):
        (port,) = graph.one("Service", endpoint.name).inputs["spec"]["ports"]
        assert port["port"] == endpoint.port


def shown(peer: Peer) -> str:
    return peer.app if isinstance(peer, PodPeer) else getattr(peer, "cidr", repr(peer))


def table(flows: tuple[Flow, ...]) -> set[tuple[str, str, int]]:
    return {(shown(flow.source), shown(flow.target), flow.port) for flow in flows}


SMALLEST = {
    ("jarvis-backend", "postgres", 5432),
    ("jarvis-backend", "redis", 6379),
    ("jarvis-backend", "ollama", 11434),
    ("jarvis-backend", "jarvis-interface", 8001),
    ("jarvis-backend", "jarvis-tts", 8002),
    ("jarvis-backend", "jarvis-stt", 8003),
    ("jarvis-interface", "jarvis-backend", 8000),
    ("jarvis-tts", "jarvis-backend", 8000),
    ("jarvis-stt", "jarvis-backend", 8000),
    ("jarvis-migrate", "postgres", 5432),
    ("jarvis-create-admin", "postgres", 5432),
}


def test_smallest_application_has_exactly_these_flows() -> None:
    assert table(endpoints().flows) == SMALLEST
    assert len(endpoints().flows) == len(SMALLEST)


def test_pulling_models_opens_the_internet_to_ollama_only() -> None:
    flows = endpoints(app_settings(ollama={"models": ["a"]})).flows
    assert table(flows) - SMALLEST == {
        ("ollama-pull", "ollama", 11434),
        ("ollama", "0.0.0.0/0", 443),
        ("ollama", "::/0", 443),
    }
    (public,) = [f.target for f in flows if isinstance(f.target, CidrPeer) and f.target.cidr == "0.0.0.0/0"]
    assert {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"} <= set(public.except_cidrs)


def test_internet_stays_shut_where_models_are_brought_by_hand() -> None:
    flows = endpoints(app_settings(ollama={"models": ["a"], "internetAccess": False})).flows
    assert not [f for f in flows if isinstance(f.target, CidrPeer)]


def test_backend_reaches_the_internet_only_when_told() -> None:
    flows = endpoints(app_settings(backend={"internetAccess": True})).flows
    assert table(flows) - SMALLEST == {("jarvis-backend", "0.0.0.0/0", 443), ("jarvis-backend", "::/0", 443)}


def test_no_admin_no_admin_flow() -> None:
    assert ("jarvis-create-admin", "postgres", 5432) not in table(endpoints(app_settings(admin=None)).flows)
