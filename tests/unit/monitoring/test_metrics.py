"""The signal table against the guide's custom_metrics.py, which is run."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from components.monitoring.signals.metrics import ALERTED_METRICS, CUSTOM_METRICS
from tests.support.backend_metrics import register_metrics


def guide_metrics(registry: CollectorRegistry) -> list[Counter | Gauge | Histogram]:
    """The guide's section Custom Metrics & Dashboards, word for word but for the registry."""
    return [
        Counter(
            "jarvis_conversations_total",
            "Total conversations with Jarvis",
            ["user_id", "environment"],
            registry=registry,
        ),
        Histogram(
            "jarvis_ai_response_time_seconds",
            "Time taken for AI to generate response",
            ["model", "environment"],
            buckets=[0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0],
            registry=registry,
        ),
        Gauge("jarvis_active_users", "Number of active users", ["environment"], registry=registry),
        Gauge(
            "jarvis_memory_usage_bytes", "Memory usage by component", ["component", "environment"], registry=registry
        ),
        Gauge(
            "jarvis_database_connections_active",
            "Active database connections",
            ["database", "environment"],
            registry=registry,
        ),
    ]


def shape(metric: Counter | Gauge | Histogram) -> tuple[object, ...]:
    """What the Python client knows of a metric."""
    bounds = getattr(metric, "_upper_bounds", None) or metric._kwargs.get("buckets")
    described = next(iter(metric.describe()))
    return (type(metric), described.name, described.documentation, metric._labelnames, tuple(bounds or ()))


def test_custom_metrics_are_the_guide_s() -> None:
    ours = register_metrics(CollectorRegistry(), CUSTOM_METRICS)
    assert [shape(metric) for metric in ours.values()] == [shape(m) for m in guide_metrics(CollectorRegistry())]


def test_what_the_alerts_need_beyond_them_is_in_the_table() -> None:
    assert {metric.name for metric in ALERTED_METRICS} == {
        "jarvis_requests_errors_total",
        "jarvis_database_connections_failed_total",
    }
