from __future__ import annotations

from typing import Any

import pytest
import yaml

from tests.support.mocks import Graph
from tests.unit.monitoring.operator.support import operator_graph, spec_of
from tests.unit.monitoring.support import monitoring_graph

JOBS = {
    ("ServiceMonitor", "jarvis-backend"): "endpoints",
    ("PodMonitor", "jarvis-microservices"): "podMetricsEndpoints",
    ("PodMonitor", "postgres"): "podMetricsEndpoints",
    ("PodMonitor", "redis"): "podMetricsEndpoints",
    ("PodMonitor", "loki"): "podMetricsEndpoints",
    ("PodMonitor", "alloy"): "podMetricsEndpoints",
    ("PodMonitor", "otel-collector"): "podMetricsEndpoints",
    ("PodMonitor", "tempo"): "podMetricsEndpoints",
    ("ServiceMonitor", "kubernetes-cadvisor"): "endpoints",
}


@pytest.fixture(scope="module")
def graph() -> Graph:
    return operator_graph()[0]


def endpoint_of(graph: Graph, kind: str, name: str) -> dict[str, Any]:
    (endpoint,) = spec_of(graph, kind, name)[JOBS[kind, name]]
    return endpoint


def test_every_job_has_its_monitor(graph: Graph) -> None:
    found = {(kind, r.object_name) for kind in ("ServiceMonitor", "PodMonitor") for r in graph.of_kind(kind)}
    assert found == set(JOBS)


@pytest.mark.parametrize(("kind", "name"), JOBS)
def test_the_job_label_is_what_the_alerts_ask_for(graph: Graph, kind: str, name: str) -> None:
    """Last, for the operator has set another one before."""
    endpoint = endpoint_of(graph, kind, name)
    assert endpoint["relabelings"][-1] == {"targetLabel": "job", "replacement": name, "action": "replace"}
    assert endpoint["interval"] == "15s"


@pytest.mark.parametrize("kind_and_name", [job for job in JOBS if job[1] in {"jarvis-backend", "jarvis-microservices"}])
def test_targets_and_their_labels_are_those_of_a_prometheus_of_one_s_own(
    graph: Graph, kind_and_name: tuple[str, str]
) -> None:
    own, _ = monitoring_graph()
    config = yaml.safe_load(own.one("ConfigMap", "prometheus-test-config").inputs["data"]["prometheus.yml"])
    (job,) = [job for job in config["scrape_configs"] if job["job_name"] == kind_and_name[1]]
    names = {"source_labels": "sourceLabels", "target_label": "targetLabel"}
    steps = [{names.get(key, key): value for key, value in step.items()} for step in job["relabel_configs"]]
    assert endpoint_of(graph, *kind_and_name)["relabelings"][:-1] == steps
    # The operator adds the selector's own steps before; an empty one adds none.
    assert spec_of(graph, *kind_and_name)["selector"] == {}


def test_containers_are_asked_of_the_kubelets_service(graph: Graph) -> None:
    spec = spec_of(graph, "ServiceMonitor", "kubernetes-cadvisor")
    assert spec["namespaceSelector"] == {"matchNames": ["kube-system"]}
    assert spec["selector"]["matchLabels"] == {"app.kubernetes.io/name": "kubelet", "k8s-app": "kubelet"}
    (endpoint,) = spec["endpoints"]
    assert (endpoint["port"], endpoint["path"], endpoint["scheme"]) == ("https-metrics", "/metrics/cadvisor", "https")
    # Else the sample's namespace and Pod would give way to those of the kubelets' Service.
    assert endpoint["honorLabels"] is True
    assert endpoint["honorTimestamps"] is False
    keep = {step["sourceLabels"][0]: step["regex"] for step in endpoint["metricRelabelings"]}
    assert keep["namespace"] == "jarvis-test"
    assert "container_spec_memory_limit_bytes" in keep["__name__"].split("|")
    # The operator has set `node` already; discovery by Services knows no label of a node, and would empty it.
    assert [step for step in endpoint["relabelings"] if step.get("targetLabel") == "node"] == []


def test_kubelets_prove_themselves_unless_the_stack_says_otherwise(graph: Graph) -> None:
    ca = "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt"
    assert endpoint_of(graph, "ServiceMonitor", "kubernetes-cadvisor")["tlsConfig"] == {"caFile": ca}
    trusting, _ = operator_graph(containerMetrics={"verifyCertificates": False})
    tls = endpoint_of(trusting, "ServiceMonitor", "kubernetes-cadvisor")["tlsConfig"]
    assert tls == {"insecureSkipVerify": True}


def test_without_container_metrics_the_cluster_s_own_are_used() -> None:
    graph, _ = operator_graph(containerMetrics={"enabled": False})
    assert [r.object_name for r in graph.of_kind("ServiceMonitor")] == ["jarvis-backend"]
    rules = spec_of(graph, "PrometheusRule", "jarvis")["groups"][0]["rules"]
    (memory,) = [rule["expr"] for rule in rules if rule["alert"] == "HighMemoryUsage"]
    assert 'container_memory_working_set_bytes{namespace="jarvis-test",container!=""}' in memory


def test_a_backend_that_serves_tls_is_verified_by_its_secret() -> None:
    graph, _ = operator_graph(tls=True)
    endpoint = endpoint_of(graph, "ServiceMonitor", "jarvis-backend")
    assert endpoint["scheme"] == "https"
    assert endpoint["tlsConfig"] == {
        "ca": {"secret": {"name": "jarvis-backend-tls", "key": "ca.crt"}},
        "serverName": "jarvis-backend",
    }


def test_nothing_absent_is_written_out(graph: Graph) -> None:
    for kind in ("ServiceMonitor", "PodMonitor", "PrometheusRule", "AlertmanagerConfig"):
        assert "None" not in "".join(str(r.inputs["spec"]) for r in graph.of_kind(kind))
