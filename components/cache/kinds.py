"""Which kind of cache a stack has."""

from __future__ import annotations

import pulumi

from components.cache.contract import CacheConnection
from components.cache.elasticache_settings import ElastiCacheCache
from components.cache.managed_redis_settings import ManagedRedisCache
from components.cache.settings import CacheSettings, ContainerCache, SentinelCache
from components.certificates.contract import CertificateAuthority
from components.cloud.contract import Cloud, require_aws, require_azure
from components.cluster.contract import ClusterAccess
from components.secrets.contract import Credential


def create_cache(
    settings: CacheSettings,
    *,
    cluster: ClusterAccess,
    password: Credential,
    certificates: CertificateAuthority | None = None,
    protect: bool,
    cloud: Cloud | None = None,
    opts: pulumi.ResourceOptions | None = None,
) -> CacheConnection:
    """The stack's Redis; with `certificates` it speaks TLS only, and `protect` keeps its data from being deleted.

    Raises pulumi.RunError where the kind of cache needs another kind of cloud.
    """
    match settings:
        case ContainerCache() | SentinelCache():
            return _in_cluster(
                settings, cluster=cluster, password=password, certificates=certificates, protect=protect, opts=opts
            )
        case ManagedRedisCache():
            from components.cache.managed_redis import ManagedRedis

            return ManagedRedis(
                "cache", settings, cloud=require_azure(cloud, "jarvis:cache of kind managed-redis"), opts=opts
            ).connection
        case ElastiCacheCache():
            from components.cache.elasticache import ElastiCache

            return ElastiCache(
                "cache",
                settings,
                cloud=require_aws(cloud, "jarvis:cache of kind elasticache"),
                password=password,
                protect=protect,
                opts=opts,
            ).connection


def _in_cluster(
    settings: ContainerCache | SentinelCache,
    *,
    cluster: ClusterAccess,
    password: Credential,
    certificates: CertificateAuthority | None,
    protect: bool,
    opts: pulumi.ResourceOptions | None,
) -> CacheConnection:
    """Redis in Pods of the stack's own."""
    if isinstance(settings, ContainerCache):
        from components.cache.container import RedisContainer

        return RedisContainer(
            "cache", settings, cluster=cluster, password=password, certificates=certificates, protect=protect, opts=opts
        ).connection
    from components.cache.sentinel import RedisSentinel

    return RedisSentinel(
        "cache", settings, cluster=cluster, password=password, certificates=certificates, protect=protect, opts=opts
    ).connection
