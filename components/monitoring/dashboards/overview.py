"""The guide's dashboard `jarvis-overview`: is Jarvis up, who uses it, what is wrong."""

from __future__ import annotations

from grafana_foundation_sdk.models.dashboard import Dashboard

from components.monitoring.dashboards.panels import HALF, Query, graph, new_dashboard, number, with_panels
from components.monitoring.signals.rules import ERROR_RATE


def overview() -> Dashboard:
    """Health in numbers, then use and trouble over time."""
    builder = new_dashboard("jarvis-overview", "Jarvis overview", "Health and use of Jarvis")
    return with_panels(
        builder,
        number("Targets up", 'avg(up{job=~"jarvis-.*"})', unit="percentunit", healthy_from=1),
        number("Firing alerts", 'count(ALERTS{alertstate="firing"}) or vector(0)'),
        number("Active users", "sum(jarvis_active_users)"),
        number("Conversations in 24 h", "sum(increase(jarvis_conversations_total[24h]))"),
        number("PostgreSQL", "min(pg_up or cnpg_collector_up)", healthy_from=1),
        number("Redis", "min(redis_up)", healthy_from=1),
        graph(
            "Conversations per minute", Query("60 * sum(rate(jarvis_conversations_total[$__rate_interval]))", "started")
        ),
        graph("Active users", Query("sum(jarvis_active_users)", "users")),
        graph("Targets up", Query("avg by (job) (up)", "{{job}}"), unit="percentunit"),
        graph(
            "Errors per second",
            Query(ERROR_RATE.record, "{{job}}"),
            description="HighErrorRate fires above the line.",
            limit=0.1,
        ),
        graph("Database connections", Query("sum by (database) (jarvis_database_connections_active)", "{{database}}")),
        graph(
            "Memory by component",
            Query("sum by (component) (jarvis_memory_usage_bytes)", "{{component}}"),
            unit="bytes",
        ),
        graph(
            "Alerts",
            Query("count by (alertname, alertstate) (ALERTS)", "{{alertname}} {{alertstate}}"),
            span=2 * HALF,
        ),
    )
