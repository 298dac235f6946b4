"""From the objects of monitoring's kind `operator` to targets, alerts and routes: by the real operator and Prometheus.

The operator reads the stack's objects and writes configurations; a real Prometheus then discovers simulated Pods.
"""

from __future__ import annotations

import subprocess
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pulumi
import pulumi_kubernetes as k8s
import pytest
import yaml

from components.cluster.contract import ClusterAccess
from components.monitoring.kinds import create_monitoring
from components.monitoring.settings import OperatorMonitoring
from sandbox.control_plane import ControlPlane
from tests.support.alertmanager import tool
from tests.support.inline_stack import InlineStack
from tests.support.kinds import install_published_kinds
from tests.support.kubectl import Kubectl
from tests.support.pod_proxy import outside, pod_proxy
from tests.support.prometheus import Server, eventually, promtool, running_prometheus
from tests.support.prometheus_operator import generated, running_operator
from tests.unit.monitoring.operator.support import EVERYTHING
from tests.unit.monitoring.support import cache_connection, database_connection, jarvis_endpoints, stack_credentials

MARK = uuid.uuid4().hex[:8]
NAMESPACE, OBSERVING = f"operated-{MARK}", f"operating-{MARK}"
KUBELETS = f"kubelet-{MARK}"
APPS = {
    "jarvis-backend": ("jarvis-backend", 8000),
    "jarvis-interface": ("jarvis-microservices", 8001),
    "jarvis-tts": ("jarvis-microservices", 8002),
    "jarvis-stt": ("jarvis-microservices", 8003),
    "postgres": ("postgres", 9187),
    "redis": ("redis", 9121),
}
"""By app, its job and the port of its metrics."""


def pod(app: str, port: int) -> dict[str, Any]:
    """With a second container, whose port is no target."""
    containers = [{"name": app, "image": "none", "ports": [{"name": "http", "containerPort": port}]}]
    containers.append({"name": "beside", "image": "none", "ports": [{"name": "other", "containerPort": 5555}]})
    metadata = {"name": f"{app}-0", "labels": {"app": app}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {"containers": containers}}


def applied(kubectl: Kubectl, namespace: str, *items: dict[str, Any]) -> None:
    kubectl("apply", "-n", namespace, "-f", "-", manifest={"apiVersion": "v1", "kind": "List", "items": list(items)})


def observers() -> list[dict[str, Any]]:
    """A Prometheus and an Alertmanager as kube-prometheus-stack has them, for the one namespace."""
    chosen = {"matchLabels": {"release": "kube-prometheus-stack"}}
    there = {"matchLabels": {"kubernetes.io/metadata.name": NAMESPACE}}
    version = "monitoring.coreos.com/v1"
    prometheus = {
        "version": "v3.13.5",
        "serviceDiscoveryRole": "EndpointSlice",
        **{f"{kind}Selector": chosen for kind in ("rule", "serviceMonitor", "podMonitor")},
        **{f"{kind}NamespaceSelector": there for kind in ("rule", "serviceMonitor", "podMonitor")},
    }
    routing = {"version": "v0.34.2", "alertmanagerConfigSelector": {}, "alertmanagerConfigNamespaceSelector": there}
    return [
        {"apiVersion": version, "kind": "Prometheus", "metadata": {"name": "a"}, "spec": prometheus},
        {"apiVersion": version, "kind": "Alertmanager", "metadata": {"name": "a"}, "spec": routing},
    ]


def program() -> None:
    elsewhere = {"prometheus": {"namespace": OBSERVING}, "logs": None, "traces": None}
    create_monitoring(
        OperatorMonitoring.model_validate(EVERYTHING | elsewhere),
        cluster=ClusterAccess(k8s.Provider("cluster"), pulumi.Output.from_input(NAMESPACE), "production"),
        jarvis=jarvis_endpoints(),
        database=database_connection(),
        cache=cache_connection(),
        credentials=stack_credentials(slack=True),
        protect=False,
    )


@pytest.fixture(scope="module")
def stack(kubectl: Kubectl, control_plane: ControlPlane, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The stack's objects, simulated Pods, and the resources that ask for a Prometheus and an Alertmanager."""
    install_published_kinds(kubectl, "prometheus-operator")
    for name in (NAMESPACE, OBSERVING):
        kubectl("create", "namespace", name)
    spec = {"selector": {"app": "jarvis-backend"}, "ports": [{"name": "http", "port": 8000}]}
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "jarvis-backend"}, "spec": spec}
    applied(kubectl, NAMESPACE, service, *(pod(app, port) for app, (_, port) in APPS.items()))
    applied(kubectl, OBSERVING, *observers())
    cli = kubectl.toolchain.ensure("pulumi")["pulumi"]
    InlineStack(tmp_path_factory.mktemp("operator") / "project", cli, control_plane.kubeconfig).up(program)
    yield
    kubectl("delete", "namespace", NAMESPACE, OBSERVING, "--wait=false")
    kubectl("delete", "service", KUBELETS, "-n", "kube-system", "--ignore-not-found")


@dataclass(frozen=True)
class Written:
    """What the operator has made of the objects."""

    prometheus: dict[str, Any]
    alertmanager: dict[str, Any]
    rules: dict[str, str]


@pytest.fixture(scope="module")
def written(stack: None, kubectl: Kubectl, tmp_path_factory: pytest.TempPathFactory) -> Written:
    def prometheus() -> dict[str, Any]:
        return generated(kubectl, OBSERVING, "prometheus-a", "prometheus.yaml.gz")

    def alertmanager() -> dict[str, Any]:
        return generated(kubectl, OBSERVING, "alertmanager-a-generated", "alertmanager.yaml.gz")

    def rules() -> dict[str, str]:
        found = kubectl.get("configmaps", "-n", OBSERVING, "-l", "prometheus-name=a")["items"]
        return {name: text for item in found for name, text in (item.get("data") or {}).items()}

    directory = tmp_path_factory.mktemp("operator")
    with running_operator(kubectl, directory, f"kube-system/{KUBELETS}") as log:
        complete = lambda: prometheus().get("scrape_configs") and rules() and len(alertmanager()["receivers"]) > 1  # noqa: E731 - said in place
        eventually(complete, seconds=90, what=f"the operator's configurations; its log is {log}")
        slices = ("endpointslices", "-n", "kube-system", "-l", f"kubernetes.io/service-name={KUBELETS}")
        eventually(lambda: kubectl.get(*slices)["items"], seconds=30, what=f"the kubelets' Service; the log is {log}")
        return Written(prometheus(), alertmanager(), rules())


@pytest.fixture(scope="module")
def server(
    written: Written, kubectl: Kubectl, control_plane: ControlPlane, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """Prometheus with the operator's configuration, but for how it reaches API server, Pods and kubelets from here."""
    directory = tmp_path_factory.mktemp("shared")
    kubectl("create", "clusterrolebinding", OBSERVING, "--clusterrole=view", f"--serviceaccount={OBSERVING}:default")
    (directory / "token").write_text(kubectl("create", "token", "default", "-n", OBSERVING).strip())
    config = {**written.prometheus, "rule_files": [str(directory / "rules" / "*.yaml")]}
    for job in config["scrape_configs"]:
        for key in ("scheme", "tls_config", "bearer_token_file", "authorization"):
            job.pop(key, None)
    (directory / "rules").mkdir()
    for name, text in written.rules.items():
        (directory / "rules" / name).write_text(text)
    file = directory / "prometheus.yml"
    with pod_proxy(lambda _: b"a_metric 1\n") as (proxy, _):
        file.write_text(yaml.safe_dump(outside(config, control_plane, directory, proxy)))
        checked = promtool("check", "config", file)
        assert checked.returncode == 0, checked.stdout + checked.stderr
        with running_prometheus(file, directory / "data") as running:
            yield running
    kubectl("delete", "clusterrolebinding", OBSERVING)


def test_every_target_bears_the_labels_that_the_rules_ask_for(server: Server) -> None:
    def targets() -> set[tuple[str, ...]]:
        samples = [labels for labels, _ in server.query(f'up{{namespace="{NAMESPACE}"}} == 1')]
        return {(s["job"], s["app"], s["pod"], s["instance"].rpartition(":")[2]) for s in samples}

    expected = {(job, app, f"{app}-0", str(port)) for app, (job, port) in APPS.items()}
    eventually(lambda: targets() >= expected, seconds=60, what=f"targets; the log is {server.log}")
    assert targets() == expected


def test_kubelets_are_targets_with_their_nodes_names(server: Server, kubectl: Kubectl) -> None:
    nodes = {node["metadata"]["name"] for node in kubectl.get("nodes")["items"]}
    job = 'up{job="kubernetes-cadvisor"}'
    eventually(lambda: server.query(job), seconds=60, what=f"kubelets; the log is {server.log}")
    # Simulated nodes share an address, which is one endpoint.
    assert {labels["node"] for labels, _ in server.query(job)} <= nodes


def test_alerts_say_whose_they_are(server: Server) -> None:
    def watchdogs() -> list[dict[str, str]]:
        return [labels for labels, _ in server.query('ALERTS{alertname="Watchdog",alertstate="firing"}')]

    eventually(watchdogs, seconds=60, what=f"an alert; the log is {server.log}")
    (watchdog,) = watchdogs()
    assert (watchdog["namespace"], watchdog["environment"]) == (NAMESPACE, "production")


@pytest.mark.parametrize(
    ("labels", "receiver"),
    [
        ({"severity": "critical", "environment": "production"}, "critical-alerts"),
        ({"severity": "warning", "environment": "production"}, "production-alerts"),
        ({"severity": "warning", "environment": "staging"}, "web.hook"),
        ({"alertname": "Watchdog", "severity": "none", "environment": "production"}, "heartbeat"),
    ],
)
def test_alertmanager_tells_whom_the_guide_names(
    written: Written, labels: dict[str, str], receiver: str, tmp_path: Path
) -> None:
    def told(namespace: str) -> str:
        given = [f"{name}={value}" for name, value in {**labels, "namespace": namespace}.items()]
        command = [tool("amtool"), "config", "routes", "test", f"--config.file={file}", *given]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.strip()

    file = tmp_path / "alertmanager.yml"
    file.write_text(yaml.safe_dump(written.alertmanager))
    assert told(NAMESPACE) == f"{NAMESPACE}/jarvis/{receiver}"
    # Alerts of others are the cluster's affair.
    assert told("another") == "null"
