from __future__ import annotations

from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from components.monitoring.grafana_provisioning import data_sources_file
from components.monitoring.signals.scrape import ExporterTarget
from components.monitoring.traces.collector_config import CollectorConfig, collector_yml
from components.monitoring.traces.contract import TracesEndpoints
from components.monitoring.traces.settings import (
    CollectorSettings,
    HeadSampling,
    TailSampling,
    TempoSettings,
    TracesSettings,
)
from components.monitoring.traces.tempo_config import tempo_yml
from components.monitoring.traces.traces import Traces, collector_target
from components.network.contract import Flow, PodPeer
from tests.support.mocks import Graph, cluster_access, registered
from tests.support.pod_security import house_violations, restricted_violations
from tests.unit.monitoring.parts import flows_of, source_of, targets_of
from tests.unit.monitoring.support import pod_of


def traces_graph(
    settings: TracesSettings | None = None, *, logs: bool = True, protect: bool = False
) -> tuple[Graph, TracesEndpoints]:
    given: list[TracesEndpoints] = []

    def build() -> None:
        traces = Traces(
            "traces",
            settings or TracesSettings(),
            cluster=cluster_access(),
            logs=logs,
            protect=protect,
        )
        given.append(traces.endpoints)

    return registered(build), given[0]


@pytest.fixture(scope="module")
def graph() -> Graph:
    return traces_graph()[0]


def tempo_config(settings: TempoSettings | None = None) -> dict[str, Any]:
    return yaml.safe_load(tempo_yml(settings or TempoSettings()))


def collector_config(sampling: HeadSampling | TailSampling, prometheus: str | None = None) -> dict[str, Any]:
    return yaml.safe_load(collector_yml(CollectorConfig("tempo:4317", sampling, prometheus)))


@pytest.mark.parametrize(("kind", "name"), [("StatefulSet", "tempo"), ("Deployment", "otel-collector")])
def test_pods_keep_the_restricted_profile_and_the_house_rules(graph: Graph, kind: str, name: str) -> None:
    pod = pod_of(graph, kind, name)
    assert restricted_violations(pod) == house_violations(pod) == []


def test_both_of_tempo_s_parts_that_delete_know_the_retention() -> None:
    config = tempo_config(TempoSettings(retention_hours=48))
    assert config["backend_worker"]["compaction"]["block_retention"] == "48h"
    assert config["backend_scheduler"]["provider"]["compaction"]["compaction"]["block_retention"] == "48h"


def test_everything_that_tempo_writes_lies_on_its_volume(graph: Graph) -> None:
    container = pod_of(graph, "StatefulSet", "tempo")["containers"][0]
    data = next(mount["mountPath"] for mount in container["volumeMounts"] if mount["name"] == "data")
    config = tempo_config()
    paths = [
        config["storage"]["trace"]["local"]["path"],
        config["storage"]["trace"]["wal"]["path"],
        config["live_store"]["wal"]["path"],
        config["live_store"]["shutdown_marker_dir"],
        config["backend_scheduler"]["local_work_path"],
    ]
    assert all(path.startswith(data) for path in paths)


@pytest.mark.parametrize("protect", [True, False])
def test_protection_guards_the_volume_only(protect: bool) -> None:
    graph, _ = traces_graph(protect=protect)
    guarded = {resource.name for resource in graph.resources if resource.protect}
    assert guarded == ({"tempo-data"} if protect else set())


@pytest.mark.parametrize(
    ("kind", "name", "config_map"),
    [("StatefulSet", "tempo", "tempo-config"), ("Deployment", "otel-collector", "otel-collector-config")],
)
def test_the_command_line_names_the_file_that_is_mounted(graph: Graph, kind: str, name: str, config_map: str) -> None:
    container = pod_of(graph, kind, name)["containers"][0]
    (key,) = graph.one("ConfigMap", config_map).inputs["data"]
    directory = next(mount["mountPath"] for mount in container["volumeMounts"] if mount["name"] == "config")
    assert any(argument.endswith(f"={directory}/{key}") for argument in container["args"])


@pytest.mark.parametrize("name", ["tempo", "otel-collector"])
def test_services_lead_to_ports_that_the_containers_have(graph: Graph, name: str) -> None:
    kind = "StatefulSet" if name == "tempo" else "Deployment"
    container = pod_of(graph, kind, name)["containers"][0]
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    for port in graph.one("Service", name).inputs["spec"]["ports"]:
        assert ports[port["targetPort"]] == port["port"]


def test_the_collector_sends_to_where_tempo_listens(graph: Graph) -> None:
    text = graph.one("ConfigMap", "otel-collector-config").inputs["data"]["collector.yml"]
    host, port = yaml.safe_load(text)["exporters"]["otlp_grpc/tempo"]["endpoint"].split(":")
    assert host == graph.one("Service", "tempo").object_name
    receiver = tempo_config()["distributor"]["receivers"]["otlp"]["protocols"]["grpc"]["endpoint"]
    assert receiver == f"0.0.0.0:{port}"


@pytest.mark.parametrize("sampling", [HeadSampling(), TailSampling()])
@pytest.mark.parametrize("prometheus", [None, "http://prometheus-server:80/api/v1/otlp"])
def test_memory_is_guarded_first_in_every_pipeline(
    sampling: HeadSampling | TailSampling, prometheus: str | None
) -> None:
    pipelines = collector_config(sampling, prometheus)["service"]["pipelines"]
    assert {pipeline["processors"][0] for pipeline in pipelines.values()} == {"memory_limiter"}


def test_span_metrics_count_what_sampling_leaves_out() -> None:
    pipelines = collector_config(TailSampling(), "http://prometheus")["service"]["pipelines"]
    (counting,) = [pipeline for pipeline in pipelines.values() if pipeline["exporters"] == ["spanmetrics"]]
    assert counting["processors"] == ["memory_limiter"]


def test_a_second_collector_would_see_halves_of_traces() -> None:
    with pytest.raises(ValidationError, match=r"sampling\.kind tail needs replicas 1"):
        CollectorSettings(replicas=2)
    assert CollectorSettings(replicas=2, sampling=HeadSampling(percentage=20)).replicas == 2


def test_several_collectors_stay_available() -> None:
    graph, _ = traces_graph(TracesSettings(collector=CollectorSettings(replicas=2, sampling=HeadSampling())))
    assert graph.one("Deployment", "otel-collector").inputs["spec"]["replicas"] == 2
    assert graph.one("PodDisruptionBudget", "otel-collector").inputs["spec"]["maxUnavailable"] == 1


def test_the_application_learns_where_the_collector_is() -> None:
    target = collector_target("test")
    assert (target.peer, target.port) == (PodPeer("otel-collector"), 4317)
    variables = target.variables
    assert variables["OTEL_EXPORTER_OTLP_ENDPOINT"] == "http://otel-collector:4317"
    assert variables["OTEL_EXPORTER_OTLP_PROTOCOL"] == "grpc"
    assert "deployment.environment.name=test" in str(variables["OTEL_RESOURCE_ATTRIBUTES"])


def test_network_policies_learn_all_that_talks() -> None:
    _, endpoints = traces_graph()
    collector, tempo = PodPeer("otel-collector"), PodPeer("tempo")
    expected = {
        Flow(collector, tempo, 4317),
        Flow(PodPeer("grafana"), tempo, 3200),
    }
    assert set(flows_of(endpoints.parts)) == expected
    _, with_metrics = traces_graph(TracesSettings(span_metrics=True))
    assert set(flows_of(with_metrics.parts)) - expected == {Flow(collector, PodPeer("prometheus-server"), 9090)}
    assert targets_of(endpoints.parts) == (
        ExporterTarget("otel-collector", "otel-collector", 8888),
        ExporterTarget("tempo", "tempo", 3200),
    )


def test_grafana_leads_from_a_span_to_its_service_s_lines() -> None:
    _, endpoints = traces_graph()
    (source,) = yaml.safe_load(data_sources_file(source_of(endpoints.parts)))["datasources"]
    assert (source["type"], source["uid"], source["url"]) == ("tempo", "tempo", "http://tempo:3200")
    link = source["jsonData"]["tracesToLogsV2"]
    assert link["datasourceUid"] == "loki"
    # OTEL_SERVICE_NAME is the `app` label, which the log collector gives to each stream.
    assert link["tags"] == [{"key": "service.name", "value": "app"}]


def test_links_lead_only_to_what_is_there() -> None:
    _, endpoints = traces_graph(logs=False)
    assert "tracesToLogsV2" not in dict(source_of(endpoints.parts).json_data)
    assert "tracesToMetrics" not in dict(source_of(endpoints.parts).json_data)
    _, endpoints = traces_graph(TracesSettings(span_metrics=True))
    assert "tracesToMetrics" in dict(source_of(endpoints.parts).json_data)
