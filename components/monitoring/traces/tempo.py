"""Tempo: one Pod with the traces on a volume of its own."""

from __future__ import annotations

from typing import Final

import pulumi
from pulumi_kubernetes.core.v1 import ConfigMap, Service, ServicePortArgs, ServiceSpecArgs

from components.cluster.contract import ClusterAccess
from components.kubernetes.checksum import config_checksum
from components.kubernetes.metadata import AppLabels, object_meta
from components.kubernetes.pods import http_probe
from components.kubernetes.services import HTTP_PORT as HTTP
from components.kubernetes.services import NOT_AWAITED, service_account
from components.kubernetes.stateful_set import stateful_set
from components.kubernetes.volumes import data_volume
from components.monitoring.server_pod import Probes, ServerPod, server_pod
from components.monitoring.traces.settings import TempoSettings
from components.monitoring.traces.tempo_config import DATA_DIRECTORY, GRPC_PORT, HTTP_PORT, OTLP_PORT, tempo_yml
from components.network.contract import ServiceEndpoint

TEMPO_APP: Final = "tempo"
OTLP: Final = "otlp-grpc"
_CONFIG_FILE: Final = "tempo.yml"
_CONFIG_DIRECTORY: Final = "/etc/tempo"
_USER_ID: Final = 10001
"""The image's own user."""
_SHUTDOWN_SECONDS: Final = 120


class Tempo(pulumi.ComponentResource):
    """The StatefulSet `tempo`, its Service, configuration and volume; `protect` keeps the volume."""

    endpoint: ServiceEndpoint

    def __init__(
        self,
        name: str,
        settings: TempoSettings,
        *,
        cluster: ClusterAccess,
        protect: bool = False,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("jarvis:monitoring:Tempo", name, None, opts)
        labels = AppLabels(TEMPO_APP, "traces", cluster.environment)
        data = {_CONFIG_FILE: tempo_yml(settings)}
        config_map = ConfigMap(
            "tempo-config",
            metadata=object_meta("tempo-config", cluster.namespace, labels),
            data=data,
            opts=cluster.child_of(self),
        )
        account = service_account(TEMPO_APP, labels, cluster, cluster.child_of(self))
        claim = data_volume("tempo-data", settings.storage, labels, cluster, parent=self, protect=protect)
        pod = tempo_pod(settings, config_map.metadata.name, claim.metadata.name)
        stateful_set(
            labels,
            server_pod(pod, account.metadata.name),
            checksum=config_checksum(data),
            service_name=TEMPO_APP,
            cluster=cluster,
            opts=cluster.child_of(self),
        )
        _service(self, labels, cluster)
        self.endpoint = ServiceEndpoint(
            name=TEMPO_APP,
            port=HTTP_PORT,
            url=pulumi.Output.concat("http://", TEMPO_APP, ".", cluster.namespace, f".svc:{HTTP_PORT}"),
        )
        self.register_outputs({"url": self.endpoint.url})


def tempo_pod(settings: TempoSettings, config_map: pulumi.Input[str], claim: pulumi.Input[str]) -> ServerPod:
    """The Pod `tempo-0`."""
    return ServerPod(
        name="tempo",
        image=settings.image,
        arguments=["-target=all", f"-config.file={_CONFIG_DIRECTORY}/{_CONFIG_FILE}"],
        resources=settings.resources,
        user_id=_USER_ID,
        ports={HTTP: HTTP_PORT, OTLP: OTLP_PORT, "grpc": GRPC_PORT},
        probes=Probes(
            readiness=http_probe("/ready", HTTP, timeout_seconds=5),
            # Not /ready, which fails while the log of a crash is replayed: a restart would begin it anew.
            liveness=http_probe("/metrics", HTTP, period_seconds=30, timeout_seconds=10, failure_threshold=4),
            startup=http_probe("/ready", HTTP, period_seconds=10, failure_threshold=60),
        ),
        config=(config_map, _CONFIG_DIRECTORY),
        data=(claim, DATA_DIRECTORY),
        scratch={"/tmp": "256Mi"},  # noqa: S108 - a mount point
        shutdown_seconds=_SHUTDOWN_SECONDS,
    )


def _service(parent: pulumi.Resource, labels: AppLabels, cluster: ClusterAccess) -> None:
    Service(
        TEMPO_APP,
        metadata=object_meta(TEMPO_APP, cluster.namespace, labels, NOT_AWAITED),
        spec=ServiceSpecArgs(
            type="ClusterIP",
            selector=labels.selector,
            ports=[
                ServicePortArgs(name=HTTP, port=HTTP_PORT, target_port=HTTP, protocol="TCP", app_protocol="http"),
                ServicePortArgs(name=OTLP, port=OTLP_PORT, target_port=OTLP, protocol="TCP", app_protocol="grpc"),
            ],
        ),
        opts=cluster.child_of(parent),
    )
