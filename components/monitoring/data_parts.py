"""What database and cache bring to monitoring."""

from __future__ import annotations

from components.cache.contract import CacheConnection
from components.database.contract import DatabaseConnection
from components.monitoring.parts import Part
from components.monitoring.signals.scrape import ExporterTarget


def data_parts(database: DatabaseConnection, cache: CacheConnection) -> tuple[Part, ...]:
    """The exporters that the stack's database and cache have in the cluster."""
    parts: list[Part] = []
    if database.exporter_app is not None:
        target = ExporterTarget("postgres", database.exporter_app, database.exporter_port)
        parts.append(Part(database.exporter_kind, (target,)))
    if database.standby_app is not None:
        standby = ExporterTarget("postgres-second", database.standby_app, database.exporter_port)
        parts.append(Part(database.exporter_kind, (standby,)))
    if database.pooler_app is not None:
        pooler = ExporterTarget("postgres-pooler", database.pooler_app, database.pooler_exporter_port)
        parts.append(Part("pgbouncer", (pooler,)))
    if cache.exporter_app is not None:
        parts.append(Part("redis-exporter", (ExporterTarget("redis", cache.exporter_app, cache.exporter_port),)))
    if cache.sentinel_app is not None:
        sentinels = ExporterTarget("redis-sentinel", cache.sentinel_app, cache.exporter_port)
        parts.append(Part("redis-exporter", (sentinels,)))
    return tuple(parts)
