"""Database of kind `flexible-server`: Azure Database for PostgreSQL, reached inside the stack's network only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pulumi
from pulumi_azure_native import dbforpostgresql as postgresql
from pulumi_azure_native import privatedns

from components.azure.alerts import alert_on, keep_logs
from components.azure.locks import lock
from components.azure.private_access import private_zone, show_to_peers
from components.cloud.azure.contract import AzureFoundation
from components.database.contract import DatabaseConnection
from components.database.flexible_server_alerts import thresholds
from components.database.flexible_server_settings import FlexibleServerDatabase, HighAvailability, ReadReplica
from components.database.flexible_server_source import FollowedServer, GeoRestore, PointInTime, ServerSource
from components.network.contract import CidrPeer
from components.secrets.contract import Credential

PORT: Final = 5432
_ZONE: Final = "jarvis-{location}.private.postgres.database.azure.com"
"""It must end so, must not be a server's own name, and must differ from that of a stack that it replicates with.
Source: https://learn.microsoft.com/azure/postgresql/network/concepts-networking-private (2026-11-24)."""
_SWAPPED_BY_FAILOVER: Final = ("availabilityZone", "highAvailability.standbyAvailabilityZone")
"""Properties that no deployment is to set back."""
_ONLY_AT_FIRST: Final = ("createMode", "pointInTimeUTC", "sourceServerResourceId")
"""Properties that would otherwise replace a server, with all that it holds."""
_WITH_DATA: Final = "240m"
"""How long a server may take to be made when it begins with another's data."""


class FlexibleServer(pulumi.ComponentResource):
    """The server with its standby, its database and its parameters. `protect` guards server and database."""

    connection: DatabaseConnection

    def __init__(
        self,
        name: str,
        settings: FlexibleServerDatabase,
        *,
        cloud: AzureFoundation,
        password: Credential,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Raises pulumi.RunError where the backups cannot lie in a second region, or only the cluster has the
        password."""
        super().__init__("jarvis:database:FlexibleServer", name, None, opts)
        if settings.geo_redundant_backup and not cloud.geo_redundant:
            raise pulumi.RunError(
                f"jarvis:database.geoRedundantBackup must be false in {cloud.location}: the region has no pair."
            )
        self._settings, self._cloud = settings, cloud
        zone = private_zone("database-zone", _ZONE.format(location=cloud.location), cloud=cloud, parent=self)
        show_to_peers("database-zone", zone[0], cloud=cloud, parent=self)
        server = self._server(password, zone)
        # What came with the data is there already: Azure's provider refuses to make it a second time.
        database = None if settings.source is not None else self._database(server)
        ready = self._configure(server, database or server)
        replica = None if settings.replica is None else self._replica(settings.replica, server, zone, after=ready)
        lock("database-lock", server, cloud=cloud, parent=self)
        keep_logs("database", server, cloud=cloud, parent=self)
        alert_on(thresholds(cloud.monitoring, follows=settings.follows), server, cloud=cloud, parent=self)
        self.connection = DatabaseConnection(
            # Whoever connects finds the database in it, and TLS enforced.
            host=pulumi.Output.all(server.fully_qualified_domain_name, ready.id).apply(lambda found: found[0]),
            port=pulumi.Output.from_input(PORT),
            database=pulumi.Output.from_input(settings.database) if database is None else database.name,
            username=pulumi.Output.from_input(settings.username),
            password=password,
            peer=CidrPeer(cloud.network.ranges.database),
            peer_port=PORT,
            replica_host=None if replica is None else replica.fully_qualified_domain_name,
            tls=True,
        )
        self.register_outputs({"host": server.fully_qualified_domain_name})

    def _server(
        self, password: Credential, zone: tuple[privatedns.PrivateZone, privatedns.VirtualNetworkLink]
    ) -> postgresql.Server:
        settings, cloud = self._settings, self._cloud
        args = postgresql.ServerArgs(
            availability_zone=settings.zone,
            create_mode=_create_mode(settings.source),
            location=cloud.location,
            network=self._network(zone[0]),
            point_in_time_utc=_restore_time(settings.source),
            replica=_promotion(settings.source),
            resource_group_name=cloud.resource_group,
            server_name=settings.name,
            sku=postgresql.SkuArgs(name=settings.size, tier=settings.tier),
            source_server_resource_id=None if settings.source is None else settings.source.server_id,
            storage=self._storage(),
            tags=cloud.tags(settings.name),
        )
        # Azure's SDK marks it neither in what it is given nor in what it answers.
        administrator = pulumi.Output.secret(password.value)
        if not settings.follows:
            self._stand_alone(args, administrator)
        return postgresql.Server(
            "server",
            args,
            opts=pulumi.ResourceOptions.merge(
                cloud.child_of(self, zone[1], holds_data=True),
                pulumi.ResourceOptions(
                    additional_secret_outputs=["administratorLoginPassword"],
                    ignore_changes=[*_SWAPPED_BY_FAILOVER, *_ONLY_AT_FIRST],
                    custom_timeouts=pulumi.CustomTimeouts(
                        create="60m" if settings.source is None else _WITH_DATA, update="60m"
                    ),
                ),
            ),
        )

    def _stand_alone(self, args: postgresql.ServerArgs, password: pulumi.Output[str]) -> None:
        """What a server has that follows no other one."""
        settings = self._settings
        if not isinstance(settings.source, FollowedServer):
            args.administrator_login = settings.username
        args.administrator_login_password = password
        args.auth_config = postgresql.AuthConfigArgs(
            active_directory_auth=postgresql.MicrosoftEntraAuth.DISABLED,
            password_auth=postgresql.PasswordBasedAuth.ENABLED,
        )
        args.backup = postgresql.BackupArgs(
            backup_retention_days=settings.backup_retention_days,
            geo_redundant_backup=_enabled(settings.geo_redundant_backup),
        )
        args.high_availability = _high_availability(settings.high_availability)
        args.maintenance_window = postgresql.MaintenanceWindowArgs(
            custom_window="Enabled",
            day_of_week=settings.maintenance.weekday,
            start_hour=settings.maintenance.hour,
            start_minute=0,
        )
        args.version = str(settings.version)

    def _network(self, zone: privatedns.PrivateZone) -> postgresql.NetworkArgs:
        return postgresql.NetworkArgs(
            delegated_subnet_resource_id=self._cloud.network.subnets.database,
            private_dns_zone_arm_resource_id=zone.id,
            public_network_access=postgresql.ServerPublicNetworkAccessState.DISABLED,
        )

    def _storage(self) -> postgresql.StorageArgs:
        return postgresql.StorageArgs(
            auto_grow=postgresql.StorageAutoGrow(_enabled(self._settings.auto_grow)),
            storage_size_gb=self._settings.storage_gb,
            type=postgresql.StorageType.PREMIUM_LRS,
        )

    def _database(self, server: postgresql.Server) -> postgresql.Database:
        return postgresql.Database(
            "database",
            charset="UTF8",
            collation="en_US.utf8",
            database_name=self._settings.database,
            resource_group_name=self._cloud.resource_group,
            server_name=server.name,
            opts=self._cloud.child_of(self, holds_data=True),
        )

    def _configure(self, server: postgresql.Server, last: pulumi.Resource) -> postgresql.Configuration:
        """Set the parameters one after the other: Azure refuses a second change while the first is under way."""
        made: list[postgresql.Configuration] = []
        for parameter, value in _parameters(self._settings).items():
            one = postgresql.Configuration(
                parameter.replace(".", "-").replace("_", "-"),
                configuration_name=parameter,
                resource_group_name=self._cloud.resource_group,
                server_name=server.name,
                source="user-override",
                value=value,
                opts=self._cloud.child_of(self, last),
            )
            made.append(one)
            last = one
        return made[-1]

    def _replica(
        self,
        settings: ReadReplica,
        server: postgresql.Server,
        zone: tuple[privatedns.PrivateZone, privatedns.VirtualNetworkLink],
        *,
        after: pulumi.Resource,
    ) -> postgresql.Server:
        return postgresql.Server(
            "replica",
            availability_zone=settings.zone,
            create_mode=postgresql.CreateMode.REPLICA,
            location=self._cloud.location,
            network=self._network(zone[0]),
            resource_group_name=self._cloud.resource_group,
            server_name=settings.name,
            sku=postgresql.SkuArgs(name=self._settings.size, tier=self._settings.tier),
            source_server_resource_id=server.id,
            storage=self._storage(),
            tags=self._cloud.tags(settings.name),
            opts=pulumi.ResourceOptions.merge(
                self._cloud.child_of(self, after, zone[1], holds_data=True),
                pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(create=_WITH_DATA)),
            ),
        )


def _enabled(value: bool) -> str:
    return "Enabled" if value else "Disabled"


def _create_mode(source: ServerSource | None) -> postgresql.CreateMode:
    match source:
        case None:
            return postgresql.CreateMode.DEFAULT
        case FollowedServer():
            return postgresql.CreateMode.REPLICA
        case GeoRestore():
            return postgresql.CreateMode.GEO_RESTORE
        case PointInTime():
            return postgresql.CreateMode.POINT_IN_TIME_RESTORE


def _restore_time(source: ServerSource | None) -> str | None:
    return source.time if isinstance(source, GeoRestore | PointInTime) else None


def _promotion(source: ServerSource | None) -> postgresql.ReplicaArgs | None:
    if not isinstance(source, FollowedServer) or source.promotion not in ("planned", "forced"):
        return None
    options = postgresql.ReadReplicaPromoteOption
    return postgresql.ReplicaArgs(
        promote_mode=postgresql.ReadReplicaPromoteMode.STANDALONE,
        promote_option=options.PLANNED if source.promotion == "planned" else options.FORCED,
        role=postgresql.ReplicationRole.NONE,
    )


def _high_availability(settings: HighAvailability | None) -> postgresql.HighAvailabilityArgs:
    modes = postgresql.PostgreSqlFlexibleServerHighAvailabilityMode
    if settings is None:
        return postgresql.HighAvailabilityArgs(mode=modes.DISABLED)
    return postgresql.HighAvailabilityArgs(
        mode=modes.ZONE_REDUNDANT if settings.mode == "zone-redundant" else modes.SAME_ZONE,
        standby_availability_zone=settings.standby_zone,
    )


def _parameters(settings: FlexibleServerDatabase) -> Mapping[str, str]:
    """Server parameters; those of TLS come last, and clients after them."""
    parameters = {"azure.extensions": ",".join(settings.extensions).upper()} if settings.extensions else {}
    if settings.max_connections is not None:
        parameters["max_connections"] = str(settings.max_connections)
    return {
        **parameters,
        "ssl_min_protocol_version": settings.minimum_tls,
        "require_secure_transport": "on",
    }
