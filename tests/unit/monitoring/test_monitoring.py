from __future__ import annotations

import base64
import json
from typing import Any

import pytest
import yaml

from components.monitoring.settings import ContainerMetrics, GrafanaSettings, PrometheusSettings, StandaloneMonitoring
from components.network.contract import AnyPeer, ApiServerPeer, Flow, PodPeer
from components.settings.workloads import Resources, Storage
from tests.support.mocks import Graph, Registered
from tests.support.pod_security import house_violations, restricted_violations
from tests.unit.monitoring.support import PASSWORD, monitoring_graph, pod_of


@pytest.fixture(scope="module")
def graph() -> Graph:
    return monitoring_graph()[0]


def prometheus_config(graph: Graph) -> dict[str, Any]:
    return yaml.safe_load(graph.one("ConfigMap", "prometheus-test-config").inputs["data"]["prometheus.yml"])


def mounted(pod: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Each volume by the path where the first container sees it."""
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    mounts = pod["containers"][0]["volumeMounts"]
    return {mount["mountPath"]: volumes[mount["name"]] for mount in mounts if mount["name"] in volumes}


@pytest.mark.parametrize(("kind", "name"), [("StatefulSet", "prometheus-server"), ("Deployment", "grafana")])
def test_pods_keep_the_restricted_profile_and_the_house_rules(graph: Graph, kind: str, name: str) -> None:
    pod = pod_of(graph, kind, name)
    assert restricted_violations(pod) == []
    allowed = ["the API token is mounted"] if name == "prometheus-server" else []
    assert house_violations(pod) == allowed


def test_the_service_is_where_the_guide_s_data_source_looks(graph: Graph) -> None:
    spec = graph.one("Service", "prometheus-server").inputs["spec"]
    http = {"name": "http", "port": 80, "targetPort": "http", "protocol": "TCP", "appProtocol": "http"}
    assert spec["ports"] == [http]
    container = pod_of(graph, "StatefulSet", "prometheus-server")["containers"][0]
    assert container["ports"] == [{"name": "http", "containerPort": 9090}]
    assert spec["selector"] == {"app": "prometheus-server"}


def test_prometheus_has_the_guide_s_retention_and_resources(graph: Graph) -> None:
    container = pod_of(graph, "StatefulSet", "prometheus-server")["containers"][0]
    assert "--storage.tsdb.retention.time=30d" in container["args"]
    assert container["resources"] == {
        "requests": {"cpu": "1000m", "memory": "2Gi"},
        "limits": {"cpu": "2000m", "memory": "4Gi"},
    }
    assert container["readinessProbe"]["httpGet"]["path"] == "/-/ready"
    assert container["livenessProbe"]["httpGet"]["path"] == "/-/healthy"


def test_samples_never_fill_the_volume() -> None:
    settings = StandaloneMonitoring(prometheus=PrometheusSettings(storage=Storage(size="10Gi"), retention_days=2))
    graph, _ = monitoring_graph(settings)
    container = pod_of(graph, "StatefulSet", "prometheus-server")["containers"][0]
    assert "--storage.tsdb.retention.size=8192MB" in container["args"]
    assert "--storage.tsdb.retention.time=2d" in container["args"]
    claim = graph.one("PersistentVolumeClaim", "data-prometheus-server-0").inputs["spec"]
    assert claim["resources"] == {"requests": {"storage": "10Gi"}}


def test_prometheus_sees_its_configuration_and_rules_where_it_looks_for_them(graph: Graph) -> None:
    pod = pod_of(graph, "StatefulSet", "prometheus-server")
    volume = mounted(pod)["/etc/prometheus"]["configMap"]
    data = graph.one("ConfigMap", volume["name"]).inputs["data"]
    paths = {item["path"]: data[item["key"]] for item in volume["items"]}
    names = ("test-critical", "recording", "slo", "slo-recording", "self", "postgres", "redis")
    assert set(paths) == {"prometheus.yml", *(f"alerts/{name}.yml" for name in names)}
    assert yaml.safe_load(paths["prometheus.yml"])["rule_files"] == ["alerts/*.yml"]
    (template,) = graph.one("StatefulSet", "prometheus-server").inputs["spec"]["volumeClaimTemplates"]
    mounts = {mount["name"]: mount["mountPath"] for mount in pod["containers"][0]["volumeMounts"]}
    assert mounts[template["metadata"]["name"]] == "/prometheus"


def test_jobs_cover_the_stack(graph: Graph) -> None:
    jobs = [job["job_name"] for job in prometheus_config(graph)["scrape_configs"]]
    assert jobs == ["jarvis-backend", "jarvis-microservices", "postgres", "redis", "prometheus", "kubernetes-cadvisor"]


def test_labels_name_the_stack() -> None:
    graph, _ = monitoring_graph(StandaloneMonitoring(cluster_name="paris-1"))
    assert prometheus_config(graph)["global"]["external_labels"] == {"cluster": "paris-1", "environment": "test"}


def test_rights_are_exactly_what_discovery_reads(graph: Graph) -> None:
    rules = graph.one("Role", "prometheus-server").inputs["rules"]
    granted = {(resource, *rule["verbs"]) for rule in rules for resource in rule["resources"]}
    assert granted == {
        (resource, "get", "list", "watch") for resource in ("services", "endpoints", "pods", "endpointslices")
    }
    cluster_rules = graph.one("ClusterRole", "jarvis-test-prometheus-server-kubelets").inputs["rules"]
    assert [(rule["resources"], rule["verbs"]) for rule in cluster_rules] == [
        (["nodes"], ["get", "list", "watch"]),
        (["nodes/metrics"], ["get"]),
    ]
    for kind in ("RoleBinding", "ClusterRoleBinding"):
        (binding,) = graph.of_kind(kind)
        assert binding.inputs["subjects"] == [
            {"kind": "ServiceAccount", "name": "prometheus-server", "namespace": "jarvis-test"}
        ]
        assert binding.urn in graph.one("StatefulSet", "prometheus-server").dependencies


def test_without_container_metrics_nothing_is_cluster_scoped() -> None:
    settings = StandaloneMonitoring(prometheus=PrometheusSettings(container_metrics=ContainerMetrics(enabled=False)))
    graph, endpoints = monitoring_graph(settings)
    assert graph.of_kind("ClusterRole") == graph.of_kind("ClusterRoleBinding") == []
    assert "kubernetes-cadvisor" not in [job["job_name"] for job in prometheus_config(graph)["scrape_configs"]]
    assert not any(isinstance(flow.target, AnyPeer) for flow in endpoints.flows)


def test_kubelets_prove_themselves_unless_the_stack_says_otherwise(graph: Graph) -> None:
    def tls(graph: Graph) -> dict[str, Any]:
        return prometheus_config(graph)["scrape_configs"][-1]["tls_config"]

    assert tls(graph) == {"ca_file": "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt"}
    trusting = ContainerMetrics(verify_certificates=False)
    unverified, _ = monitoring_graph(StandaloneMonitoring(prometheus=PrometheusSettings(container_metrics=trusting)))
    assert tls(unverified) == {"insecure_skip_verify": True}


def test_flows_are_those_of_the_scrape_jobs_and_of_grafana() -> None:
    _, endpoints = monitoring_graph()
    prometheus = PodPeer("prometheus-server")
    assert set(endpoints.flows) == {
        Flow(prometheus, PodPeer("jarvis-backend"), 8000),
        Flow(prometheus, PodPeer("jarvis-interface"), 8001),
        Flow(prometheus, PodPeer("jarvis-tts"), 8002),
        Flow(prometheus, PodPeer("jarvis-stt"), 8003),
        Flow(prometheus, PodPeer("postgres"), 9187),
        Flow(prometheus, PodPeer("redis"), 9121),
        Flow(prometheus, ApiServerPeer(), 443),
        Flow(prometheus, ApiServerPeer(), 6443),
        Flow(prometheus, AnyPeer(), 10250),
        Flow(PodPeer("grafana"), prometheus, 9090),
    }


def test_what_has_no_exporter_is_neither_scraped_nor_reached() -> None:
    graph, endpoints = monitoring_graph(exporters=False)
    jobs = [job["job_name"] for job in prometheus_config(graph)["scrape_configs"]]
    assert not {"postgres", "redis"} & set(jobs)
    assert not any(flow.target in (PodPeer("postgres"), PodPeer("redis")) for flow in endpoints.flows)


def test_endpoints_are_the_services() -> None:
    _, endpoints = monitoring_graph()
    assert (endpoints.prometheus.name, endpoints.prometheus.port, endpoints.prometheus.target_port) == (
        "prometheus-server",
        80,
        9090,
    )
    assert (endpoints.grafana.name, endpoints.grafana.port, endpoints.grafana.target_port) == ("grafana", 3000, None)


def test_the_password_is_in_the_secret_only_and_secret_in_the_state(graph: Graph) -> None:
    secret = graph.one("Secret", "grafana-admin")
    credentials = {"username": "admin", "password": PASSWORD}
    encoded = {key: base64.b64encode(value.encode()).decode() for key, value in credentials.items()}
    assert secret.inputs["data"] == encoded
    assert "data" in secret.secret_inputs
    others = {r.name: json.dumps(r.inputs, default=str) for r in graph.resources if r is not secret}
    assert [name for name, text in others.items() if PASSWORD in text or encoded["password"] in text] == []


def test_grafana_reads_the_password_from_a_file(graph: Graph) -> None:
    pod = pod_of(graph, "Deployment", "grafana")
    environment = {variable["name"]: variable["value"] for variable in pod["containers"][0]["env"]}
    directory, key = environment["GF_SECURITY_ADMIN_PASSWORD__FILE"].rsplit("/", 1)
    assert mounted(pod)[directory]["secret"] == {"secretName": "grafana-admin"}
    assert key in graph.one("Secret", "grafana-admin").inputs["data"]
    assert environment["GF_SECURITY_ADMIN_USER"] == "admin"
    assert environment["GF_AUTH_ANONYMOUS_ENABLED"] == "false"


def test_grafana_finds_what_is_provisioned(graph: Graph) -> None:
    pod = pod_of(graph, "Deployment", "grafana")
    volumes = mounted(pod)
    provisioning = graph.one("ConfigMap", "grafana-provisioning").inputs["data"]

    def only_file(path: str) -> dict[str, Any]:
        (item,) = volumes[path]["configMap"]["items"]
        return yaml.safe_load(provisioning[item["key"]])

    (source,) = only_file("/etc/grafana/provisioning/datasources")["datasources"]
    guide = {"name": "Prometheus", "type": "prometheus", "url": "http://prometheus-server:80", "isDefault": True}
    assert {key: source[key] for key in guide} == guide
    (provider,) = only_file("/etc/grafana/provisioning/dashboards")["providers"]
    dashboards = volumes[provider["options"]["path"]]["configMap"]
    assert dashboards == {"name": "grafana-dashboards"}
    names = set(graph.one("ConfigMap", "grafana-dashboards").inputs["data"])
    assert names == {"jarvis-overview.json", "jarvis-performance.json"}
    environment = {variable["name"]: variable["value"] for variable in pod["containers"][0]["env"]}
    home = environment["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    assert home.removeprefix(provider["options"]["path"] + "/") in names


def test_grafana_keeps_its_users_work_where_it_has_storage() -> None:
    graph, _ = monitoring_graph(StandaloneMonitoring(grafana=GrafanaSettings(storage=Storage(size="5Gi"))))
    assert graph.one("Deployment", "grafana").inputs["spec"]["strategy"] == {"type": "Recreate"}
    volume = mounted(pod_of(graph, "Deployment", "grafana"))["/var/lib/grafana"]
    assert volume["persistentVolumeClaim"]["claimName"] == "grafana-data"


def test_grafana_s_address_reaches_it() -> None:
    graph, _ = monitoring_graph(StandaloneMonitoring(grafana=GrafanaSettings(root_url="http://localhost:3001")))
    environment = pod_of(graph, "Deployment", "grafana")["containers"][0]["env"]
    assert {"name": "GF_SERVER_ROOT_URL", "value": "http://localhost:3001"} in environment


@pytest.mark.parametrize(("kind", "name"), [("StatefulSet", "prometheus-server"), ("Deployment", "grafana")])
def test_a_change_of_configuration_rolls_the_pod(graph: Graph, kind: str, name: str) -> None:
    def checksum(graph: Graph) -> str:
        template = graph.one(kind, name).inputs["spec"]["template"]
        return template["metadata"]["annotations"]["jarvis.io/config-checksum"]

    again, _ = monitoring_graph()
    assert checksum(again) == checksum(graph)
    if kind == "StatefulSet":
        changed, _ = monitoring_graph(exporters=False)
        assert checksum(changed) != checksum(graph)


@pytest.mark.parametrize("protect", [True, False])
def test_protect_keeps_the_volumes_and_nothing_else(protect: bool) -> None:
    settings = StandaloneMonitoring(grafana=GrafanaSettings(storage=Storage(size="5Gi")))
    graph, _ = monitoring_graph(settings, protect=protect)

    def kept(resource: Registered) -> bool:
        return resource.protect and resource.retain_on_delete

    volumes = graph.of_kind("PersistentVolumeClaim")
    assert len(volumes) == 2
    assert [kept(volume) for volume in volumes] == [protect, protect]
    assert not any(kept(r) for r in graph.resources if r not in volumes)


def test_every_object_has_the_labels_and_the_namespace(graph: Graph) -> None:
    objects = [resource for resource in graph.resources if resource.type.startswith("kubernetes:")]
    assert len(objects) > 10
    for resource in objects:
        metadata = resource.inputs["metadata"]
        assert metadata["labels"]["app.kubernetes.io/part-of"] == "jarvis", resource.name
        assert metadata["labels"]["environment"] == "test"
        expected = None if resource.type.endswith(("ClusterRole", "ClusterRoleBinding")) else "jarvis-test"
        assert metadata.get("namespace") == expected, resource.name


def test_resources_are_settings() -> None:
    small = Resources.of(requests=("100m", "256Mi"), limits=("500m", "1Gi"))
    graph, _ = monitoring_graph(StandaloneMonitoring(prometheus=PrometheusSettings(resources=small)))
    container = pod_of(graph, "StatefulSet", "prometheus-server")["containers"][0]
    assert container["resources"]["limits"] == {"cpu": "500m", "memory": "1Gi"}
