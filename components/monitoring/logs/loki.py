"""Loki: one Pod with the logs on a volume of its own."""

from __future__ import annotations

from typing import Final

import pulumi
from pulumi_kubernetes.core.v1 import ConfigMap

from components.cluster.contract import ClusterAccess
from components.kubernetes.checksum import config_checksum
from components.kubernetes.metadata import AppLabels, object_meta
from components.kubernetes.pods import http_probe
from components.kubernetes.services import HTTP_PORT as HTTP
from components.kubernetes.services import http_service, service_account
from components.kubernetes.stateful_set import stateful_set
from components.kubernetes.volumes import data_volume
from components.monitoring.logs.loki_config import DATA_DIRECTORY, GRPC_PORT, HTTP_PORT, loki_yml
from components.monitoring.logs.settings import LokiSettings
from components.monitoring.server_pod import Probes, ServerPod, server_pod
from components.network.contract import ServiceEndpoint

LOKI_APP: Final = "loki"
_CONFIG_FILE: Final = "loki.yml"
_CONFIG_DIRECTORY: Final = "/etc/loki"
_USER_ID: Final = 10001
"""The image's own user."""
_SHUTDOWN_SECONDS: Final = 300
"""Time to write out the chunks that are in memory."""


class Loki(pulumi.ComponentResource):
    """The StatefulSet `loki`, its Service, configuration and volume; `protect` keeps the volume."""

    endpoint: ServiceEndpoint

    def __init__(
        self,
        name: str,
        settings: LokiSettings,
        *,
        cluster: ClusterAccess,
        protect: bool = False,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("jarvis:monitoring:Loki", name, None, opts)
        labels = AppLabels(LOKI_APP, "logs", cluster.environment)
        data = {_CONFIG_FILE: loki_yml(settings)}
        config_map = ConfigMap(
            "loki-config",
            metadata=object_meta("loki-config", cluster.namespace, labels),
            data=data,
            opts=cluster.child_of(self),
        )
        account = service_account(LOKI_APP, labels, cluster, cluster.child_of(self))
        claim = data_volume("loki-data", settings.storage, labels, cluster, parent=self, protect=protect)
        pod = loki_pod(settings, config_map.metadata.name, claim.metadata.name)
        stateful_set(
            labels,
            server_pod(pod, account.metadata.name),
            checksum=config_checksum(data),
            service_name=LOKI_APP,
            cluster=cluster,
            opts=cluster.child_of(self),
        )
        http_service(LOKI_APP, labels, HTTP_PORT, cluster, cluster.child_of(self))
        self.endpoint = ServiceEndpoint(
            name=LOKI_APP,
            port=HTTP_PORT,
            url=pulumi.Output.concat("http://", LOKI_APP, ".", cluster.namespace, f".svc:{HTTP_PORT}"),
        )
        self.register_outputs({"url": self.endpoint.url})


def loki_pod(settings: LokiSettings, config_map: pulumi.Input[str], claim: pulumi.Input[str]) -> ServerPod:
    """The Pod `loki-0`."""
    return ServerPod(
        name="loki",
        image=settings.image,
        arguments=["-target=all", f"-config.file={_CONFIG_DIRECTORY}/{_CONFIG_FILE}"],
        resources=settings.resources,
        user_id=_USER_ID,
        ports={HTTP: HTTP_PORT, "grpc": GRPC_PORT},
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
