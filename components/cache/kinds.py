"""Which kind of cache a stack has."""

from __future__ import annotations

import pulumi

from components.cache.contract import CacheConnection
from components.cache.settings import CacheSettings, ContainerCache, SentinelCache
from components.certificates.contract import CertificateAuthority
from components.cluster.contract import ClusterAccess
from components.secrets.contract import Credential


def create_cache(
    settings: CacheSettings,
    *,
    cluster: ClusterAccess,
    password: Credential,
    certificates: CertificateAuthority | None = None,
    protect: bool,
    opts: pulumi.ResourceOptions | None = None,
) -> CacheConnection:
    """The stack's Redis; with `certificates` it speaks TLS only, and `protect` keeps its data from being deleted."""
    match settings:
        case ContainerCache():
            from components.cache.container import RedisContainer

            return RedisContainer(
                "cache",
                settings,
                cluster=cluster,
                password=password,
                certificates=certificates,
                protect=protect,
                opts=opts,
            ).connection
        case SentinelCache():
            from components.cache.sentinel import RedisSentinel

            return RedisSentinel(
                "cache",
                settings,
                cluster=cluster,
                password=password,
                certificates=certificates,
                protect=protect,
                opts=opts,
            ).connection
