"""Which Redis a stack has, one model a kind."""

from __future__ import annotations

from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

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
EvictionPolicy = Literal[
    "noeviction",
    "allkeys-lru",
    "allkeys-lfu",
    "allkeys-random",
    "volatile-lru",
    "volatile-lfu",
    "volatile-random",
    "volatile-ttl",
]


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


class ContainerCache(Section):
    """One Redis Pod with a volume of its own. Memory, policy and save points are the guide's redis.conf.

    Licences: Redis 7.2 is the last under BSD; 7.4 is under RSALv2 or SSPLv1; from 8.0 on AGPLv3 may be chosen too.
    Valkey (BSD) reads the same configuration and installs its programs under Redis' names too.
    """

    kind: Literal["container"] = "container"
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

    @model_validator(mode="after")
    def _memory_suffices(self) -> Self:
        limit = self.resources.limits.memory
        if redis_bytes(self.max_memory) >= quantity_value(limit):
            raise ValueError(f"resources.limits.memory {limit} must exceed maxMemory {self.max_memory}")
        return self


CacheSettings = ContainerCache
"""A second kind makes this a union discriminated by `kind`, and one more case in `kinds.py`."""
