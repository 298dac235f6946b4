"""The guide's dashboard `jarvis-performance`: how fast Jarvis answers, and what it takes."""

from __future__ import annotations

from typing import Final

from grafana_foundation_sdk.builders.dashboard import QueryVariable
from grafana_foundation_sdk.models.dashboard import Dashboard, VariableRefresh, VariableSort

from components.monitoring.dashboards.panels import HALF, SOURCE, Panel, Query, graph, new_dashboard, with_panels
from components.monitoring.signals.rules import RESPONSE_TIME_BUCKETS

_MODEL: Final = 'model=~"$model"'
_CONTAINERS: Final = 'container!=""'
_LIMITED: Final = f"(container_spec_memory_limit_bytes{{{_CONTAINERS}}} > 0)"


def performance() -> Dashboard:
    """Response times by model, then the resources behind them."""
    builder = new_dashboard(
        "jarvis-performance", "Jarvis performance", "Response times of the AI and resources of the containers"
    ).with_variable(_model_variable())
    return with_panels(builder, *_responses(), *_resources())


def _responses() -> tuple[Panel, ...]:
    rate = f"sum by (model) (rate(jarvis_ai_response_time_seconds_count{{{_MODEL}}}[$__rate_interval]))"
    return (
        graph(
            "AI response time",
            *(_quantile(percent) for percent in (50, 95, 99)),
            unit="s",
            span=2 * HALF,
            description="Over 5 minutes. The longest bucket ends at 10 s: longer answers show as 10 s.",
        ),
        graph(
            "Mean AI response time",
            Query(
                f"sum by (model) (rate(jarvis_ai_response_time_seconds_sum{{{_MODEL}}}[$__rate_interval])) / {rate}",
                "{{model}}",
            ),
            unit="s",
        ),
        graph("AI responses per second", Query(rate, "{{model}}"), unit="reqps"),
    )


def _resources() -> tuple[Panel, ...]:
    return (
        graph(
            "Failed database connections",
            Query("sum by (job) (increase(jarvis_database_connections_failed_total[5m]))", "{{job}}"),
            description="In the 5 minutes before. DatabaseConnectionFailure fires above none.",
        ),
        graph("Database connections", Query("sum by (database) (jarvis_database_connections_active)", "{{database}}")),
        graph(
            "Container memory against its limit",
            Query(
                f"container_memory_working_set_bytes{{{_CONTAINERS}}} / {_LIMITED}",
                "{{pod}} {{container}}",
            ),
            unit="percentunit",
            description="HighMemoryUsage fires above the line.",
            limit=0.9,
        ),
        graph(
            "Container CPU",
            Query(
                f"sum by (pod, container) (rate(container_cpu_usage_seconds_total{{{_CONTAINERS}}}[$__rate_interval]))",
                "{{pod}} {{container}}",
            ),
            description="In cores.",
        ),
    )


def _quantile(percent: int) -> Query:
    quantile = f"histogram_quantile({percent / 100}, sum by (model, le) ({RESPONSE_TIME_BUCKETS.record}{{{_MODEL}}}))"
    return Query(quantile, f"{{{{model}}}} p{percent}")


def _model_variable() -> QueryVariable:
    return (
        QueryVariable("model")
        .label("Model")
        .datasource(SOURCE)
        .query("label_values(jarvis_ai_response_time_seconds_count, model)")
        .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(VariableSort.ALPHABETICAL_ASC)
        .multi(True)
        .include_all(True)
    )
