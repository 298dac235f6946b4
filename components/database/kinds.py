"""Which kind of database a stack has."""

from __future__ import annotations

import pulumi

from components.cluster.contract import ClusterAccess
from components.database.contract import DatabaseConnection
from components.database.settings import ContainerDatabase, DatabaseSettings
from components.secrets.contract import Credential


def create_database(
    settings: DatabaseSettings,
    *,
    cluster: ClusterAccess,
    password: Credential,
    protect: bool,
    opts: pulumi.ResourceOptions | None = None,
) -> DatabaseConnection:
    """The stack's PostgreSQL; `protect` keeps its data from being deleted."""
    match settings:
        case ContainerDatabase():
            from components.database.container import PostgresContainer

            return PostgresContainer(
                "database", settings, cluster=cluster, password=password, protect=protect, opts=opts
            ).connection
