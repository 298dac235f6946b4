"""What Prometheus scrapes. The first two jobs are the guide's (section Monitoring Production)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from components.monitoring.signals.metrics import METRICS
from components.monitoring.signals.model import (
    CertificateAccess,
    KubernetesTargets,
    Relabeling,
    ScrapeJob,
    ServiceAccountAccess,
    StaticTargets,
)

KUBELET_PORT: Final = 10250
"""Source: https://kubernetes.io/docs/reference/networking/ports-and-protocols/"""

PROMETHEUS_PORT: Final = 9090

BACKEND: Final = "jarvis-backend"
CONTAINER_JOB: Final = "kubernetes-cadvisor"
MICROSERVICES: Final = ("stt", "tts", "interface")
"""In the guide's order."""

_NOT_FINISHED: Final = Relabeling(("__meta_kubernetes_pod_phase",), "drop", "Succeeded|Failed")
_APP: Final = Relabeling(("__meta_kubernetes_pod_label_app",), target_label="app")
_POD: Final = Relabeling(("__meta_kubernetes_pod_name",), target_label="pod")


@dataclass(frozen=True)
class ExporterTarget:
    """Pods that serve metrics of something that is not Jarvis' own."""

    job: str
    app: str
    """Their `app` label."""
    port: int


def scrape_jobs(
    namespace: str,
    *,
    backend_port: int,
    microservice_ports: Sequence[int],
    exporters: Sequence[ExporterTarget] = (),
    containers: ServiceAccountAccess | None = None,
    backend_access: CertificateAccess | None = None,
) -> tuple[ScrapeJob, ...]:
    """The jobs of a stack; `containers` is how kubelets are asked for container metrics, None for not at all.

    `backend_access` is for a backend that serves TLS.
    """
    jobs = [
        ScrapeJob(
            BACKEND,
            KubernetesTargets("endpoints", (namespace,)),
            (
                Relabeling(("__meta_kubernetes_service_name",), "keep", BACKEND),
                *_only_running((backend_port,)),
            ),
            access=backend_access,
        ),
        ScrapeJob(
            "jarvis-microservices",
            KubernetesTargets("pod", (namespace,)),
            (
                Relabeling(("__meta_kubernetes_pod_label_app",), "keep", f"jarvis-({'|'.join(MICROSERVICES)})"),
                *_only_running(microservice_ports),
            ),
        ),
        *(_exporter_job(namespace, exporter) for exporter in exporters),
        ScrapeJob("prometheus", StaticTargets((f"localhost:{PROMETHEUS_PORT}",))),
    ]
    if containers is not None:
        jobs.append(_container_job(namespace, containers))
    return tuple(jobs)


def _only_running(ports: Sequence[int]) -> tuple[Relabeling, ...]:
    """Drop what is no server: finished Pods, init containers and sidecars, which discovery lists as targets too."""
    unique = "|".join(str(port) for port in sorted(set(ports)))
    return (Relabeling(("__address__",), "keep", f".+:({unique})"), _NOT_FINISHED, _APP, _POD)


def _exporter_job(namespace: str, exporter: ExporterTarget) -> ScrapeJob:
    return ScrapeJob(
        exporter.job,
        KubernetesTargets("pod", (namespace,)),
        (
            Relabeling(("__meta_kubernetes_pod_label_app",), "keep", exporter.app),
            *_only_running((exporter.port,)),
        ),
    )


def _container_job(namespace: str, access: ServiceAccountAccess) -> ScrapeJob:
    names = "|".join(name for metric in METRICS if metric.exported_by == "cadvisor" for name in metric.series)
    return ScrapeJob(
        CONTAINER_JOB,
        KubernetesTargets("node"),
        (Relabeling(("__meta_kubernetes_node_name",), target_label="node"),),
        metric_relabelings=(
            Relabeling(("__name__",), "keep", names),
            Relabeling(("namespace",), "keep", namespace),
        ),
        metrics_path="/metrics/cadvisor",
        access=access,
        # A kubelet repeats a stopped container's last sample with its old time, which keeps the series alive.
        honor_timestamps=False,
    )
