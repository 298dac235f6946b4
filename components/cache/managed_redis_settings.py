"""Settings of a cache of kind `managed-redis`: Azure Managed Redis."""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal, Self

from pydantic import model_validator

from components.cache.eviction import EvictionPolicy
from components.settings.section import Section
from components.settings.text import Matching

ClusterName = Annotated[
    str,
    Matching(
        r"(?!.*--)[A-Za-z0-9]([A-Za-z0-9-]{0,58}[A-Za-z0-9])?",
        "a Redis' name: 1 to 60 letters, digits and hyphens, no hyphen first or last and no two together, such as "
        "redis-jarvis-production",
    ),
]
RedisSku = Annotated[
    str,
    Matching(
        r"Balanced_B(0|1|3|5|10|20|50|100|150|250|350|500|700|1000)"
        r"|MemoryOptimized_M(10|20|50|100|150|250|350|500|700|1000|1500|2000)"
        r"|ComputeOptimized_X(3|5|10|20|50|100|150|250|350|500|700)",
        "a size of Azure Managed Redis, such as Balanced_B3 (about as many GB as the number says); those of the tiers "
        "Basic, Standard, Premium and Enterprise are retired",
    ),
]
"""Source: the SDK's SkuName, but for the tier Flash Optimized."""
_LARGEST_UNCLUSTERED: Final = 20
"""Its caches have 24 GB; those without clusters may have 25. Source: https://learn.microsoft.com/azure/redis/architecture
(2026-11-24)."""


class ManagedRedisCache(Section):
    """A Redis that Azure runs, reached inside the network of `jarvis:cloud` by TLS only, on port 10000.

    It makes its own access keys: `redisPassword` of `jarvis:secrets` is not used.
    """

    kind: Literal["managed-redis"] = "managed-redis"
    name: ClusterName = "redis-jarvis-production"
    sku: RedisSku = "Balanced_B3"
    """3 GB, of which Azure keeps a fifth for itself: the guide's Standard C2 has 2.5. Azure Cache for Redis takes no
    new customers since 2026-04-01 and ends on 2028-09-30."""
    high_availability: bool = True
    """Whether a second node in another zone takes over; once it does, it does for good."""
    max_memory_policy: EvictionPolicy = "allkeys-lru"
    """Which keys are evicted when memory is full (guide, redis.conf)."""
    clustering: Literal["none", "enterprise"] = "none"
    """`none` takes every command, up to 25 GB; `enterprise` spreads the keys over several processes behind one
    address, and refuses commands on keys that lie apart."""
    persistence: Literal["aof-1s", "rdb-1h", "rdb-6h", "rdb-12h"] | None = "rdb-1h"
    """How often the data is written to disk; null for never."""
    access_key: Literal["primary", "secondary"] = "primary"
    """Which key clients use: deploy with the other one, then renew this one in Azure, and nobody is cut off."""

    @model_validator(mode="after")
    def _fits_unclustered(self) -> Self:
        number = re.search(r"[0-9]+$", self.sku)
        if self.clustering == "none" and number is not None and int(number[0]) > _LARGEST_UNCLUSTERED:
            raise ValueError(f"clustering must be enterprise with sku {self.sku}: without it 25 GB is the most")
        return self
