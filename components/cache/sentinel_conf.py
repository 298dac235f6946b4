"""What the Sentinels read at their start, and the names by which servers and Sentinels know each other."""

from __future__ import annotations

from typing import Final

from components.cache.redis_conf import DATA_DIRECTORY, listening
from components.cache.settings import SentinelCache

SENTINEL_PORT: Final = 26379
MASTER_NAME: Final = "jarvis"
"""The name by which clients ask the Sentinels for the primary."""
REDIS: Final = "redis"
SENTINEL: Final = "redis-sentinel"
"""Names of the StatefulSets and of the headless Services that give their Pods host names."""
SENTINEL_AUTH_CONF: Final = f"sentinel auth-pass {MASTER_NAME} {{}}\nrequirepass {{}}\nsentinel sentinel-pass {{}}\n"
"""The password at the servers, of a Sentinel's clients, and at the other Sentinels."""


def hosts(part: str, count: int, namespace: str) -> list[str]:
    """Host names of the Pods of REDIS or SENTINEL, which they keep wherever they run."""
    return [f"{part}-{index}.{part}.{namespace}.svc" for index in range(count)]


def sentinel_conf(settings: SentinelCache, *, tls: bool = False) -> str:
    """sentinel.conf without whom it watches, its own name and the password, which the start script adds."""
    sentinel = settings.sentinel
    lines = [
        "bind 0.0.0.0",
        *listening(SENTINEL_PORT, tls=tls),
        f"dir {DATA_DIRECTORY}",
        # Pods come back under other addresses: servers and Sentinels know each other by name.
        "sentinel resolve-hostnames yes",
        "sentinel announce-hostnames yes",
        f"sentinel announce-port {SENTINEL_PORT}",
        f"sentinel down-after-milliseconds {MASTER_NAME} {sentinel.down_after_seconds * 1000}",
        f"sentinel failover-timeout {MASTER_NAME} {sentinel.failover_timeout_seconds * 1000}",
        f"sentinel parallel-syncs {MASTER_NAME} {sentinel.parallel_syncs}",
    ]
    return "\n".join(lines) + "\n"


def script_environment(settings: SentinelCache, part: str) -> dict[str, str]:
    """What the scripts read; `$(POD_NAME)` and `$(POD_NAMESPACE)` are Kubernetes' own references between variables."""
    namespace, sentinel = "$(POD_NAMESPACE)", settings.sentinel
    return {
        "SELF": f"$(POD_NAME).{part}.{namespace}.svc",
        "NODES": " ".join(hosts(REDIS, settings.replicas, namespace)),
        "SENTINELS": " ".join(hosts(SENTINEL, sentinel.replicas, namespace)),
        "MASTER_NAME": MASTER_NAME,
        "QUORUM": str(sentinel.quorum),
        # A failover that failed is tried again after twice its timeout.
        "HANDOVER_SECONDS": str(handover_seconds(settings)),
    }


def handover_seconds(settings: SentinelCache) -> int:
    """How long a primary that restarts waits for the promotion of a replica with newer data before it leads again."""
    return settings.sentinel.down_after_seconds + 2 * settings.sentinel.failover_timeout_seconds
