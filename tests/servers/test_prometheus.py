"""The generated configuration in a real Prometheus: it loads, scrapes, evaluates, and answers every dashboard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, start_http_server

from components.monitoring.dashboards.catalogue import dashboard_files
from components.monitoring.prometheus_config import AlertmanagerTarget, PrometheusConfig, prometheus_yml, rule_files
from components.monitoring.settings import PrometheusSettings
from components.monitoring.signals.metrics import METRICS
from components.monitoring.signals.model import ScrapeJob, ServiceAccountAccess, StaticTargets
from components.monitoring.signals.rules import RuleOptions, rule_groups
from components.monitoring.signals.scrape import ExporterTarget, scrape_jobs
from sandbox.toolchain import Toolchain, prometheus_version
from tests.support.backend_metrics import register_metrics
from tests.support.prometheus import Server, eventually, free_port, promtool, running_prometheus
from tests.support.promql import dashboard_queries, metric_names, resolved

NAMESPACE = "jarvis-test"
EXPORTERS = (ExporterTarget("postgres", "postgres", 9187), ExporterTarget("redis", "redis", 9121))
QUERIES = [(file[:-5], *panel) for file, text in dashboard_files().items() for panel in dashboard_queries(text)]


def jobs(containers: ServiceAccountAccess | None = None) -> tuple[ScrapeJob, ...]:
    return scrape_jobs(
        NAMESPACE,
        backend_port=8000,
        microservice_ports=(8001, 8002, 8003),
        exporters=EXPORTERS,
        containers=containers,
    )


def write(
    directory: Path,
    scraped: tuple[ScrapeJob, ...],
    *,
    alertmanager: AlertmanagerTarget | None = None,
    quick: bool = False,
) -> Path:
    """The generated files as a Pod has them; `quick` makes seconds of all intervals and waits."""
    text = prometheus_yml(PrometheusConfig("jarvis-test", "test", scraped, alertmanager))
    (directory / "alerts").mkdir()
    for name, rules in rule_files(rule_groups(RuleOptions("test"))).items():
        (directory / "alerts" / name).write_text(re.sub(r"for: \w+", "for: 2s", rules) if quick else rules)
    config = directory / "prometheus.yml"
    config.write_text(text.replace("_interval: 15s", "_interval: 1s") if quick else text)
    return config


def test_promtool_accepts_the_configuration(tmp_path: Path) -> None:
    config = write(tmp_path, jobs(), alertmanager=AlertmanagerTarget(NAMESPACE))
    result = promtool("check", "config", "--lint=all", "--lint-fatal", config)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("verify", [True, False])
def test_promtool_accepts_the_job_of_the_kubelets(verify: bool, tmp_path: Path) -> None:
    # Only its syntax: the token and the CA lie in the Pod.
    result = promtool("check", "config", "--syntax-only", write(tmp_path, jobs(ServiceAccountAccess(verify))))
    assert result.returncode == 0, result.stdout + result.stderr


def test_promtool_would_find_a_mistake(tmp_path: Path) -> None:
    config = write(tmp_path, jobs())
    config.write_text(config.read_text().replace("role: endpoints", "role: endpoint"))
    assert promtool("check", "config", config).returncode != 0


def test_the_stacks_deploy_the_version_that_is_tested() -> None:
    assert PrometheusSettings().image.endswith(f":v{prometheus_version(Toolchain().version('prometheus'))}")


def test_prometheus_starts_although_the_api_server_does_not_answer(tmp_path: Path) -> None:
    config = write(tmp_path, jobs(ServiceAccountAccess()), alertmanager=AlertmanagerTarget(NAMESPACE))
    with running_prometheus(config, tmp_path / "data") as server:
        groups = server.api("rules")["groups"]
        assert {group["name"] for group in groups} == {group.name for group in rule_groups(RuleOptions("test"))}


class StandIn:
    """Exports metrics of the signal table on a port that stays the same when it is stopped and started again."""

    def __init__(self, exporter: str) -> None:
        self.registry = CollectorRegistry()
        self.metrics: dict[str, Any] = register_metrics(
            self.registry, [metric for metric in METRICS if metric.exported_by == exporter]
        )
        self.port = free_port()
        self.start()

    def start(self) -> None:
        self._server, _ = start_http_server(self.port, addr="127.0.0.1", registry=self.registry)

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def application() -> StandIn:
    """What a backend with some use behind it exports."""
    stand_in = StandIn("application")
    metrics = stand_in.metrics
    metrics["jarvis_conversations_total"].labels("7", "test").inc()
    for seconds in (0.2, 0.4, 3.0):
        metrics["jarvis_ai_response_time_seconds"].labels("llama3", "test").observe(seconds)
    metrics["jarvis_active_users"].labels("test").set(3)
    metrics["jarvis_memory_usage_bytes"].labels("brain", "test").set(2**20)
    metrics["jarvis_database_connections_active"].labels("jarvis_test", "test").set(4)
    return stand_in


def containers() -> StandIn:
    """A kubelet with a container near its limit, and one of another namespace."""
    stand_in = StandIn("cadvisor")
    for namespace in (NAMESPACE, "other"):
        labels = (namespace, "jarvis-backend-1", "jarvis-backend")
        stand_in.metrics["container_memory_working_set_bytes"].labels(*labels).set(95)
        stand_in.metrics["container_spec_memory_limit_bytes"].labels(*labels).set(100)
        stand_in.metrics["container_cpu_usage_seconds_total"].labels(*labels).inc(5)
    return stand_in


@pytest.fixture(scope="module")
def stand_ins() -> Iterator[dict[str, StandIn]]:
    """Something behind each job."""
    running = {
        "jarvis-backend": application(),
        "jarvis-microservices": StandIn("application"),
        "postgres": StandIn("postgres-exporter"),
        "redis": StandIn("redis-exporter"),
        "kubernetes-cadvisor": containers(),
    }
    running["postgres"].metrics["pg_up"].set(1)
    running["redis"].metrics["redis_up"].set(1)
    yield running
    for stand_in in running.values():
        stand_in.stop()


@pytest.fixture(scope="module")
def server(stand_ins: dict[str, StandIn], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Prometheus with the generated jobs at fixed addresses: all but discovery is as deployed."""

    def at_stand_in(job: ScrapeJob) -> ScrapeJob:
        if job.name not in stand_ins:
            return job
        address = f"127.0.0.1:{stand_ins[job.name].port}"
        return replace(job, targets=StaticTargets((address,)), relabelings=(), access=None)

    directory = tmp_path_factory.mktemp("prometheus")
    scraped = tuple(at_stand_in(job) for job in jobs(ServiceAccountAccess()) if job.name != "prometheus")
    with running_prometheus(write(directory, scraped, quick=True), directory / "data") as running:
        # A rate needs two scrapes, a recorded rate an evaluation after them.
        recorded = "model_le:jarvis_ai_response_time_seconds_bucket:rate5m"
        eventually(lambda: running.query(recorded), seconds=30, what="a recorded rate")
        yield running


def test_every_job_scrapes(server: Server, stand_ins: dict[str, StandIn]) -> None:
    up = {labels["job"]: value for labels, value in server.query("up")}
    assert up == dict.fromkeys(stand_ins, 1.0)


@pytest.mark.parametrize(("file", "title", "query"), QUERIES, ids=[f"{f}: {t}" for f, t, _ in QUERIES])
def test_every_panel_shows_something(server: Server, file: str, title: str, query: str) -> None:
    asked = resolved(query, window="30s")
    eventually(lambda: server.query(asked), seconds=10, what=f"an answer to {asked}")


@pytest.mark.parametrize(("file", "title", "query"), QUERIES, ids=[f"{f}: {t}" for f, t, _ in QUERIES])
def test_prometheus_parser_finds_the_same_metrics(server: Server, file: str, title: str, query: str) -> None:
    asked = resolved(query)
    assert set(selected(server.api("parse_query", query=asked))) == metric_names(asked)


def selected(node: Any) -> Iterator[str]:
    """Names of the metrics that a parsed query selects."""
    if isinstance(node, list):
        for item in node:
            yield from selected(item)
    elif isinstance(node, dict):
        if node.get("type") in ("vectorSelector", "matrixSelector"):
            yield node["name"]
        for value in node.values():
            yield from selected(value)


def test_quantiles_are_those_of_the_observations(server: Server) -> None:
    (_, median), *_ = server.query(
        "histogram_quantile(0.5, sum by (le) (jarvis_ai_response_time_seconds_bucket{job='jarvis-backend'}))"
    )
    assert 0.25 <= median <= 0.5


def test_containers_of_other_namespaces_are_not_kept(server: Server) -> None:
    namespaces = {labels["namespace"] for labels, _ in server.query("container_spec_memory_limit_bytes")}
    assert namespaces == {NAMESPACE}


def test_an_outage_is_noticed_and_so_is_its_end(server: Server, stand_ins: dict[str, StandIn]) -> None:
    def firing() -> bool:
        return bool(server.query('ALERTS{alertname="ServiceDown", alertstate="firing", job="jarvis-microservices"}'))

    assert not firing()
    stand_ins["jarvis-microservices"].stop()
    eventually(firing, seconds=20, what="ServiceDown fires")
    (alert,) = [a for a in server.api("alerts")["alerts"] if a["labels"]["alertname"] == "ServiceDown"]
    assert alert["annotations"]["summary"] == "Service jarvis-microservices is down"
    assert alert["labels"]["environment"] == "test"
    stand_ins["jarvis-microservices"].start()
    eventually(lambda: not firing(), seconds=20, what="ServiceDown resolves")
