from __future__ import annotations

import json
import re
from typing import Any, get_args

import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard

from components.monitoring.dashboards.logs import log_lines
from components.monitoring.dashboards.platform import platform
from components.monitoring.signals.metrics import METRICS
from components.monitoring.signals.model import Exporter
from components.monitoring.signals.platform_metrics import OBSERVABILITY_METRICS
from tests.support.promql import dashboard_queries, metric_names, resolved

EXPORTERS: tuple[Exporter, ...] = get_args(Exporter)
BY_NAME = {series: metric for metric in METRICS for series in metric.series}


def as_json(dashboard: Dashboard | None) -> str:
    assert dashboard is not None
    return JSONEncoder(sort_keys=True, indent=1).encode(dashboard)


WHOLE = as_json(platform(set(EXPORTERS)))
LOGS: dict[str, Any] = json.loads(as_json(log_lines()))


def test_panels_read_only_metrics_that_something_exports() -> None:
    for title, query in dashboard_queries(WHOLE):
        read = metric_names(resolved(query))
        assert read, title
        assert read <= BY_NAME.keys(), title


@pytest.mark.parametrize("exporter", EXPORTERS)
def test_of_each_exporter_only_its_own_metrics_are_shown(exporter: Exporter) -> None:
    dashboard = platform({exporter})
    if dashboard is None:
        assert exporter not in {metric.exported_by for metric in OBSERVABILITY_METRICS} - {"tempo"}
        return
    queries = [resolved(query) for _, query in dashboard_queries(as_json(dashboard))]
    read = set[str]().union(*map(metric_names, queries))
    assert {BY_NAME[name].exported_by for name in read} == {exporter}


def test_panels_are_numbered_in_order() -> None:
    panels = json.loads(WHOLE)["panels"]
    assert [panel["id"] for panel in panels] == list(range(1, len(panels) + 1))
    assert [panel["id"] for panel in LOGS["panels"]] == [1, 2, 3, 4]


def test_the_logs_come_from_the_data_source_of_the_logs() -> None:
    used = {target["datasource"]["uid"] for panel in LOGS["panels"] for target in panel["targets"]}
    assert used == {"loki"}


def test_the_logs_use_the_variables_that_they_declare() -> None:
    queries = " ".join(target["expr"] for panel in LOGS["panels"] for target in panel["targets"])
    declared = {variable["name"] for variable in LOGS["templating"]["list"]}
    assert set(re.findall(r"\$(\w+)", queries)) - {"__auto"} == declared


def test_log_queries_select_by_labels_that_the_collector_sets() -> None:
    selectors = [target["expr"].split("}")[0] for panel in LOGS["panels"] for target in panel["targets"]]
    labels = {name for selector in selectors for name in re.findall(r"(\w+)=~?\"", selector)}
    assert labels == {"app", "job"}
