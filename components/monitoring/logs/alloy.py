"""Grafana Alloy: reads the logs of the stack's Pods from the API server and brings them to Loki.

Not from the nodes' disks, which would take a DaemonSet with host paths, outside the `restricted` profile and with every
other tenant's logs in reach. The price: the kubelets serve each line once more, and lines that the kubelet rotates
away while the collector is down are lost.
"""

from __future__ import annotations

from typing import Final

import pulumi
from pulumi_kubernetes.core.v1 import ConfigMap, Service, ServicePortArgs, ServiceSpecArgs
from pulumi_kubernetes.rbac.v1 import PolicyRuleArgs

from components.cluster.contract import ClusterAccess
from components.kubernetes.checksum import config_checksum
from components.kubernetes.metadata import AppLabels, object_meta
from components.kubernetes.pods import http_probe
from components.kubernetes.rbac import WATCH, grant
from components.kubernetes.services import HTTP_PORT as HTTP
from components.kubernetes.services import service_account
from components.monitoring.logs.alloy_config import HTTP_PORT, AlloyConfig, alloy_config
from components.monitoring.logs.settings import AlloySettings
from components.monitoring.server_pod import Probes, ServerPod, replicated, server_pod

ALLOY_APP: Final = "alloy"
_CONFIG_FILE: Final = "config.alloy"
_CONFIG_DIRECTORY: Final = "/etc/alloy"
_STATE_DIRECTORY: Final = "/var/lib/alloy"
_USER_ID: Final = 473
"""The image's own user."""


class Alloy(pulumi.ComponentResource):
    """The Deployment `alloy`, its configuration and its right to read the namespace's logs and events.

    What it has read is remembered until the Pod ends; its successor reads what the kubelets still have once more, and
    Loki keeps one of lines that are alike.
    """

    def __init__(
        self,
        name: str,
        settings: AlloySettings,
        *,
        cluster: ClusterAccess,
        loki_url: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("jarvis:monitoring:Alloy", name, None, opts)
        labels = AppLabels(ALLOY_APP, "log-collector", cluster.environment)
        text = pulumi.Output.all(cluster.namespace, loki_url).apply(
            lambda known: alloy_config(_config(settings, cluster.environment, *known))
        )
        data: dict[str, pulumi.Input[str]] = {_CONFIG_FILE: text}
        config_map = ConfigMap(
            "alloy-config",
            metadata=object_meta("alloy-config", cluster.namespace, labels),
            data=data,
            opts=cluster.child_of(self),
        )
        account = service_account(ALLOY_APP, labels, cluster, cluster.child_of(self))
        binding = grant(labels, _rights(settings), cluster=cluster, parent=self)
        if settings.replicas > 1:
            _peers_service(self, labels, cluster)
        replicated(
            labels,
            server_pod(alloy_pod(settings, config_map.metadata.name), account.metadata.name),
            replicas=settings.replicas,
            checksum=config_checksum(data),
            cluster=cluster,
            # Without its rights it would start all the same, and read nothing.
            opts=cluster.child_of(self, binding),
        )
        self.register_outputs({})


def alloy_pod(settings: AlloySettings, config_map: pulumi.Input[str]) -> ServerPod:
    """One replica."""
    return ServerPod(
        name="alloy",
        image=settings.image,
        arguments=[*_arguments(), *(_cluster_arguments() if settings.replicas > 1 else ())],
        resources=settings.resources,
        user_id=_USER_ID,
        ports={HTTP: HTTP_PORT},
        probes=Probes(
            readiness=http_probe("/-/ready", HTTP),
            # Not /-/healthy, which fails where Loki or the API server does: a restart would mend neither.
            liveness=http_probe("/-/ready", HTTP, period_seconds=30, timeout_seconds=5, failure_threshold=4),
        ),
        config=(config_map, _CONFIG_DIRECTORY),
        scratch={_STATE_DIRECTORY: "256Mi", "/tmp": "64Mi"},  # noqa: S108 - a mount point
        api_token=True,
    )


def _arguments() -> list[str]:
    return [
        "run",
        f"{_CONFIG_DIRECTORY}/{_CONFIG_FILE}",
        f"--server.http.listen-addr=0.0.0.0:{HTTP_PORT}",
        "--server.http.enable-pprof=false",
        # It would hand the environment and the configuration to whoever asks.
        "--server.http.disable-support-bundle",
        f"--storage.path={_STATE_DIRECTORY}/data",
        "--disable-reporting",
    ]


def _cluster_arguments() -> list[str]:
    return [
        "--cluster.enabled=true",
        f"--cluster.join-addresses={_peers_name()}:{HTTP_PORT}",
        "--cluster.name=logs",
    ]


def _peers_name() -> str:
    return f"{ALLOY_APP}-peers"


def _config(settings: AlloySettings, environment: str, namespace: str, loki_url: str) -> AlloyConfig:
    return AlloyConfig(
        namespace=namespace,
        environment=environment,
        loki_url=loki_url,
        events=settings.events,
        redact=settings.redact,
        clustered=settings.replicas > 1,
    )


def _rights(settings: AlloySettings) -> list[PolicyRuleArgs]:
    """To read the Pods of the stack's own namespace, their logs and, where they are kept, its events."""
    rules = [
        PolicyRuleArgs(api_groups=[""], resources=["pods"], verbs=list(WATCH)),
        PolicyRuleArgs(api_groups=[""], resources=["pods/log"], verbs=["get"]),
    ]
    if settings.events:
        rules.append(PolicyRuleArgs(api_groups=[""], resources=["events"], verbs=list(WATCH)))
    return rules


def _peers_service(parent: pulumi.Resource, labels: AppLabels, cluster: ClusterAccess) -> None:
    """Names each replica, ready or not: they find each other before they are."""
    Service(
        _peers_name(),
        metadata=object_meta(_peers_name(), cluster.namespace, labels),
        spec=ServiceSpecArgs(
            cluster_ip="None",
            publish_not_ready_addresses=True,
            selector=labels.selector,
            ports=[ServicePortArgs(name=HTTP, port=HTTP_PORT, target_port=HTTP, protocol="TCP", app_protocol="http")],
        ),
        opts=cluster.child_of(parent),
    )
