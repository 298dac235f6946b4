"""Cache of kind `managed-redis`: Azure Managed Redis behind a private endpoint."""

from __future__ import annotations

from typing import Final

import pulumi
from pulumi_azure_native import monitor, redisenterprise

from components.azure.alerts import Threshold, alert_on, keep_logs
from components.azure.locks import lock
from components.azure.private_access import private_endpoint
from components.cache.contract import CacheConnection
from components.cache.managed_redis_settings import ManagedRedisCache
from components.cloud.azure.contract import AzureFoundation
from components.network.contract import CidrPeer
from components.secrets.contract import Credential

PORT: Final = 10000
"""Where clients connect. Source: https://learn.microsoft.com/azure/redis/architecture (2026-11-24)."""
_NAMESPACE: Final = "Microsoft.Cache/redisEnterprise"
_EVICTION: Final = {
    "noeviction": redisenterprise.EvictionPolicy.NO_EVICTION,
    "allkeys-lru": redisenterprise.EvictionPolicy.ALL_KEYS_LRU,
    "allkeys-lfu": redisenterprise.EvictionPolicy.ALL_KEYS_LFU,
    "allkeys-random": redisenterprise.EvictionPolicy.ALL_KEYS_RANDOM,
    "volatile-lru": redisenterprise.EvictionPolicy.VOLATILE_LRU,
    "volatile-lfu": redisenterprise.EvictionPolicy.VOLATILE_LFU,
    "volatile-random": redisenterprise.EvictionPolicy.VOLATILE_RANDOM,
    "volatile-ttl": redisenterprise.EvictionPolicy.VOLATILE_TTL,
}


class ManagedRedis(pulumi.ComponentResource):
    """The cluster, its one database, and the endpoint by which the network reaches it."""

    connection: CacheConnection

    def __init__(
        self,
        name: str,
        settings: ManagedRedisCache,
        *,
        cloud: AzureFoundation,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("jarvis:cache:ManagedRedis", name, None, opts)
        self._settings, self._cloud = settings, cloud
        cluster = self._cluster()
        database = self._database(cluster)
        reachable = private_endpoint("redis", f"pe-{settings.name}", cluster.id, cloud=cloud, parent=self)
        lock("cache-lock", cluster, cloud=cloud, parent=self)
        keep_logs("cache", cluster, cloud=cloud, parent=self, group=None)
        alert_on(self._thresholds(), cluster, cloud=cloud, parent=self)
        self.connection = CacheConnection(
            # Its name leads to it only once the endpoint stands.
            host=pulumi.Output.all(cluster.host_name, database.id, reachable.id).apply(lambda found: found[0]),
            port=pulumi.Output.from_input(PORT),
            password=Credential("redisPassword", self._access_key(cluster, database)),
            peer=CidrPeer(cloud.network.ranges.private_endpoints),
            peer_port=PORT,
            tls=True,
        )
        self.register_outputs({"host": cluster.host_name})

    def _cluster(self) -> redisenterprise.RedisEnterprise:
        settings, cloud = self._settings, self._cloud
        states = redisenterprise.HighAvailability
        return redisenterprise.RedisEnterprise(
            "cluster",
            cluster_name=settings.name,
            high_availability=states.ENABLED if settings.high_availability else states.DISABLED,
            location=cloud.location,
            minimum_tls_version=redisenterprise.TlsVersion.TLS_VERSION_1_2,
            public_network_access=redisenterprise.PublicNetworkAccess.DISABLED,
            resource_group_name=cloud.resource_group,
            # With high availability Azure spreads the nodes over zones by itself: these sizes take no zones.
            sku=redisenterprise.SkuArgs(name=settings.sku),
            tags=cloud.tags(settings.name),
            opts=pulumi.ResourceOptions.merge(
                cloud.child_of(self, holds_data=True),
                pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(create="60m", update="60m")),
            ),
        )

    def _database(self, cluster: redisenterprise.RedisEnterprise) -> redisenterprise.Database:
        policies = redisenterprise.ClusteringPolicy
        return redisenterprise.Database(
            "database",
            access_keys_authentication=redisenterprise.AccessKeysAuthentication.ENABLED,
            client_protocol=redisenterprise.Protocol.ENCRYPTED,
            cluster_name=cluster.name,
            clustering_policy=(
                policies.ENTERPRISE_CLUSTER if self._settings.clustering == "enterprise" else policies.NO_CLUSTER
            ),
            database_name="default",
            eviction_policy=_EVICTION[self._settings.max_memory_policy],
            persistence=_persistence(self._settings.persistence),
            port=PORT,
            resource_group_name=self._cloud.resource_group,
            opts=self._cloud.child_of(self, holds_data=True),
        )

    def _access_key(
        self, cluster: redisenterprise.RedisEnterprise, database: redisenterprise.Database
    ) -> pulumi.Output[str]:
        keys = redisenterprise.list_database_keys_output(
            cluster_name=cluster.name,
            database_name=database.name,
            resource_group_name=self._cloud.resource_group,
            opts=pulumi.InvokeOutputOptions(parent=self, provider=self._cloud.provider),
        )
        return pulumi.Output.secret(keys.primary_key if self._settings.access_key == "primary" else keys.secondary_key)

    def _thresholds(self) -> tuple[Threshold, ...]:
        monitoring = self._cloud.monitoring
        if monitoring is None:
            return ()
        above = monitor.Operator.GREATER_THAN
        # Azure keeps the largest value of both, of each node.
        largest = monitor.AggregationTypeEnum.MAXIMUM
        full = (
            ("cpu", "The cache's CPU is nearly used up.", "percentProcessorTime", monitoring.cpu_percent),
            ("memory", "The cache evicts keys soon.", "usedmemorypercentage", monitoring.memory_percent),
        )
        return tuple(
            Threshold(f"cache-{part}", sentence, metric, _NAMESPACE, above, float(percent), largest)
            for part, sentence, metric, percent in full
        )


def _persistence(setting: str | None) -> redisenterprise.PersistenceArgs:
    if setting is None:
        return redisenterprise.PersistenceArgs(aof_enabled=False, rdb_enabled=False)
    kind, _, frequency = setting.partition("-")
    if kind == "aof":
        return redisenterprise.PersistenceArgs(
            aof_enabled=True, aof_frequency=redisenterprise.AofFrequency(frequency), rdb_enabled=False
        )
    return redisenterprise.PersistenceArgs(
        aof_enabled=False, rdb_enabled=True, rdb_frequency=redisenterprise.RdbFrequency(frequency)
    )
