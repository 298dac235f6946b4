"""What the traces give to the rest of monitoring."""

from __future__ import annotations

from dataclasses import dataclass

from components.monitoring.parts import Part
from components.network.contract import ServiceEndpoint


@dataclass(frozen=True)
class TracesEndpoints:
    """Where traces go, and what Prometheus, Grafana and the network policies are told."""

    collector: ServiceEndpoint
    """Its port is OTLP's over gRPC; OTLP over HTTP is at 4318."""
    tempo: ServiceEndpoint
    parts: tuple[Part, ...]
