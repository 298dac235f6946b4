"""kube-state-metrics: the namespace's objects as metrics."""

from __future__ import annotations

from typing import Final

import pulumi
from pulumi_kubernetes.rbac.v1 import PolicyRuleArgs

from components.cluster.contract import ClusterAccess
from components.kubernetes.checksum import config_checksum
from components.kubernetes.metadata import AppLabels
from components.kubernetes.pods import http_probe
from components.kubernetes.rbac import grant
from components.kubernetes.services import HTTP_PORT as HTTP
from components.kubernetes.services import service_account
from components.monitoring.exporters.jobs import KUBE_STATE_METRICS as APP
from components.monitoring.exporters.jobs import KUBE_STATE_METRICS_PORT as PORT
from components.monitoring.exporters.settings import KubeStateMetricsSettings
from components.monitoring.server_pod import Probes, ServerPod, replicated, server_pod

_TELEMETRY_PORT: Final = 8081
_TELEMETRY: Final = "telemetry"
_USER_ID: Final = 65534
"""The image's own user."""
RESOURCES: Final[dict[str, tuple[str, ...]]] = {
    "": ("persistentvolumeclaims", "pods"),
    "apps": ("deployments", "statefulsets"),
    "autoscaling": ("horizontalpodautoscalers",),
    "batch": ("cronjobs", "jobs"),
    "policy": ("poddisruptionbudgets",),
}
"""What it watches, by API group: no Secrets, no ConfigMaps."""


class KubeStateMetrics(pulumi.ComponentResource):
    """The Deployment `kube-state-metrics` and its right to list what it counts, in the stack's namespace only."""

    def __init__(
        self,
        name: str,
        settings: KubeStateMetricsSettings,
        *,
        cluster: ClusterAccess,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("jarvis:monitoring:KubeStateMetrics", name, None, opts)
        labels = AppLabels(APP, "exporter", cluster.environment)
        account = service_account(APP, labels, cluster, cluster.child_of(self))
        binding = grant(labels, _rights(), cluster=cluster, parent=self)
        replicated(
            labels,
            server_pod(_pod(settings, cluster.namespace), account.metadata.name),
            replicas=1,
            checksum=config_checksum({}),
            cluster=cluster,
            # Without its rights it would start all the same, and count nothing.
            opts=cluster.child_of(self, binding),
        )
        self.register_outputs({})


def arguments(namespace: str) -> list[str]:
    """The command line, but for the ports."""
    watched = sorted(resource for resources in RESOURCES.values() for resource in resources)
    return [f"--namespaces={namespace}", f"--resources={','.join(watched)}"]


def _pod(settings: KubeStateMetricsSettings, namespace: pulumi.Output[str]) -> ServerPod:
    given = namespace.apply(arguments)
    ports = [f"--port={PORT}", f"--telemetry-port={_TELEMETRY_PORT}"]
    return ServerPod(
        name=APP,
        image=settings.image,
        arguments=[given[0], given[1], *ports],
        resources=settings.resources,
        user_id=_USER_ID,
        ports={HTTP: PORT, _TELEMETRY: _TELEMETRY_PORT},
        probes=Probes(
            readiness=http_probe("/readyz", _TELEMETRY),
            liveness=http_probe("/livez", HTTP, period_seconds=30, timeout_seconds=5, failure_threshold=4),
        ),
        api_token=True,
    )


def _rights() -> list[PolicyRuleArgs]:
    return [
        PolicyRuleArgs(api_groups=[group], resources=list(resources), verbs=["list", "watch"])
        for group, resources in RESOURCES.items()
    ]
