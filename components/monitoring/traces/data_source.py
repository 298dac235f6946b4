"""Tempo as Grafana knows it."""

from __future__ import annotations

from typing import Final

from components.monitoring.grafana_provisioning import PROMETHEUS_DATA_SOURCE, DataSource
from components.monitoring.prometheus_config import Yaml
from components.monitoring.signals.sources import LOKI_DATA_SOURCE, TEMPO_DATA_SOURCE

_TO_LOGS: Final[dict[str, Yaml]] = {
    "datasourceUid": LOKI_DATA_SOURCE,
    # A span's time is that of its service's clock, and a line may be written after it.
    "spanStartTimeShift": "-5m",
    "spanEndTimeShift": "5m",
    "tags": [{"key": "service.name", "value": "app"}],
    "filterByTraceID": True,
    "filterBySpanID": False,
}


def tempo_data_source(url: str, *, logs: bool, span_metrics: bool) -> DataSource:
    """From each span a link leads to its service's lines with that trace, where there are `logs`."""
    options: list[tuple[str, Yaml]] = [("nodeGraph", {"enabled": True})]
    if logs:
        options.append(("tracesToLogsV2", _TO_LOGS))
    if span_metrics:
        options.append(("tracesToMetrics", _to_metrics()))
    return DataSource(name="Tempo", type="tempo", uid=TEMPO_DATA_SOURCE, url=url, json_data=tuple(options))


def _to_metrics() -> dict[str, Yaml]:
    rate = "sum by (span_name) (rate(traces_span_metrics_calls_total{$$__tags}[5m]))"
    return {
        "datasourceUid": PROMETHEUS_DATA_SOURCE,
        "tags": [{"key": "service.name", "value": "service_name"}],
        "queries": [{"name": "Spans per second", "query": rate}],
    }
