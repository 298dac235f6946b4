"""What Grafana finds at its start: data sources, dashboards and where they lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import yaml

from components.monitoring.prometheus_config import INTERVAL, Yaml

PROMETHEUS_DATA_SOURCE: Final = "prometheus"
"""Fixed uid, which the dashboards name."""
DASHBOARD_DIRECTORY: Final = "/etc/grafana/dashboards"


@dataclass(frozen=True)
class DataSource:
    """One server that Grafana queries."""

    name: str
    type: str
    uid: str
    url: str
    is_default: bool = False
    json_data: tuple[tuple[str, Yaml], ...] = ()
    """Options of the data source's type."""


PROMETHEUS: Final = DataSource(
    name="Prometheus",
    type="prometheus",
    uid=PROMETHEUS_DATA_SOURCE,
    url="http://prometheus-server:80",
    is_default=True,
    # The interval is the least that $__rate_interval may assume.
    json_data=(("httpMethod", "POST"), ("prometheusType", "Prometheus"), ("timeInterval", INTERVAL)),
)
"""The guide's default data source."""


def data_sources_file(*sources: DataSource) -> str:
    """The provisioning file of data sources; one that is taken out of it is deleted from Grafana too."""
    return _dump(
        {
            "apiVersion": 1,
            "prune": True,
            "datasources": [
                {
                    "name": source.name,
                    "type": source.type,
                    "uid": source.uid,
                    "access": "proxy",
                    "url": source.url,
                    "isDefault": source.is_default,
                    "editable": False,
                    "jsonData": dict(source.json_data),
                }
                for source in sources
            ],
        }
    )


def dashboard_provider_file() -> str:
    """The provisioning file that names the directory of the dashboards."""
    provider = {
        "name": "jarvis",
        "folder": "Jarvis",
        "type": "file",
        "disableDeletion": True,
        "allowUiUpdates": False,
        "options": {"path": DASHBOARD_DIRECTORY},
    }
    return _dump({"apiVersion": 1, "providers": [provider]})


def _dump(document: dict[str, object]) -> str:
    return yaml.safe_dump(document, sort_keys=False, width=120)
