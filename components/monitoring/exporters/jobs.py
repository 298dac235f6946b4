"""How Prometheus finds and scrapes the exporters of cluster and nodes."""

from __future__ import annotations

from typing import Final

from components.monitoring.exporters.settings import ExportersSettings
from components.monitoring.signals.model import KubernetesTargets, Relabeling, ScrapeJob, ServiceAccountAccess
from components.monitoring.signals.platform_metrics import VOLUME_METRICS

KUBE_STATE_METRICS: Final = "kube-state-metrics"
KUBE_STATE_METRICS_PORT: Final = 8080
NODE_EXPORTER: Final = "node-exporter"
NODE_EXPORTER_PORT: Final = 9100
VOLUMES: Final = "kubernetes-volumes"
_NODE: Final = "__meta_kubernetes_pod_node_name"


def exporter_jobs(settings: ExportersSettings, namespace: str) -> tuple[ScrapeJob, ...]:
    """The jobs of the exporters that `settings` turn on, for a stack in `namespace`."""
    jobs: list[ScrapeJob] = []
    if settings.kube_state_metrics.enabled:
        # No labels of its own Pod: it says of which namespace and Pod each sample is, and the target's would win.
        jobs.append(_pods(KUBE_STATE_METRICS, KUBE_STATE_METRICS_PORT, namespace))
    if settings.node_exporter.enabled:
        # Its Pods have the nodes' addresses; the label says whose they are.
        node = Relabeling((_NODE,), target_label="node")
        jobs.append(_pods(NODE_EXPORTER, NODE_EXPORTER_PORT, nodes_namespace(namespace), node))
    return tuple(jobs)


def volume_job(namespace: str, access: ServiceAccountAccess) -> ScrapeJob:
    """How full the stack's volumes are, which only the kubelets know; of their metrics nothing else is kept."""
    names = "|".join(name for metric in VOLUME_METRICS for name in metric.series)
    return ScrapeJob(
        VOLUMES,
        KubernetesTargets("node"),
        (Relabeling(("__meta_kubernetes_node_name",), target_label="node"),),
        metric_relabelings=(
            Relabeling(("__name__",), "keep", names),
            Relabeling(("namespace",), "keep", namespace),
        ),
        access=access,
    )


def nodes_namespace(namespace: str) -> str:
    """The namespace of what may reach the nodes themselves."""
    return f"{namespace}-nodes"


def _pods(app: str, port: int, namespace: str, *relabelings: Relabeling) -> ScrapeJob:
    return ScrapeJob(
        app,
        KubernetesTargets("pod", (namespace,)),
        (
            Relabeling(("__meta_kubernetes_pod_label_app",), "keep", app),
            Relabeling(("__address__",), "keep", f".+:{port}"),
            *relabelings,
        ),
    )
