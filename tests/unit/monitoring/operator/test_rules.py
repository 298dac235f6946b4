from __future__ import annotations

import re
from typing import Any, get_args

import pytest

from components.monitoring.operator.rules import rule_spec
from components.monitoring.operator.sharing import Sharing
from components.monitoring.prometheus_config import rule_files
from components.monitoring.signals.metrics import METRICS
from components.monitoring.signals.model import AlertRule, Exporter, RecordingRule
from components.monitoring.signals.rules import RuleOptions, rule_groups
from tests.support.mocks import Graph
from tests.support.promql import metric_names
from tests.unit.monitoring.operator.support import operator_graph, spec_of

GROUPS = rule_groups(RuleOptions("production", frozenset(get_args(Exporter))))
SHARING = Sharing("jarvis-production", own_container_job=True)
RULES = [rule for group in GROUPS for rule in group.rules]
OWN = r'namespace="jarvis-production"(,job="kubernetes-cadvisor")?'


def without_sharing(expr: str) -> str:
    """The query before it was narrowed down to a stack."""
    return re.sub(rf"\{{{OWN}\}}", "", re.sub(rf"\{{{OWN},", "{", expr))


def delivered() -> dict[str, Any]:
    return rule_spec(GROUPS, SHARING, "production")


def test_both_deliveries_have_the_same_rules() -> None:
    """Names, order, expressions, waiting times, annotations; labels but for those that only one delivery needs."""
    files = [text for name, text in rule_files(GROUPS).items() if name]
    assert len(files) == len(delivered()["groups"])
    for group, shared in zip(GROUPS, delivered()["groups"], strict=True):
        assert shared["name"] == group.name
        for rule, ours in zip(group.rules, shared["rules"], strict=True):
            assert without_sharing(ours["expr"]) == rule.expr
            match rule:
                case AlertRule():
                    assert (ours["alert"], ours["for"], ours["annotations"]) == (rule.name, rule.for_, rule.annotations)
                    added = {"namespace": "jarvis-production", "environment": "production"}
                    assert ours["labels"] == {**rule.labels, **added}
                case RecordingRule():
                    assert ours["record"] == rule.record
                    assert ours["labels"] == {"namespace": "jarvis-production"}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name if isinstance(rule, AlertRule) else rule.record)
def test_every_selector_of_a_stack_s_own_series_is_narrowed(rule: AlertRule | RecordingRule) -> None:
    expr = SHARING.query(rule.expr)
    assert metric_names(expr) == metric_names(rule.expr)
    by_name = {series: metric for metric in METRICS for series in metric.series}
    for name in metric_names(rule.expr):
        selectors = re.findall(rf"(?<![\w:]){re.escape(name)}(?![\w:])(\{{{OWN})?", expr)
        exporter = by_name[name].exported_by if name in by_name else "prometheus"
        of_no_stack = exporter in {"alertmanager", "node-exporter"} or name.startswith("prometheus_")
        assert all(bool(found[0]) is not of_no_stack for found in selectors), expr


@pytest.mark.parametrize(
    ("query", "narrowed"),
    [
        ("up == 0", 'up{namespace="x"} == 0'),
        ('up{job="a"} == 0', 'up{namespace="x",job="a"} == 0'),
        ("rate(redis_up[5m] offset 1h)", 'rate(redis_up{namespace="x"}[5m] offset 1h)'),
        ('node_load5{device="redis_up"}', 'node_load5{device="redis_up"}'),
        ("redis_up_and_down", "redis_up_and_down"),
        ("some:redis_up", "some:redis_up"),
        ("label_values(redis_up, job)", 'label_values(redis_up{namespace="x"}, job)'),
    ],
)
def test_queries_keep_to_the_namespace(query: str, narrowed: str) -> None:
    assert Sharing("x", own_container_job=False).query(query) == narrowed


def test_containers_are_not_counted_twice() -> None:
    """The cluster's own job has the same samples of them."""
    name = "container_memory_working_set_bytes"
    assert SHARING.query(name) == f'{name}{{namespace="jarvis-production",job="kubernetes-cadvisor"}}'
    assert Sharing("x", own_container_job=False).query(name) == f'{name}{{namespace="x"}}'


@pytest.fixture(scope="module")
def graph() -> Graph:
    return operator_graph()[0]


def test_the_object_is_one_that_that_prometheus_takes(graph: Graph) -> None:
    rule = graph.one("PrometheusRule", "jarvis")
    assert rule.inputs["apiVersion"] == "monitoring.coreos.com/v1"
    assert rule.inputs["metadata"]["namespace"] == "jarvis-test"
    assert rule.inputs["metadata"]["labels"]["release"] == "kube-prometheus-stack"
    chosen, _ = operator_graph(prometheus={"selectedBy": {"team": "platform"}})
    labels = chosen.one("PrometheusRule", "jarvis").inputs["metadata"]["labels"]
    assert labels["team"] == "platform"
    assert "release" not in labels


def test_rules_name_the_namespace_itself(graph: Graph) -> None:
    spec = spec_of(graph, "PrometheusRule", "jarvis")
    (down,) = [rule for group in spec["groups"] for rule in group["rules"] if rule.get("alert") == "ServiceDown"]
    assert down["expr"] == 'up{namespace="jarvis-test",job=~"jarvis-.*"} == 0'
    assert (down["labels"]["namespace"], down["labels"]["environment"]) == ("jarvis-test", "test")
    assert "$(" not in str(spec).replace("$(NODE", "")


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"exporters": {"kubeStateMetrics": False}}, {"jarvis-workloads", "jarvis-nodes"}),
        ({"exporters": {"kubelet": False}}, {"jarvis-volumes", "jarvis-nodes"}),
        ({"exporters": {}}, {"jarvis-nodes"}),
        ({"logs": None}, {"jarvis-logs", "jarvis-log-collector"}),
        ({"traces": None}, {"jarvis-traces", "jarvis-trace-collector"}),
        ({"alertmanager": None}, {"jarvis-alerting"}),
    ],
)
def test_alerts_on_what_is_not_known_there_are_left_out(
    graph: Graph, changes: dict[str, Any], missing: set[str]
) -> None:
    def groups(graph: Graph) -> set[str]:
        return {group["name"] for group in spec_of(graph, "PrometheusRule", "jarvis")["groups"]}

    changed, _ = operator_graph(**changes)
    assert groups(graph) - groups(changed) == missing
