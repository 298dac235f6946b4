from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from components.monitoring.grafana_provisioning import data_sources_file
from components.monitoring.logs.alloy_config import SECRETS, AlloyConfig, alloy_config
from components.monitoring.logs.contract import LogsEndpoints
from components.monitoring.logs.logs import Logs
from components.monitoring.logs.loki_config import loki_yml
from components.monitoring.logs.settings import AlloySettings, LogsSettings, LokiLimits, LokiSettings
from components.monitoring.signals.scrape import ExporterTarget
from components.network.contract import ApiServerPeer, Flow, PodPeer
from components.settings.workloads import Storage
from tests.support.mocks import Graph, cluster_access, registered
from tests.support.pod_security import house_violations, restricted_violations
from tests.unit.monitoring.parts import flows_of, source_of, targets_of
from tests.unit.monitoring.support import pod_of


def logs_graph(
    settings: LogsSettings | None = None, *, traces: bool = True, protect: bool = False
) -> tuple[Graph, LogsEndpoints]:
    given: list[LogsEndpoints] = []

    def build() -> None:
        logs = Logs("logs", settings or LogsSettings(), cluster=cluster_access(), traces=traces, protect=protect)
        given.append(logs.endpoints)

    return registered(build), given[0]


@pytest.fixture(scope="module")
def graph() -> Graph:
    return logs_graph()[0]


def config_of(settings: LokiSettings | None = None) -> dict[str, Any]:
    return yaml.safe_load(loki_yml(settings or LokiSettings()))


def alloy_text(**changes: Any) -> str:
    values: dict[str, Any] = {
        "namespace": "jarvis-test",
        "environment": "test",
        "loki_url": "http://loki:3100",
        "events": True,
        "redact": True,
        "clustered": False,
    }
    return alloy_config(AlloyConfig(**values | changes))


@pytest.mark.parametrize(("kind", "name"), [("StatefulSet", "loki"), ("Deployment", "alloy")])
def test_pods_keep_the_restricted_profile_and_the_house_rules(graph: Graph, kind: str, name: str) -> None:
    pod = pod_of(graph, kind, name)
    assert restricted_violations(pod) == []
    assert house_violations(pod) == (["the API token is mounted"] if name == "alloy" else [])


def test_loki_keeps_lines_as_long_as_the_guide_says() -> None:
    config = config_of()
    assert config["limits_config"]["retention_period"] == "744h"
    # Each of these alone makes Loki keep everything for ever, or refuse to start.
    assert config["compactor"]["retention_enabled"] is True
    assert config["compactor"]["delete_request_store"] == "filesystem"
    assert config["schema_config"]["configs"][0]["index"]["period"] == "24h"


def test_settings_reach_loki() -> None:
    limits = LokiLimits(ingestion_megabytes_per_second=3, max_streams=500)
    config = config_of(LokiSettings(retention_hours=48, limits=limits))
    assert config["limits_config"]["retention_period"] == config["limits_config"]["max_query_lookback"] == "48h"
    assert config["limits_config"]["ingestion_rate_mb"] == 3
    assert config["limits_config"]["max_global_streams_per_user"] == 500


def test_a_retention_that_loki_cannot_keep_is_refused() -> None:
    with pytest.raises(ValidationError, match="greater than or equal to 24"):
        LokiSettings(retention_hours=12)


def test_structured_metadata_has_the_schema_that_it_needs() -> None:
    schema = config_of()["schema_config"]["configs"][0]
    assert (schema["store"], schema["schema"]) == ("tsdb", "v13")
    assert config_of()["limits_config"]["allow_structured_metadata"] is True


def test_everything_that_loki_writes_lies_on_its_volume(graph: Graph) -> None:
    container = pod_of(graph, "StatefulSet", "loki")["containers"][0]
    mounted = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
    config = config_of()
    paths = [config["common"]["path_prefix"], config["compactor"]["working_directory"]]
    paths += config["common"]["storage"]["filesystem"].values()
    assert all(path.startswith(mounted["data"]) for path in paths)
    claim = graph.one("PersistentVolumeClaim", "loki-data").inputs["spec"]
    assert claim["resources"] == {"requests": {"storage": "20Gi"}}


def test_the_command_line_names_the_file_that_is_mounted(graph: Graph) -> None:
    container = pod_of(graph, "StatefulSet", "loki")["containers"][0]
    (key,) = graph.one("ConfigMap", "loki-config").inputs["data"]
    directory = next(mount["mountPath"] for mount in container["volumeMounts"] if mount["name"] == "config")
    assert f"-config.file={directory}/{key}" in container["args"]


@pytest.mark.parametrize("protect", [True, False])
def test_protection_guards_the_volume_only(protect: bool) -> None:
    graph, _ = logs_graph(protect=protect)
    guarded = {resource.name for resource in graph.resources if resource.protect}
    assert guarded == ({"loki-data"} if protect else set())


def test_loki_answers_where_the_guide_s_data_source_looks(graph: Graph) -> None:
    spec = graph.one("Service", "loki").inputs["spec"]
    assert [port["port"] for port in spec["ports"]] == [3100]
    assert config_of()["server"]["http_listen_port"] == 3100
    ports = pod_of(graph, "StatefulSet", "loki")["containers"][0]["ports"]
    assert {"name": "http", "containerPort": 3100} in ports


def test_a_new_configuration_rolls_the_pods() -> None:
    def checksums(settings: LogsSettings) -> list[str]:
        graph, _ = logs_graph(settings)
        pods = (graph.one("StatefulSet", "loki"), graph.one("Deployment", "alloy"))
        return [str(pod.inputs["spec"]["template"]["metadata"]["annotations"]) for pod in pods]

    changed = LogsSettings(loki=LokiSettings(retention_hours=100), alloy=AlloySettings(redact=False))
    assert not set(checksums(LogsSettings())) & set(checksums(changed))


def test_the_collector_s_rights_end_at_the_namespace(graph: Graph) -> None:
    assert graph.of_kind("ClusterRole") == graph.of_kind("ClusterRoleBinding") == []
    rules = graph.one("Role", "alloy").inputs["rules"]
    assert [(rule["resources"], rule["verbs"]) for rule in rules] == [
        (["pods"], ["get", "list", "watch"]),
        (["pods/log"], ["get"]),
        (["events"], ["get", "list", "watch"]),
    ]
    binding = graph.one("RoleBinding", "alloy")
    assert binding.inputs["subjects"] == [{"kind": "ServiceAccount", "name": "alloy", "namespace": "jarvis-test"}]
    assert binding.urn in graph.one("Deployment", "alloy").dependencies


def test_without_events_neither_the_right_nor_the_source_is_there() -> None:
    graph, _ = logs_graph(LogsSettings(alloy=AlloySettings(events=False)))
    granted = [rule["resources"] for rule in graph.one("Role", "alloy").inputs["rules"]]
    assert granted == [["pods"], ["pods/log"]]
    assert "kubernetes_events" not in graph.one("ConfigMap", "alloy-config").inputs["data"]["config.alloy"]


def test_the_collector_looks_at_its_own_namespace_only(graph: Graph) -> None:
    text = graph.one("ConfigMap", "alloy-config").inputs["data"]["config.alloy"]
    assert re.findall(r"name(?:space)?s\s+= (\[.*\])", text) == ['["jarvis-test"]', '["jarvis-test"]']
    assert '"http://loki:3100/loki/api/v1/push"' in text


def test_streams_have_the_labels_that_people_look_for() -> None:
    text = alloy_text()
    labels = re.findall(r"target_label\s+= \"(\w+)\"", text)
    assert labels == ["namespace", "pod", "container", "app"]
    assert 'environment = "test"' in text


def test_one_collector_needs_no_peers(graph: Graph) -> None:
    assert [service.object_name for service in graph.of_kind("Service")] == ["loki"]
    assert not any(
        "--cluster" in argument for argument in pod_of(graph, "Deployment", "alloy")["containers"][0]["args"]
    )
    assert graph.of_kind("PodDisruptionBudget") == []


def test_several_collectors_find_each_other_and_share_the_pods() -> None:
    graph, endpoints = logs_graph(LogsSettings(alloy=AlloySettings(replicas=2)))
    arguments = pod_of(graph, "Deployment", "alloy")["containers"][0]["args"]
    assert "--cluster.join-addresses=alloy-peers:12345" in arguments
    peers = graph.one("Service", "alloy-peers").inputs["spec"]
    assert (peers["clusterIP"], peers["publishNotReadyAddresses"]) == ("None", True)
    assert "enabled = true" in graph.one("ConfigMap", "alloy-config").inputs["data"]["config.alloy"]
    assert Flow(PodPeer("alloy"), PodPeer("alloy"), 12345) in flows_of(endpoints.parts)
    assert graph.one("PodDisruptionBudget", "alloy").inputs["spec"]["maxUnavailable"] == 1
    assert pod_of(graph, "Deployment", "alloy")["topologySpreadConstraints"]


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        ("Authorization: Bearer abcdef0123456789", "abcdef0123456789"),
        ("session eyJhbGciOi.eyJzdWIi.c2lnbmF0dXJl opened", "eyJhbGciOi.eyJzdWIi.c2lnbmF0dXJl"),
        ("connecting to postgresql://jarvis:S3cret-pass@postgres:5432/jarvis", "S3cret-pass"),
        ("redis://:S3cret-pass@redis:6379/0", "S3cret-pass"),
        ('{"user": "ada", "password": "S3cret-pass"}', "S3cret-pass"),
        ("api_key=S3cret-pass&model=llama3", "S3cret-pass"),
    ],
)
def test_what_looks_like_a_secret_is_masked(line: str, secret: str) -> None:
    masked = line
    for expression in SECRETS:
        # As stage.replace: the only group is replaced, and what is around it stays.
        masked = re.sub(expression, lambda match: match[0].replace(match[1], "[masked]"), masked)
    assert secret not in masked
    assert "[masked]" in masked


@pytest.mark.parametrize(
    "line",
    [
        "512 prompt_tokens used of 4096",
        "GET http://jarvis-backend:8000/health 200",
        '{"level": "info", "message": "token refreshed"}',
    ],
)
def test_what_is_no_secret_stays(line: str) -> None:
    assert not any(re.search(expression, line) for expression in SECRETS)


def test_masking_can_be_left_out() -> None:
    assert "stage.replace" not in alloy_text(redact=False)


def test_traces_stay_out_of_the_index() -> None:
    assert "stage.labels" not in alloy_text()
    assert "trace_id" in alloy_text().split("stage.structured_metadata")[1]


def test_network_policies_learn_all_that_talks() -> None:
    _, endpoints = logs_graph()
    alloy, loki = PodPeer("alloy"), PodPeer("loki")
    assert set(flows_of(endpoints.parts)) == {
        Flow(alloy, ApiServerPeer(), 443),
        Flow(alloy, ApiServerPeer(), 6443),
        Flow(alloy, loki, 3100),
        Flow(PodPeer("grafana"), loki, 3100),
    }
    assert targets_of(endpoints.parts) == (
        ExporterTarget("loki", "loki", 3100),
        ExporterTarget("alloy", "alloy", 12345),
    )


def test_grafana_has_the_guide_s_data_source_and_opens_traces_from_lines() -> None:
    _, endpoints = logs_graph()
    (source,) = yaml.safe_load(data_sources_file(source_of(endpoints.parts)))["datasources"]
    assert (source["name"], source["type"], source["url"]) == ("Loki", "loki", "http://loki:3100")
    (link,) = source["jsonData"]["derivedFields"]
    assert (link["datasourceUid"], link["url"]) == ("tempo", "$${__value.raw}")


def test_without_traces_lines_have_no_links() -> None:
    _, endpoints = logs_graph(traces=False)
    assert "derivedFields" not in dict(source_of(endpoints.parts).json_data)


def test_the_go_runtime_stays_below_the_limit(graph: Graph) -> None:
    variables = pod_of(graph, "Deployment", "alloy")["containers"][0]["env"]
    assert variables == [{"name": "GOMEMLIMIT", "value": "460MiB"}]


def test_volumes_take_the_stack_s_class() -> None:
    storage = Storage(size="5Gi", storage_class="fast-ssd")
    graph, _ = logs_graph(LogsSettings(loki=LokiSettings(storage=storage)))
    assert graph.one("PersistentVolumeClaim", "loki-data").inputs["spec"]["storageClassName"] == "fast-ssd"
