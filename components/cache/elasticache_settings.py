"""A cache of Amazon ElastiCache."""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from components.aws.names import WeeklyWindow, Window
from components.aws.windows import check_windows
from components.cache.eviction import EvictionPolicy
from components.settings.section import Section
from components.settings.text import Matching

Engine = Literal["redis", "valkey"]
_FAMILIES: Final[dict[Engine, dict[str, str]]] = {
    "redis": {"7.0": "redis7", "7.1": "redis7"},
    "valkey": {
        "7.2": "valkey7",
        "8.0": "valkey8",
        "8.1": "valkey8",
        "8.2": "valkey8",
        "9.0": "valkey9",
        "9.1": "valkey9",
    },
}
"""The family of parameters of each version. Redis stays at 7.1 there; versions below 7 are at the end of their support.

Sources: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/engine-versions.html,
https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Engine.html (2026-11-24).
"""
ReplicationGroupId = Annotated[
    str,
    Matching(
        r"(?!.*--)[a-z]([a-z0-9-]*[a-z0-9])?",
        "lower-case letters, digits and hyphens, 40 at most, a letter first, no hyphen last and no two together",
        max_length=40,
    ),
]
"""Source, 2026-11-24:
https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html"""
NodeType = Annotated[
    str,
    Matching(r"cache\.[a-z][a-z0-9]*\.(micro|small|medium|[0-9]*x?large)", "a node type, such as cache.r6g.large"),
]
EngineVersion = Annotated[str, Matching(r"[0-9]\.[0-9]", 'an engine\'s version in quotes, such as "8.1"')]


class ElastiCacheCache(Section):
    """Redis, or Valkey which took its place, that Amazon runs, where the cluster's nodes alone are let in.

    Figures: the guide's Terraform, where nothing else is said. Needs jarvis:cloud of kind aws.
    """

    kind: Literal["elasticache"] = "elasticache"
    replication_group_id: ReplicationGroupId = "jarvis-redis-prod"
    engine: Engine = "valkey"
    """Valkey speaks Redis' protocol, is a fifth cheaper there, and alone goes on beyond version 7.1."""
    engine_version: EngineVersion = "8.1"
    """Minor version, renewed in the maintenance window; for redis the last is 7.1. The guide's 6.x ends in January
    2027."""
    node_type: NodeType = "cache.r6g.large"
    nodes: Annotated[int, Field(ge=2, le=6)] = 3
    """One primary and its replicas, over the zones; another takes over within a minute."""
    max_memory_policy: EvictionPolicy = "allkeys-lru"
    """Which keys are evicted when memory is full: the guide's for production; `noeviction` refuses writes instead."""
    snapshot_window: Window = "02:00-03:00"
    """When the daily snapshot is taken. The guide gives no figure."""
    maintenance_window: WeeklyWindow = "sun:05:00-sun:06:00"
    """When ElastiCache may renew it: after the database's. The guide gives no figure."""
    snapshot_retention_days: Annotated[int, Field(ge=1, le=35)] = 7
    """The guide gives no figure: what is in it can be made again."""
    final_snapshot: ReplicationGroupId = "jarvis-redis-final-snapshot"
    """What a protected group leaves when it is deleted."""

    @property
    def family(self) -> str:
        """The family of parameters that fits the version."""
        return _FAMILIES[self.engine][self.engine_version]

    @property
    def node_ids(self) -> tuple[str, ...]:
        """The nodes' names, as ElastiCache gives them."""
        return tuple(f"{self.replication_group_id}-{index:03}" for index in range(1, self.nodes + 1))

    @model_validator(mode="after")
    def _known_version(self) -> Self:
        known = _FAMILIES[self.engine]
        if self.engine_version not in known:
            raise ValueError(
                f"engineVersion {self.engine_version} is none of {self.engine}'s: it must be " + " or ".join(known)
            )
        return self

    @model_validator(mode="after")
    def _node_type_runs_it(self) -> Self:
        family = self.node_type.split(".")[1]
        match = re.fullmatch(r"(m|r|t|c)([0-9])([a-z]*)", family)
        oldest = {"t": 3, "m": 5, "r": 5, "c": 7}
        if match is None or int(match[2]) < oldest[match[1]]:
            raise ValueError(
                f"nodeType {self.node_type} runs no supported version: take a current one, such as cache.r6g.large"
            )
        if match[3].endswith("d"):
            raise ValueError(
                f"nodeType {self.node_type} keeps part of the data on disks, which this kind does not set up: take "
                f"cache.{family[:-1]} instead"
            )
        return self

    @model_validator(mode="after")
    def _windows_apart(self) -> Self:
        check_windows(
            ("snapshotWindow", self.snapshot_window),
            ("maintenanceWindow", self.maintenance_window),
            shortest_backup=60,
            shortest_maintenance=60,
        )
        return self
