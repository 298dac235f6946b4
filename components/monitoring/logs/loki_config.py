"""Loki's configuration: one process that keeps everything on one volume.

Source of every key: https://grafana.com/docs/loki/latest/configure/
"""

from __future__ import annotations

from typing import Final

import yaml

from components.monitoring.logs.settings import LokiLimits, LokiSettings
from components.monitoring.prometheus_config import Yaml

HTTP_PORT: Final = 3100
"""The guide's data source is http://loki:3100."""
GRPC_PORT: Final = 9095
DATA_DIRECTORY: Final = "/loki"
SCHEMA_FROM: Final = "2024-04-01"
"""Any day before the first line: a schema holds from its day on, and a change of schema is a second entry."""
_OLDEST_SAMPLE: Final = "168h"
"""A collector that was cut off for a week still delivers."""


def loki_yml(settings: LokiSettings, data_directory: str = DATA_DIRECTORY) -> str:
    """The text of the file; the same settings always give the same bytes."""
    document: dict[str, Yaml] = {
        # One tenant: whoever reaches the port, which the network policies decide, reads and writes everything.
        "auth_enabled": False,
        "server": {"http_listen_port": HTTP_PORT, "grpc_listen_port": GRPC_PORT, "log_level": "warn"},
        "common": _common(data_directory),
        "schema_config": {"configs": [_schema()]},
        "ingester": {"wal": {"flush_on_shutdown": True, "replay_memory_ceiling": "512MB"}},
        "compactor": _compactor(data_directory),
        "limits_config": _limits(settings.limits, settings.retention_hours),
        "query_range": {"cache_results": True, "results_cache": {"cache": _embedded_cache(64)}},
        "analytics": {"reporting_enabled": False},
    }
    return yaml.safe_dump(document, sort_keys=False, width=120)


def _common(data_directory: str) -> dict[str, Yaml]:
    return {
        "path_prefix": data_directory,
        "replication_factor": 1,
        "instance_addr": "127.0.0.1",
        "ring": {"kvstore": {"store": "inmemory"}},
        "storage": {
            "filesystem": {
                "chunks_directory": f"{data_directory}/chunks",
                "rules_directory": f"{data_directory}/rules",
            }
        },
    }


def _schema() -> dict[str, Yaml]:
    """TSDB index and schema 13: what structured metadata needs. Retention needs a period of 24 hours."""
    return {
        "from": SCHEMA_FROM,
        "store": "tsdb",
        "object_store": "filesystem",
        "schema": "v13",
        "index": {"prefix": "index_", "period": "24h"},
    }


def _compactor(data_directory: str) -> dict[str, Yaml]:
    return {
        "working_directory": f"{data_directory}/compactor",
        "compaction_interval": "10m",
        # Without it, retention_period is read and nothing is ever deleted.
        "retention_enabled": True,
        "retention_delete_delay": "2h",
        "delete_request_store": "filesystem",
    }


def _limits(limits: LokiLimits, retention_hours: int) -> dict[str, Yaml]:
    return {
        "retention_period": f"{retention_hours}h",
        "max_query_lookback": f"{retention_hours}h",
        "reject_old_samples": True,
        "reject_old_samples_max_age": _OLDEST_SAMPLE,
        "ingestion_rate_mb": limits.ingestion_megabytes_per_second,
        "ingestion_burst_size_mb": 2 * limits.ingestion_megabytes_per_second,
        "per_stream_rate_limit": f"{limits.stream_megabytes_per_second}MB",
        "per_stream_rate_limit_burst": f"{3 * limits.stream_megabytes_per_second}MB",
        "max_global_streams_per_user": limits.max_streams,
        "max_line_size": f"{limits.max_line_kilobytes}KB",
        "max_line_size_truncate": True,
        "allow_structured_metadata": True,
        "volume_enabled": True,
    }


def _embedded_cache(megabytes: int) -> dict[str, Yaml]:
    return {"embedded_cache": {"enabled": True, "max_size_mb": megabytes}}
