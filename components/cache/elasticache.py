"""Cache of kind `elasticache`: Redis or Valkey that Amazon runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pulumi
from pulumi_aws import elasticache

from components.aws.logs import log_group
from components.aws.secrets_manager import keep_entry
from components.aws.security_groups import open_to_nodes
from components.cache.contract import CacheConnection
from components.cache.elasticache_settings import ElastiCacheCache
from components.cloud.aws.contract import Alarm, AwsCloud, Chart, Line
from components.network.contract import CidrPeer
from components.secrets.contract import Credential

_PORT: Final = 6379
_LOGS: Final = ("slow-log", "engine-log")
_NAMESPACE: Final = "AWS/ElastiCache"
"""Source: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.Redis.html (2026-11-24)."""


class ElastiCache(pulumi.ComponentResource):
    """A replication group with its network, parameters, logs and alarms. Its certificate is one that every machine
    trusts.

    `protect` keeps it from being deleted, and has it leave a final snapshot where it is after all.
    """

    connection: CacheConnection

    def __init__(
        self,
        name: str,
        settings: ElastiCacheCache,
        *,
        cloud: AwsCloud,
        password: Credential,
        protect: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Raises pulumi.RunError where only the cluster knows the password."""
        super().__init__("jarvis:cache:ElastiCache", name, None, opts)
        self._settings, self._cloud = settings, cloud
        group = self._replication_group(password, protect)
        members: dict[str, pulumi.Input[str] | pulumi.Input[int]] = {
            "host": group.primary_endpoint_address,
            "port": _PORT,
            "password": password.value,
        }
        keep_entry("redis", f"Redis of {cloud.name}", members, cloud=cloud, protect=protect, parent=self)
        self._watch(group)
        self.connection = CacheConnection(
            # Of the primary, whichever node that is: a client that reconnects has followed a failover.
            host=group.primary_endpoint_address,
            port=pulumi.Output.from_input(_PORT),
            password=password,
            peer=CidrPeer(cloud.database_range),
            peer_port=_PORT,
            tls=True,
        )
        self.register_outputs({"host": group.primary_endpoint_address})

    def _replication_group(self, password: Credential, protect: bool) -> elasticache.ReplicationGroup:
        settings, cloud = self._settings, self._cloud
        subnets = elasticache.SubnetGroup(
            "cache",
            name=f"{cloud.name}-cache",
            description="The database subnets",
            subnet_ids=list(cloud.database_subnet_ids),
            tags=cloud.named(f"{cloud.name}-cache"),
            opts=cloud.child_of(self),
        )
        return elasticache.ReplicationGroup(
            "redis",
            replication_group_id=settings.replication_group_id,
            description=f"Redis cluster for Jarvis {cloud.environment}",
            engine=settings.engine,
            engine_version=settings.engine_version,
            auto_minor_version_upgrade=True,
            node_type=settings.node_type,
            num_cache_clusters=settings.nodes,
            automatic_failover_enabled=True,
            multi_az_enabled=True,
            port=_PORT,
            parameter_group_name=self._parameters().name,
            subnet_group_name=subnets.name,
            security_group_ids=[open_to_nodes("cache", "Redis", _PORT, cloud=self._cloud, parent=self).id],
            at_rest_encryption_enabled=True,
            kms_key_id=cloud.key_arn,
            transit_encryption_enabled=True,
            transit_encryption_mode="required",
            auth_token=password.value,
            auth_token_update_strategy="ROTATE",  # noqa: S106 - the old one stays valid meanwhile
            snapshot_window=settings.snapshot_window,
            snapshot_retention_limit=settings.snapshot_retention_days,
            final_snapshot_identifier=settings.final_snapshot if protect else None,
            maintenance_window=settings.maintenance_window,
            log_delivery_configurations=self._logs(),
            tags=cloud.named(f"jarvis-redis-{cloud.environment}"),
            opts=pulumi.ResourceOptions.merge(cloud.child_of(self), pulumi.ResourceOptions(protect=protect)),
        )

    def _parameters(self) -> elasticache.ParameterGroup:
        settings, cloud = self._settings, self._cloud
        name = f"{settings.replication_group_id}-{settings.family}"
        return elasticache.ParameterGroup(
            settings.family,  # the next family's stands beside it until the group has changed over
            name=name,
            family=settings.family,
            description=f"Parameters of Jarvis for {settings.family}",
            parameters=[
                elasticache.ParameterGroupParameterArgs(name="maxmemory-policy", value=settings.max_memory_policy)
            ],
            tags=cloud.named(name),
            opts=cloud.child_of(self),
        )

    def _logs(self) -> list[elasticache.ReplicationGroupLogDeliveryConfigurationArgs]:
        made: list[elasticache.ReplicationGroupLogDeliveryConfigurationArgs] = []
        for sort in _LOGS:
            # Under vendedlogs, where services write without a policy for each group.
            name = f"/aws/vendedlogs/elasticache/{self._settings.replication_group_id}/{sort}"
            group = log_group(sort, name, cloud=self._cloud, parent=self)
            made.append(
                elasticache.ReplicationGroupLogDeliveryConfigurationArgs(
                    destination=group.name, destination_type="cloudwatch-logs", log_format="json", log_type=sort
                )
            )
        return made

    def _watch(self, group: elasticache.ReplicationGroup) -> None:
        """CPU, memory, whose threshold is that of the guide's alert HighMemoryUsage, and lag of each node."""
        for index, node in enumerate(self._settings.node_ids, start=1):
            # Known beforehand, yet to be watched only once it stands.
            dimension = {"CacheClusterId": group.id.apply(lambda _, node=node: node)}
            self._cloud.alarms.show(*_charts(node, dimension))
            for sort, metric, threshold, what in (
                ("cpu", "EngineCPUUtilization", 80, "uses more than 80 % of its one processor: take a larger type"),
                ("memory", "DatabaseMemoryUsagePercentage", 90, "has filled more than 90 % of its memory: it evicts"),
                ("lag", "ReplicationLag", 30, "is more than 30 seconds behind the primary"),
            ):
                alarm = Alarm(
                    f"cache-{index}-{sort}",
                    f"Redis' node {node} {what}.",
                    _NAMESPACE,
                    metric,
                    dimension,
                    threshold=threshold,
                    # A primary has no lag.
                    missing="notBreaching" if sort == "lag" else "missing",
                )
                self._cloud.alarms.watch(alarm, parent=self)


def _charts(node: str, dimension: Mapping[str, pulumi.Input[str]]) -> tuple[Chart, ...]:
    """What nobody is told of; charts of one title become one, with a line a node."""

    def chart(title: str, *metrics: str) -> Chart:
        return Chart(title, _NAMESPACE, tuple(Line(name, dimension, f"{node} {name}") for name in metrics), "Sum")

    return (
        chart("Hits and misses", "CacheHits", "CacheMisses"),
        chart("Evictions", "Evictions"),
        chart("New connections", "NewConnections"),
    )
