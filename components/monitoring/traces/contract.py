"""What the traces' part gives to the application, to the rest of monitoring and to network policies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from components.monitoring.grafana_provisioning import DataSource
from components.monitoring.signals.scrape import ExporterTarget
from components.network.contract import Flow, ServiceEndpoint


@dataclass(frozen=True)
class TracesEndpoints:
    """Where traces go, how the application is told, and what to scrape."""

    collector: ServiceEndpoint
    """Its port is OTLP's over gRPC; OTLP over HTTP is at 4318."""
    tempo: ServiceEndpoint
    application_environment: Mapping[str, str]
    """Variables by which OpenTelemetry's SDKs find the collector; each service adds OTEL_SERVICE_NAME, its `app`
    label, by which Grafana finds a trace's logs."""
    data_source: DataSource
    flows: tuple[Flow, ...]
    """Between collector, store and Grafana; the application's own follow from `clients`."""
    exporters: tuple[ExporterTarget, ...]
    """The collector and Tempo themselves."""
