"""Grafana: one Pod that is told everything at its start."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Final

import pulumi
from pulumi_kubernetes.apps.v1 import Deployment, DeploymentSpecArgs, DeploymentStrategyArgs
from pulumi_kubernetes.core.v1 import (
    ConfigMap,
    ConfigMapVolumeSourceArgs,
    ContainerArgs,
    ContainerPortArgs,
    EmptyDirVolumeSourceArgs,
    EnvVarArgs,
    KeyToPathArgs,
    PersistentVolumeClaimVolumeSourceArgs,
    PodSpecArgs,
    PodTemplateSpecArgs,
    SecretVolumeSourceArgs,
    VolumeArgs,
    VolumeMountArgs,
)
from pulumi_kubernetes.meta.v1 import LabelSelectorArgs, ObjectMetaArgs

from components.cluster.contract import ClusterAccess
from components.kubernetes.checksum import CHECKSUM_ANNOTATION, config_checksum
from components.kubernetes.metadata import AppLabels, object_meta
from components.kubernetes.pods import http_probe, requirements, restricted_container, restricted_pod
from components.kubernetes.secrets import SecretObject, secret_object
from components.kubernetes.services import http_service, service_account
from components.kubernetes.volumes import data_volume
from components.monitoring.dashboards.catalogue import dashboard_files
from components.monitoring.flows import GRAFANA_APP
from components.monitoring.grafana_provisioning import (
    DASHBOARD_DIRECTORY,
    PROMETHEUS,
    DataSource,
    dashboard_provider_file,
    data_sources_file,
)
from components.monitoring.settings import GrafanaSettings
from components.monitoring.signals.model import Exporter
from components.network.contract import ServiceEndpoint
from components.secrets.contract import Credential

PORT: Final = 3000
ADMIN_USER: Final = "admin"
"""The guide's (section Monitoring & Observabilité)."""
_USER_ID: Final = 472
"""The image's own user."""
_PROVISIONING_DIRECTORY: Final = "/etc/grafana/provisioning"
_DATA_DIRECTORY: Final = "/var/lib/grafana"
_SECRET_DIRECTORY: Final = "/etc/grafana-admin"  # noqa: S105 - a mount point
_DATA_SOURCES: Final = "datasources.yaml"
_PROVIDER: Final = "dashboards.yaml"

_ENVIRONMENT: Final = {
    "GF_SECURITY_ADMIN_USER": ADMIN_USER,
    "GF_SECURITY_ADMIN_PASSWORD__FILE": f"{_SECRET_DIRECTORY}/password",
    "GF_SECURITY_DISABLE_GRAVATAR": "true",
    "GF_AUTH_ANONYMOUS_ENABLED": "false",
    "GF_USERS_ALLOW_SIGN_UP": "false",
    "GF_ANALYTICS_REPORTING_ENABLED": "false",
    "GF_ANALYTICS_CHECK_FOR_UPDATES": "false",
    "GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES": "false",
    "GF_NEWS_NEWS_FEED_ENABLED": "false",
    # Else it downloads plug-ins at its start, which no network policy here allows.
    "GF_PLUGINS_PREINSTALL_DISABLED": "true",
    "GF_LOG_MODE": "console",
    "GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH": f"{DASHBOARD_DIRECTORY}/jarvis-overview.json",
}


class Grafana(pulumi.ComponentResource):
    """The Deployment `grafana`, its Service, its administrator's password, data sources and dashboards.

    With storage, Grafana takes the password from the Secret at its first start only: change it later in Grafana too.
    """

    endpoint: ServiceEndpoint

    def __init__(
        self,
        name: str,
        settings: GrafanaSettings,
        *,
        cluster: ClusterAccess,
        admin_password: Credential,
        data_sources: tuple[DataSource, ...] = (),
        exporters: AbstractSet[Exporter] = frozenset(),
        protect: bool = False,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`data_sources`: what it may query beside Prometheus; `exporters`: whose metrics it has dashboards for."""
        super().__init__("jarvis:monitoring:Grafana", name, None, opts)
        self._settings = settings
        self._cluster = cluster
        self._labels = AppLabels(GRAFANA_APP, "dashboards", cluster.environment)
        provisioning = {
            _DATA_SOURCES: data_sources_file(PROMETHEUS, *data_sources),
            _PROVIDER: dashboard_provider_file(),
        }
        dashboards = dashboard_files(exporters)
        secret = self._administrator(admin_password)
        self._volumes = [
            VolumeArgs(name="admin", secret=SecretVolumeSourceArgs(secret_name=secret.name)),
            *self._provisioning_volumes(provisioning),
            self._file_volume("dashboards", self._config_map("grafana-dashboards", dashboards)),
            self._data(protect),
            VolumeArgs(name="tmp", empty_dir=EmptyDirVolumeSourceArgs(size_limit="64Mi")),
        ]
        self._deployment(config_checksum({secret.name: secret.checksum}, provisioning, dashboards), secret.resource)
        http_service(GRAFANA_APP, self._labels, PORT, cluster, cluster.child_of(self))
        self.endpoint = ServiceEndpoint(
            name=GRAFANA_APP,
            port=PORT,
            url=pulumi.Output.concat("http://", GRAFANA_APP, ".", cluster.namespace, f".svc:{PORT}"),
        )
        self.register_outputs({"url": self.endpoint.url})

    def _meta(self, name: str) -> ObjectMetaArgs:
        return object_meta(name, self._cluster.namespace, self._labels)

    def _administrator(self, password: Credential) -> SecretObject:
        entries = {"username": ADMIN_USER, "password": password}
        return secret_object("grafana-admin", entries, labels=self._labels, cluster=self._cluster, parent=self)

    def _config_map(self, name: str, data: dict[str, str]) -> ConfigMap:
        return ConfigMap(name, metadata=self._meta(name), data=data, opts=self._cluster.child_of(self))

    def _provisioning_volumes(self, data: dict[str, str]) -> list[VolumeArgs]:
        """One volume a directory, so that the image's other directories of provisioning stay."""
        config_map = self._config_map("grafana-provisioning", data)
        return [
            self._file_volume("provision-datasources", config_map, _DATA_SOURCES),
            self._file_volume("provision-dashboards", config_map, _PROVIDER),
        ]

    def _file_volume(self, name: str, config_map: ConfigMap, *keys: str) -> VolumeArgs:
        """All keys of a ConfigMap, or only those named, as files."""
        items = [KeyToPathArgs(key=key, path=key) for key in keys]
        return VolumeArgs(
            name=name, config_map=ConfigMapVolumeSourceArgs(name=config_map.metadata.name, items=items or None)
        )

    def _data(self, protect: bool) -> VolumeArgs:
        if self._settings.storage is None:
            return VolumeArgs(name="data", empty_dir=EmptyDirVolumeSourceArgs(size_limit="1Gi"))
        claim = data_volume(
            "grafana-data", self._settings.storage, self._labels, self._cluster, parent=self, protect=protect
        )
        source = PersistentVolumeClaimVolumeSourceArgs(claim_name=claim.metadata.name)
        return VolumeArgs(name="data", persistent_volume_claim=source)

    def _deployment(self, checksum: pulumi.Output[str], *needed: pulumi.Resource) -> None:
        account = service_account(GRAFANA_APP, self._labels, self._cluster, self._cluster.child_of(self))
        # A volume, and the SQLite database on it, belong to one Pod at a time.
        strategy = "RollingUpdate" if self._settings.storage is None else "Recreate"
        Deployment(
            GRAFANA_APP,
            metadata=self._meta(GRAFANA_APP),
            spec=DeploymentSpecArgs(
                replicas=1,
                strategy=DeploymentStrategyArgs(type=strategy),
                selector=LabelSelectorArgs(match_labels=self._labels.selector),
                template=PodTemplateSpecArgs(
                    metadata=ObjectMetaArgs(labels=self._labels.all, annotations={CHECKSUM_ANNOTATION: checksum}),
                    spec=PodSpecArgs(
                        service_account_name=account.metadata.name,
                        automount_service_account_token=False,
                        enable_service_links=False,
                        security_context=restricted_pod(_USER_ID),
                        containers=[self._container()],
                        volumes=self._volumes,
                    ),
                ),
            ),
            opts=self._cluster.child_of(self, *needed),
        )

    def _container(self) -> ContainerArgs:
        resources = self._settings.resources
        environment = dict(_ENVIRONMENT)
        if self._settings.root_url is not None:
            environment["GF_SERVER_ROOT_URL"] = self._settings.root_url
        mounts = (
            ("admin", _SECRET_DIRECTORY, True),
            ("provision-datasources", f"{_PROVISIONING_DIRECTORY}/datasources", True),
            ("provision-dashboards", f"{_PROVISIONING_DIRECTORY}/dashboards", True),
            ("dashboards", DASHBOARD_DIRECTORY, True),
            ("data", _DATA_DIRECTORY, False),
            ("tmp", "/tmp", False),  # noqa: S108 - a mount point
        )
        return ContainerArgs(
            name="grafana",
            image=self._settings.image,
            image_pull_policy="IfNotPresent",
            env=[EnvVarArgs(name=key, value=value) for key, value in environment.items()],
            ports=[ContainerPortArgs(name="http", container_port=PORT)],
            startup_probe=http_probe("/api/health", "http", period_seconds=5, failure_threshold=36),
            readiness_probe=http_probe("/api/health", "http"),
            liveness_probe=http_probe("/healthz", "http", period_seconds=15, timeout_seconds=10),
            resources=requirements(resources),
            security_context=restricted_container(),
            volume_mounts=[
                VolumeMountArgs(name=name, mount_path=path, read_only=read_only) for name, path, read_only in mounts
            ],
        )
