"""From a fault to the person who is told: the generated configurations in real servers over a real API server.

Prometheus finds simulated Pods by discovery in the sandbox; a proxy answers for them with the guide's metrics. Both
intervals, group_wait and ServiceDown's waiting time are the guide's. Other waiting times and windows are shortened.
"""

from __future__ import annotations

import json
import re
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from prometheus_client import CollectorRegistry, generate_latest

from components.monitoring.alerting.config import AlertmanagerConfig, alertmanager_yml
from components.monitoring.prometheus_config import AlertmanagerTarget, PrometheusConfig, prometheus_yml, rule_files
from components.monitoring.signals.metrics import METRICS
from components.monitoring.signals.model import ServiceAccountAccess
from components.monitoring.signals.rules import RuleOptions, rule_groups
from components.monitoring.signals.scrape import scrape_jobs
from sandbox.control_plane import ControlPlane
from tests.support.alertmanager import Receivers, running_alertmanager, running_receivers
from tests.support.backend_metrics import register_metrics
from tests.support.kubectl import Kubectl
from tests.support.pod_proxy import outside, pod_proxy
from tests.support.prometheus import Server, eventually, running_prometheus

NAMESPACE = "alerting"
PORTS = {"jarvis-backend": 8000, "jarvis-interface": 8001, "jarvis-tts": 8002, "jarvis-stt": 8003, "alertmanager": 9093}
LONGEST_SECONDS = 15 + 15 + 30 + 15 + 10 + 5
"""Scrape, evaluation, the alert's waiting time, an evaluation, group_wait, and what the machine itself takes."""


@dataclass
class StandIn:
    """What every simulated Pod and kubelet exports, and which of them are down."""

    down: set[int] = field(default_factory=set["int"])
    """Ports that do not answer."""
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    kubelets: CollectorRegistry = field(default_factory=CollectorRegistry)

    def __post_init__(self) -> None:
        self.metrics: dict[str, Any] = register_metrics(self.registry)
        containers = register_metrics(self.kubelets, [m for m in METRICS if m.exported_by == "cadvisor"])
        labels = (NAMESPACE, "jarvis-backend-0", "jarvis-backend")
        self.memory: Any = containers["container_memory_working_set_bytes"].labels(*labels)  # type: ignore[union-attr]
        containers["container_spec_memory_limit_bytes"].labels(*labels).set(100)  # type: ignore[union-attr]

    def answer(self, url: str) -> bytes | None:
        parts = urlsplit(url)
        if parts.path == "/metrics/cadvisor":
            return generate_latest(self.kubelets)
        return None if parts.port in self.down else generate_latest(self.registry)


@dataclass
class Run:
    """One run from the fault to its end."""

    stand_in: StandIn
    receivers: Receivers
    prometheus: Server
    alertmanager: str
    failed_at: float = 0
    mended_at: float = 0


@pytest.fixture(scope="module")
def pods(kubectl: Kubectl) -> Iterator[None]:
    """A Pod of each service and the backend's Service, in a namespace of their own."""
    kubectl("create", "namespace", NAMESPACE)
    objects: list[dict[str, Any]] = [pod(app, port) for app, port in PORTS.items()]
    objects.append(
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "jarvis-backend"},
            "spec": {"selector": {"app": "jarvis-backend"}, "ports": [{"name": "http", "port": 8000}]},
        }
    )
    kubectl("apply", "-n", NAMESPACE, "-f", "-", manifest={"apiVersion": "v1", "kind": "List", "items": objects})
    kubectl("wait", "-n", NAMESPACE, "--for=condition=Ready", "pods", "--all", "--timeout=60s")
    yield
    kubectl("delete", "namespace", NAMESPACE, "--wait=false")


def pod(app: str, port: int) -> dict[str, Any]:
    container = {"name": app, "image": "none", "ports": [{"name": "http", "containerPort": port}]}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": f"{app}-0", "labels": {"app": app}},
        "spec": {"containers": [container]},
    }


def write_prometheus(directory: Path, plane: ControlPlane, proxy: str) -> Path:
    """The generated files, told what a Pod has by itself; kubelets are asked by way of the proxy too."""
    jobs = scrape_jobs(
        NAMESPACE, backend_port=8000, microservice_ports=(8001, 8002, 8003), containers=ServiceAccountAccess()
    )
    text = prometheus_yml(PrometheusConfig("jarvis-staging", "staging", jobs, AlertmanagerTarget(NAMESPACE)))
    config = yaml.safe_load(text)
    for job in config["scrape_configs"]:
        if job["job_name"] == "kubernetes-cadvisor":
            for key in ("scheme", "authorization", "tls_config"):
                del job[key]
    (directory / "alerts").mkdir()
    for name, rules in rule_files(rule_groups(RuleOptions("staging"))).items():
        (directory / "alerts" / name).write_text(hastened(rules))
    path = directory / "prometheus.yml"
    path.write_text(yaml.safe_dump(outside(config, plane, directory, proxy)))
    return path


def hastened(rules: str) -> str:
    """Windows and waiting times of five minutes and less become short ones, ServiceDown's 30 s apart."""
    rules = re.sub(r"for: [125]m", "for: 5s", rules)
    return rules.replace("[5m]", "[1m]").replace("offset 5m", "offset 1m")


@pytest.fixture(scope="module")
def run(
    pods: None, control_plane: ControlPlane, kubectl: Kubectl, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Run]:
    directory = tmp_path_factory.mktemp("alerting")
    token = control_plane_token(kubectl)
    (directory / "token").write_text(token)
    stand_in = StandIn()
    with ExitStack() as stack:
        receivers = stack.enter_context(running_receivers())
        (directory / "slack").write_text(f"{receivers.url}/slack")
        routing = AlertmanagerConfig(f"{receivers.url}/alerts", str(directory / "slack"), f"{receivers.url}/heartbeat")
        (directory / "alertmanager.yml").write_text(alertmanager_yml(routing))
        manager = stack.enter_context(running_alertmanager(directory / "alertmanager.yml", directory / "silences"))
        proxy, _ = stack.enter_context(pod_proxy(stand_in.answer, posts_to=manager))
        config = write_prometheus(directory, control_plane, proxy)
        prometheus = stack.enter_context(running_prometheus(config, directory / "data"))
        yield faults_come_and_go(Run(stand_in, receivers, prometheus, manager))


def control_plane_token(kubectl: Kubectl) -> str:
    """A ServiceAccount that may read what Prometheus discovers."""
    kubectl("create", "serviceaccount", "prometheus", "-n", NAMESPACE)
    binding = ("clusterrolebinding", f"{NAMESPACE}-prometheus", "--clusterrole=cluster-admin")
    kubectl("create", *binding, f"--serviceaccount={NAMESPACE}:prometheus")
    return kubectl("create", "token", "prometheus", "-n", NAMESPACE).strip()


def faults_come_and_go(run: Run) -> Run:
    """Everything goes wrong at once, people are told, everything is mended."""
    services = len(PORTS) - 1
    eventually(lambda: len(run.prometheus.query('up{job=~"jarvis-.*"} == 1')) == services, seconds=60, what="targets")
    run.failed_at = time.monotonic()
    run.stand_in.down.add(PORTS["jarvis-stt"])
    run.stand_in.memory.set(95)
    run.stand_in.metrics["jarvis_requests_errors_total"].inc(60)
    run.stand_in.metrics["jarvis_database_connections_failed_total"].inc(3)
    told = lambda: run.receivers.slack("#jarvis-critical", "ServiceDown")  # noqa: E731 - said in place
    eventually(told, seconds=LONGEST_SECONDS, what="word of ServiceDown")
    run.mended_at = time.monotonic()
    run.stand_in.down.clear()
    run.stand_in.memory.set(50)
    return run


@pytest.mark.parametrize("alert", ["ServiceDown", "HighErrorRate", "DatabaseConnectionFailure"])
def test_a_critical_alert_is_told_in_slack_and_its_end_too(run: Run, alert: str) -> None:
    def messages() -> list[str]:
        return [m.body["attachments"][0]["color"] for m in run.receivers.slack("#jarvis-critical", alert)]

    eventually(lambda: {"danger", "good"} <= set(messages()), seconds=150, what=f"both messages on {alert}")
    assert messages()[0] == "danger"
    assert not run.receivers.webhook(alert, "firing")


def test_a_warning_goes_to_the_default_webhook_and_its_end_too(run: Run) -> None:
    eventually(lambda: run.receivers.webhook("HighMemoryUsage", "resolved"), seconds=150, what="the end")
    assert run.receivers.webhook("HighMemoryUsage", "firing")
    assert not run.receivers.slack("#jarvis-production", "")


def test_the_time_from_the_fault_to_the_message(run: Run, record_property: pytest.RecordProperty) -> None:
    (first, *_) = run.receivers.slack("#jarvis-critical", "ServiceDown")
    seconds = first.at - run.failed_at
    record_property("seconds_from_fault_to_message", round(seconds, 1))
    print(f"ServiceDown: {seconds:.1f} s from the fault to the message")
    assert 40 <= seconds <= LONGEST_SECONDS


def test_a_message_says_what_is_wrong(run: Run) -> None:
    (first, *_) = run.receivers.slack("#jarvis-critical", "ServiceDown")
    assert first.body["attachments"][0]["title"] == "CRITICAL: ServiceDown"
    assert "jarvis-microservices is down" in first.body["attachments"][0]["text"]


def test_alerts_of_production_have_a_channel_of_their_own(run: Run) -> None:
    labels = {"alertname": "HighMemoryUsage", "severity": "warning", "environment": "production"}
    body = json.dumps([{"labels": labels, "annotations": {"summary": "High memory usage"}}]).encode()
    request = urllib.request.Request(  # noqa: S310 - http on loopback
        f"{run.alertmanager}/api/v2/alerts", body, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10):  # noqa: S310
        pass
    eventually(lambda: run.receivers.slack("#jarvis-production", "HighMemoryUsage"), seconds=30, what="a message")


def test_the_heartbeat_never_stops(run: Run) -> None:
    def beats() -> list[float]:
        return [message.at for message in run.receivers.messages if message.path == "/heartbeat"]

    eventually(lambda: len(beats()) >= 2, seconds=90, what="a second heartbeat")
    gaps = [later - earlier for earlier, later in zip(beats(), beats()[1:], strict=False)]
    assert max(gaps) < 130
