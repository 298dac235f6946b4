"""What the Redis server reads at its start."""

from __future__ import annotations

from typing import Final

from components.cache.settings import ContainerCache

PORT: Final = 6379
DATA_DIRECTORY: Final = "/data"
AUTH_FILE: Final = "/run/secrets/redis/auth.conf"
AUTH_CONF: Final = "requirepass {}\nmasterauth {}\n"
"""The lines with the password: of clients, and of a replica at its primary. Every password of a stack is plain text to
Redis: printable ASCII without spaces, quotes and backslashes."""


def redis_conf(settings: ContainerCache) -> str:
    """redis.conf without the password, which it includes from AUTH_FILE."""
    save_points = [f"save {point.seconds} {point.changes}" for point in settings.save_points] or ['save ""']
    lines = [
        "bind 0.0.0.0",
        f"port {PORT}",
        f"dir {DATA_DIRECTORY}",
        f"maxmemory {settings.max_memory}",
        f"maxmemory-policy {settings.max_memory_policy}",
        *save_points,
        # Last: of the save points after an included file, Redis 7 keeps only the last one.
        f"include {AUTH_FILE}",
    ]
    return "\n".join(lines) + "\n"


PING: Final = ("redis-cli", "-e", "-h", "127.0.0.1", "-p", str(PORT), "ping")
"""Asks whether the server answers; fails too while it is reading its data. The password comes from REDISCLI_AUTH."""
