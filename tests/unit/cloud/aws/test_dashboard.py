"""The page of CloudWatch: everything that is watched can be seen."""

from __future__ import annotations

import json
from itertools import combinations
from typing import Any

import pulumi
import pytest

from components.cloud.aws.contract import Alarm, AwsCloud, Chart, Line
from components.cloud.aws.dashboard import widgets
from components.cloud.kinds import show_cloud
from tests.support.mocks import Graph
from tests.unit.cloud.aws.support import on_aws
from tests.unit.cloud.aws.test_whole_stack import everything


@pytest.fixture(scope="module")
def graph() -> Graph:
    return on_aws(everything)


def body(graph: Graph) -> list[dict[str, Any]]:
    (dashboard,) = graph.of_kind("Dashboard")[-1:]
    return json.loads(dashboard.inputs["dashboardBody"])["widgets"]


def test_there_is_one_of_the_stacks_name(graph: Graph) -> None:
    names = [item.inputs.get("dashboardName") for item in graph.resources if item.type.endswith("dashboard:Dashboard")]
    assert names == ["jarvis-production"]


def test_each_alarm_is_listed_and_drawn_with_its_limit(graph: Graph) -> None:
    alarms = graph.of_kind("MetricAlarm")
    assert len(alarms) > 15
    (states,) = [item for item in body(graph) if item["type"] == "alarm"]
    assert len(states["properties"]["alarms"]) == len(alarms)
    drawn = [item["properties"] for item in body(graph) if item["type"] == "metric"]
    for alarm in alarms:
        dimensions = [part for pair in alarm.inputs["dimensions"].items() for part in pair]
        line = [alarm.inputs["namespace"], alarm.inputs["metricName"], *dimensions]
        found = [chart for chart in drawn if line in chart["metrics"]]
        assert found, alarm.name
        assert found[0]["annotations"]["horizontal"][0]["value"] == alarm.inputs["threshold"]
        assert found[0]["stat"] == alarm.inputs["statistic"]


def test_sections_go_from_the_user_inwards(graph: Graph) -> None:
    headings = [item["properties"]["markdown"] for item in body(graph) if item["type"] == "text"]
    assert headings == ["## Load balancer", "## Cluster", "## Database", "## Cache", "## Exports of backups"]


def test_no_widget_lies_on_another_or_beyond_the_grid(graph: Graph) -> None:
    places = [(item["x"], item["y"], item["x"] + item["width"], item["y"] + item["height"]) for item in body(graph)]
    assert all(0 <= left < right <= 24 for left, _, right, _ in places)
    for (a, b, c, d), (e, f, g, h) in combinations(places, 2):
        assert c <= e or g <= a or d <= f or h <= b


def test_a_metric_of_several_nodes_is_one_chart_in_the_stacks_region() -> None:
    charts = [Chart("Lag", "AWS/ElastiCache", (Line("ReplicationLag", {"CacheClusterId": node}),)) for node in "ab"]
    (heading, chart) = widgets(charts, [], "us-west-2")
    assert heading["type"] == "text"
    properties: Any = chart["properties"]
    assert properties["region"] == "us-west-2"
    assert properties["metrics"] == [
        ["AWS/ElastiCache", "ReplicationLag", "CacheClusterId", "a"],
        ["AWS/ElastiCache", "ReplicationLag", "CacheClusterId", "b"],
    ]


def test_what_has_no_heading_comes_last_under_its_own_name() -> None:
    def build(cloud: AwsCloud) -> None:
        parent = pulumi.ComponentResource("test:index:Parent", "parent")
        cloud.alarms.watch(Alarm("x", "X.", "Own", "Thing", {}, threshold=1), parent=parent)
        cloud.alarms.show(Chart("CPU", "AWS/RDS", (Line("CPUUtilization", {}, "of all", "p95"),)))
        show_cloud(cloud)

    page = body(on_aws(build))
    headings = [item["properties"]["markdown"] for item in page if item["type"] == "text"]
    assert headings == ["## Database", "## Own"]
    (cpu,) = [item["properties"] for item in page if item["properties"].get("title") == "CPU"]
    assert cpu["metrics"] == [["AWS/RDS", "CPUUtilization", {"label": "of all", "stat": "p95"}]]
    assert "annotations" not in cpu


def test_a_stack_without_a_cloud_has_none() -> None:
    show_cloud(None)
