from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from components.monitoring.kinds import telemetry_target
from components.monitoring.settings import MonitoringSettings, OperatorMonitoring, StandaloneMonitoring
from components.network.contract import AnyPeer, ApiServerPeer, Flow, NamespacePeer, PodPeer
from components.network.rules import app_policies
from tests.support.mocks import Graph
from tests.unit.monitoring.operator.support import EVERYTHING, operator_graph

ADAPTER = TypeAdapter[Any](MonitoringSettings)


@pytest.fixture(scope="module")
def graph() -> Graph:
    return operator_graph()[0]


def test_the_kind_chooses_the_model() -> None:
    assert isinstance(ADAPTER.validate_python({"kind": "operator"}), OperatorMonitoring)
    assert isinstance(ADAPTER.validate_python({"kind": "standalone"}), StandaloneMonitoring)


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"prometheus": {"namespace": "Monitoring"}}, ("operator", "prometheus", "namespace")),
        ({"prometheus": {"selectedBy": {"release": "a b"}}}, ("operator", "prometheus", "selectedBy", "release")),
        ({"prometheus": {"retentionDays": 30}}, ("operator", "prometheus", "retentionDays")),
        ({"grafana": {"prometheusUid": "x" * 41}}, ("operator", "grafana", "prometheusUid")),
        ({"alertmanager": {"webhookUrl": "webhook"}}, ("operator", "alertmanager", "webhookUrl")),
        ({"alertmanager": {"replicas": 3}}, ("operator", "alertmanager", "replicas")),
        ({"exporters": {"nodeExporter": {}}}, ("operator", "exporters", "nodeExporter")),
    ],
)
def test_a_mistake_is_found_where_it_is(given: dict[str, Any], path: tuple[str, ...]) -> None:
    with pytest.raises(ValidationError) as caught:
        ADAPTER.validate_python({"kind": "operator", **given})
    assert [error["loc"] for error in caught.value.errors()] == [path]


def test_span_metrics_are_refused_with_the_reason() -> None:
    with pytest.raises(ValidationError, match=r"traces\.spanMetrics needs a Prometheus that takes OTLP"):
        ADAPTER.validate_python({"kind": "operator", "traces": {"spanMetrics": True}})


def test_nothing_runs_but_the_stores(graph: Graph) -> None:
    workloads = {r.object_name for kind in ("Deployment", "StatefulSet", "DaemonSet") for r in graph.of_kind(kind)}
    assert workloads == {"loki", "alloy", "tempo", "otel-collector"}
    bare, _ = operator_graph(logs=None, traces=None)
    assert not [r for kind in ("Deployment", "StatefulSet", "PersistentVolumeClaim") for r in bare.of_kind(kind)]
    assert not [r for kind in ("ClusterRole", "ClusterRoleBinding") for r in graph.of_kind(kind)]


def test_every_component_is_complete(graph: Graph) -> None:
    components = [r for r in graph.resources if r.type.startswith("jarvis:")]
    assert {r.urn for r in components} <= graph.completed


def test_traffic_comes_from_the_other_namespace() -> None:
    _, endpoints = operator_graph(
        prometheus={"namespace": "metrics"}, grafana={"namespace": "dashboards"}, logs={"alloy": {"replicas": 2}}
    )
    prometheus, grafana = NamespacePeer("metrics"), NamespacePeer("dashboards")
    alloy = PodPeer("alloy")
    assert set(endpoints.flows) == {
        Flow(prometheus, PodPeer("jarvis-backend"), 8000),
        Flow(prometheus, PodPeer("jarvis-interface"), 8001),
        Flow(prometheus, PodPeer("jarvis-tts"), 8002),
        Flow(prometheus, PodPeer("jarvis-stt"), 8003),
        Flow(prometheus, PodPeer("postgres"), 9187),
        Flow(prometheus, PodPeer("redis"), 9121),
        Flow(prometheus, PodPeer("loki"), 3100),
        Flow(prometheus, alloy, 12345),
        Flow(prometheus, PodPeer("otel-collector"), 8888),
        Flow(prometheus, PodPeer("tempo"), 3200),
        Flow(prometheus, PodPeer("webhook-handler"), 5000),
        Flow(grafana, PodPeer("loki"), 3100),
        Flow(grafana, PodPeer("tempo"), 3200),
        Flow(alloy, ApiServerPeer(), 443),
        Flow(alloy, ApiServerPeer(), 6443),
        Flow(alloy, alloy, 12345),
        Flow(alloy, PodPeer("loki"), 3100),
        Flow(PodPeer("otel-collector"), PodPeer("tempo"), 4317),
    }
    assert app_policies(endpoints.flows).keys() >= {"jarvis-backend", "loki", "tempo", "webhook-handler"}


def test_no_policy_lets_anybody_in() -> None:
    _, endpoints = operator_graph(grafana=None)
    assert not [flow for flow in endpoints.flows if isinstance(flow.source, AnyPeer)]
    assert not [flow for flow in endpoints.flows if flow.source == PodPeer("grafana")]


def test_prometheus_is_known_by_its_address_and_grafana_is_not_the_stack_s_to_expose() -> None:
    _, endpoints = operator_graph(prometheus={"namespace": "metrics", "service": "kps-prometheus", "port": 80})
    assert (endpoints.prometheus.name, endpoints.prometheus.port) == ("kps-prometheus", 80)
    assert endpoints.grafana is None


def test_the_application_sends_its_traces_where_there_is_a_store() -> None:
    settings = OperatorMonitoring.model_validate(EVERYTHING)
    target = telemetry_target(settings, "test")
    assert target is not None
    assert target.peer == PodPeer("otel-collector")
    assert telemetry_target(settings.model_copy(update={"traces": None}), "test") is None
