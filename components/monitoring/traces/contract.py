"""What the traces give to the application and to the rest of monitoring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from components.monitoring.parts import Part
from components.network.contract import ServiceEndpoint


@dataclass(frozen=True)
class TracesEndpoints:
    """Where traces go, and what the application, Prometheus, Grafana and the network policies are told."""

    collector: ServiceEndpoint
    """Its port is OTLP's over gRPC; OTLP over HTTP is at 4318."""
    tempo: ServiceEndpoint
    application_environment: Mapping[str, str]
    """Variables by which OpenTelemetry's SDKs find the collector; each service adds OTEL_SERVICE_NAME, its `app`
    label, by which Grafana finds a trace's logs."""
    parts: tuple[Part, ...]
