"""What each server of the observability stack brings to the others."""

from __future__ import annotations

from dataclasses import dataclass

from components.monitoring.grafana_provisioning import DataSource
from components.monitoring.signals.model import Exporter
from components.monitoring.signals.scrape import ExporterTarget
from components.network.contract import Flow


@dataclass(frozen=True)
class Part:
    """One server beside Prometheus and Grafana, or one exporter."""

    exporter: Exporter
    """Whose metrics it serves: rules on them are delivered with it."""
    targets: tuple[ExporterTarget, ...] = ()
    """Where Prometheus finds them."""
    flows: tuple[Flow, ...] = ()
    """The traffic that it needs, scrapes apart."""
    data_sources: tuple[DataSource, ...] = ()
    """What Grafana may query."""
