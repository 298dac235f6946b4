"""Which Redis a stack has, one model a kind."""

from __future__ import annotations

from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from components.cache.elasticache_settings import ElastiCacheCache
from components.cache.eviction import EvictionPolicy
from components.cache.managed_redis_settings import ManagedRedisCache
from components.settings.addresses import DnsName
from components.settings.quantities import quantity_value
from components.settings.section import Section
from components.settings.text import Matching
from components.settings.workloads import ImageReference, Resources, Storage

_UNITS: Final = {"kb": 2**10, "mb": 2**20, "gb": 2**30}

RedisMemory = Annotated[
    str,
    Matching(r"[1-9][0-9]{0,9}(kb|mb|gb)", "a whole number with kb, mb or gb (powers of 1024), such as 512mb or 2gb"),
]
"""Bytes, as Redis writes them."""


def redis_bytes(text: str) -> int:
    """The number of bytes that a RedisMemory stands for."""
    return int(text[:-2]) * _UNITS[text[-2:]]


class SavePoint(Section):
    """Write everything to disk when so many seconds have passed and so many changes were made."""

    seconds: Annotated[int, Field(ge=1, le=2**31 - 1)]
    """Seconds since the last writing."""
    changes: Annotated[int, Field(ge=1, le=2**31 - 1)]
    """Changes since the last writing, at least."""


class RedisExporter(Section):
    """The sidecar that serves the server's metrics to Prometheus."""

    image: ImageReference = "docker.io/oliver006/redis_exporter:v1.91.1"
    resources: Resources = Resources.of(requests=("25m", "32Mi"), limits=("100m", "128Mi"))


class RedisServer(Section):
    """A Redis Pod with a volume of its own. Memory, policy and save points are the guide's redis.conf.

    Licences: Redis 7.2 is the last under BSD; 7.4 is under RSALv2 or SSPLv1; from 8.0 on AGPLv3 may be chosen too.
    Valkey (BSD) reads the same configuration and installs its programs under Redis' names too.
    """

    image: ImageReference = "docker.io/library/redis:8.10.2-trixie"
    """Redis 7.0 or later."""
    max_memory: RedisMemory = "2gb"
    """Bytes of data; what exceeds them is evicted by `maxMemoryPolicy`."""
    max_memory_policy: EvictionPolicy = "allkeys-lru"
    """Which keys are evicted when `maxMemory` is reached; `noeviction` refuses writes instead."""
    save_points: tuple[SavePoint, ...] = (
        SavePoint(seconds=900, changes=1),
        SavePoint(seconds=300, changes=10),
        SavePoint(seconds=60, changes=10_000),
    )
    """When the data is written to disk; empty for never."""
    storage: Storage = Storage(size="5Gi")
    """Room for the data on disk, of which there are two copies while one is written. The guide gives no figure."""
    resources: Resources = Resources.of(requests=("100m", "512Mi"), limits=("500m", "3Gi"))
    """The memory limit must exceed `maxMemory`: buffers, and pages that change while the data is written, come on top.
    The guide gives no figure."""
    user_id: Annotated[int, Field(ge=1, le=2**31 - 1)] = 999
    """The image's own user."""
    startup_seconds: Annotated[int, Field(ge=5, le=86_400)] = 120
    """How long reading the data from disk may take before the container is restarted."""
    termination_grace_seconds: Annotated[int, Field(ge=10, le=3_600)] = 60
    """Time to write the data to disk and leave."""
    exporter: RedisExporter = RedisExporter()
    dns_names: tuple[DnsName, ...] = ()
    """Further names in the servers' certificate, where the stack issues one: those by which clients outside of the
    cluster know them, such as the guide's redis-staging.jarvis.local."""

    @model_validator(mode="after")
    def _memory_suffices(self) -> Self:
        limit = self.resources.limits.memory
        if redis_bytes(self.max_memory) >= quantity_value(limit):
            raise ValueError(f"resources.limits.memory {limit} must exceed maxMemory {self.max_memory}")
        return self


class ContainerCache(RedisServer):
    """One Redis Pod."""

    kind: Literal["container"] = "container"


class SentinelServers(Section):
    """The Sentinels: they watch the Redis servers, elect a new primary, and tell clients which one it is."""

    replicas: Annotated[int, Field(ge=3, le=9)] = 3
    """Number of Sentinels, odd. More than half of them must be up for an election."""
    quorum: Annotated[int, Field(ge=2, le=9)] = 2
    """How many Sentinels must miss the primary before an election begins: more than half of them."""
    down_after_seconds: Annotated[int, Field(ge=1, le=300)] = 5
    """Silence after which a Sentinel counts a server as down. It is most of a failover's duration."""
    failover_timeout_seconds: Annotated[int, Field(ge=10, le=3_600)] = 60
    """Bound of each phase of a failover; after one that failed, twice as long passes before the next."""
    parallel_syncs: Annotated[int, Field(ge=1, le=8)] = 1
    """How many replicas at once turn to a new primary; while one copies the whole of the data, it answers nobody."""
    storage: Storage = Storage(size="1Gi")
    """Each Sentinel's memory of who is primary and whom it voted for: kilobytes, but many clouds have no smaller disk.
    The file holds the password too, as Sentinel writes it."""
    resources: Resources = Resources.of(requests=("25m", "32Mi"), limits=("200m", "128Mi"))

    @model_validator(mode="after")
    def _majority(self) -> Self:
        if self.replicas % 2 == 0:
            raise ValueError(f"replicas {self.replicas} must be odd: an even number outlives no more losses")
        if not self.replicas // 2 < self.quorum <= self.replicas:
            raise ValueError(
                f"quorum {self.quorum} must be more than half of replicas {self.replicas} and no more than all"
            )
        return self


class SentinelCache(RedisServer):
    """A primary and its replicas, with Sentinels that replace it when it fails: the guide's `Redis Sentinel HA`.

    Replication is asynchronous. What the primary acknowledged and no replica had yet received when it failed is lost,
    unless the client asked with WAIT. A primary cut off from its replicas goes on acknowledging for
    `minReplicasMaxLagSeconds` at most, and loses what it took since; with `minReplicasToWrite: 0`, without a bound.
    """

    kind: Literal["sentinel"] = "sentinel"
    replicas: Annotated[int, Field(ge=3, le=9)] = 3
    """Number of Redis Pods, the primary included, each on a node of its own."""
    min_replicas_to_write: Annotated[int, Field(ge=0, le=8)] = 1
    """The primary refuses writes while fewer replicas than this keep up; 0 lets it write alone."""
    min_replicas_max_lag_seconds: Annotated[int, Field(ge=2, le=300)] = 10
    """Seconds since a replica's last acknowledgement after which it no longer counts; they come once a second."""
    termination_grace_seconds: Annotated[int, Field(ge=60, le=3_600)] = 120
    """Time to hand the primary's role over, to write the data to disk and to leave."""
    sentinel: SentinelServers = SentinelServers()
    dns_names: tuple[DnsName, ...] = ("redis-1.jarvis.local", "redis-2.jarvis.local", "redis-3.jarvis.local")
    """Further names in the certificate of all servers and Sentinels, where the stack issues one; the guide's
    REDIS_CLUSTER_HOSTS."""

    @model_validator(mode="after")
    def _writes_outlive_a_loss(self) -> Self:
        if self.min_replicas_to_write > self.replicas - 2:
            raise ValueError(
                f"minReplicasToWrite {self.min_replicas_to_write} must be at most {self.replicas - 2}: "
                f"with {self.replicas} replicas, the loss of one leaves no more beside the primary"
            )
        return self


CacheSettings = Annotated[
    ContainerCache | SentinelCache | ElastiCacheCache | ManagedRedisCache, Field(discriminator="kind")
]
"""A further kind is one more model here and one more case in `kinds.py`."""
