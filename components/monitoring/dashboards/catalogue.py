"""Every dashboard as the file that Grafana reads."""

from __future__ import annotations

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard

from components.monitoring.dashboards.overview import overview
from components.monitoring.dashboards.performance import performance


def dashboards() -> tuple[Dashboard, ...]:
    """All of them, in the order of the guide."""
    return (overview(), performance())


def dashboard_files() -> dict[str, str]:
    """The JSON of each dashboard by file name; always the same bytes."""
    return {
        f"{dashboard.uid}.json": JSONEncoder(sort_keys=True, indent=1).encode(dashboard) for dashboard in dashboards()
    }
