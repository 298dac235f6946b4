"""Alertmanager, and the pair of Prometheus servers that sends to it."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
import yaml

from components.monitoring.alerting.settings import AlertmanagerSettings
from components.monitoring.contract import MonitoringEndpoints
from components.monitoring.settings import PrometheusSettings, StandaloneMonitoring
from components.network.contract import PUBLIC_ADDRESSES, AnyPeer, Flow, PodPeer
from components.network.rules import app_policies
from components.settings.workloads import Storage
from tests.support.mocks import Graph
from tests.support.pod_security import house_violations, restricted_violations
from tests.unit.monitoring.support import SLACK_URL, monitoring_graph, pod_of

ALERTMANAGER = PodPeer("alertmanager")
PROMETHEUS = PodPeer("prometheus-server")


def alertmanager(*, slack: bool = True, protect: bool = False, **changes: Any) -> tuple[Graph, MonitoringEndpoints]:
    settings = StandaloneMonitoring(alertmanager=AlertmanagerSettings(**changes))
    return monitoring_graph(settings, slack=slack, protect=protect)


@pytest.fixture(scope="module")
def single() -> Graph:
    return alertmanager()[0]


@pytest.fixture(scope="module")
def three() -> Graph:
    return alertmanager(replicas=3)[0]


@pytest.fixture(scope="module")
def pair() -> Graph:
    settings = StandaloneMonitoring(
        prometheus=PrometheusSettings(replicas=2, storage=Storage(size="10Gi")), alertmanager=AlertmanagerSettings()
    )
    return monitoring_graph(settings)[0]


def container_of(graph: Graph, name: str = "alertmanager") -> dict[str, Any]:
    (container,) = pod_of(graph, "StatefulSet", name)["containers"]
    return container


def claims_of(graph: Graph, name: str) -> dict[str, str]:
    """The size of each claim of a StatefulSet's Pods, by its name."""
    return {
        claim.object_name: claim.inputs["spec"]["resources"]["requests"]["storage"]
        for claim in graph.of_kind("PersistentVolumeClaim")
        if claim.object_name.startswith(f"data-{name}-")
    }


def routing(graph: Graph) -> dict[str, Any]:
    return yaml.safe_load(graph.one("ConfigMap", "alertmanager-config").inputs["data"]["alertmanager.yml"])


@pytest.mark.parametrize("replicas", [1, 3])
def test_pods_keep_the_restricted_profile_and_the_house_rules(replicas: int) -> None:
    pod = pod_of(alertmanager(replicas=replicas)[0], "StatefulSet", "alertmanager")
    assert restricted_violations(pod) == []
    assert house_violations(pod) == []


def test_a_single_server_speaks_to_nobody(single: Graph) -> None:
    spec = single.one("StatefulSet", "alertmanager").inputs["spec"]
    assert spec["replicas"] == 1
    assert container_of(single)["args"] == [
        "--config.file=/etc/alertmanager/config/alertmanager.yml",
        "--storage.path=/alertmanager",
        "--cluster.listen-address=",
    ]
    assert claims_of(single, "alertmanager") == {"data-alertmanager-0": "1Gi"}
    assert "affinity" not in spec["template"]["spec"]
    assert "alertmanager" not in [budget.object_name for budget in single.of_kind("PodDisruptionBudget")]


def test_three_servers_find_each_other_by_name(three: Graph) -> None:
    headless = three.one("Service", "alertmanager-headless").inputs["spec"]
    peers = [arg.split("=", 1)[1] for arg in container_of(three)["args"] if arg.startswith("--cluster.peer=")]
    assert peers == [f"alertmanager-{index}.alertmanager-headless:9094" for index in range(3)]
    assert "--cluster.listen-address=0.0.0.0:9094" in container_of(three)["args"]
    assert three.one("StatefulSet", "alertmanager").inputs["spec"]["serviceName"] == "alertmanager-headless"
    # They look for each other before any is ready.
    assert (headless["clusterIP"], headless["publishNotReadyAddresses"]) == ("None", True)
    assert {(port["port"], port["protocol"]) for port in headless["ports"]} == {(9094, "TCP"), (9094, "UDP")}
    declared = {(port["containerPort"], port.get("protocol", "TCP")) for port in container_of(three)["ports"]}
    assert declared == {(9093, "TCP"), (9094, "TCP"), (9094, "UDP")}


def test_the_loss_of_a_node_or_a_drain_takes_one_of_three(three: Graph) -> None:
    spec = three.one("StatefulSet", "alertmanager").inputs["spec"]
    assert (spec["replicas"], spec["podManagementPolicy"]) == (3, "Parallel")
    (term,) = spec["template"]["spec"]["affinity"]["podAntiAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    assert term == {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"app": "alertmanager"}}}
    budget = three.one("PodDisruptionBudget", "alertmanager").inputs["spec"]
    assert (budget["maxUnavailable"], budget["selector"]) == (1, {"matchLabels": {"app": "alertmanager"}})
    assert claims_of(three, "alertmanager") == {f"data-alertmanager-{index}": "1Gi" for index in range(3)}


@pytest.mark.parametrize("protect", [True, False])
def test_silences_are_guarded_where_data_is(protect: bool) -> None:
    graph, _ = alertmanager(replicas=3, protect=protect, storage=Storage(size="2Gi", storage_class="fast"))
    claims = [claim for claim in graph.of_kind("PersistentVolumeClaim") if "alertmanager" in claim.object_name]
    assert [(claim.protect, claim.retain_on_delete) for claim in claims] == [(protect, protect)] * 3
    assert {claim.inputs["spec"]["storageClassName"] for claim in claims} == {"fast"}
    assert {claim.urn for claim in claims} <= graph.one("StatefulSet", "alertmanager").dependencies


def test_the_address_of_slack_is_a_file_from_a_secret(single: Graph) -> None:
    directory, _, name = routing(single)["global"]["slack_api_url_file"].rpartition("/")
    pod = pod_of(single, "StatefulSet", "alertmanager")
    (mount,) = [mount for mount in container_of(single)["volumeMounts"] if mount["mountPath"] == directory]
    (volume,) = [volume for volume in pod["volumes"] if volume["name"] == mount["name"]]
    assert mount["readOnly"] is True
    # The group of the Pod, which the files belong to, may read them.
    assert volume["secret"] == {"secretName": "alertmanager-receivers", "defaultMode": 0o440}
    assert pod["securityContext"]["fsGroup"]
    data = single.one("Secret", "alertmanager-receivers").inputs["data"]
    assert {key: base64.b64decode(value).decode() for key, value in data.items()} == {name: SLACK_URL}


def test_the_address_of_slack_is_nowhere_else(single: Graph) -> None:
    secret = single.one("Secret", "alertmanager-receivers")
    assert "data" in secret.secret_inputs
    forms = (SLACK_URL, base64.b64encode(SLACK_URL.encode()).decode())
    texts = {r.name: json.dumps(r.inputs, default=str) for r in single.resources if r is not secret}
    assert [name for name, text in texts.items() if any(form in text for form in forms)] == []


def test_without_slack_there_is_no_secret_and_the_webhook_is_told() -> None:
    graph, endpoints = alertmanager(slack=False)
    assert [r for r in graph.of_kind("Secret") if "alertmanager" in r.object_name] == []
    assert "global" not in routing(graph)
    pod = pod_of(graph, "StatefulSet", "alertmanager")
    assert [volume["name"] for volume in pod["volumes"] if "secret" in volume] == []
    assert not [flow for flow in endpoints.flows if flow.target in PUBLIC_ADDRESSES]


def test_a_change_of_routes_or_of_the_address_rolls_the_pods(single: Graph) -> None:
    def checksum(graph: Graph) -> str:
        template = graph.one("StatefulSet", "alertmanager").inputs["spec"]["template"]
        return template["metadata"]["annotations"]["jarvis.io/config-checksum"]

    assert checksum(alertmanager()[0]) == checksum(single)
    changed = (alertmanager(slack=False)[0], alertmanager(heartbeat_url="https://heartbeat.example.com/jarvis")[0])
    assert len({checksum(single), *map(checksum, changed)}) == 3


def test_prometheus_sends_to_every_server_and_watches_them(three: Graph) -> None:
    config = yaml.safe_load(three.one("ConfigMap", "prometheus-test-config").inputs["data"]["prometheus.yml"])
    (managers,) = config["alerting"]["alertmanagers"]
    steps = [(step["source_labels"], step["regex"]) for step in managers["relabel_configs"]]
    # Pods, not the Service: each server is sent every alert.
    assert managers["kubernetes_sd_configs"] == [{"role": "pod", "namespaces": {"names": ["jarvis-test"]}}]
    assert steps == [(["__meta_kubernetes_pod_label_app"], "alertmanager"), (["__address__"], ".+:9093")]
    assert "alertmanager" in [job["job_name"] for job in config["scrape_configs"]]
    assert "alerting.yml" in three.one("ConfigMap", "prometheus-test-config").inputs["data"]


def of_alertmanager(endpoints: MonitoringEndpoints) -> set[Flow]:
    return {flow for flow in endpoints.flows if ALERTMANAGER in (flow.source, flow.target)}


def test_traffic_of_a_single_server() -> None:
    _, endpoints = alertmanager(slack=False)
    assert of_alertmanager(endpoints) == {
        Flow(PROMETHEUS, ALERTMANAGER, 9093),
        Flow(ALERTMANAGER, PodPeer("webhook-handler"), 5000),
    }


def test_traffic_of_three_servers_to_the_outside_and_among_each_other() -> None:
    _, endpoints = alertmanager(
        replicas=3, webhook_url="https://hooks.example.com/jarvis", heartbeat_url="http://beats.example.com:8080/x"
    )
    assert of_alertmanager(endpoints) == {
        Flow(PROMETHEUS, ALERTMANAGER, 9093),
        Flow(ALERTMANAGER, ALERTMANAGER, 9094, "TCP"),
        Flow(ALERTMANAGER, ALERTMANAGER, 9094, "UDP"),
        Flow(ALERTMANAGER, AnyPeer(), 443),
        Flow(ALERTMANAGER, AnyPeer(), 8080),
        *(Flow(ALERTMANAGER, public, 443) for public in PUBLIC_ADDRESSES),
    }
    assert "alertmanager" in app_policies(endpoints.flows)


def test_a_pair_of_prometheus_servers_keeps_samples_twice(pair: Graph) -> None:
    spec = pair.one("StatefulSet", "prometheus-server").inputs["spec"]
    assert spec["replicas"] == 2
    assert claims_of(pair, "prometheus-server") == {f"data-prometheus-server-{index}": "10Gi" for index in range(2)}
    assert spec["template"]["spec"]["affinity"]["podAntiAffinity"]
    assert pair.one("PodDisruptionBudget", "prometheus-server").inputs["spec"]["maxUnavailable"] == 1


def test_each_of_a_pair_knows_its_name_and_alerts_do_not(pair: Graph) -> None:
    container = container_of(pair, "prometheus-server")
    field = {"fieldRef": {"fieldPath": "metadata.name"}}
    assert container["env"] == [{"name": "POD_NAME", "valueFrom": field}]
    config = yaml.safe_load(pair.one("ConfigMap", "prometheus-test-config").inputs["data"]["prometheus.yml"])
    (replica,) = [name for name, value in config["global"]["external_labels"].items() if value == "${POD_NAME}"]
    assert config["alerting"]["alert_relabel_configs"] == [{"action": "labeldrop", "regex": replica}]


def test_a_reader_stays_with_one_of_a_pair(pair: Graph, single: Graph) -> None:
    assert pair.one("Service", "prometheus-server").inputs["spec"]["sessionAffinity"] == "ClientIP"
    assert "sessionAffinity" not in single.one("Service", "prometheus-server").inputs["spec"]
    assert "env" not in container_of(single, "prometheus-server")


def test_every_component_is_complete(three: Graph) -> None:
    assert {r.urn for r in three.resources if r.type.startswith("jarvis:")} <= three.completed
