"""Prometheus as the dev stack configures it, with its own ServiceAccount's rights, finds what the dev stack runs.

Scrapes go through a proxy that stands in for every Pod.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from sandbox.control_plane import ControlPlane
from tests.support.jarvis_project import JarvisProject
from tests.support.kubectl import Kubectl
from tests.support.pod_proxy import outside, pod_proxy
from tests.support.prometheus import Server, eventually, running_prometheus

NAMESPACE = "jarvis-development"
ACCOUNT = f"system:serviceaccount:{NAMESPACE}:prometheus-server"
KUBELETS = "kubernetes-cadvisor"
TARGETS = {
    "jarvis-backend": {"jarvis-backend:8000"},
    "jarvis-microservices": {"jarvis-interface:8001", "jarvis-tts:8002", "jarvis-stt:8003"},
    "postgres": {"postgres:9187"},
    "redis": {"redis:9121"},
}
"""`app` label and port of the targets of each job that looks for Pods."""


@pytest.fixture(scope="module")
def finished_pod(dev_stack: JarvisProject, kubectl: Kubectl) -> Iterator[str]:
    """A Pod with the `app` label of a service that was evicted: no scheduler takes it, so its status stays."""
    name = "jarvis-stt-evicted"
    (running,) = kubectl.get("pods", "-n", NAMESPACE, "-l", "app=jarvis-stt")["items"]
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": NAMESPACE, "labels": {"app": "jarvis-stt"}},
        "spec": {
            **{key: running["spec"][key] for key in ("containers", "securityContext", "volumes", "serviceAccountName")},
            "schedulerName": "nobody",
        },
    }
    kubectl("create", "-f", "-", manifest=pod)
    status = '{"status": {"phase": "Failed", "podIP": "10.255.0.9", "podIPs": [{"ip": "10.255.0.9"}]}}'
    kubectl("patch", "pod", name, "-n", NAMESPACE, "--subresource=status", "--type=merge", "-p", status)
    yield name
    kubectl("delete", "pod", name, "-n", NAMESPACE, "--grace-period=0", "--force")


@pytest.fixture(scope="module")
def asked() -> Iterator[tuple[str, set[str]]]:
    with pod_proxy(lambda url: b"stand_in 1\n") as proxy:
        yield proxy


@pytest.fixture(scope="module")
def server(
    finished_pod: str,
    asked: tuple[str, set[str]],
    kubectl: Kubectl,
    control_plane: ControlPlane,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Server]:
    directory = tmp_path_factory.mktemp("discovery")
    (directory / "token").write_text(kubectl("create", "token", "prometheus-server", "-n", NAMESPACE).strip())
    deployed = kubectl.get("configmap", "prometheus-development-config", "-n", NAMESPACE)["data"]
    config = outside(yaml.safe_load(deployed.pop("prometheus.yml")), control_plane, directory, asked[0])
    (directory / "alerts").mkdir()
    for name, rules in deployed.items():
        (directory / "alerts" / name).write_text(rules)
    (directory / "prometheus.yml").write_text(yaml.safe_dump(config))
    with running_prometheus(directory / "prometheus.yml", directory / "data") as running:
        yield running


def active(server: Server) -> list[dict[str, Any]]:
    return server.api("targets", state="active")["activeTargets"]


def found(server: Server) -> dict[str, set[str]]:
    """Targets of the jobs that look for Pods, as in TARGETS."""
    targets: dict[str, set[str]] = {}
    for target in active(server):
        labels = target["labels"]
        if labels["job"] in TARGETS:
            port = labels["instance"].rsplit(":", 1)[1]
            targets.setdefault(labels["job"], set()).add(f"{labels['app']}:{port}")
    return targets


def test_each_job_finds_its_pods_and_no_other(server: Server, asked: tuple[str, set[str]], finished_pod: str) -> None:
    eventually(lambda: found(server).keys() == TARGETS.keys(), seconds=30, what=f"targets; the log is {server.log}")
    assert found(server) == TARGETS
    pods = [target["labels"]["pod"] for target in active(server) if target["labels"]["job"] in TARGETS]
    assert len(pods) == len(set(pods)) == 6
    assert finished_pod not in pods
    urls = {target["scrapeUrl"] for target in active(server) if target["labels"]["job"] in TARGETS}
    eventually(lambda: urls <= asked[1], seconds=30, what=f"scrapes of {urls}")
    eventually(lambda: len(server.query('up{job=~"jarvis-.*|postgres|redis"} == 1')) == 6, seconds=30, what="all up")


def test_every_node_s_kubelet_is_asked(server: Server, kubectl: Kubectl) -> None:
    nodes = {node["metadata"]["name"] for node in kubectl.get("nodes")["items"]}

    def kubelets() -> set[str]:
        return {target["labels"]["node"] for target in active(server) if target["labels"]["job"] == KUBELETS}

    eventually(kubelets, seconds=30, what="targets of the kubelets")
    assert kubelets() == nodes
    assert {
        target["scrapeUrl"].split("/", 3)[3] for target in active(server) if target["labels"]["job"] == KUBELETS
    } == {"metrics/cadvisor"}


@pytest.mark.parametrize(
    ("verb", "resource", "namespace", "allowed"),
    [
        ("list", "pods", NAMESPACE, True),
        ("watch", "endpointslices.discovery.k8s.io", NAMESPACE, True),
        ("get", "nodes/metrics", None, True),
        ("get", "nodes/proxy", None, False),
        ("get", "secrets", NAMESPACE, False),
        ("get", "configmaps", NAMESPACE, False),
        ("create", "pods/exec", NAMESPACE, False),
        ("list", "pods", "kube-system", False),
    ],
)
def test_its_rights_are_what_discovery_needs_and_no_more(
    dev_stack: JarvisProject, kubectl: Kubectl, verb: str, resource: str, namespace: str | None, allowed: bool
) -> None:
    name, _, subresource = resource.partition("/")
    arguments = ["auth", "can-i", verb, name, f"--as={ACCOUNT}"]
    arguments += [f"--subresource={subresource}"] if subresource else []
    arguments += ["-n", namespace] if namespace else []
    answer = kubectl.run(*arguments).stdout.strip()
    assert answer == ("yes" if allowed else "no")
