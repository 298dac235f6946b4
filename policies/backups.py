"""What holds data is backed up, for long enough."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from policies.demands import Demand, is_at_least, is_not_true, is_one_of, is_there, is_true, keeps, types_of
from policies.replicas import follows
from policies.rule import Config, Rule
from policies.seen import UNKNOWN, Seen

_TOO_FEW: Final = "is absent or below the {} that are wanted: raise it"
_DAYS: Final = _TOO_FEW.format("days (backups, minDays)")
_FINAL: Final = "is not given: name the snapshot that is taken when it is deleted"

DEMANDS: Final = (
    Demand("aws:rds/instance:Instance", "backupRetentionPeriod", is_at_least("minDays"), _DAYS, unless=follows),
    Demand("aws:rds/cluster:Cluster", "backupRetentionPeriod", is_at_least("minDays"), _DAYS),
    Demand("aws:rds/instance:Instance", "skipFinalSnapshot", is_not_true, "is true: set it to false",
           unless=follows),
    Demand("aws:rds/instance:Instance", "finalSnapshotIdentifier", is_there, _FINAL, unless=follows),
    Demand("aws:rds/instance:Instance", "copyTagsToSnapshot", is_true, "is not true: set it to true"),
    Demand("aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication", "retentionPeriod",
           is_at_least("minDays"), _DAYS),
    Demand("aws:elasticache/replicationGroup:ReplicationGroup", "snapshotRetentionLimit", is_at_least("minCacheDays"),
           _TOO_FEW.format("days (backups, minCacheDays)")),
    Demand("aws:s3/bucketVersioning:BucketVersioning", "versioningConfiguration.status", is_one_of("Enabled"),
           'is not "Enabled"'),
    Demand("azure-native:dbforpostgresql:Server", "backup.backupRetentionDays", is_at_least("minDays"), _DAYS,
           unless=lambda server: server.get("createMode") == "Replica" and server.get("backup") is None),
    Demand("azure-native:dbforpostgresql:Server", "backup.geoRedundantBackup", is_one_of("Enabled"),
           'is not "Enabled": the region\'s loss would take the backups with it',
           unless=lambda server: server.get("createMode") == "Replica"),
    Demand("azure-native:storage:BlobServiceProperties", "isVersioningEnabled", is_true,
           "is not true: what is overwritten is gone without it"),
    Demand("azure-native:storage:BlobServiceProperties", "deleteRetentionPolicy.enabled", is_true,
           "is not true: what is deleted is gone without it"),
    Demand("azure-native:storage:StorageAccount", "sku.name",
           lambda value, _: re.search(r"_(RA)?G(Z)?RS", str(value)) is not None,
           "keeps every copy in one region: use Standard_GRS, Standard_GZRS or their RA- kinds"),
)  # fmt: skip
_ARCHIVE: Final = "kubernetes:barmancloud.cnpg.io/v1:ObjectStore"
_by_table: Final = keeps(DEMANDS)
_in_table: Final = types_of(DEMANDS)


def _check(resource: Seen, config: Config) -> Iterator[str]:
    yield from _by_table(resource, config)
    if resource.type == _ARCHIVE:
        kept = resource.get("spec", "retentionPolicy")
        if kept is not UNKNOWN and _days(str(kept)) < config["minDays"]:
            yield f"spec.retentionPolicy {_DAYS}."


def _days(policy: str) -> int:
    """Days of a CloudNativePG retention policy such as `30d`; 0 where it is none."""
    found = re.fullmatch(r"(\d+)([dwm])", policy)
    return int(found[1]) * {"d": 1, "w": 7, "m": 30}[found[2]] if found else 0


_CLUSTER: Final = "kubernetes:postgresql.cnpg.io/v1:Cluster"
_SCHEDULED: Final = "kubernetes:postgresql.cnpg.io/v1:ScheduledBackup"
_SERVER: Final = "kubernetes:apps/v1:StatefulSet"
_CRON_JOB: Final = "kubernetes:batch/v1:CronJob"
_COMPONENT: Final = "app.kubernetes.io/component"


def _databases(resources: Sequence[Seen], _: Config) -> Iterator[tuple[Seen | None, str]]:
    scheduled = {item.get("spec", "cluster", "name") for item in resources if item.type == _SCHEDULED}
    dumped = any(
        item.type == _CRON_JOB and item.get("metadata", "labels", _COMPONENT) == "backup" for item in resources
    )
    for resource in resources:
        if resource.type == _CLUSTER and resource.get("metadata", "name") not in scheduled:
            yield resource, "no ScheduledBackup is of this cluster: add one (jarvis:backup of kind object-storage)."
        is_server = resource.type == _SERVER and resource.get("metadata", "labels", _COMPONENT) == "database"
        if is_server and not dumped:
            yield resource, "no CronJob of the component backup dumps it: give jarvis:backup a kind other than none."


RULES: Final = (
    Rule(
        name="backups",
        title="What holds data is backed up, for long enough, and out of reach of what destroys the data.",
        reason="A mistake is often seen days later, and takes with it what lies beside the data.",
        fix="Lengthen the retention, take a final snapshot, keep versions and a second region.",
        check=_check,
        applies=lambda type_: _in_table(type_) or type_ == _ARCHIVE,
        options={
            # The guide's, for both clouds.
            "minDays": {"type": "integer", "default": 7},
            "minCacheDays": {"type": "integer", "default": 1},
        },
    ),
    Rule(
        name="database-backups",
        title="Every database in the cluster has a schedule of backups.",
        reason="Replicas repeat a mistake within a second; only a backup goes back before it.",
        fix="Give the stack's jarvis:backup a kind.",
        stack_check=_databases,
        applies=lambda type_: type_ in (_CLUSTER, _SCHEDULED, _SERVER, _CRON_JOB),
    ),
)
