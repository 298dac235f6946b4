"""The Alertmanager servers: who is told, and what was told already."""

from __future__ import annotations

from typing import Final

import pulumi
from pulumi_kubernetes.core.v1 import (
    ConfigMap,
    ConfigMapVolumeSourceArgs,
    ContainerArgs,
    ContainerPortArgs,
    PodSpecArgs,
    SecretVolumeSourceArgs,
    Service,
    ServicePortArgs,
    ServiceSpecArgs,
    VolumeArgs,
    VolumeMountArgs,
)

from components.cluster.contract import ClusterAccess
from components.kubernetes.checksum import config_checksum
from components.kubernetes.metadata import AppLabels, object_meta
from components.kubernetes.pods import http_probe, requirements, restricted_container, restricted_pod
from components.kubernetes.replicated_pods import DATA_VOLUME, Replicas, replicated_pods
from components.kubernetes.secrets import SecretObject, secret_object
from components.kubernetes.services import http_service, service_account
from components.monitoring.alerting.config import SLACK_URL_FILE, AlertmanagerConfig, alertmanager_yml
from components.monitoring.alerting.settings import AlertmanagerSettings
from components.monitoring.flows import ALERTMANAGER_APP, ALERTMANAGER_PORT, GOSSIP_PORT
from components.network.contract import ServiceEndpoint
from components.secrets.contract import Credential

_CONFIG_FILE: Final = "alertmanager.yml"
_CONFIG_DIRECTORY: Final = "/etc/alertmanager/config"
_DATA_DIRECTORY: Final = "/alertmanager"
_USER_ID: Final = 65534
"""The image's own user, `nobody`."""
_HEADLESS: Final = f"{ALERTMANAGER_APP}-headless"
_SECRET: Final = f"{ALERTMANAGER_APP}-receivers"
_GOSSIP: Final = "gossip"


class Alertmanager(pulumi.ComponentResource):
    """The StatefulSet `alertmanager`, its Services, configuration, receivers' secrets and volumes.

    Several Pods tell each other what they have sent; Prometheus sends every alert to each of them.
    """

    endpoint: ServiceEndpoint

    def __init__(
        self,
        name: str,
        settings: AlertmanagerSettings,
        *,
        cluster: ClusterAccess,
        slack_webhook_url: Credential | None,
        protect: bool = False,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("jarvis:monitoring:Alertmanager", name, None, opts)
        self._settings = settings
        self._cluster = cluster
        self._labels = AppLabels(ALERTMANAGER_APP, "alerting", cluster.environment)
        secret = self._secret(slack_webhook_url)
        config = {
            _CONFIG_FILE: alertmanager_yml(
                AlertmanagerConfig(settings.webhook_url, SLACK_URL_FILE if secret else None, settings.heartbeat_url)
            )
        }
        config_map = ConfigMap(
            "alertmanager-config",
            metadata=object_meta("alertmanager-config", cluster.namespace, self._labels),
            data=config,
            opts=cluster.child_of(self),
        )
        account = service_account(ALERTMANAGER_APP, self._labels, cluster, cluster.child_of(self))
        needed = [config_map, account, self._headless(), *([secret.resource] if secret else [])]
        checksum = config_checksum(config, {secret.name: secret.checksum} if secret else {})
        replicas = Replicas(self._labels, self._pod(secret), settings.replicas, settings.storage, _HEADLESS, checksum)
        replicated_pods(replicas, cluster=cluster, parent=self, protect=protect, needed=needed)
        http_service(ALERTMANAGER_APP, self._labels, ALERTMANAGER_PORT, cluster, cluster.child_of(self, *needed))
        self.endpoint = ServiceEndpoint(
            name=ALERTMANAGER_APP,
            port=ALERTMANAGER_PORT,
            url=pulumi.Output.concat("http://", ALERTMANAGER_APP, ".", cluster.namespace, f".svc:{ALERTMANAGER_PORT}"),
        )
        self.register_outputs({"url": self.endpoint.url})

    def _secret(self, slack_webhook_url: Credential | None) -> SecretObject | None:
        if slack_webhook_url is None:
            return None
        entries = {SLACK_URL_FILE.rpartition("/")[2]: slack_webhook_url}
        return secret_object(_SECRET, entries, labels=self._labels, cluster=self._cluster, parent=self)

    def _headless(self) -> Service:
        """Gives each Pod its own name in DNS, ready or not: the Pods find each other before they are."""
        return Service(
            _HEADLESS,
            metadata=object_meta(_HEADLESS, self._cluster.namespace, self._labels),
            spec=ServiceSpecArgs(
                cluster_ip="None",
                publish_not_ready_addresses=True,
                selector=self._labels.selector,
                ports=[
                    ServicePortArgs(name=f"{_GOSSIP}-{protocol.lower()}", port=GOSSIP_PORT, protocol=protocol)
                    for protocol in ("TCP", "UDP")
                ],
            ),
            opts=self._cluster.child_of(self),
        )

    def _pod(self, secret: SecretObject | None) -> PodSpecArgs:
        volumes = [
            VolumeArgs(name="config", config_map=ConfigMapVolumeSourceArgs(name="alertmanager-config")),
        ]
        if secret is not None:
            volumes.append(
                VolumeArgs(name="receivers", secret=SecretVolumeSourceArgs(secret_name=secret.name, default_mode=0o440))
            )
        return PodSpecArgs(
            service_account_name=ALERTMANAGER_APP,
            automount_service_account_token=False,
            enable_service_links=False,
            security_context=restricted_pod(_USER_ID),
            termination_grace_period_seconds=60,
            containers=[self._container(secret is not None)],
            volumes=volumes,
        )

    def _container(self, has_secret: bool) -> ContainerArgs:
        resources = self._settings.resources
        mounts = [
            VolumeMountArgs(name="config", mount_path=_CONFIG_DIRECTORY, read_only=True),
            VolumeMountArgs(name=DATA_VOLUME, mount_path=_DATA_DIRECTORY),
        ]
        if has_secret:
            mounts.append(
                VolumeMountArgs(name="receivers", mount_path=SLACK_URL_FILE.rpartition("/")[0], read_only=True)
            )
        return ContainerArgs(
            name="alertmanager",
            image=self._settings.image,
            image_pull_policy="IfNotPresent",
            args=alertmanager_arguments(self._settings.replicas),
            ports=[
                ContainerPortArgs(name="http", container_port=ALERTMANAGER_PORT),
                ContainerPortArgs(name=f"{_GOSSIP}-tcp", container_port=GOSSIP_PORT, protocol="TCP"),
                ContainerPortArgs(name=f"{_GOSSIP}-udp", container_port=GOSSIP_PORT, protocol="UDP"),
            ],
            readiness_probe=http_probe("/-/ready", "http"),
            liveness_probe=http_probe("/-/healthy", "http", period_seconds=15, timeout_seconds=10),
            resources=requirements(resources),
            security_context=restricted_container(),
            volume_mounts=mounts,
        )


def alertmanager_arguments(replicas: int) -> list[str]:
    """The command line; a single server speaks to nobody."""
    peers = [
        f"--cluster.peer={ALERTMANAGER_APP}-{index}.{_HEADLESS}:{GOSSIP_PORT}"
        for index in range(replicas)
        if replicas > 1
    ]
    return [
        f"--config.file={_CONFIG_DIRECTORY}/{_CONFIG_FILE}",
        f"--storage.path={_DATA_DIRECTORY}",
        f"--cluster.listen-address={f'0.0.0.0:{GOSSIP_PORT}' if peers else ''}",
        *peers,
    ]
