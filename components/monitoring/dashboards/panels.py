"""The few kinds of panel that the dashboards are made of, all over Prometheus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from grafana_foundation_sdk.builders import common, dashboard, prometheus, stat, timeseries
from grafana_foundation_sdk.models.common import GraphThresholdsStyleMode, LegendDisplayMode, LegendPlacement
from grafana_foundation_sdk.models.dashboard import Dashboard as DashboardModel
from grafana_foundation_sdk.models.dashboard import DashboardCursorSync, DataSourceRef, Threshold, ThresholdsMode

from components.monitoring.grafana_provisioning import PROMETHEUS_DATA_SOURCE

SOURCE: Final = DataSourceRef(type_val="prometheus", uid=PROMETHEUS_DATA_SOURCE)
HALF: Final = 12
"""Of the grid's 24 columns."""
_STAT_HEIGHT: Final = 4
_GRAPH_HEIGHT: Final = 8

Panel = stat.Panel | timeseries.Panel


@dataclass(frozen=True)
class Query:
    """A PromQL expression and the name of each of its series, in Grafana's `{{label}}` notation."""

    expr: str
    legend: str = ""


def number(title: str, expr: str, *, unit: str = "short", span: int = 4, healthy_from: float | None = None) -> Panel:
    """The present value, large; red below `healthy_from` and green from there on, where it is given."""
    panel = (
        stat.Panel()
        .title(title)
        .datasource(SOURCE)
        .height(_STAT_HEIGHT)
        .span(span)
        .unit(unit)
        .with_target(_target(Query(expr), "A").instant())
    )
    if healthy_from is None:
        return panel
    return panel.thresholds(_steps(("red", None), ("green", healthy_from)))


def graph(
    title: str,
    *queries: Query,
    unit: str = "short",
    span: int = HALF,
    description: str = "",
    limit: float | None = None,
) -> Panel:
    """Lines over time; a dashed red one at `limit`, where it is given."""
    panel = (
        timeseries.Panel()
        .title(title)
        .description(description)
        .datasource(SOURCE)
        .height(_GRAPH_HEIGHT)
        .span(span)
        .unit(unit)
        .min(0)
        .fill_opacity(10)
        .legend(
            common.VizLegendOptions()
            .show_legend(True)
            .display_mode(LegendDisplayMode.LIST)
            .placement(LegendPlacement.BOTTOM)
        )
    )
    for index, query in enumerate(queries):
        panel = panel.with_target(_target(query, chr(ord("A") + index)).range())
    if limit is None:
        return panel
    return panel.thresholds(_steps(("green", None), ("red", limit))).thresholds_style(
        common.GraphThresholdsStyleConfig().mode(GraphThresholdsStyleMode.DASHED)
    )


def new_dashboard(uid: str, title: str, description: str) -> dashboard.Dashboard:
    """A dashboard with what they all have in common. `uid` is a part of its address: it never changes."""
    return (
        dashboard.Dashboard(title)
        .uid(uid)
        .description(description)
        .tags(["jarvis"])
        .timezone("browser")
        .time("now-1h", "now")
        .refresh("30s")
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .readonly()
    )


def with_panels(builder: dashboard.Dashboard, *panels: Panel) -> DashboardModel:
    """The dashboard with its panels from left to right, top to bottom, numbered in that order."""
    for number_, panel in enumerate(panels, start=1):
        builder = builder.with_panel(panel.id(number_))
    return builder.build()


def _target(query: Query, ref_id: str) -> prometheus.Dataquery:
    return prometheus.Dataquery().expr(query.expr).legend_format(query.legend).ref_id(ref_id).datasource(SOURCE)


def _steps(*steps: tuple[str, float | None]) -> dashboard.ThresholdsConfig:
    return (
        dashboard.ThresholdsConfig()
        .mode(ThresholdsMode.ABSOLUTE)
        .steps([Threshold(value=value, color=color) for color, value in steps])
    )
