"""What an RDS instance begins with: nothing, another instance that it follows, or backups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_aws import rds

from components.cloud.aws.contract import AwsCloud
from components.database.rds_settings import RdsDatabase
from components.database.rds_source import FollowedInstance, PointInTime, Snapshot

AT_CREATION_ONLY: Final = ("kmsKeyId", "snapshotIdentifier", "restoreToPointInTime")
"""Inputs whose later change would replace the instance. A restored one keeps the key that its backups have."""


@dataclass(frozen=True)
class Beginning:
    """Those inputs of an instance that depend on where its data comes from; None leaves one to RDS."""

    engine: str | None = "postgres"
    engine_version: str | None = None
    allocated_storage: int | None = None
    """A source's own where None: it may have grown."""
    database: str | None = None
    username: str | None = None
    password: pulumi.Output[str] | None = None
    key_arn: pulumi.Output[str] | None = None
    followed: str | None = None
    snapshot: str | None = None
    point_in_time: rds.InstanceRestoreToPointInTimeArgs | None = None
    backup_days: int | None = None


def beginning(settings: RdsDatabase, *, cloud: AwsCloud, password: pulumi.Output[str]) -> Beginning:
    """Inputs that RDS takes together.

    A replica has its engine, names, password and backups from what it follows; a restored instance has its names and
    key from its backups, and takes a password of its own at once. Source: the conflicts and requests of resource
    aws_db_instance in Terraform's AWS provider, which the official plugin is built on, read 2026-11-24.
    """
    version, days = str(settings.version), settings.backup_retention_days
    match settings.source:
        case FollowedInstance(arn=arn):
            return Beginning(engine=None, key_arn=cloud.key_arn, followed=arn)
        case Snapshot(name=name):
            return Beginning(engine_version=version, password=password, snapshot=name, backup_days=days)
        case PointInTime(backup_arn=arn, time=time):
            point = rds.InstanceRestoreToPointInTimeArgs(
                source_db_instance_automated_backups_arn=arn,
                restore_time=time,
                use_latest_restorable_time=True if time is None else None,
            )
            return Beginning(engine_version=version, password=password, point_in_time=point, backup_days=days)
        case None:
            return Beginning(
                engine_version=version,
                allocated_storage=settings.storage_gib,
                database=settings.database,
                username=settings.username,
                password=password,
                key_arn=cloud.key_arn,
                backup_days=days,
            )
