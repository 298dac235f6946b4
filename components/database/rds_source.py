"""Settings of where an RDS database's data comes from, when it does not begin empty."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from components.settings.section import Section
from components.settings.text import Matching
from components.settings.times import UtcTime

InstanceArn = Annotated[
    str,
    Matching(
        r"arn:aws(-us-gov)?:rds:[a-z0-9-]+:[0-9]{12}:db:[a-z][a-z0-9-]{0,62}",
        "an instance's ARN, such as arn:aws:rds:us-east-1:123456789012:db:jarvis-postgres-prod",
    ),
]
BackupArn = Annotated[
    str,
    Matching(
        r"arn:aws(-us-gov)?:rds:[a-z0-9-]+:[0-9]{12}:auto-backup:ab-[A-Za-z0-9]{1,60}",
        "the ARN of automated backups, such as arn:aws:rds:us-west-2:123456789012:auto-backup:ab-L2IJCEXJP7XQ7HOJ4",
    ),
]
SnapshotName = Annotated[
    str,
    Matching(
        r"(rds:|awsbackup:)?[A-Za-z][A-Za-z0-9-]*",
        "a snapshot's name, such as jarvis-postgres-final-snapshot",
        max_length=255,
    ),
]


class FollowedInstance(Section):
    """The instance of another stack in another region, which this one follows until `source` is taken away.

    It answers reads only; without `source` the next deployment promotes it, within minutes: it then stands alone, is
    backed up and takes its own password. There is no way back to following. Until then its roles and passwords are the
    followed one's, so that `jarvis:secrets.postgresPassword` of both stacks must be the same, as `database`, `username`
    and `version` must be anyway. The storage is the followed one's. The first copy of much data takes hours.

    Sources: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.XRgn.html,
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PostgreSQL.Replication.ReadReplicas.html (2026-11-24).
    """

    kind: Literal["replica"] = "replica"
    arn: InstanceArn
    """ARN of the instance that is followed. It must be encrypted, and backed up itself."""


class PointInTime(Section):
    """The automated backups of an instance that may be lost, as they are in this region: its own, or replicated to it.

    It takes effect on an instance that is not there yet, and may be taken out again afterwards. `database`, `username`
    and `version` must be the lost instance's.

    Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReplicateBackups.html (2026-11-24).
    """

    kind: Literal["point-in-time"] = "point-in-time"
    backup_arn: BackupArn
    """ARN of the backups: `aws rds describe-db-instance-automated-backups --region REGION` lists them."""
    time: UtcTime | None = None
    """The moment to go back to; as late as possible where absent."""


class Snapshot(Section):
    """A snapshot in this region, such as the final one of an instance that was deleted.

    It takes effect on an instance that is not there yet, and may be taken out again afterwards. `database`, `username`
    and `version` must be those of the instance that was snapshot.
    """

    kind: Literal["snapshot"] = "snapshot"
    name: SnapshotName
    """Identifier of the snapshot."""


RdsSource = Annotated[FollowedInstance | PointInTime | Snapshot, Field(discriminator="kind")]


def region_of(arn: str) -> str:
    """The region in an ARN."""
    return arn.split(":")[3]


def account_of(arn: str) -> str:
    """The account in an ARN."""
    return arn.split(":")[4]
