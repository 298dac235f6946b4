"""One page of CloudWatch with everything that a stack's managed services say of themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

import pulumi
from pulumi_aws import cloudwatch

from components.cloud.aws.contract import AwsCloud, Chart, Line

_SECTIONS: Final = {
    "AWS/Route53": "Regions",
    "AWS/ApplicationELB": "Load balancer",
    "ContainerInsights": "Cluster",
    "AWS/RDS": "Database",
    "AWS/ElastiCache": "Cache",
    "AWS/States": "Exports of backups",
}
"""Headings by namespace, from the user inwards; other namespaces come after them under their own name."""
_COLUMNS: Final = 24
_WIDTH: Final = 8
_HEIGHT: Final = 6
_MOST_ALARMS: Final = 100
"""Grid, and what one list of alarms takes: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/
CloudWatch-Dashboard-Body-Structure.html (2026-11-24)."""
_Widget = dict[str, object]


class Dashboard(pulumi.ComponentResource):
    """The alarms' states, then a chart for each metric that is watched or shown. Made after everything else.

    Its widgets are made of the same data as the alarms, so that none can watch what nobody sees.
    """

    def __init__(self, name: str, *, cloud: AwsCloud, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jarvis:cloud:Dashboard", name, None, opts)
        made = cloudwatch.Dashboard(
            "dashboard",
            dashboard_name=cloud.name,
            dashboard_body=pulumi.Output.json_dumps(
                {"widgets": widgets(cloud.alarms.charts, cloud.alarms.alarm_arns, cloud.region)}, sort_keys=True
            ),
            opts=cloud.child_of(self),
        )
        self.register_outputs({"name": made.dashboard_name})


def widgets(charts: Sequence[Chart], alarm_arns: Sequence[pulumi.Input[str]], region: str) -> list[_Widget]:
    """The page's widgets, each in its place."""
    placed: list[_Widget] = []
    row = 0
    if alarm_arns:
        states: _Widget = {"title": "Alarms", "alarms": list(alarm_arns[:_MOST_ALARMS])}
        placed.append(_at(0, row, _COLUMNS, 4, "alarm", states))
        row += 4
    for namespace, heading in _headings(charts).items():
        placed.append(_at(0, row, _COLUMNS, 1, "text", {"markdown": f"## {heading}"}))
        row += 1
        own = _joined(chart for chart in charts if chart.namespace == namespace)
        for index, chart in enumerate(own):
            across, down = index % (_COLUMNS // _WIDTH), index // (_COLUMNS // _WIDTH)
            x, y = across * _WIDTH, row + down * _HEIGHT
            placed.append(_at(x, y, _WIDTH, _HEIGHT, "metric", _drawn(chart, region)))
        row += -(-len(own) // (_COLUMNS // _WIDTH)) * _HEIGHT
    return placed


def _headings(charts: Sequence[Chart]) -> Mapping[str, str]:
    there = dict.fromkeys(chart.namespace for chart in charts)
    known = {name: heading for name, heading in _SECTIONS.items() if name in there}
    return {**known, **{name: name for name in there if name not in known}}


def _joined(charts: Iterable[Chart]) -> list[Chart]:
    """Charts of one title as one chart: the same metric of several nodes."""
    found: dict[str, Chart] = {}
    for chart in charts:
        before = found.get(chart.title)
        found[chart.title] = chart if before is None else replace(before, lines=(*before.lines, *chart.lines))
    return list(found.values())


def _at(x: int, y: int, width: int, height: int, sort: str, properties: _Widget) -> _Widget:
    return {"type": sort, "x": x, "y": y, "width": width, "height": height, "properties": properties}


def _drawn(chart: Chart, region: str) -> _Widget:
    drawn: _Widget = {
        "title": chart.title,
        "region": region,
        "view": "timeSeries",
        "stat": chart.statistic,
        "period": chart.period_seconds,
        "metrics": [_line(line, chart.namespace) for line in chart.lines],
    }
    if chart.limit is not None:
        drawn["annotations"] = {"horizontal": [{"label": "Alarm", "value": chart.limit}]}
    return drawn


def _line(line: Line, namespace: str) -> list[object]:
    dimensions = [part for pair in line.dimensions.items() for part in pair]
    options = {key: value for key, value in (("label", line.label), ("stat", line.statistic)) if value is not None}
    return [namespace, line.metric, *dimensions, *([options] if options else [])]
