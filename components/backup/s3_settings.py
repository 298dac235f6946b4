"""Backups that Amazon's services make themselves, and a bucket for what is exported from them."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from components.aws.names import BucketName
from components.settings.schedule import CronSchedule
from components.settings.section import Section

_LONGEST_NAME = 63
_REPLICA_SUFFIX = "-copy"


class S3Backup(Section):
    """For databases of kind `rds`, which are backed up continuously, and a bucket for exports of their snapshots.

    The bucket keeps every version, encrypted, for `retentionDays`, and all of it in the recovery region too: the
    guide's "Multi-region S3". The copy, its key and those who may read it are of the recovery region and the account,
    and of nothing that is lost with the first region. Needs jarvis:cloud of kind aws.
    """

    kind: Literal["s3"] = "s3"
    schedule: CronSchedule = "0 3 * * *"
    """When the daily snapshot begins, UTC, as the application is told; what counts is `jarvis:database.backupWindow`.
    """
    retention_days: Annotated[int, Field(ge=1, le=3650)] = 30
    """Days until what was replaced or deleted, and what was exported, is gone (guide, Disaster Recovery Plan)."""
    bucket: BucketName | None = None
    """jarvis-ENVIRONMENT-backups-ACCOUNT where absent."""
    export_snapshots: bool = True
    """Whether each automated snapshot of the database is exported to the bucket, as Apache Parquet, at the price of
    snapshot exports. Restores need no export: it is what remains, and can be read by other tools, without RDS."""
    lock_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    """Days in which nobody, not even an administrator, can delete an export; null locks none. It cannot be undone."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.bucket is not None and len(self.bucket) + len(_REPLICA_SUFFIX) > _LONGEST_NAME:
            raise ValueError(f"bucket {self.bucket} leaves no room for {_REPLICA_SUFFIX}, the end of its copy's name")
        if self.lock_days is not None and self.lock_days > self.retention_days:
            raise ValueError(f"lockDays {self.lock_days} must not exceed retentionDays {self.retention_days}")
        return self

    def bucket_name(self, name: str, account_id: str) -> str:
        """The bucket's name."""
        return self.bucket or f"{name}-backups-{account_id}"

    def copy_name(self, name: str, account_id: str) -> str:
        """The name of its copy in the recovery region."""
        return f"{self.bucket_name(name, account_id)}{_REPLICA_SUFFIX}"
