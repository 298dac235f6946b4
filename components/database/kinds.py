"""Which kind of database a stack has."""

from __future__ import annotations

from typing import TypeVar

import pulumi

from components.backup.contract import BackupTarget, ManagedTarget, ObjectStorageTarget, VolumeTarget
from components.certificates.contract import CertificateAuthority
from components.cloud.contract import Cloud, require_aws, require_azure
from components.cluster.contract import ClusterAccess
from components.database.cluster_settings import CloudNativePgDatabase
from components.database.contract import DatabaseConnection
from components.database.flexible_server_settings import FlexibleServerDatabase
from components.database.rds_settings import RdsDatabase
from components.database.settings import ContainerDatabase, DatabaseSettings
from components.secrets.contract import Credential

_Target = TypeVar("_Target", bound=BackupTarget)


def create_database(
    settings: DatabaseSettings,
    *,
    cluster: ClusterAccess,
    password: Credential,
    certificates: CertificateAuthority | None = None,
    backup: BackupTarget | None = None,
    protect: bool,
    cloud: Cloud | None = None,
    opts: pulumi.ResourceOptions | None = None,
) -> DatabaseConnection:
    """The stack's PostgreSQL; `protect` keeps its data from being deleted.

    Raises pulumi.RunError where the kind of backup is none that this kind of database can make, or the kind of database
    needs another kind of cloud.
    """
    match settings:
        case ContainerDatabase() | CloudNativePgDatabase():
            return _in_cluster(
                settings,
                cluster=cluster,
                password=password,
                certificates=certificates,
                backup=backup,
                protect=protect,
                opts=opts,
            )
        case FlexibleServerDatabase() | RdsDatabase():
            return _in_a_cloud(
                settings, cloud=cloud, cluster=cluster, password=password, backup=backup, protect=protect, opts=opts
            )


def _in_cluster(
    settings: ContainerDatabase | CloudNativePgDatabase,
    *,
    cluster: ClusterAccess,
    password: Credential,
    certificates: CertificateAuthority | None,
    backup: BackupTarget | None,
    protect: bool,
    opts: pulumi.ResourceOptions | None,
) -> DatabaseConnection:
    """PostgreSQL in Pods of the stack's own."""
    if isinstance(settings, ContainerDatabase):
        from components.database.container import PostgresContainer

        return PostgresContainer(
            "database",
            settings,
            cluster=cluster,
            password=password,
            certificates=certificates,
            backup=_fitting(backup, VolumeTarget, settings, "volume"),
            protect=protect,
            opts=opts,
        ).connection
    from components.database.cloudnative_pg import PostgresCluster

    archive = _fitting(backup, ObjectStorageTarget, settings, "object-storage")
    # It needs no `certificates`: the operator has an authority of its own, and renews while the servers run.
    return PostgresCluster(
        "database", settings, cluster=cluster, password=password, backup=archive, protect=protect, opts=opts
    ).connection


def _in_a_cloud(
    settings: FlexibleServerDatabase | RdsDatabase,
    *,
    cloud: Cloud | None,
    cluster: ClusterAccess,
    password: Credential,
    backup: BackupTarget | None,
    protect: bool,
    opts: pulumi.ResourceOptions | None,
) -> DatabaseConnection:
    """PostgreSQL that a cloud runs."""
    if isinstance(settings, FlexibleServerDatabase):
        from components.database.flexible_server import FlexibleServer

        if backup is not None:
            raise pulumi.RunError("jarvis:backup.kind must be none with jarvis:database.kind flexible-server.")
        group = require_azure(cloud, "jarvis:database of kind flexible-server")
        return FlexibleServer("database", settings, cloud=group, password=password, opts=opts).connection
    from components.database.rds import RdsPostgres

    exports = _fitting(backup, ManagedTarget, settings, "s3")
    account = require_aws(cloud, "jarvis:database of kind rds")
    return RdsPostgres(
        "database",
        settings,
        cloud=account,
        cluster=cluster,
        password=password,
        backup=exports,
        protect=protect,
        opts=opts,
    ).connection


def _fitting(
    backup: BackupTarget | None, target: type[_Target], settings: DatabaseSettings, kind: str
) -> _Target | None:
    """The backup, where it is the one `kind` that this database can make, or none."""
    if backup is None or isinstance(backup, target):
        return backup
    raise pulumi.RunError(f"jarvis:backup.kind must be {kind} or none with jarvis:database.kind {settings.kind}.")
