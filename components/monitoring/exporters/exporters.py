"""The exporters of a stack, beside those that database and cache bring."""

from __future__ import annotations

from typing import Final

import pulumi

from components.cluster.contract import ClusterAccess
from components.monitoring.exporters.jobs import KUBE_STATE_METRICS, KUBE_STATE_METRICS_PORT, NODE_EXPORTER_PORT
from components.monitoring.exporters.kube_state_metrics import KubeStateMetrics
from components.monitoring.exporters.node_exporter import NodeExporter
from components.monitoring.exporters.settings import ExportersSettings
from components.monitoring.flows import API_SERVER_PORTS, PROMETHEUS_APP
from components.monitoring.parts import Part
from components.network.contract import AnyPeer, ApiServerPeer, Flow, PodPeer

_PROMETHEUS: Final = PodPeer(PROMETHEUS_APP)


class Exporters(pulumi.ComponentResource):
    """Tells Prometheus of the namespace's objects and, where the stack says so, of the nodes."""

    parts: tuple[Part, ...]
    """Without targets, for their jobs are `jobs.exporter_jobs`: what they export has labels of its own to keep."""

    def __init__(
        self,
        name: str,
        settings: ExportersSettings,
        *,
        cluster: ClusterAccess,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("jarvis:monitoring:Exporters", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        parts: list[Part] = []
        if settings.kube_state_metrics.enabled:
            KubeStateMetrics("kube-state-metrics", settings.kube_state_metrics, cluster=cluster, opts=child)
            parts.append(Part("kube-state-metrics", flows=_workload_flows()))
        if settings.node_exporter.enabled:
            NodeExporter("node-exporter", settings.node_exporter, cluster=cluster, opts=child)
            # Nodes have no label that a policy could select by.
            parts.append(Part("node-exporter", flows=(Flow(_PROMETHEUS, AnyPeer(), NODE_EXPORTER_PORT),)))
        self.parts = tuple(parts)
        self.register_outputs({})


def _workload_flows() -> tuple[Flow, ...]:
    watcher = PodPeer(KUBE_STATE_METRICS)
    watching = (Flow(watcher, ApiServerPeer(), port) for port in API_SERVER_PORTS)
    return (*watching, Flow(_PROMETHEUS, watcher, KUBE_STATE_METRICS_PORT))
