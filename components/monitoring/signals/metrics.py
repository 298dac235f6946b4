"""Every metric that a rule or a dashboard may use, and who exports it."""

from __future__ import annotations

from typing import Final

from components.monitoring.signals.model import Metric

CUSTOM_METRICS: Final = (
    Metric(
        "jarvis_conversations_total",
        "counter",
        "Total conversations with Jarvis",
        ("user_id", "environment"),
        "application",
    ),
    Metric(
        "jarvis_ai_response_time_seconds",
        "histogram",
        "Time taken for AI to generate response",
        ("model", "environment"),
        "application",
        buckets=(0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0),
    ),
    Metric("jarvis_active_users", "gauge", "Number of active users", ("environment",), "application"),
    Metric(
        "jarvis_memory_usage_bytes", "gauge", "Memory usage by component", ("component", "environment"), "application"
    ),
    Metric(
        "jarvis_database_connections_active",
        "gauge",
        "Active database connections",
        ("database", "environment"),
        "application",
    ),
)
"""The guide's custom_metrics.py."""

ALERTED_METRICS: Final = (
    Metric("jarvis_requests_errors_total", "counter", "Requests that ended in an error", (), "application"),
    Metric(
        "jarvis_database_connections_failed_total", "counter", "Database connections that failed", (), "application"
    ),
)
"""Metrics that the guide's alerts use and custom_metrics.py lacks; the guide names no label of theirs."""

PLATFORM_METRICS: Final = (
    Metric("up", "gauge", "Whether the last scrape of a target succeeded", (), "prometheus"),
    Metric("ALERTS", "gauge", "Pending and firing alerts", ("alertname", "alertstate", "severity"), "prometheus"),
    Metric(
        "container_memory_working_set_bytes",
        "gauge",
        "Memory of a container that the kernel cannot reclaim at once",
        ("namespace", "pod", "container"),
        "cadvisor",
    ),
    Metric(
        "container_spec_memory_limit_bytes",
        "gauge",
        "Memory limit of a container, 0 where it has none",
        ("namespace", "pod", "container"),
        "cadvisor",
    ),
    Metric(
        "container_cpu_usage_seconds_total",
        "counter",
        "CPU time of a container",
        ("namespace", "pod", "container"),
        "cadvisor",
    ),
    Metric("pg_up", "gauge", "Whether PostgreSQL answers its exporter", (), "postgres-exporter"),
    Metric("redis_up", "gauge", "Whether Redis answers its exporter", (), "redis-exporter"),
)
"""Metrics of Prometheus itself, the kubelets and the exporters."""

METRICS: Final = CUSTOM_METRICS + ALERTED_METRICS + PLATFORM_METRICS
