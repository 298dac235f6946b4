"""The Prometheus server: one Pod with its samples on a volume of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pulumi
from pulumi_kubernetes.core.v1 import (
    ConfigMap,
    ConfigMapVolumeSourceArgs,
    ContainerArgs,
    ContainerPortArgs,
    KeyToPathArgs,
    PersistentVolumeClaim,
    PersistentVolumeClaimVolumeSourceArgs,
    PodSpecArgs,
    ResourceRequirementsArgs,
    ServiceAccount,
    VolumeArgs,
    VolumeMountArgs,
)
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from components.cluster.contract import ClusterAccess
from components.kubernetes.checksum import config_checksum
from components.kubernetes.metadata import AppLabels, object_meta
from components.kubernetes.pods import http_probe, restricted_container, restricted_pod
from components.kubernetes.services import http_service, service_account
from components.kubernetes.single_pod import single_pod
from components.kubernetes.volumes import data_volume
from components.monitoring.flows import PROMETHEUS_APP
from components.monitoring.prometheus_config import RULE_DIRECTORY
from components.monitoring.prometheus_rbac import grant_discovery, grant_kubelet_metrics
from components.monitoring.settings import PrometheusSettings
from components.monitoring.signals.scrape import PROMETHEUS_PORT
from components.network.contract import ServiceEndpoint
from components.settings.quantities import quantity_value

SERVICE_PORT: Final = 80
"""The guide's data source is http://prometheus-server:80."""
_CONFIG_FILE: Final = "prometheus.yml"
_CONFIG_DIRECTORY: Final = "/etc/prometheus"
_DATA_DIRECTORY: Final = "/prometheus"
_USER_ID: Final = 65534
"""The image's own user, `nobody`."""
_SHUTDOWN_SECONDS: Final = 120
"""Time to write out what is in memory."""


class Prometheus(pulumi.ComponentResource):
    """The StatefulSet `prometheus-server`, its Service, configuration, volume and rights.

    A change of configuration rolls the Pod, as everywhere in the stack: what Prometheus refuses to load fails the
    deployment in plain sight.
    """

    endpoint: ServiceEndpoint

    def __init__(
        self,
        name: str,
        settings: PrometheusSettings,
        *,
        cluster: ClusterAccess,
        config: pulumi.Input[str],
        rules: Mapping[str, str],
        protect: bool = False,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`config` is prometheus.yml; `rules` are the rule files by name, put into `alerts/` beside it."""
        super().__init__("jarvis:monitoring:Prometheus", name, None, opts)
        self._settings = settings
        self._cluster = cluster
        self._labels = AppLabels(PROMETHEUS_APP, "metrics", cluster.environment)
        self._data: dict[str, pulumi.Input[str]] = {_CONFIG_FILE: config, **rules}
        config_map = ConfigMap(
            "prometheus-config",
            metadata=self._meta(f"prometheus-{cluster.environment}-config"),
            data=self._data,
            opts=cluster.child_of(self),
        )
        account = service_account(PROMETHEUS_APP, self._labels, cluster, cluster.child_of(self))
        volume = data_volume("prometheus-data", settings.storage, self._labels, cluster, parent=self, protect=protect)
        self._stateful_set(self._pod(config_map, account, volume), self._rights())
        http_service(PROMETHEUS_APP, self._labels, SERVICE_PORT, cluster, cluster.child_of(self))
        self.endpoint = ServiceEndpoint(
            name=PROMETHEUS_APP,
            port=SERVICE_PORT,
            url=pulumi.Output.concat("http://", PROMETHEUS_APP, ".", cluster.namespace, f".svc:{SERVICE_PORT}"),
            target_port=PROMETHEUS_PORT,
        )
        self.register_outputs({"url": self.endpoint.url})

    def _meta(self, name: str) -> ObjectMetaArgs:
        return object_meta(name, self._cluster.namespace, self._labels)

    def _rights(self) -> list[pulumi.Resource]:
        rights: list[pulumi.Resource] = [grant_discovery(self, self._cluster, self._labels)]
        if self._settings.container_metrics.enabled:
            rights.append(grant_kubelet_metrics(self, self._cluster, self._labels))
        return rights

    def _stateful_set(self, pod: PodSpecArgs, rights: list[pulumi.Resource]) -> None:
        single_pod(
            self._labels,
            pod,
            checksum=config_checksum(self._data),
            # Not the Service's output: providers wait until a Service has endpoints, so until this Pod is ready.
            service_name=PROMETHEUS_APP,
            cluster=self._cluster,
            # Without its rights it would start all the same, and find no target.
            opts=self._cluster.child_of(self, *rights),
        )

    def _pod(self, config_map: ConfigMap, account: ServiceAccount, volume: PersistentVolumeClaim) -> PodSpecArgs:
        rule_items = [
            KeyToPathArgs(key=key, path=f"{RULE_DIRECTORY}/{key}") for key in self._data if key != _CONFIG_FILE
        ]
        files = ConfigMapVolumeSourceArgs(
            name=config_map.metadata.name, items=[KeyToPathArgs(key=_CONFIG_FILE, path=_CONFIG_FILE), *rule_items]
        )
        data = PersistentVolumeClaimVolumeSourceArgs(claim_name=volume.metadata.name)
        return PodSpecArgs(
            service_account_name=account.metadata.name,
            automount_service_account_token=True,
            enable_service_links=False,
            security_context=restricted_pod(_USER_ID),
            termination_grace_period_seconds=_SHUTDOWN_SECONDS,
            containers=[self._container()],
            volumes=[
                VolumeArgs(name="config", config_map=files),
                VolumeArgs(name="data", persistent_volume_claim=data),
            ],
        )

    def _container(self) -> ContainerArgs:
        resources = self._settings.resources
        return ContainerArgs(
            name="prometheus",
            image=self._settings.image,
            image_pull_policy="IfNotPresent",
            args=prometheus_arguments(self._settings),
            ports=[ContainerPortArgs(name="http", container_port=PROMETHEUS_PORT)],
            # Both answer while the write-ahead log is replayed, /-/ready with 503: no restart however long that takes.
            readiness_probe=http_probe("/-/ready", "http"),
            liveness_probe=http_probe("/-/healthy", "http", period_seconds=15, timeout_seconds=10),
            resources=ResourceRequirementsArgs(requests=resources.requests.as_map(), limits=resources.limits.as_map()),
            security_context=restricted_container(),
            volume_mounts=[
                VolumeMountArgs(name="config", mount_path=_CONFIG_DIRECTORY, read_only=True),
                VolumeMountArgs(name="data", mount_path=_DATA_DIRECTORY),
            ],
        )


def prometheus_arguments(settings: PrometheusSettings) -> list[str]:
    """The command line. The size limit leaves room for the write-ahead log and for blocks that are being compacted."""
    limit = int(quantity_value(settings.storage.size) * 8 / 10 / 2**20)
    return [
        f"--config.file={_CONFIG_DIRECTORY}/{_CONFIG_FILE}",
        f"--storage.tsdb.path={_DATA_DIRECTORY}",
        f"--storage.tsdb.retention.time={settings.retention_days}d",
        f"--storage.tsdb.retention.size={limit}MB",
    ]
