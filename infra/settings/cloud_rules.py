"""Kinds that a cloud makes: each needs its cloud and its cluster, and must fit what is beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Final, Literal

from components.backup.s3_settings import S3Backup
from components.backup.settings import ObjectStorageBackup, VolumeBackup
from components.cloud.aws.settings import AwsCloudSettings
from components.cloud.azure.network_settings import usable_addresses
from components.cloud.azure.settings import AzureCloudSettings
from components.cloud.settings import NoCloud
from components.cluster.aks_settings import AksCluster
from components.cluster.eks_settings import EksCluster
from components.database.flexible_server_settings import FlexibleServerDatabase
from components.database.rds_settings import RdsDatabase
from components.database.settings import CloudNativePgDatabase, ContainerDatabase
from components.exposure.application_gateway_settings import ApplicationGatewayExposure
from infra.settings.rule import BrokenRule, Rule

if TYPE_CHECKING:
    from infra.settings.model import StackSettings

CLOUD_KINDS: Final = {
    "eks": "aws",
    "rds": "aws",
    "elasticache": "aws",
    "alb": "aws",
    "s3": "aws",
    "aks": "azure",
    "flexible-server": "azure",
    "managed-redis": "azure",
    "application-gateway": "azure",
    "application-gateway-for-containers": "azure",
}
"""The cloud that makes what is of this kind."""
_CLUSTERS: Final = {"aws": "eks", "azure": "aks"}
"""The cluster whose nodes alone a cloud's kinds let in, or lead to."""
_BEHIND_A_CLUSTER: Final = ("database", "cache", "exposure")
_MADE_BY_CLOUDS: Final = ("cluster", *_BEHIND_A_CLUSTER, "backup")
_SURGE: Final = 33
"""Percent of a pool's nodes that AKS adds while it renews them."""
_INTERNAL_LOAD_BALANCERS: Final = 12
"""Addresses at the end of the nodes' range that the Application Gateway's way to the Services takes."""
_NODE_PREFIX: Final = 24
"""Of the Pods' range, for each node. Source: https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay
(2026-11-24)."""


@dataclass(frozen=True)
class _User:
    """A section whose kind a cloud makes."""

    section: str
    kind: str

    @property
    def cloud(self) -> str:
        return CLOUD_KINDS[self.kind]

    def __str__(self) -> str:
        return f"jarvis:{self.section} of kind {self.kind}"


def _users(stack: StackSettings, sections: tuple[str, ...]) -> tuple[_User, ...]:
    kinds = ((section, str(getattr(stack, section).kind)) for section in sections)
    return tuple(_User(section, kind) for section, kind in kinds if kind in CLOUD_KINDS)


def _made_in_its_cloud(stack: StackSettings) -> Iterator[BrokenRule]:
    users, cloud = _users(stack, _MADE_BY_CLOUDS), stack.cloud
    if not users:
        return
    wanted = users[0].cloud if isinstance(cloud, NoCloud) else cloud.kind
    if isinstance(cloud, NoCloud):
        first = [user for user in users if user.cloud == wanted]
        needs = "needs" if len(first) == 1 else "need"
        yield BrokenRule(("cloud", "kind"), f"must be {wanted}: {_listed(first)} {needs} it.")
    for user in users:
        if user.cloud != wanted:
            yield BrokenRule(
                (user.section, "kind"), f"must not be {user.kind}, which needs jarvis:cloud.kind {user.cloud}."
            )


def _lets_its_cluster_in(stack: StackSettings) -> Iterator[BrokenRule]:
    cluster = stack.cluster.kind
    if CLOUD_KINDS.get(cluster, stack.cloud.kind) != stack.cloud.kind:
        return  # that is another rule's
    users = [user for user in _users(stack, _BEHIND_A_CLUSTER) if user.cloud == stack.cloud.kind]
    if users and _CLUSTERS[users[0].cloud] != cluster:
        reach = "reaches" if len(users) == 1 else "reach"
        yield BrokenRule(
            ("cluster", "kind"),
            f"must be {_CLUSTERS[users[0].cloud]}: {_listed(users)} {reach} no cluster but that of jarvis:cloud.",
        )


def _listed(users: list[_User]) -> str:
    *before, last = map(str, users)
    return f"{', '.join(before)} and {last}" if before else last


def _backed_up_by_its_cloud(stack: StackSettings) -> Iterator[BrokenRule]:
    backup, database = stack.backup, stack.database
    match backup, database:
        case ((VolumeBackup() | ObjectStorageBackup() | S3Backup()), FlexibleServerDatabase()):
            yield BrokenRule(
                ("backup", "kind"),
                "must be none with jarvis:database.kind flexible-server, which Azure backs up "
                "(backupRetentionDays, geoRedundantBackup).",
            )
        case ((VolumeBackup() | ObjectStorageBackup()), RdsDatabase()):
            yield BrokenRule(
                ("backup", "kind"),
                "must be s3 or none with jarvis:database.kind rds, which Amazon backs up (backupRetentionDays, "
                "replicateBackups).",
            )
        case S3Backup(), (ContainerDatabase() | CloudNativePgDatabase()):
            fitting: Literal["volume", "object-storage"] = (
                "volume" if isinstance(database, ContainerDatabase) else "object-storage"
            )
            yield BrokenRule(
                ("backup", "kind"),
                f"must be {fitting} with jarvis:database.kind {database.kind}: s3 is for exports of what Amazon backs "
                "up.",
            )
        case _:
            return


def _services_beside_the_network(stack: StackSettings) -> Iterator[BrokenRule]:
    cloud, cluster = stack.cloud, stack.cluster
    if not isinstance(cloud, AwsCloudSettings) or not isinstance(cluster, EksCluster):
        return
    if IPv4Network(cluster.service_cidr).overlaps(IPv4Network(cloud.vpc.cidr)):
        yield BrokenRule(
            ("cluster", "serviceCidr"),
            f"is {cluster.service_cidr}, which overlaps jarvis:cloud.vpc.cidr {cloud.vpc.cidr}: Services would take "
            "addresses of nodes and Pods.",
        )


def _nodes_find_addresses(stack: StackSettings) -> Iterator[BrokenRule]:
    cloud, cluster = stack.cloud, stack.cluster
    if not isinstance(cloud, AzureCloudSettings) or not isinstance(cluster, AksCluster):
        return
    most, network = cluster.pool.max_count, cloud.network
    most += -(-most * _SURGE // 100)
    room = usable_addresses(network.nodes) - _INTERNAL_LOAD_BALANCERS
    if most > room:
        yield BrokenRule(
            ("cloud", "network", "nodes"),
            f"is {network.nodes}, with addresses for {room} nodes: jarvis:cluster.pool.maxCount "
            f"{cluster.pool.max_count} grows to {most} while AKS renews them.",
        )
    room = 2 ** (_NODE_PREFIX - IPv4Network(network.pods).prefixlen)
    if most > room:
        yield BrokenRule(
            ("cloud", "network", "pods"),
            f"is {network.pods}, with a /{_NODE_PREFIX} for {room} nodes: jarvis:cluster.pool.maxCount "
            f"{cluster.pool.max_count} grows to {most} while AKS renews them.",
        )


def _defender_reports_somewhere(stack: StackSettings) -> Iterator[BrokenRule]:
    cloud, cluster = stack.cloud, stack.cluster
    unwatched = isinstance(cloud, AzureCloudSettings) and cloud.monitor is None
    if unwatched and isinstance(cluster, AksCluster) and cluster.defender:
        yield BrokenRule(("cluster", "defender"), "must be false without jarvis:cloud.monitor, which it reports to.")


def _backups_cross_to_a_pair(stack: StackSettings) -> Iterator[BrokenRule]:
    cloud, database = stack.cloud, stack.database
    if not isinstance(cloud, AzureCloudSettings) or not isinstance(database, FlexibleServerDatabase):
        return
    if stack.environment == "production" and database.source is None:
        return  # it must be another region, which is another rule's
    if database.geo_redundant_backup and not cloud.geo_redundant:
        yield BrokenRule(
            ("database", "geoRedundantBackup"), f"must be false in {cloud.location}: the region has no pair."
        )


def _gateway_talks_plain_http(stack: StackSettings) -> Iterator[BrokenRule]:
    if isinstance(stack.exposure, ApplicationGatewayExposure) and stack.app.tls is not None:
        yield BrokenRule(
            ("app", "tls"),
            "must be absent with jarvis:exposure.kind application-gateway, which cannot verify the certificate.",
        )


CLOUD_RULES: Final = (
    Rule(frozenset({"cloud", *_MADE_BY_CLOUDS}), _made_in_its_cloud, production_only=False),
    Rule(frozenset({"cloud", "cluster", *_BEHIND_A_CLUSTER}), _lets_its_cluster_in, production_only=False),
    Rule(frozenset({"backup", "database"}), _backed_up_by_its_cloud, production_only=False),
    Rule(frozenset({"cloud", "cluster"}), _services_beside_the_network, production_only=False),
    Rule(frozenset({"cloud", "cluster"}), _nodes_find_addresses, production_only=False),
    Rule(frozenset({"cloud", "cluster"}), _defender_reports_somewhere, production_only=False),
    Rule(frozenset({"cloud", "database"}), _backups_cross_to_a_pair, production_only=False),
    Rule(frozenset({"app", "exposure"}), _gateway_talks_plain_http, production_only=False),
)
