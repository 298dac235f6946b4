"""Every dashboard as the file that Grafana reads."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard

from components.monitoring.dashboards.logs import log_lines
from components.monitoring.dashboards.overview import overview
from components.monitoring.dashboards.performance import performance
from components.monitoring.dashboards.platform import platform
from components.monitoring.signals.model import Exporter


def dashboards(exporters: AbstractSet[Exporter] = frozenset()) -> tuple[Dashboard, ...]:
    """The guide's two in its order, then what is known only where these exporters run."""
    carried = platform(exporters)
    return (
        overview(),
        performance(),
        *([carried] if carried is not None else []),
        *([log_lines()] if "loki" in exporters else []),
    )


def dashboard_files(exporters: AbstractSet[Exporter] = frozenset()) -> dict[str, str]:
    """The JSON of each dashboard by file name; always the same bytes."""
    return {
        f"{dashboard.uid}.json": JSONEncoder(sort_keys=True, indent=1).encode(dashboard)
        for dashboard in dashboards(exporters)
    }
