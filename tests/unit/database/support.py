"""What the tests of databases have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

from components.backup.contract import BackupTarget
from components.backup.kinds import create_backup
from components.backup.settings import BackupSettings, ObjectStorageBackup, VolumeBackup
from components.certificates.contract import ServerCertificate, TrustAnchor
from components.cluster.contract import ClusterAccess
from components.database.contract import DatabaseConnection
from components.database.kinds import create_database
from components.database.settings import DatabaseSettings
from components.kubernetes.metadata import AppLabels, object_meta
from components.secrets.contract import Credentials
from tests.support.mocks import Graph, cluster_access, credential, registered

PASSWORD = "database-password-of-the-test"
ACCESS_KEY, SECRET_KEY = "access-key-of-the-test", "secret-key-of-the-test"
VOLUME = VolumeBackup()
PLACE = {
    "bucket": "jarvis-backups",
    "path": "jarvis/production",
    "endpointUrl": "https://s3.paris.example:9000",
    "caSecret": "storage-ca",
}
OTHER = {"bucket": "jarvis-copies", "path": "jarvis/production", "region": "eu-west-3", "addresses": ["203.0.113.0/24"]}
STORAGE = ObjectStorageBackup.model_validate({"location": PLACE})
TWO_STORAGES = ObjectStorageBackup.model_validate({"location": PLACE, "second": OTHER})


class Authority:
    """Issues a certificate by putting its names into a Secret."""

    def issue(
        self,
        name: str,
        dns_names: Sequence[pulumi.Input[str]],
        *,
        labels: AppLabels,
        cluster: ClusterAccess,
        parent: pulumi.Resource,
    ) -> ServerCertificate:
        names = pulumi.Output.all(*dns_names).apply(",".join)
        secret = k8s.core.v1.Secret(
            name,
            metadata=object_meta(name, cluster.namespace, labels),
            string_data={"tls.crt": names, "tls.key": "a key", "ca.crt": "an authority"},
            opts=cluster.child_of(parent),
        )
        return ServerCertificate(name, TrustAnchor(name), secret, 180)


def credentials() -> Credentials:
    """Call it inside the program."""
    other = credential("another-secret", "other")
    return Credentials(
        postgres_password=credential(PASSWORD),
        redis_password=other,
        jarvis_secret_key=other,
        jarvis_admin_password=other,
        grafana_admin_password=other,
        backup_access_key_id=credential(ACCESS_KEY, "backupAccessKeyId"),
        backup_secret_access_key=credential(SECRET_KEY, "backupSecretAccessKey"),
    )


def target(settings: BackupSettings) -> BackupTarget | None:
    """Call it inside the program."""
    return create_backup(settings, credentials=credentials())


def database_graph(
    settings: DatabaseSettings,
    *,
    backup: BackupSettings | None = None,
    tls: bool = False,
    protect: bool = False,
    resolved: dict[str, Any] | None = None,
) -> tuple[Graph, DatabaseConnection]:
    """What is registered, and the connection, whose outputs are put into `resolved`."""
    given: list[DatabaseConnection] = []

    def build() -> None:
        connection = create_database(
            settings,
            cluster=cluster_access(),
            password=credential(PASSWORD),
            certificates=Authority() if tls else None,
            backup=None if backup is None else target(backup),
            protect=protect,
        )
        given.append(connection)
        outputs = {name: getattr(connection, name) for name in ("host", "port", "replica_host", "direct_host")}
        known = {name: value for name, value in outputs.items() if value is not None}
        pulumi.Output.all(**known).apply((resolved if resolved is not None else {}).update)

    return registered(build), given[0]
