"""Which kind of database a stack has."""

from __future__ import annotations

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
        case ContainerDatabase():
            from components.database.container import PostgresContainer

            if isinstance(backup, ObjectStorageTarget):
                raise pulumi.RunError(
                    "jarvis:backup.kind object-storage needs jarvis:database.kind cloudnative-pg: a database of kind "
                    "container is dumped to a volume (kind volume)."
                )
            if isinstance(backup, ManagedTarget):
                raise pulumi.RunError(_needs_rds("container"))
            return PostgresContainer(
                "database",
                settings,
                cluster=cluster,
                password=password,
                certificates=certificates,
                backup=backup,
                protect=protect,
                opts=opts,
            ).connection
        case CloudNativePgDatabase():
            from components.database.cloudnative_pg import PostgresCluster

            if isinstance(backup, VolumeTarget):
                raise pulumi.RunError(
                    "jarvis:backup.kind volume needs jarvis:database.kind container: a database of kind cloudnative-pg "
                    "is archived to object storage (kind object-storage)."
                )
            if isinstance(backup, ManagedTarget):
                raise pulumi.RunError(_needs_rds("cloudnative-pg"))
            # It needs no `certificates`: the operator has an authority of its own, and renews while the servers run.
            return PostgresCluster(
                "database", settings, cluster=cluster, password=password, backup=backup, protect=protect, opts=opts
            ).connection
        case FlexibleServerDatabase():
            from components.database.flexible_server import FlexibleServer

            if backup is not None:
                raise pulumi.RunError(
                    "jarvis:backup.kind must be none with jarvis:database.kind flexible-server: Azure backs it up "
                    "(backupRetentionDays, geoRedundantBackup)."
                )
            return FlexibleServer(
                "database",
                settings,
                cloud=require_azure(cloud, "jarvis:database of kind flexible-server"),
                password=password,
                opts=opts,
            ).connection
        case RdsDatabase():
            from components.database.rds import RdsPostgres

            if isinstance(backup, VolumeTarget | ObjectStorageTarget):
                raise pulumi.RunError(
                    "jarvis:backup.kind must be s3 or none with jarvis:database.kind rds: Amazon backs it up "
                    "(backupRetentionDays, replicateBackups)."
                )
            return RdsPostgres(
                "database",
                settings,
                cloud=require_aws(cloud, "jarvis:database of kind rds"),
                cluster=cluster,
                password=password,
                protect=protect,
                opts=opts,
            ).connection


def _needs_rds(kind: str) -> str:
    return f"jarvis:backup.kind s3 needs jarvis:database.kind rds, which backs itself up: {kind} does not."
