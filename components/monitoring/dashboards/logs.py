"""Dashboard `jarvis-logs`: the lines of the stack's Pods, and how many of them tell of errors. Over Loki."""

from __future__ import annotations

from typing import Final

from grafana_foundation_sdk.builders import logs, loki, timeseries
from grafana_foundation_sdk.builders.dashboard import QueryVariable, TextBoxVariable
from grafana_foundation_sdk.models.common import LogsSortOrder
from grafana_foundation_sdk.models.dashboard import Dashboard, DataSourceRef, VariableRefresh

from components.monitoring.dashboards.panels import HALF, new_dashboard
from components.monitoring.signals.sources import LOKI_DATA_SOURCE

_SOURCE: Final = DataSourceRef(type_val="loki", uid=LOKI_DATA_SOURCE)
_LINES: Final = '{app=~"$app"} |~ "(?i)$search"'
_ERRORS: Final = '{app=~"$app"} | detected_level=~"error|critical|fatal"'
"""The level is what Loki itself reads from a line or from what the collector put beside it."""
_EVENTS: Final = '{job="kubernetes-events"}'


def log_lines() -> Dashboard:
    """Rates above, the lines below; `app` and `search` narrow both down."""
    return (
        new_dashboard("jarvis-logs", "Jarvis logs", "What the stack's Pods write, and its Kubernetes events")
        .with_variable(_app())
        .with_variable(TextBoxVariable("search").label("Search"))
        .with_panel(_rate("Lines per second", f"sum by (app) (rate({_LINES} [$__auto]))").id(1))
        .with_panel(_rate("Errors per second", f"sum by (app) (rate({_ERRORS} [$__auto]))").id(2))
        .with_panel(_lines("Lines", _LINES, height=16).id(3))
        .with_panel(_lines("Kubernetes events", _EVENTS, height=8).id(4))
        .build()
    )


def _app() -> QueryVariable:
    return (
        QueryVariable("app")
        .label("Application")
        .datasource(_SOURCE)
        .query('label_values({namespace=~".+"}, app)')
        .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
        .multi(True)
        .include_all(True)
        # Loki wants a selector that cannot be empty.
        .all_value(".+")
    )


def _rate(title: str, expr: str) -> timeseries.Panel:
    return (
        timeseries.Panel()
        .title(title)
        .datasource(_SOURCE)
        .height(8)
        .span(HALF)
        .min(0)
        .fill_opacity(10)
        .with_target(_query(expr, "{{app}}"))
    )


def _lines(title: str, expr: str, *, height: int) -> logs.Panel:
    return (
        logs.Panel()
        .title(title)
        .datasource(_SOURCE)
        .height(height)
        .span(2 * HALF)
        .show_time(True)
        .wrap_log_message(True)
        .enable_log_details(True)
        .sort_order(LogsSortOrder.DESCENDING)
        .with_target(_query(expr, ""))
    )


def _query(expr: str, legend: str) -> loki.Dataquery:
    return loki.Dataquery().expr(expr).legend_format(legend).ref_id("A").datasource(_SOURCE)
