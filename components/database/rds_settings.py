"""A PostgreSQL database of Amazon RDS."""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from components.aws.names import ResourceName, WeeklyWindow, Window
from components.aws.windows import check_windows
from components.database.rds_source import FollowedInstance, RdsSource
from components.database.server_settings import Identifier, PostgresVersion
from components.settings.section import Section
from components.settings.text import Matching

_LONGEST_NAME: Final = 63
_RESERVED: Final = {"rdsadmin", "rds_superuser", "rds_replication", "rds_iam", "rds_password", "postgres_fdw", "admin"}
"""Roles of RDS itself, and words that it refuses as a master's name."""

InstanceClass = Annotated[
    str,
    Matching(
        r"db\.[a-z][a-z0-9-]*\.(micro|small|medium|[0-9]*(large|xlarge))(\.[a-z0-9]+)*",
        "a class of RDS, such as db.r6g.xlarge",
    ),
]
CaFile = Annotated[str, Matching(r"[^\s\x00-\x1f](.*\S)?", "a path, such as rds-ca.pem", max_length=4096)]


class ReadReplica(Section):
    """Standbys that answer reads: the guide's POSTGRES_REPLICA_HOST."""

    count: Annotated[int, Field(ge=1, le=15)] = 1
    """How many; the first one's address is exported."""
    instance_class: InstanceClass | None = None
    """The primary's where absent."""


class RdsDatabase(Section):
    """PostgreSQL that Amazon runs, in the network's database subnets, where the cluster's nodes alone are let in.

    Figures: the guide's Terraform, where nothing else is said. Needs jarvis:cloud of kind aws.
    """

    kind: Literal["rds"] = "rds"
    identifier: ResourceName = "jarvis-postgres-prod"
    """The instance's name."""
    version: PostgresVersion = 17
    """Major version: within it RDS takes its current release, and renews it in the maintenance window."""
    allow_major_upgrade: bool = False
    """Whether a raised `version` upgrades the data, which cannot be undone; else it is refused."""
    instance_class: InstanceClass = "db.r6g.xlarge"
    storage_gib: Annotated[int, Field(ge=20, le=65_536)] = 100
    """At the start, gp3."""
    max_storage_gib: Annotated[int, Field(ge=22, le=65_536)] = 500
    """To which RDS lets it grow by itself."""
    multi_az: bool = True
    """Whether a standby in another zone takes over, which it does within a minute or two."""
    database: Identifier = "jarvis_production"
    """The guide's POSTGRES_DB."""
    username: Identifier = "jarvis_prod"
    """The guide's POSTGRES_USER, who owns everything."""
    max_connections: Annotated[int, Field(ge=10, le=10_000)] = 200
    """Connections at the same time, all clients together: the guide's for production. Other parameters of memory
    follow the class by RDS's own formulas."""
    slow_query_milliseconds: Annotated[int, Field(ge=-1, le=3_600_000)] = 1_000
    """Statements that take longer are logged; -1 logs none."""
    backup_window: Window = "03:00-04:00"
    """When the daily snapshot is taken."""
    maintenance_window: WeeklyWindow = "sun:04:00-sun:05:00"
    """When RDS may renew and restart it."""
    backup_retention_days: Annotated[int, Field(ge=1, le=35)] = 30
    """Days back to which it can be restored, to the second. The guide's Terraform has 7, its Disaster Recovery Plan 30.
    """
    replicate_backups: bool = True
    """Whether the backups are kept in jarvis:cloud.recoveryRegion too; a replica has none of its own."""
    final_snapshot: ResourceName = "jarvis-postgres-final-snapshot"
    """What a protected instance leaves when it is deleted."""
    replica: ReadReplica | None = None
    """Null has none."""
    source: RdsSource | None = None
    """What its data comes from, after the loss of another region or to be ready for it; null begins empty."""
    monitoring_seconds: Literal[1, 5, 10, 15, 30, 60] = 60
    """How often the operating system's metrics are taken."""
    insights: Literal["standard", "advanced"] = "standard"
    """Database Insights: `standard` keeps what waits for what for 7 days, `advanced` for 15 months at a price."""
    certificate_authority: Literal["rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1"] = "rds-ca-rsa2048-g1"
    """Who signs the server's certificate."""
    ca_file: CaFile | None = None
    """PEM file of the authorities that clients trust; those of RDS in the region, which this program has, where absent.
    """

    @property
    def follows(self) -> bool:
        """Whether it only repeats what another instance writes."""
        return isinstance(self.source, FollowedInstance)

    @model_validator(mode="after")
    def _names(self) -> Self:
        for name, value in (("database", self.database), ("username", self.username)):
            if value.startswith("_"):
                raise ValueError(f"{name} {value} must begin with a letter in RDS")
        if self.username in _RESERVED or self.username.startswith("pg_"):
            raise ValueError(f"username {self.username} is reserved in RDS")
        if self.replica is not None and len(f"{self.identifier}-replica-{self.replica.count}") > _LONGEST_NAME:
            raise ValueError(
                f"identifier {self.identifier} leaves no room for -replica-{self.replica.count}: "
                f"{_LONGEST_NAME} characters at most"
            )
        return self

    @model_validator(mode="after")
    def _follows_alone(self) -> Self:
        if self.follows and self.replica is not None:
            raise ValueError(
                "replica must be null while source follows another instance, which has no backups for it to begin with"
            )
        return self

    @model_validator(mode="after")
    def _classes_run_postgres(self) -> Self:
        classes = [("instanceClass", self.instance_class)]
        if self.replica is not None and self.replica.instance_class is not None:
            classes.append(("replica.instanceClass", self.replica.instance_class))
        for name, value in classes:
            _check_class(name, value)
        return self

    @model_validator(mode="after")
    def _grows(self) -> Self:
        least = -(-self.storage_gib * 11 // 10)
        if self.max_storage_gib < least:
            raise ValueError(
                f"maxStorageGib {self.max_storage_gib} must be {least} or more: a tenth above storageGib "
                f"{self.storage_gib}, or it cannot grow"
            )
        return self

    @model_validator(mode="after")
    def _windows_apart(self) -> Self:
        check_windows(
            ("backupWindow", self.backup_window),
            ("maintenanceWindow", self.maintenance_window),
            shortest_backup=30,
            shortest_maintenance=30,
        )
        return self


def _check_class(name: str, value: str) -> None:
    """Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.html (2026-11-24)."""
    family = value.split(".")[1]
    match = re.match(r"(m|r|x|z|t|c)([0-9]+)", family)
    oldest = {"t": 3, "m": 5, "r": 5, "x": 2, "c": 6}
    if match is None or match[1] not in oldest or int(match[2]) < oldest[match[1]]:
        raise ValueError(f"{name} {value} runs no supported version of PostgreSQL: take a class such as db.r6g.xlarge")
