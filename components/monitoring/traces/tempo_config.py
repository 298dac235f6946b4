"""Tempo's configuration: one process that keeps everything on one volume.

Source of every key: https://grafana.com/docs/tempo/latest/configuration/
"""

from __future__ import annotations

from typing import Final

import yaml

from components.monitoring.prometheus_config import Yaml
from components.monitoring.traces.settings import TempoSettings

HTTP_PORT: Final = 3200
GRPC_PORT: Final = 9095
OTLP_PORT: Final = 4317
DATA_DIRECTORY: Final = "/var/tempo"


def tempo_yml(settings: TempoSettings) -> str:
    """The text of the file; the same settings always give the same bytes."""
    compaction: dict[str, Yaml] = {"block_retention": f"{settings.retention_hours}h"}
    document: dict[str, Yaml] = {
        "server": {"http_listen_port": HTTP_PORT, "grpc_listen_port": GRPC_PORT, "log_level": "warn"},
        "memory": {"automemlimit_enabled": True},
        "distributor": {"receivers": {"otlp": {"protocols": {"grpc": {"endpoint": f"0.0.0.0:{OTLP_PORT}"}}}}},
        "storage": {
            "trace": {
                "backend": "local",
                "local": {"path": f"{DATA_DIRECTORY}/blocks"},
                "wal": {"path": f"{DATA_DIRECTORY}/wal"},
            }
        },
        "live_store": {
            "wal": {"path": f"{DATA_DIRECTORY}/live-store/traces"},
            "shutdown_marker_dir": f"{DATA_DIRECTORY}/live-store/shutdown-marker",
        },
        # The scheduler finds blocks that are too old, the worker deletes them: both read a retention of their own.
        "backend_scheduler": {
            "local_work_path": DATA_DIRECTORY,
            "provider": {"compaction": {"compaction": compaction}},
        },
        "backend_worker": {"compaction": dict(compaction)},
        "usage_report": {"reporting_enabled": False},
    }
    return yaml.safe_dump(document, sort_keys=False, width=120)
