from __future__ import annotations

import pytest

from components.monitoring.exporters.exporters import Exporters
from components.monitoring.exporters.jobs import exporter_jobs, volume_job
from components.monitoring.exporters.kube_state_metrics import RESOURCES
from components.monitoring.exporters.settings import ExportersSettings, KubeStateMetricsSettings, NodeExporterSettings
from components.monitoring.parts import Part
from components.monitoring.signals.model import KubernetesTargets, ServiceAccountAccess
from components.network.contract import AnyPeer, ApiServerPeer, Flow, PodPeer
from tests.support.mocks import Graph, cluster_access, registered
from tests.support.pod_security import house_violations, restricted_violations
from tests.unit.monitoring.parts import flows_of
from tests.unit.monitoring.support import pod_of

ALL = ExportersSettings(node_exporter=NodeExporterSettings(enabled=True))
PROMETHEUS = PodPeer("prometheus-server")


def exporters_graph(settings: ExportersSettings) -> tuple[Graph, tuple[Part, ...]]:
    given: list[tuple[Part, ...]] = []

    def build() -> None:
        given.append(Exporters("exporters", settings, cluster=cluster_access()).parts)

    return registered(build), given[0]


@pytest.fixture(scope="module")
def graph() -> Graph:
    return exporters_graph(ALL)[0]


def test_kube_state_metrics_keeps_the_restricted_profile(graph: Graph) -> None:
    pod = pod_of(graph, "Deployment", "kube-state-metrics")
    assert restricted_violations(pod) == []
    assert house_violations(pod) == ["the API token is mounted"]


def test_kube_state_metrics_sees_the_stack_s_namespace_only(graph: Graph) -> None:
    arguments = pod_of(graph, "Deployment", "kube-state-metrics")["containers"][0]["args"]
    assert "--namespaces=jarvis-test" in arguments
    assert graph.of_kind("ClusterRole") == graph.of_kind("ClusterRoleBinding") == []


def test_kube_state_metrics_may_list_exactly_what_it_counts(graph: Graph) -> None:
    arguments = pod_of(graph, "Deployment", "kube-state-metrics")["containers"][0]["args"]
    (counted,) = [text.removeprefix("--resources=") for text in arguments if text.startswith("--resources=")]
    rules = graph.one("Role", "kube-state-metrics").inputs["rules"]
    granted = {resource for rule in rules for resource in rule["resources"]}
    assert granted == set(counted.split(","))
    assert {verb for rule in rules for verb in rule["verbs"]} == {"list", "watch"}
    assert not granted & {"secrets", "configmaps"}
    assert {group for rule in rules for group in rule["apiGroups"]} == set(RESOURCES)


def test_kube_state_metrics_waits_for_its_rights(graph: Graph) -> None:
    (binding,) = [b for b in graph.of_kind("RoleBinding") if b.object_name == "kube-state-metrics"]
    assert binding.urn in graph.one("Deployment", "kube-state-metrics").dependencies


def test_node_exporter_breaks_the_profile_by_nothing_but_paths_and_network_of_its_node(graph: Graph) -> None:
    pod = pod_of(graph, "DaemonSet", "node-exporter")
    assert set(restricted_violations(pod)) == {
        "hostNetwork",
        "volume proc is a hostPath",
        "volume sys is a hostPath",
        "volume root is a hostPath",
        "node-exporter: hostPort",
    }
    assert house_violations(pod) == []
    assert all(mount["readOnly"] for mount in pod["containers"][0]["volumeMounts"])


def test_node_exporter_lives_where_pod_security_lets_it(graph: Graph) -> None:
    (namespace,) = graph.of_kind("Namespace")
    assert namespace.object_name == "jarvis-test-nodes"
    assert namespace.inputs["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "privileged"
    assert graph.one("DaemonSet", "node-exporter").inputs["metadata"]["namespace"] == "jarvis-test-nodes"
    # And nothing of the stack's own namespace was loosened for it.
    assert graph.one("Deployment", "kube-state-metrics").inputs["metadata"]["namespace"] == "jarvis-test"


def test_the_stack_s_prometheus_may_find_node_exporter(graph: Graph) -> None:
    role = graph.one("Role", "node-exporter-discovery")
    binding = graph.one("RoleBinding", "node-exporter-discovery")
    assert role.inputs["metadata"]["namespace"] == "jarvis-test-nodes"
    assert [rule["resources"] for rule in role.inputs["rules"]] == [["pods"]]
    assert binding.inputs["subjects"] == [
        {"kind": "ServiceAccount", "name": "prometheus-server", "namespace": "jarvis-test"}
    ]


def test_node_exporter_reads_what_is_mounted(graph: Graph) -> None:
    container = pod_of(graph, "DaemonSet", "node-exporter")["containers"][0]
    mounted = {mount["mountPath"] for mount in container["volumeMounts"]}
    named = {text.split("=")[1] for text in container["args"] if text.startswith("--path.")}
    assert named == mounted


def test_node_exporter_is_off_unless_the_stack_turns_it_on() -> None:
    graph, parts = exporters_graph(ExportersSettings())
    assert graph.of_kind("DaemonSet") == graph.of_kind("Namespace") == []
    assert [part.exporter for part in parts] == ["kube-state-metrics"]
    assert [job.name for job in exporter_jobs(ExportersSettings(), "jarvis-test")] == ["kube-state-metrics"]


def test_all_can_be_off() -> None:
    settings = ExportersSettings(kube_state_metrics=KubeStateMetricsSettings(enabled=False))
    graph, parts = exporters_graph(settings)
    assert parts == ()
    assert exporter_jobs(settings, "jarvis-test") == ()
    assert {resource.type for resource in graph.resources} == {
        "jarvis:monitoring:Exporters",
        "pulumi:providers:kubernetes",
    }


def test_network_policies_learn_all_that_talks() -> None:
    _, parts = exporters_graph(ALL)
    watcher = PodPeer("kube-state-metrics")
    assert set(flows_of(parts)) == {
        Flow(watcher, ApiServerPeer(), 443),
        Flow(watcher, ApiServerPeer(), 6443),
        Flow(PROMETHEUS, watcher, 8080),
        Flow(PROMETHEUS, AnyPeer(), 9100),
    }


def test_jobs_leave_the_labels_that_the_exporters_give() -> None:
    jobs = exporter_jobs(ALL, "jarvis-test")
    labels = {job.name: {r.target_label for r in job.relabelings if r.target_label} for job in jobs}
    # kube-state-metrics says namespace and Pod of each sample: a target's label of that name would push them aside.
    assert labels == {"kube-state-metrics": set(), "node-exporter": {"node"}}
    assert jobs[1].targets == KubernetesTargets("pod", ("jarvis-test-nodes",))


def test_of_the_kubelets_metrics_only_those_of_the_stack_s_volumes_are_kept() -> None:
    job = volume_job("jarvis-test", ServiceAccountAccess())
    kept = {relabeling.source_labels: relabeling.regex for relabeling in job.metric_relabelings}
    assert kept == {
        ("__name__",): "kubelet_volume_stats_available_bytes|kubelet_volume_stats_capacity_bytes",
        ("namespace",): "jarvis-test",
    }
    assert job.metrics_path == "/metrics"
