"""The generated configuration in a real OpenTelemetry Collector: it loads, samples, waits for Tempo, counts."""

from __future__ import annotations

import secrets
import subprocess
from pathlib import Path
from urllib.parse import urlparse

import pytest

from components.monitoring.signals.platform_metrics import PIPELINE_METRICS
from components.monitoring.traces.collector_config import CollectorConfig, collector_yml
from components.monitoring.traces.data_source import tempo_data_source
from components.monitoring.traces.settings import CollectorSettings, HeadSampling, TailSampling
from components.monitoring.traces.traces import PROMETHEUS_OTLP
from components.settings.workloads import image_tag
from sandbox.toolchain import Toolchain
from tests.support.otlp import RunningCollector, TraceStore, otelcol, running_collector
from tests.support.prometheus import eventually, running_prometheus

QUICK = TailSampling(percentage=1, slow_milliseconds=500, decision_seconds=1)


def validate(directory: Path, text: str) -> subprocess.CompletedProcess[str]:
    file = directory / "collector.yml"
    file.write_text(text)
    command = [otelcol(), "validate", f"--config={file}"]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def new_trace() -> str:
    return secrets.token_hex(16)


@pytest.mark.parametrize("sampling", [HeadSampling(percentage=20), TailSampling()])
@pytest.mark.parametrize("prometheus", [None, "http://prometheus-server:80/api/v1/otlp"])
def test_the_collector_accepts_the_configuration(
    sampling: HeadSampling | TailSampling, prometheus: str | None, tmp_path: Path
) -> None:
    done = validate(tmp_path, collector_yml(CollectorConfig("tempo:4317", sampling, prometheus)))
    assert done.returncode == 0, done.stderr


def test_the_collector_would_find_a_mistake(tmp_path: Path) -> None:
    text = collector_yml(CollectorConfig("tempo:4317", TailSampling()))
    assert validate(tmp_path, text.replace("threshold_ms", "threshold")).returncode != 0


def test_the_stacks_deploy_the_version_that_is_tested() -> None:
    assert f"v{image_tag(CollectorSettings().image)}" == Toolchain().version("otelcol")


def send_each(collector: RunningCollector) -> tuple[str, str, list[str]]:
    failed, slow, ordinary = new_trace(), new_trace(), [new_trace() for _ in range(40)]
    collector.send(failed, failed=True)
    collector.send(slow, seconds=0.8)
    for trace in ordinary:
        collector.send(trace)
    return failed, slow, ordinary


def test_failed_and_slow_traces_are_kept_and_others_sampled(tmp_path: Path) -> None:
    store = TraceStore()
    with store.running(), running_collector(tmp_path, store, QUICK) as collector:
        failed, slow, ordinary = send_each(collector)
        eventually(lambda: store.has(failed) and store.has(slow), seconds=20, what="both traces arrive")
        kept = [trace for trace in ordinary if store.has(trace)]
    # 1 % of 40: that 6 or more are kept has a chance of one in 400 000.
    assert len(kept) < 6


def test_head_sampling_of_everything_keeps_everything(tmp_path: Path) -> None:
    store = TraceStore()
    with store.running(), running_collector(tmp_path, store, HeadSampling()) as collector:
        _, _, ordinary = send_each(collector)
        eventually(lambda: all(map(store.has, ordinary)), seconds=20, what="every trace arrives")
        assert "deprecated" not in collector.log.read_text()


def test_what_tempo_misses_while_it_restarts_comes_later(tmp_path: Path) -> None:
    store, trace = TraceStore(), new_trace()
    with running_collector(tmp_path, store, HeadSampling()) as collector:
        collector.send(trace)
        eventually(lambda: "connection refused" in collector.log.read_text(), seconds=20, what="it has tried")
        with store.running():
            eventually(lambda: store.has(trace), seconds=40, what="the trace arrives after all")


def test_span_metrics_count_every_span_by_the_name_that_grafana_asks_for(tmp_path: Path) -> None:
    (tmp_path / "prometheus.yml").write_text("{}")
    store, calls = TraceStore(), "sum(traces_span_metrics_calls_total)"
    link = dict(tempo_data_source("http://tempo:3200", logs=True, span_metrics=True).json_data)["tracesToMetrics"]
    assert "traces_span_metrics_calls_total" in str(link)
    with (
        running_prometheus(tmp_path / "prometheus.yml", tmp_path / "data", "--web.enable-otlp-receiver") as prometheus,
        store.running(),
        running_collector(tmp_path, store, QUICK, f"{prometheus.url}{urlparse(PROMETHEUS_OTLP).path}") as collector,
    ):
        send_each(collector)
        # Those too that sampling leaves out.
        eventually(lambda: [value for _, value in prometheus.query(calls)] == [42], seconds=40, what="42 spans")
        (labels, _), *_ = prometheus.query("traces_span_metrics_calls_total")
    assert {"service_name", "span_name", "span_kind", "status_code"} <= labels.keys()


def test_the_metrics_that_rules_use_are_those_that_it_exports(tmp_path: Path) -> None:
    store = TraceStore(refuses=True)
    wanted = {metric.name for metric in PIPELINE_METRICS if metric.exported_by == "otel-collector"}
    with store.running(), running_collector(tmp_path, store, HeadSampling()) as collector:
        collector.send(new_trace())
        eventually(lambda: "otelcol_exporter_send_failed_spans{" in collector.metrics(), seconds=20, what="one fails")
        store.refuses = False
        collector.send(new_trace())
        eventually(lambda: "otelcol_exporter_sent_spans{" in collector.metrics(), seconds=20, what="one arrives")
        exported = {line.partition("{")[0] for line in collector.metrics().splitlines()}
    assert wanted <= exported
