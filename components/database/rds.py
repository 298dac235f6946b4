"""Database of kind `rds`: PostgreSQL that Amazon runs."""

from __future__ import annotations

from typing import Final

import pulumi
from pulumi_aws import iam, rds

from components.aws.iam import grant, service_role
from components.aws.logs import log_group
from components.aws.secrets_manager import keep_entry
from components.aws.security_groups import open_to_nodes
from components.backup.contract import ManagedTarget
from components.certificates.contract import TrustAnchor
from components.cloud.aws.contract import AwsCloud
from components.cluster.contract import ClusterAccess
from components.database.contract import DatabaseConnection
from components.database.rds_alarms import instance_alarms, replica_alarms
from components.database.rds_authorities import authorities
from components.database.rds_beginning import AT_CREATION_ONLY, beginning
from components.database.rds_exports import SnapshotExports
from components.database.rds_parameters import parameter_group
from components.database.rds_settings import RdsDatabase, ReadReplica
from components.kubernetes.metadata import AppLabels
from components.kubernetes.secrets import secret_object
from components.network.contract import CidrPeer
from components.secrets.contract import Credential

_PORT: Final = 5432
_LOGS: Final = ("postgresql", "upgrade")
_ADVANCED_RETENTION_DAYS: Final = 465
"""What the advanced mode of Database Insights demands; the standard one has 7.

Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DatabaseInsights.Considerations.html (2026-11-24).
"""
_COPYING: Final = "12h"
"""What data that are copied from another region, or restored, may take; the provider's own limit is 40 minutes.

Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.XRgn.html (2026-11-24), which says hours.
"""
CA_SECRET: Final = "postgres-ca"  # noqa: S105 - a name
"""Secret of the stack's namespace with the authorities of RDS, which no machine trusts by itself."""


class RdsPostgres(pulumi.ComponentResource):
    """The instance, its replicas, its network, parameters, logs and alarms, its entry in Secrets Manager, and the
    exports of its snapshots where `backup` has a bucket for them.

    `protect` keeps it from being deleted, and has it leave a final snapshot where it is after all.
    """

    connection: DatabaseConnection

    def __init__(
        self,
        name: str,
        settings: RdsDatabase,
        *,
        cloud: AwsCloud,
        cluster: ClusterAccess,
        password: Credential,
        backup: ManagedTarget | None = None,
        protect: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Raises pulumi.RunError where the region's authorities are not known, or only the cluster has the password."""
        super().__init__("jarvis:database:RdsPostgres", name, None, opts)
        self._settings, self._cloud, self._guarded = settings, cloud, protect
        trust = self._trust(authorities(cloud.region, settings.ca_file), cluster)
        self._group = open_to_nodes("database", "PostgreSQL", _PORT, cloud=self._cloud, parent=self)
        self._monitoring_role, self._entitled = self._monitoring()
        self._parameters = parameter_group(settings, cloud=cloud, parent=self)
        instance = self._instance(password)
        replicas = self._replicas(instance)
        self._copy_backups(instance)
        self._export_snapshots(backup)
        self._entry(instance, password)
        self._watch(instance, replicas)
        self.connection = DatabaseConnection(
            host=instance.address,
            port=pulumi.Output.from_input(_PORT),
            database=pulumi.Output.from_input(settings.database),
            username=pulumi.Output.from_input(settings.username),
            password=password,
            peer=CidrPeer(cloud.database_range),
            peer_port=_PORT,
            replica_host=replicas[0].address if replicas else None,
            tls=True,
            trust=trust,
        )
        self.register_outputs({"host": instance.address})

    def _trust(self, certificates: str, cluster: ClusterAccess) -> TrustAnchor:
        labels = AppLabels("postgres", "database", cluster.environment)
        secret = secret_object(CA_SECRET, {"ca.crt": certificates}, labels=labels, cluster=cluster, parent=self)
        return TrustAnchor(secret.name)

    def _monitoring(self) -> tuple[iam.Role, list[pulumi.Resource]]:
        name, cloud = "database-monitoring", self._cloud
        role = service_role(name, "monitoring.rds.amazonaws.com", cloud=cloud, parent=self)
        return role, grant(name, role, ["service-role/AmazonRDSEnhancedMonitoringRole"], [], cloud=cloud, parent=self)

    def _subnets(self) -> rds.SubnetGroup:
        cloud = self._cloud
        return rds.SubnetGroup(
            "database",
            name=f"{cloud.name}-database",
            description="The database subnets",
            subnet_ids=list(cloud.database_subnet_ids),
            tags=cloud.named(f"{cloud.name}-database"),
            opts=cloud.child_of(self),
        )

    def _instance(self, password: Credential) -> rds.Instance:
        settings, cloud = self._settings, self._cloud
        args = self._shared()
        args.identifier = settings.identifier
        args.allow_major_version_upgrade = settings.allow_major_upgrade
        args.port = _PORT
        args.multi_az = settings.multi_az
        args.performance_insights_retention_period = 7 if settings.insights == "standard" else _ADVANCED_RETENTION_DAYS
        args.database_insights_mode = settings.insights
        args.tags = cloud.named(f"jarvis-postgres-{cloud.environment}")
        self._begin(args, password)
        self._keep(args)
        args.db_subnet_group_name = self._subnets().name
        return rds.Instance(
            "postgres",
            args,
            opts=pulumi.ResourceOptions.merge(
                cloud.child_of(self, *self._entitled, *self._log_groups(settings.identifier)),
                pulumi.ResourceOptions(
                    protect=self._guarded,
                    ignore_changes=list(AT_CREATION_ONLY),
                    custom_timeouts=None if settings.source is None else pulumi.CustomTimeouts(create=_COPYING),
                ),
            ),
        )

    def _shared(self) -> rds.InstanceArgs:
        """What the primary and its replicas have in common."""
        settings = self._settings
        return rds.InstanceArgs(
            instance_class=settings.instance_class,
            max_allocated_storage=settings.max_storage_gib,
            storage_type="gp3",
            storage_encrypted=True,
            auto_minor_version_upgrade=True,
            publicly_accessible=False,
            vpc_security_group_ids=[self._group.id],
            parameter_group_name=self._parameters.name,
            ca_cert_identifier=settings.certificate_authority,
            maintenance_window=settings.maintenance_window,
            copy_tags_to_snapshot=True,
            performance_insights_enabled=True,
            performance_insights_kms_key_id=self._cloud.key_arn,
            monitoring_interval=settings.monitoring_seconds,
            monitoring_role_arn=self._monitoring_role.arn,
            enabled_cloudwatch_logs_exports=list(_LOGS),
        )

    def _begin(self, args: rds.InstanceArgs, password: Credential) -> None:
        """Where its data comes from."""
        begin = beginning(self._settings, cloud=self._cloud, password=password.value)
        args.engine = begin.engine
        args.engine_version = begin.engine_version
        args.replicate_source_db = begin.followed
        args.snapshot_identifier = begin.snapshot
        args.restore_to_point_in_time = begin.point_in_time
        args.allocated_storage = begin.allocated_storage
        args.kms_key_id = begin.key_arn
        args.db_name = begin.database
        args.username = begin.username
        args.password = begin.password
        args.backup_retention_period = begin.backup_days

    def _keep(self, args: rds.InstanceArgs) -> None:
        """When it is backed up, and what stays of it where it is deleted."""
        settings = self._settings
        args.backup_window = None if settings.follows else settings.backup_window
        args.delete_automated_backups = not self._guarded
        # RDS takes none of a replica.
        args.skip_final_snapshot = settings.follows or not self._guarded
        args.final_snapshot_identifier = settings.final_snapshot if self._guarded and not settings.follows else None
        args.deletion_protection = self._guarded

    def _log_groups(self, identifier: str) -> list[pulumi.Resource]:
        names = {f"{identifier}-{sort}": f"/aws/rds/instance/{identifier}/{sort}" for sort in _LOGS}
        return [log_group(name, group, cloud=self._cloud, parent=self) for name, group in names.items()]

    def _replicas(self, primary: rds.Instance) -> list[rds.Instance]:
        replica = self._settings.replica
        if replica is None:
            return []
        return [self._replica(index, replica, primary) for index in range(1, replica.count + 1)]

    def _replica(self, index: int, settings: ReadReplica, primary: rds.Instance) -> rds.Instance:
        cloud, identifier = self._cloud, f"{self._settings.identifier}-replica-{index}"
        args = self._shared()
        args.identifier = identifier
        args.replicate_source_db = primary.identifier
        args.instance_class = settings.instance_class or self._settings.instance_class
        args.kms_key_id = cloud.key_arn
        args.skip_final_snapshot = True  # it holds nothing that the primary does not
        args.tags = cloud.named(identifier)
        return rds.Instance(
            f"replica-{index}",
            args,
            opts=cloud.child_of(self, *self._entitled, *self._log_groups(identifier)),
        )

    def _export_snapshots(self, target: ManagedTarget | None) -> None:
        settings, own = self._settings, pulumi.ResourceOptions(parent=self)
        if target is None or not target.every_snapshot or settings.follows:
            return
        SnapshotExports("database-exports", settings.identifier, target, cloud=self._cloud, opts=own)

    def _watch(self, instance: rds.Instance, replicas: list[rds.Instance]) -> None:
        settings, cloud = self._settings, self._cloud
        instance_alarms(settings, instance.identifier, cloud=cloud, parent=self)
        if settings.follows:
            replica_alarms("database", instance.identifier, cloud=cloud, parent=self)
        for index, replica in enumerate(replicas, start=1):
            replica_alarms(f"database-replica-{index}", replica.identifier, cloud=cloud, parent=self)

    def _entry(self, instance: rds.Instance, password: Credential) -> None:
        settings, cloud = self._settings, self._cloud
        members: dict[str, pulumi.Input[str] | pulumi.Input[int]] = {
            "engine": "postgres",
            "host": instance.address,
            "port": _PORT,
            "dbname": settings.database,
            "username": settings.username,
            "password": password.value,
            "dbInstanceIdentifier": settings.identifier,
        }
        keep_entry(
            "postgres",
            f"PostgreSQL of {cloud.name}",
            members,
            cloud=cloud,
            protect=self._guarded,
            parent=self,
        )

    def _copy_backups(self, instance: rds.Instance) -> None:
        """Snapshots and the log of changes, in the recovery region: to be restored there to a point in time."""
        settings, cloud = self._settings, self._cloud
        if cloud.recovery_region is None or not settings.replicate_backups or settings.follows:
            return
        rds.InstanceAutomatedBackupsReplication(
            "recovery",
            source_db_instance_arn=instance.arn,
            kms_key_id=cloud.recovery_key_arn,
            retention_period=settings.backup_retention_days,
            region=cloud.recovery_region,
            opts=cloud.child_of(self),
        )
