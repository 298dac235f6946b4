"""What the Redis server reads at its start."""

from __future__ import annotations

from typing import Final

from components.cache.settings import RedisServer, SentinelCache

PORT: Final = 6379
DATA_DIRECTORY: Final = "/data"
AUTH_FILE: Final = "/run/secrets/redis/auth.conf"
AUTH_CONF: Final = "requirepass {}\nmasterauth {}\n"
"""The lines with the password: of clients, and of a replica at its primary. Every password of a stack is plain text to
Redis: printable ASCII without spaces, quotes and backslashes."""
TLS_DIRECTORY: Final = "/run/secrets/redis-tls"
CA_FILE: Final = f"{TLS_DIRECTORY}/ca.crt"


def redis_conf(settings: RedisServer, *, tls: bool = False) -> str:
    """redis.conf without the password, which it includes from AUTH_FILE."""
    save_points = [f"save {point.seconds} {point.changes}" for point in settings.save_points] or ['save ""']
    lines = [
        "bind 0.0.0.0",
        *listening(PORT, tls=tls),
        f"dir {DATA_DIRECTORY}",
        f"maxmemory {settings.max_memory}",
        f"maxmemory-policy {settings.max_memory_policy}",
        *(_replication(settings) if isinstance(settings, SentinelCache) else []),
        *save_points,
        # Last: of the save points after an included file, Redis 7 keeps only the last one.
        f"include {AUTH_FILE}",
    ]
    return "\n".join(lines) + "\n"


def _replication(settings: SentinelCache) -> list[str]:
    return [
        f"min-replicas-to-write {settings.min_replicas_to_write}",
        f"min-replicas-max-lag {settings.min_replicas_max_lag_seconds}",
        # Writes that a replica may miss and still catch up without copying everything; 1 MB by default.
        "repl-backlog-size 64mb",
        # A new primary takes no writes before a replica has its data: no waiting, 5 s by default, for a second to ask.
        "repl-diskless-sync-delay 0",
    ]


def listening(port: int, *, tls: bool) -> list[str]:
    """The lines for the only port, of a server or a Sentinel: with TLS, which its own connections then use too."""
    if not tls:
        return [f"port {port}"]
    return [
        "port 0",
        f"tls-port {port}",
        f"tls-cert-file {TLS_DIRECTORY}/tls.crt",
        f"tls-key-file {TLS_DIRECTORY}/tls.key",
        f"tls-ca-cert-file {CA_FILE}",
        "tls-auth-clients no",  # clients prove themselves by the password
        "tls-replication yes",
    ]


def ping(port: int = PORT, *, strict: bool = True, tls: bool = False) -> tuple[str, ...]:
    """The command that asks whether a server answers; where not `strict`, an error will do, such as that it is loading.

    The password comes from REDISCLI_AUTH.
    """
    encrypted = ("--tls", "--cacert", CA_FILE) if tls else ()
    return ("redis-cli", *(("-e",) if strict else ()), *encrypted, "-h", "127.0.0.1", "-p", str(port), "ping")


PING: Final = ping()
"""The probe of a server without TLS."""
