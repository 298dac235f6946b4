"""Which kind of cache a stack has."""

from __future__ import annotations

import pulumi

from components.cache.contract import CacheConnection
from components.cache.settings import CacheSettings, ContainerCache
from components.cluster.contract import ClusterAccess
from components.secrets.contract import Credential


def create_cache(
    settings: CacheSettings,
    *,
    cluster: ClusterAccess,
    password: Credential,
    protect: bool,
    opts: pulumi.ResourceOptions | None = None,
) -> CacheConnection:
    """The stack's Redis; `protect` keeps its data from being deleted."""
    match settings:
        case ContainerCache():
            from components.cache.container import RedisContainer

            return RedisContainer(
                "cache", settings, cluster=cluster, password=password, protect=protect, opts=opts
            ).connection
