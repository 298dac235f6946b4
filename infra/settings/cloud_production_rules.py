"""What production asks of what a cloud runs: it outlives the loss of a zone, and its backups that of the region."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from components.cache.elasticache_settings import ElastiCacheCache
from components.cache.managed_redis_settings import ManagedRedisCache
from components.cloud.aws.settings import AwsCloudSettings
from components.cloud.azure.settings import AzureCloudSettings, AzureMonitor
from components.cluster.eks_settings import EksCluster
from components.database.flexible_server_settings import FlexibleServerDatabase, HighAvailability
from components.database.flexible_server_source import FollowedServer, GeoRestore
from components.database.rds_settings import RdsDatabase
from infra.settings.recovery_rules import stands_by
from infra.settings.rule import BrokenRule, Rule

if TYPE_CHECKING:
    from infra.settings.model import StackSettings

_RETENTION_DAYS: Final = 30
"""The guide's Disaster Recovery Plan. Its Terraform has 7, which would break that plan; RDS and Flexible Server keep 35
at most, so that 30 is possible in both."""
_CACHE_NODES: Final = 3
"""The guide's Terraform (num_cache_clusters)."""


def _kept_long_enough(stack: StackSettings) -> Iterator[BrokenRule]:
    database = stack.database
    if isinstance(database, RdsDatabase | FlexibleServerDatabase) and database.backup_retention_days < _RETENTION_DAYS:
        yield BrokenRule(
            ("database", "backupRetentionDays"),
            f"must be {_RETENTION_DAYS} or more in production, not {database.backup_retention_days}.",
        )


def _backups_outlive_the_region(stack: StackSettings) -> Iterator[BrokenRule]:
    cloud, database = stack.cloud, stack.database
    match cloud, database:
        case AwsCloudSettings(recovery_region=None), RdsDatabase() if not database.follows:
            yield BrokenRule(
                ("cloud", "recoveryRegion"),
                "must not be null in production: backups must outlive the loss of the region that they are in.",
            )
        case _, RdsDatabase(replicate_backups=False) if not database.follows:
            yield BrokenRule(
                ("database", "replicateBackups"),
                "must be true in production: backups must outlive the loss of the region that they are in.",
            )
        case AzureCloudSettings(geo_redundant=False), FlexibleServerDatabase() if not _has_no_second_region(database):
            yield BrokenRule(
                ("cloud", "location"),
                f"must be a region with a pair in production, not {cloud.location}: backups must outlive its loss.",
            )
        case _, FlexibleServerDatabase(geo_redundant_backup=False) if not _has_no_second_region(database):
            yield BrokenRule(
                ("database", "geoRedundantBackup"),
                "must be true in production: backups must outlive the loss of the region that they are in.",
            )
        case _:
            return


def _has_no_second_region(database: FlexibleServerDatabase) -> bool:
    """Azure gives a replica no geo-redundant backups, nor a server that is restored while the other region is lost."""
    return isinstance(database.source, FollowedServer | GeoRestore)


def _database_outlives_a_zone(stack: StackSettings) -> Iterator[BrokenRule]:
    if stands_by(stack):
        return
    match stack.database:
        case RdsDatabase(multi_az=False):
            yield BrokenRule(
                ("database", "multiAz"), "must be true in production: the database would be lost with its zone."
            )
        case FlexibleServerDatabase(high_availability=None):
            yield BrokenRule(
                ("database", "highAvailability"),
                "must not be null in production: the database would be lost with its zone.",
            )
        case FlexibleServerDatabase(high_availability=HighAvailability(mode="same-zone")):
            yield BrokenRule(
                ("database", "highAvailability", "mode"),
                "must be zone-redundant in production, not same-zone: the database would be lost with its zone.",
            )
        case _:
            return


def _cache_outlives_a_zone(stack: StackSettings) -> Iterator[BrokenRule]:
    if stands_by(stack):
        return
    match stack.cache:
        case ElastiCacheCache(nodes=nodes) if nodes < _CACHE_NODES:
            yield BrokenRule(
                ("cache", "nodes"),
                f"must be {_CACHE_NODES} or more in production, not {nodes}: after the loss of one there must be two.",
            )
        case ManagedRedisCache(high_availability=False):
            yield BrokenRule(
                ("cache", "highAvailability"), "must be true in production: the cache would be lost with its node."
            )
        case _:
            return


def _nodes_in_every_zone(stack: StackSettings) -> Iterator[BrokenRule]:
    cloud, cluster = stack.cloud, stack.cluster
    if not isinstance(cloud, AwsCloudSettings) or not isinstance(cluster, EksCluster):
        return
    zones = len(cloud.vpc.zones)
    if cluster.nodes.min_size < zones:
        yield BrokenRule(
            ("cluster", "nodes", "minSize"),
            f"must be {zones} or more in production, not {cluster.nodes.min_size}: a node in each of "
            "jarvis:cloud.vpc.zones.",
        )


def _somebody_hears_of_the_cloud(stack: StackSettings) -> Iterator[BrokenRule]:
    match stack.cloud:
        case AwsCloudSettings(alarm_emails=()):
            yield BrokenRule(("cloud", "alarmEmails"), "is empty: in production somebody must be told of alarms.")
        case AzureCloudSettings(monitor=None):
            yield BrokenRule(
                ("cloud", "monitor"), "must not be null in production: nothing would tell of what Azure itself sees."
            )
        case AzureCloudSettings(monitor=AzureMonitor(emails=())):
            yield BrokenRule(("cloud", "monitor", "emails"), "is empty: in production somebody must be told of alerts.")
        case _:
            return


CLOUD_PRODUCTION_RULES: Final = (
    Rule(frozenset({"database"}), _kept_long_enough),
    Rule(frozenset({"cloud", "database"}), _backups_outlive_the_region),
    Rule(frozenset({"database"}), _database_outlives_a_zone),
    Rule(frozenset({"database", "cache"}), _cache_outlives_a_zone),
    Rule(frozenset({"cloud", "cluster"}), _nodes_in_every_zone),
    Rule(frozenset({"cloud"}), _somebody_hears_of_the_cloud),
)
