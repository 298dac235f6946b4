"""The application's metrics, made from the signal table with the Python client: what a stand-in backend exports."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from components.monitoring.signals.metrics import METRICS
from components.monitoring.signals.model import Metric

ClientMetric = Counter | Gauge | Histogram

APPLICATION_METRICS = tuple(metric for metric in METRICS if metric.exported_by == "application")


def register_metrics(
    registry: CollectorRegistry, metrics: Iterable[Metric] = APPLICATION_METRICS
) -> dict[str, ClientMetric]:
    """Each metric of the table as the client's own object, by name."""
    return {metric.name: _client_metric(metric, registry) for metric in metrics}


def _client_metric(metric: Metric, registry: CollectorRegistry) -> ClientMetric:
    match metric.kind:
        case "counter":
            return Counter(metric.name, metric.help, metric.labels, registry=registry)
        case "gauge":
            return Gauge(metric.name, metric.help, metric.labels, registry=registry)
        case "histogram":
            return Histogram(metric.name, metric.help, metric.labels, buckets=metric.buckets, registry=registry)
