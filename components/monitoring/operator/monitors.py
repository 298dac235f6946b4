"""Scrape jobs as the ServiceMonitors and PodMonitors that the operator makes jobs of.

The operator puts its own steps before a monitor's relabelings, so those of a job stay what they are, and the label
`job` is set last. Source: https://prometheus-operator.dev/docs/api-reference/api/
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from components.certificates.contract import TrustAnchor
from components.kubernetes.custom import Field
from components.monitoring.prometheus_config import INTERVAL, SERVICE_ACCOUNT_DIRECTORY
from components.monitoring.signals.model import (
    CertificateAccess,
    KubernetesTargets,
    Relabeling,
    ScrapeJob,
    ServiceAccountAccess,
)

_KUBELETS: Final = "kube-system"
"""Where the operator keeps the Service `kubelet`, whose endpoints are the nodes."""


@dataclass(frozen=True)
class Monitor:
    """One object."""

    name: str
    kind: Literal["ServiceMonitor", "PodMonitor"]
    spec: dict[str, Field]


def monitors(jobs: Sequence[ScrapeJob], trust: TrustAnchor | None) -> tuple[Monitor, ...]:
    """One a job; `trust` is what jobs with a CertificateAccess verify their servers by.

    Jobs with fixed addresses are left out: they are Prometheus' own, and the cluster has one for that.
    """
    return tuple(_monitor(job, job.targets, trust) for job in jobs if isinstance(job.targets, KubernetesTargets))


def _monitor(job: ScrapeJob, targets: KubernetesTargets, trust: TrustAnchor | None) -> Monitor:
    endpoint = _endpoint(job, trust)
    match targets.role:
        # An empty selector is the whole namespace: the job's own relabelings say what it keeps.
        case "endpoints":
            return Monitor(job.name, "ServiceMonitor", {"selector": {}, "endpoints": [endpoint]})
        case "pod":
            return Monitor(job.name, "PodMonitor", {"selector": {}, "podMetricsEndpoints": [endpoint]})
        case "node":
            return Monitor(
                job.name,
                "ServiceMonitor",
                {
                    "namespaceSelector": {"matchNames": [_KUBELETS]},
                    "selector": {"matchLabels": {"app.kubernetes.io/name": "kubelet", "k8s-app": "kubelet"}},
                    # A container's sample says itself of which namespace and Pod it is.
                    "endpoints": [{"port": "https-metrics", "honorLabels": True, **endpoint}],
                },
            )


def _endpoint(job: ScrapeJob, trust: TrustAnchor | None) -> dict[str, Field]:
    return {
        "interval": INTERVAL,
        "path": job.metrics_path,
        "honorTimestamps": job.honor_timestamps,
        **_access(job.access, trust),
        "relabelings": [
            *(_relabeling(step) for step in job.relabelings if not _of_a_node(step)),
            {"targetLabel": "job", "replacement": job.name, "action": "replace"},
        ],
        "metricRelabelings": [_relabeling(step) for step in job.metric_relabelings] or None,
    }


def _of_a_node(step: Relabeling) -> bool:
    """Whether it reads what discovery by Services does not know: there the operator sets the label `node` itself."""
    return any(label.startswith("__meta_kubernetes_node_") for label in step.source_labels)


def _relabeling(step: Relabeling) -> dict[str, Field]:
    return {
        "sourceLabels": list(step.source_labels),
        "action": step.action,
        "regex": step.regex,
        "targetLabel": step.target_label,
    }


def _access(access: ServiceAccountAccess | CertificateAccess | None, trust: TrustAnchor | None) -> dict[str, Field]:
    match access:
        case None:
            return {"scheme": "http"}
        case ServiceAccountAccess(verify):
            files = SERVICE_ACCOUNT_DIRECTORY
            tls: dict[str, Field] = {"caFile": f"{files}/ca.crt"} if verify else {"insecureSkipVerify": True}
            # Deprecated, but a Secret in its place would hold a token that never ends.
            return {"scheme": "https", "bearerTokenFile": f"{files}/token", "tlsConfig": tls}
        case CertificateAccess(_, server_name):
            if trust is None:
                raise ValueError(f"nothing is known that {server_name} could be verified by")
            authority: dict[str, Field] = {"secret": {"name": trust.secret_name, "key": trust.key}}
            return {"scheme": "https", "tlsConfig": {"ca": authority, "serverName": server_name}}
