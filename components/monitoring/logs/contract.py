"""What the logs' part gives to the rest of monitoring and to network policies."""

from __future__ import annotations

from dataclasses import dataclass

from components.monitoring.grafana_provisioning import DataSource
from components.monitoring.signals.scrape import ExporterTarget
from components.network.contract import Flow, ServiceEndpoint


@dataclass(frozen=True)
class LogsEndpoints:
    """Where logs are, who may go there, and what to scrape."""

    loki: ServiceEndpoint
    data_source: DataSource
    flows: tuple[Flow, ...]
    """Between collector, store, API server and Grafana; Prometheus' own flows follow from `exporters`."""
    exporters: tuple[ExporterTarget, ...]
