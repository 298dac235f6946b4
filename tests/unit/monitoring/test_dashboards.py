from __future__ import annotations

import json
import re
import subprocess
import sys
from itertools import combinations
from typing import Any

import pytest

from components.monitoring.dashboards.catalogue import dashboard_files
from components.monitoring.signals.metrics import CUSTOM_METRICS, METRICS
from components.monitoring.signals.model import Exporter, RecordingRule
from components.monitoring.signals.rules import RuleOptions, rule_groups
from tests.support.promql import dashboard_queries, metric_names, resolved

FILES = dashboard_files()
RECORDED = {
    rule.record: rule
    for group in rule_groups(RuleOptions("x"))
    for rule in group.rules
    if isinstance(rule, RecordingRule)
}
KNOWN = {series for metric in METRICS for series in metric.series} | RECORDED.keys()
QUERIES = [(file, title, query) for file, text in FILES.items() for title, query in dashboard_queries(text)]


def test_there_are_the_guide_s_two_dashboards() -> None:
    assert {name: json.loads(text)["uid"] for name, text in FILES.items()} == {
        "jarvis-overview.json": "jarvis-overview",
        "jarvis-performance.json": "jarvis-performance",
    }


@pytest.mark.parametrize(
    ("exporters", "more"),
    [
        (set[Exporter](), set[str]()),
        ({"kube-state-metrics"}, {"jarvis-platform.json"}),
        ({"loki"}, {"jarvis-platform.json", "jarvis-logs.json"}),
        ({"redis-exporter"}, set[str]()),
    ],
)
def test_what_carries_jarvis_is_shown_where_it_is_known(exporters: set[Exporter], more: set[str]) -> None:
    assert dashboard_files(exporters).keys() - FILES.keys() == more


@pytest.mark.parametrize(("file", "title", "query"), QUERIES, ids=[f"{f[:-5]}-{t}" for f, t, _ in QUERIES])
def test_panels_read_only_metrics_that_something_exports(file: str, title: str, query: str) -> None:
    read = metric_names(resolved(query))
    assert read
    assert read <= KNOWN


def test_every_custom_metric_of_the_guide_is_shown() -> None:
    read = set[str]().union(*(metric_names(resolved(query)) for _, _, query in QUERIES))
    read |= set[str]().union(*(metric_names(RECORDED[name].expr) for name in read & RECORDED.keys()))
    assert [metric.name for metric in CUSTOM_METRICS if not read & set(metric.series)] == []


def test_no_query_groups_by_user() -> None:
    assert [title for _, title, query in QUERIES if re.search(r"by \([^)]*user_id", query)] == []


@pytest.mark.parametrize("file", FILES)
def test_panels_are_numbered_lie_side_by_side_and_use_the_provisioned_source(file: str) -> None:
    panels: list[dict[str, Any]] = json.loads(FILES[file])["panels"]
    assert [panel["id"] for panel in panels] == list(range(1, len(panels) + 1))
    assert {target["datasource"]["uid"] for panel in panels for target in panel["targets"]} == {"prometheus"}
    places = [panel["gridPos"] for panel in panels]
    assert max(place["x"] + place["w"] for place in places) <= 24
    for one, other in combinations(places, 2):
        apart = (
            one["x"] + one["w"] <= other["x"]
            or other["x"] + other["w"] <= one["x"]
            or one["y"] + one["h"] <= other["y"]
            or other["y"] + other["h"] <= one["y"]
        )
        assert apart, (one, other)


def test_variables_are_declared_where_they_are_used() -> None:
    for file, text in FILES.items():
        used = {name for f, _, query in QUERIES if f == file for name in re.findall(r"\$(\w+)", query)}
        declared = {variable["name"] for variable in json.loads(text).get("templating", {}).get("list", [])}
        assert used - {"__rate_interval"} == declared, file


def test_generating_twice_gives_the_same_bytes() -> None:
    assert dashboard_files() == FILES


def test_settings_and_kinds_load_no_sdk() -> None:
    code = (
        "import sys, components.monitoring.settings as _; assert 'pulumi' not in sys.modules;"
        "import components.monitoring.kinds as _;"
        "loaded = {'grafana_foundation_sdk', 'pulumi_kubernetes'} & set(sys.modules); assert not loaded, loaded"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
