from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from components.monitoring.dashboards.catalogue import dashboard_files
from tests.support.mocks import Graph
from tests.support.promql import metric_names, resolved
from tests.unit.monitoring.operator.support import operator_graph

DASHBOARDS = ("jarvis-overview", "jarvis-performance", "jarvis-platform", "jarvis-logs")


@pytest.fixture(scope="module")
def graph() -> Graph:
    return operator_graph()[0]


def dashboard(graph: Graph, name: str) -> dict[str, Any]:
    (text,) = graph.one("ConfigMap", f"{name}-dashboard").inputs["data"].values()
    return json.loads(text)


def targets(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for panel in document["panels"]:
        yield from panel["targets"]


@pytest.mark.parametrize("name", DASHBOARDS)
def test_each_dashboard_is_a_config_map_that_the_sidecar_finds(graph: Graph, name: str) -> None:
    metadata = graph.one("ConfigMap", f"{name}-dashboard").inputs["metadata"]
    assert metadata["labels"]["grafana_dashboard"] == "1"
    assert metadata["namespace"] == "jarvis-test"


def test_two_stacks_dashboards_stand_side_by_side(graph: Graph) -> None:
    found = [dashboard(graph, name) for name in DASHBOARDS]
    assert [document["uid"] for document in found] == [f"{name}-test" for name in DASHBOARDS]
    assert all(document["title"].endswith(" (test)") for document in found)


@pytest.mark.parametrize("name", DASHBOARDS[:3])
def test_metrics_are_those_of_the_namespace(graph: Graph, name: str) -> None:
    for target in targets(dashboard(graph, name)):
        assert target["datasource"]["uid"] == "prometheus"
        expr = target["expr"]
        of_no_stack = [name for name in metric_names(resolved(expr)) if name.startswith("node_")]
        assert of_no_stack or 'namespace="jarvis-test"' in expr
    assert "$(" not in json.dumps(dashboard(graph, name))


def test_what_a_variable_offers_is_the_stack_s_too(graph: Graph) -> None:
    (model,) = dashboard(graph, "jarvis-performance")["templating"]["list"]
    assert model["query"] == 'label_values(jarvis_ai_response_time_seconds_count{namespace="jarvis-test"}, model)'


def test_lines_come_from_the_stack_s_own_store(graph: Graph) -> None:
    document = dashboard(graph, "jarvis-logs")
    original = json.loads(dashboard_files({"loki"})["jarvis-logs.json"])
    assert {target["datasource"]["uid"] for target in targets(document)} == {"loki-test"}
    assert [target["expr"] for target in targets(document)] == [target["expr"] for target in targets(original)]


def test_panels_look_as_everywhere(graph: Graph) -> None:
    original = json.loads(dashboard_files()["jarvis-overview.json"])
    shared = dashboard(graph, "jarvis-overview")
    assert [panel["title"] for panel in shared["panels"]] == [panel["title"] for panel in original["panels"]]
    assert [panel["gridPos"] for panel in shared["panels"]] == [panel["gridPos"] for panel in original["panels"]]


def test_the_stores_are_data_sources_where_the_sidecar_looks(graph: Graph) -> None:
    files = graph.one("ConfigMap", "jarvis-test-data-sources")
    assert files.inputs["metadata"]["namespace"] == "monitoring"
    assert files.inputs["metadata"]["labels"]["grafana_datasource"] == "1"
    (text,) = files.inputs["data"].values()
    sources = {source["uid"]: source for source in yaml.safe_load(text)["datasources"]}
    assert {uid: source["url"] for uid, source in sources.items()} == {
        "loki-test": "http://loki.jarvis-test.svc:3100",
        "tempo-test": "http://tempo.jarvis-test.svc:3200",
    }
    assert not any(source["isDefault"] for source in sources.values())
    linked = set(re.findall(r"datasourceUid: (\S+)", text))
    assert linked == {"loki-test", "tempo-test"}


def test_another_uid_of_prometheus() -> None:
    graph, _ = operator_graph(grafana={"prometheusUid": "metrics", "namespace": "grafana"})
    assert {target["datasource"]["uid"] for target in targets(dashboard(graph, "jarvis-overview"))} == {"metrics"}
    assert graph.one("ConfigMap", "jarvis-test-data-sources").inputs["metadata"]["namespace"] == "grafana"


def test_without_grafana_there_are_no_files() -> None:
    graph, endpoints = operator_graph(grafana=None)
    labels = [r.inputs["metadata"]["labels"] for r in graph.of_kind("ConfigMap")]
    assert not [found for found in labels if {"grafana_dashboard", "grafana_datasource"} & set(found)]
    assert endpoints.grafana is None


def test_without_stores_there_are_no_data_sources() -> None:
    graph, _ = operator_graph(logs=None, traces=None)
    assert "jarvis-test-data-sources" not in [r.object_name for r in graph.of_kind("ConfigMap")]
