"""The Prometheus servers: Pods that each scrape everything, with their samples on volumes of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pulumi
from pulumi_kubernetes.core.v1 import (
    ConfigMap,
    ConfigMapVolumeSourceArgs,
    ContainerArgs,
    ContainerPortArgs,
    EnvVarArgs,
    EnvVarSourceArgs,
    KeyToPathArgs,
    ObjectFieldSelectorArgs,
    PodSpecArgs,
    SecretVolumeSourceArgs,
    ServiceAccount,
    VolumeArgs,
    VolumeMountArgs,
)
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from components.certificates.contract import TrustAnchor
from components.cluster.contract import ClusterAccess
from components.kubernetes.checksum import config_checksum
from components.kubernetes.metadata import AppLabels, object_meta
from components.kubernetes.pods import http_probe, requirements, restricted_container, restricted_pod
from components.kubernetes.replicated_pods import DATA_VOLUME, Replicas, replicated_pods
from components.kubernetes.services import http_service, service_account
from components.monitoring.flows import PROMETHEUS_APP
from components.monitoring.prometheus_config import BACKEND_CA_FILE, REPLICA_VARIABLE, RULE_DIRECTORY
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
    """The StatefulSet `prometheus-server`, its Service, configuration, volumes and rights.

    A change of configuration rolls the Pod, as everywhere in the stack: what Prometheus refuses to load fails the
    deployment in plain sight.
    """

    endpoint: ServiceEndpoint

    def __init__(  # noqa: PLR0913 - one argument a thing that others decide
        self,
        name: str,
        settings: PrometheusSettings,
        *,
        cluster: ClusterAccess,
        config: pulumi.Input[str],
        rules: Mapping[str, str],
        trust: TrustAnchor | None = None,
        takes_otlp: bool = False,
        protect: bool = False,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`config` is prometheus.yml; `rules` are the rule files by name, put into `alerts/` beside it.

        `trust` is what it verifies the backend by, where that serves TLS; with `takes_otlp` it also takes metrics
        that are sent to it.
        """
        super().__init__("jarvis:monitoring:Prometheus", name, None, opts)
        self._settings = settings
        self._cluster = cluster
        self._trust = trust
        self._takes_otlp = takes_otlp
        self._labels = AppLabels(PROMETHEUS_APP, "metrics", cluster.environment)
        self._data: dict[str, pulumi.Input[str]] = {_CONFIG_FILE: config, **rules}
        config_map = self._config_map()
        account = service_account(PROMETHEUS_APP, self._labels, cluster, cluster.child_of(self))
        self._stateful_set(self._pod(config_map, account), self._rights(), protect)
        # Each server scrapes at moments of its own: a reader stays with one, or its graphs would jump.
        sticky = settings.replicas > 1
        http_service(PROMETHEUS_APP, self._labels, SERVICE_PORT, cluster, cluster.child_of(self), sticky=sticky)
        self.endpoint = ServiceEndpoint(
            name=PROMETHEUS_APP,
            port=SERVICE_PORT,
            url=pulumi.Output.concat("http://", PROMETHEUS_APP, ".", cluster.namespace, f".svc:{SERVICE_PORT}"),
            target_port=PROMETHEUS_PORT,
        )
        self.register_outputs({"url": self.endpoint.url})

    def _meta(self, name: str) -> ObjectMetaArgs:
        return object_meta(name, self._cluster.namespace, self._labels)

    def _config_map(self) -> ConfigMap:
        return ConfigMap(
            "prometheus-config",
            metadata=self._meta(f"prometheus-{self._cluster.environment}-config"),
            data=self._data,
            opts=self._cluster.child_of(self),
        )

    def _rights(self) -> list[pulumi.Resource]:
        rights: list[pulumi.Resource] = [grant_discovery(self, self._cluster, self._labels)]
        if self._settings.container_metrics.enabled:
            rights.append(grant_kubelet_metrics(self, self._cluster, self._labels))
        return rights

    def _stateful_set(self, pod: PodSpecArgs, rights: list[pulumi.Resource], protect: bool) -> None:
        replicas = Replicas(
            self._labels,
            pod,
            self._settings.replicas,
            self._settings.storage,
            # Not the Service's output: providers wait until a Service has endpoints, so until these Pods are ready.
            service_name=PROMETHEUS_APP,
            checksum=config_checksum(self._data),
        )
        # Without its rights it would start all the same, and find no target.
        replicated_pods(replicas, cluster=self._cluster, parent=self, protect=protect, needed=rights)

    def _pod(self, config_map: ConfigMap, account: ServiceAccount) -> PodSpecArgs:
        rule_items = [
            KeyToPathArgs(key=key, path=f"{RULE_DIRECTORY}/{key}") for key in self._data if key != _CONFIG_FILE
        ]
        files = ConfigMapVolumeSourceArgs(
            name=config_map.metadata.name, items=[KeyToPathArgs(key=_CONFIG_FILE, path=_CONFIG_FILE), *rule_items]
        )
        volumes = [VolumeArgs(name="config", config_map=files)]
        if self._trust is not None:
            authority = KeyToPathArgs(key=self._trust.key, path=BACKEND_CA_FILE.rpartition("/")[2])
            source = SecretVolumeSourceArgs(secret_name=self._trust.secret_name, items=[authority], default_mode=0o444)
            volumes.append(VolumeArgs(name="trust", secret=source))
        return PodSpecArgs(
            service_account_name=account.metadata.name,
            automount_service_account_token=True,
            enable_service_links=False,
            security_context=restricted_pod(_USER_ID),
            termination_grace_period_seconds=_SHUTDOWN_SECONDS,
            containers=[self._container()],
            volumes=volumes,
        )

    def _container(self) -> ContainerArgs:
        resources = self._settings.resources
        mounts = [
            VolumeMountArgs(name="config", mount_path=_CONFIG_DIRECTORY, read_only=True),
            VolumeMountArgs(name=DATA_VOLUME, mount_path=_DATA_DIRECTORY),
        ]
        if self._trust is not None:
            mounts.append(VolumeMountArgs(name="trust", mount_path=BACKEND_CA_FILE.rpartition("/")[0], read_only=True))
        return ContainerArgs(
            name="prometheus",
            image=self._settings.image,
            image_pull_policy="IfNotPresent",
            args=[
                *prometheus_arguments(self._settings),
                *(["--web.enable-otlp-receiver"] if self._takes_otlp else []),
            ],
            env=_own_name() if self._settings.replicas > 1 else None,
            ports=[ContainerPortArgs(name="http", container_port=PROMETHEUS_PORT)],
            # Both answer while the write-ahead log is replayed, /-/ready with 503: no restart however long that takes.
            readiness_probe=http_probe("/-/ready", "http"),
            liveness_probe=http_probe("/-/healthy", "http", period_seconds=15, timeout_seconds=10),
            resources=requirements(resources),
            security_context=restricted_container(),
            volume_mounts=mounts,
        )


def _own_name() -> list[EnvVarArgs]:
    field = ObjectFieldSelectorArgs(field_path="metadata.name")
    return [EnvVarArgs(name=REPLICA_VARIABLE, value_from=EnvVarSourceArgs(field_ref=field))]


def prometheus_arguments(settings: PrometheusSettings) -> list[str]:
    """The command line. The size limit leaves room for the write-ahead log and for blocks that are being compacted."""
    limit = int(quantity_value(settings.storage.size) * 8 / 10 / 2**20)
    return [
        f"--config.file={_CONFIG_DIRECTORY}/{_CONFIG_FILE}",
        f"--storage.tsdb.path={_DATA_DIRECTORY}",
        f"--storage.tsdb.retention.time={settings.retention_days}d",
        f"--storage.tsdb.retention.size={limit}MB",
    ]
