"""Database of kind `container`: one PostgreSQL Pod, with its exporter, on a volume of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pulumi
from pulumi_kubernetes.apps.v1 import StatefulSet
from pulumi_kubernetes.core.v1 import (
    ConfigMap,
    Service,
    ServicePortArgs,
    ServiceSpecArgs,
)
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from components.backup.contract import VolumeTarget
from components.certificates.contract import CertificateAuthority, ServerCertificate
from components.cluster.contract import ClusterAccess
from components.database.configuration import (
    APPLY_PASSWORD,
    HBA_FILE,
    PG_HBA_TLS,
    PORT,
    postgresql_conf,
    script,
)
from components.database.contract import DatabaseConnection
from components.database.dump_backup import DumpBackup, Dumped
from components.database.pod import (
    CLAIM,
    CONFIG_MAP,
    EXPORTER_APPLICATION,
    EXPORTER_PORT,
    NAME,
    PASSWORD_SCRIPT,
    RELOAD_SCRIPT,
    SECRET,
    SERVER_CONFIG,
    SERVER_PORT_NAME,
    postgres_pod,
)
from components.database.settings import ContainerDatabase
from components.kubernetes.checksum import config_checksum
from components.kubernetes.metadata import AppLabels, object_meta
from components.kubernetes.secrets import SecretObject, secret_object
from components.kubernetes.services import cluster_service, service_account
from components.kubernetes.stateful_set import stateful_set
from components.kubernetes.volumes import data_volume, kept
from components.network.contract import Flow, PodPeer
from components.secrets.contract import Credential

MAJOR_ANNOTATION: Final = "jarvis.io/postgres-major"
"""On the volume's claim: the major version whose data it was made for."""
_HEADLESS: Final = f"{NAME}-headless"


class PostgresContainer(pulumi.ComponentResource):
    """The StatefulSet `postgres`, whose Pod is `postgres-0`, its Services, configuration, credentials and volume.

    The Secret has the form that CloudNativePG reads too. `protect` keeps the StatefulSet and the volumes from deletion.
    With `certificates` nobody connects without TLS; with `backup` dumps are made and restored by Jobs.
    """

    connection: DatabaseConnection

    def __init__(
        self,
        name: str,
        settings: ContainerDatabase,
        *,
        cluster: ClusterAccess,
        password: Credential,
        certificates: CertificateAuthority | None = None,
        backup: VolumeTarget | None = None,
        protect: bool = False,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("jarvis:database:PostgresContainer", name, None, opts)
        self._settings = settings
        self._cluster = cluster
        self._labels = AppLabels(NAME, "database", cluster.environment, version=str(settings.version))
        self._certificate = self._issued(certificates)
        config = self._files()
        secret = self._secret(password)
        needed: list[pulumi.Resource] = [
            self._configuration(config),
            secret.resource,
            service_account(f"{NAME}-account", self._labels, cluster, cluster.child_of(self)),
            self._volume(protect),
            *([] if self._certificate is None else [self._certificate.resource]),
        ]
        checksum = config_checksum(config, {SECRET: secret.checksum})
        parameters = _exporter_parameters(tls=self._certificate is not None, named=backup is not None)
        stateful_set = self._stateful_set(checksum, [*needed, self._headless()], parameters, protect)
        service = self._service(needed)
        flows: tuple[Flow, ...] = ()
        if backup is not None:
            flows = DumpBackup(
                f"{name}-backup", backup, self._dumped(), cluster=cluster, protect=protect, opts=_child(self)
            ).flows
        self.connection = self._connection(stateful_set, service, password, flows)
        self.register_outputs({"host": self.connection.host})

    def _issued(self, certificates: CertificateAuthority | None) -> ServerCertificate | None:
        if certificates is None:
            return None
        service = pulumi.Output.concat(NAME, ".", self._cluster.namespace)
        names = [NAME, service, *(pulumi.Output.concat(service, end) for end in (".svc", ".svc.cluster.local"))]
        return certificates.issue(
            f"{NAME}-tls",
            [*names, *self._settings.dns_names],
            labels=self._labels,
            cluster=self._cluster,
            parent=self,
        )

    def _files(self) -> dict[str, str]:
        """What lies in the ConfigMap."""
        tls = self._certificate is not None
        files = {SERVER_CONFIG: postgresql_conf(self._settings.parameters, tls=tls), PASSWORD_SCRIPT: APPLY_PASSWORD}
        return {**files, HBA_FILE: PG_HBA_TLS, RELOAD_SCRIPT: script(RELOAD_SCRIPT)} if tls else files

    def _dumped(self) -> Dumped:
        return Dumped(
            host=pulumi.Output.concat(NAME, ".", self._cluster.namespace, ".svc"),
            settings=self._settings,
            secret_name=SECRET,
            trust=None if self._certificate is None else self._certificate.trust,
        )

    def _meta(self, name: str) -> ObjectMetaArgs:
        return object_meta(name, self._cluster.namespace, self._labels)

    def _configuration(self, data: Mapping[str, str]) -> ConfigMap:
        return ConfigMap(
            CONFIG_MAP, metadata=self._meta(CONFIG_MAP), data=dict(data), opts=self._cluster.child_of(self)
        )

    def _secret(self, password: Credential) -> SecretObject:
        return secret_object(
            SECRET,
            {"username": self._settings.username, "password": password, "database": self._settings.database},
            labels=self._labels,
            cluster=self._cluster,
            parent=self,
            secret_type="kubernetes.io/basic-auth",  # noqa: S106 - a type
        )

    def _volume(self, protect: bool) -> pulumi.Resource:
        return data_volume(
            CLAIM,
            self._settings.storage,
            self._labels,
            self._cluster,
            parent=self,
            protect=protect,
            annotations={MAJOR_ANNOTATION: str(self._settings.version)},
        )

    def _headless(self) -> Service:
        """Gives the Pod its own name in DNS, ready or not."""
        return Service(
            _HEADLESS,
            metadata=self._meta(_HEADLESS),
            spec=ServiceSpecArgs(
                cluster_ip="None",
                publish_not_ready_addresses=True,
                selector=self._labels.selector,
                ports=[_service_port()],
            ),
            opts=self._cluster.child_of(self),
        )

    def _service(self, needed: list[pulumi.Resource]) -> Service:
        # After what the Pod needs, and beside the StatefulSet: providers wait until a new Service has endpoints.
        port = _service_port()
        return cluster_service(
            f"{NAME}-service", self._labels, port, self._cluster, self._cluster.child_of(self, *needed)
        )

    def _stateful_set(
        self, checksum: pulumi.Output[str], needed: list[pulumi.Resource], exporter_parameters: str, protect: bool
    ) -> StatefulSet:
        tls_secret = None if self._certificate is None else self._certificate.secret_name
        return stateful_set(
            self._labels,
            postgres_pod(self._settings, tls_secret=tls_secret, exporter_parameters=exporter_parameters),
            checksum=checksum,
            service_name=_HEADLESS,
            cluster=self._cluster,
            opts=pulumi.ResourceOptions.merge(self._cluster.child_of(self, *needed), kept(protect)),
        )

    def _connection(
        self, stateful_set: StatefulSet, service: Service, password: Credential, flows: tuple[Flow, ...]
    ) -> DatabaseConnection:
        # Both outputs: whoever uses the host waits until the Pod is ready.
        host = pulumi.Output.all(service.metadata, stateful_set.metadata, self._cluster.namespace).apply(
            lambda known: f"{NAME}.{known[2]}.svc"
        )
        return DatabaseConnection(
            host=host,
            port=pulumi.Output.from_input(PORT),
            database=pulumi.Output.from_input(self._settings.database),
            username=pulumi.Output.from_input(self._settings.username),
            password=password,
            peer=PodPeer(NAME),
            peer_port=PORT,
            exporter_app=NAME,
            exporter_port=EXPORTER_PORT,
            tls=self._certificate is not None,
            trust=None if self._certificate is None else self._certificate.trust,
            flows=flows,
        )


def _exporter_parameters(*, tls: bool, named: bool) -> str:
    """Of the exporter's connection, inside the Pod; a name for its sessions where a restore asks who is connected."""
    mode = "sslmode=require" if tls else "sslmode=disable"
    return f"{mode}&application_name={EXPORTER_APPLICATION}" if named else mode


def _child(parent: pulumi.Resource) -> pulumi.ResourceOptions:
    return pulumi.ResourceOptions(parent=parent)


def _service_port() -> ServicePortArgs:
    return ServicePortArgs(name=SERVER_PORT_NAME, port=PORT, target_port=SERVER_PORT_NAME, protocol="TCP")
