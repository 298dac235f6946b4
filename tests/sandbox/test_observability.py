"""Logs, traces and exporters in a real API server, and kube-state-metrics in earnest, with its own rights."""

from __future__ import annotations

import json
import subprocess
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pulumi
import pulumi_kubernetes as k8s
import pytest
import yaml

from components.cluster.contract import ClusterAccess
from components.monitoring.exporters.exporters import Exporters
from components.monitoring.exporters.kube_state_metrics import arguments
from components.monitoring.exporters.settings import ExportersSettings, KubeStateMetricsSettings, NodeExporterSettings
from components.monitoring.logs.logs import Logs
from components.monitoring.logs.settings import AlloySettings, LogsSettings
from components.monitoring.signals.platform_metrics import WORKLOAD_METRICS
from components.monitoring.traces.settings import TracesSettings
from components.monitoring.traces.traces import Traces
from components.settings.workloads import image_tag
from sandbox.control_plane import ControlPlane
from sandbox.toolchain import Toolchain
from tests.support.inline_stack import InlineStack
from tests.support.kubectl import Kubectl
from tests.support.prometheus import eventually, free_port

LOGS = LogsSettings(alloy=AlloySettings(replicas=2))
EXPORTERS = ExportersSettings(node_exporter=NodeExporterSettings(enabled=True))
POD = {"restartPolicy": "Never", "containers": [{"name": "own", "image": "registry.local/own:1"}]}
OTHERS: tuple[dict[str, Any], ...] = (
    {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "own"},
        "spec": {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "own"}, "maxReplicas": 3},
    },
    {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "own"},
        "spec": {"suspend": True, "template": {"spec": POD}},
    },
    {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": {"name": "own"},
        "spec": {"schedule": "0 3 1 1 *", "jobTemplate": {"spec": {"template": {"spec": POD}}}},
    },
)
"""Of the kinds that rules speak of, and that these parts have no object of."""


def program(namespace: str) -> Callable[[], None]:
    def build() -> None:
        cluster = ClusterAccess(k8s.Provider("cluster"), pulumi.Output.from_input(namespace), "test")
        Logs("logs", LOGS, cluster=cluster, traces=True)
        Traces("traces", TracesSettings(), cluster=cluster, logs=True)
        Exporters("exporters", EXPORTERS, cluster=cluster)

    return build


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, toolchain: Toolchain, control_plane: ControlPlane) -> InlineStack:
    root = tmp_path_factory.mktemp("observability")
    return InlineStack(root / "project", toolchain.ensure("pulumi")["pulumi"], control_plane.kubeconfig)


@pytest.fixture(scope="module")
def namespace(stack: InlineStack, kubectl: Kubectl) -> Iterator[str]:
    """A namespace that admits nothing outside the `restricted` profile, with the three parts in it."""
    name = f"observed-{uuid.uuid4().hex[:8]}"
    kubectl("create", "namespace", name)
    kubectl("label", "namespace", name, "pod-security.kubernetes.io/enforce=restricted")
    stack.up(program(name))
    yield name
    stack.destroy(program(name))
    assert kubectl.get("namespaces", "-l", f"kubernetes.io/metadata.name={name}-nodes")["items"] == []
    kubectl("delete", "namespace", name, "--wait=false")


def test_every_pod_is_admitted_and_ready(namespace: str, kubectl: Kubectl) -> None:
    pods = kubectl.get("pods", "-n", namespace)["items"]
    assert sorted(pod["metadata"]["labels"]["app"] for pod in pods) == [
        "alloy",
        "alloy",
        "kube-state-metrics",
        "loki",
        "otel-collector",
        "tempo",
    ]
    nodes = kubectl.get("nodes")["items"]
    exporters = kubectl.get("pods", "-n", f"{namespace}-nodes")["items"]
    assert len(exporters) == len(nodes)


def test_a_second_run_changes_nothing(namespace: str, stack: InlineStack) -> None:
    assert set(stack.up(program(namespace))) == {"same"}


@pytest.mark.parametrize(
    ("account", "verb", "resource", "allowed"),
    [
        ("alloy", "list", "pods", True),
        ("alloy", "get", "pods/log", True),
        ("alloy", "watch", "events", True),
        ("alloy", "get", "secrets", False),
        ("alloy", "create", "pods/exec", False),
        ("kube-state-metrics", "list", "deployments.apps", True),
        ("kube-state-metrics", "list", "secrets", False),
        ("kube-state-metrics", "get", "pods/log", False),
        ("loki", "list", "pods", False),
        ("otel-collector", "list", "pods", False),
    ],
)
def test_rights_are_what_each_needs_and_no_more(
    namespace: str, kubectl: Kubectl, account: str, verb: str, resource: str, allowed: bool
) -> None:
    name, _, subresource = resource.partition("/")
    command = ["auth", "can-i", verb, name, f"--as=system:serviceaccount:{namespace}:{account}", "-n", namespace]
    command += [f"--subresource={subresource}"] if subresource else []
    assert kubectl.run(*command).stdout.strip() == ("yes" if allowed else "no")


def test_rights_end_at_the_namespace(namespace: str, kubectl: Kubectl) -> None:
    for account in ("alloy", "kube-state-metrics"):
        command = ["auth", "can-i", "list", "pods", f"--as=system:serviceaccount:{namespace}:{account}"]
        assert kubectl.run(*command, "-n", "kube-system").stdout.strip() == "no"


def kubeconfig(plane: ControlPlane, directory: Path, token: str) -> Path:
    """The control plane's, with the token of a ServiceAccount in place of the administrator."""
    config = yaml.safe_load(plane.kubeconfig.read_text())
    for user in config["users"]:
        user["user"] = {"token": token}
    file = directory / "kubeconfig"
    file.write_text(yaml.safe_dump(config))
    return file


@pytest.fixture(scope="module")
def counted(
    namespace: str,
    kubectl: Kubectl,
    control_plane: ControlPlane,
    toolchain: Toolchain,
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[str, str]:
    """What the real kube-state-metrics exports of the namespace, and its log."""
    directory = tmp_path_factory.mktemp("kube-state-metrics")
    for item in OTHERS:
        kubectl("apply", "-n", namespace, "-f", "-", manifest=item)
    times = {"lastScheduleTime": "2026-01-01T03:00:00Z", "lastSuccessfulTime": "2026-01-01T03:01:00Z"}
    patch = ("--subresource=status", "--type=merge", "-p", json.dumps({"status": times}))
    kubectl("patch", "cronjob", "own", "-n", namespace, *patch)
    token = kubectl("create", "token", "kube-state-metrics", "-n", namespace).strip()
    port, telemetry, log = free_port(), free_port(), directory / "log"
    command = [toolchain.ensure("kube-state-metrics")["kube-state-metrics"], *arguments(namespace)]
    command += ["--host=127.0.0.1", f"--port={port}", "--telemetry-host=127.0.0.1", f"--telemetry-port={telemetry}"]
    command.append(f"--kubeconfig={kubeconfig(control_plane, directory, token)}")
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    try:
        # The probes' own addresses.
        eventually(lambda: answers(f"http://127.0.0.1:{telemetry}/readyz"), seconds=30, what=f"it is ready; see {log}")
        eventually(lambda: answers(f"http://127.0.0.1:{port}/livez"), seconds=10, what="it is alive")
        url = f"http://127.0.0.1:{port}/metrics"
        eventually(lambda: 'statefulset="tempo"' in answers(url), seconds=30, what=f"metrics of tempo; see {log}")
        return answers(url), log.read_text()
    finally:
        process.terminate()
        process.wait(timeout=20)


def answers(url: str) -> str:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - http on loopback
            return answer.read().decode() or "ok"
    except OSError:
        return ""


def test_kube_state_metrics_may_read_all_that_it_counts(counted: tuple[str, str]) -> None:
    assert "forbidden" not in counted[1]


def test_kube_state_metrics_exports_what_rules_use(counted: tuple[str, str], namespace: str) -> None:
    lines = [line for line in counted[0].splitlines() if line.startswith("kube_")]
    exported = {line.partition("{")[0] for line in lines}
    assert {metric.name for metric in WORKLOAD_METRICS} <= exported
    assert all(f'namespace="{namespace}"' in line for line in lines)
    for metric in WORKLOAD_METRICS:
        for line in lines:
            if line.startswith(f"{metric.name}{{"):
                assert all(f'{label}="' in line for label in metric.labels), line


def test_the_stacks_deploy_the_version_that_is_tested(toolchain: Toolchain) -> None:
    assert image_tag(KubeStateMetricsSettings().image) == toolchain.version("kube-state-metrics")
