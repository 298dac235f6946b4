"""The OpenTelemetry Collector between the application and Tempo."""

from __future__ import annotations

from typing import Final

import pulumi
from pulumi_kubernetes.core.v1 import ConfigMap, Service, ServicePortArgs, ServiceSpecArgs

from components.cluster.contract import ClusterAccess
from components.kubernetes.checksum import config_checksum
from components.kubernetes.metadata import AppLabels, object_meta
from components.kubernetes.pods import http_probe
from components.kubernetes.services import NOT_AWAITED, service_account
from components.monitoring.server_pod import Probes, ServerPod, replicated, server_pod
from components.monitoring.traces.collector_config import (
    GRPC_PORT,
    HEALTH_PORT,
    HTTP_PORT,
    METRICS_PORT,
    CollectorConfig,
    collector_yml,
)
from components.monitoring.traces.settings import CollectorSettings
from components.network.contract import ServiceEndpoint

COLLECTOR_APP: Final = "otel-collector"
_GRPC: Final = "otlp-grpc"
_HTTP: Final = "otlp-http"
_HEALTH: Final = "health"
_CONFIG_FILE: Final = "collector.yml"
_CONFIG_DIRECTORY: Final = "/etc/otelcol"
_USER_ID: Final = 10001
"""The image's own user."""


class Collector(pulumi.ComponentResource):
    """The Deployment `otel-collector`, its Service and its configuration."""

    endpoint: ServiceEndpoint

    def __init__(
        self,
        name: str,
        settings: CollectorSettings,
        *,
        cluster: ClusterAccess,
        tempo: str,
        prometheus: str | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`tempo` is host:port of an OTLP gRPC receiver; `prometheus` the URL that takes span metrics, if any does."""
        super().__init__("jarvis:monitoring:Collector", name, None, opts)
        labels = AppLabels(COLLECTOR_APP, "trace-collector", cluster.environment)
        data = {_CONFIG_FILE: collector_yml(CollectorConfig(tempo, settings.sampling, prometheus))}
        config_map = ConfigMap(
            "otel-collector-config",
            metadata=object_meta("otel-collector-config", cluster.namespace, labels),
            data=data,
            opts=cluster.child_of(self),
        )
        account = service_account(COLLECTOR_APP, labels, cluster, cluster.child_of(self))
        replicated(
            labels,
            server_pod(collector_pod(settings, config_map.metadata.name), account.metadata.name),
            replicas=settings.replicas,
            checksum=config_checksum(data),
            cluster=cluster,
            opts=cluster.child_of(self),
        )
        _service(self, labels, cluster)
        self.endpoint = ServiceEndpoint(
            name=COLLECTOR_APP,
            port=GRPC_PORT,
            url=pulumi.Output.concat("http://", COLLECTOR_APP, ".", cluster.namespace, f".svc:{GRPC_PORT}"),
        )
        self.register_outputs({"url": self.endpoint.url})


def collector_pod(settings: CollectorSettings, config_map: pulumi.Input[str]) -> ServerPod:
    """One replica."""
    return ServerPod(
        name="otel-collector",
        image=settings.image,
        arguments=[f"--config={_CONFIG_DIRECTORY}/{_CONFIG_FILE}"],
        resources=settings.resources,
        user_id=_USER_ID,
        ports={_GRPC: GRPC_PORT, _HTTP: HTTP_PORT, "metrics": METRICS_PORT, _HEALTH: HEALTH_PORT},
        probes=Probes(
            readiness=http_probe("/", _HEALTH),
            liveness=http_probe("/", _HEALTH, period_seconds=30, timeout_seconds=5, failure_threshold=4),
        ),
        config=(config_map, _CONFIG_DIRECTORY),
    )


def _service(parent: pulumi.Resource, labels: AppLabels, cluster: ClusterAccess) -> None:
    Service(
        COLLECTOR_APP,
        metadata=object_meta(COLLECTOR_APP, cluster.namespace, labels, NOT_AWAITED),
        spec=ServiceSpecArgs(
            type="ClusterIP",
            selector=labels.selector,
            ports=[
                ServicePortArgs(name=_GRPC, port=GRPC_PORT, target_port=_GRPC, protocol="TCP", app_protocol="grpc"),
                ServicePortArgs(name=_HTTP, port=HTTP_PORT, target_port=_HTTP, protocol="TCP", app_protocol="http"),
            ],
        ),
        opts=cluster.child_of(parent),
    )
