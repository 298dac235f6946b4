"""What the logs give to the rest of monitoring."""

from __future__ import annotations

from dataclasses import dataclass

from components.monitoring.parts import Part
from components.network.contract import ServiceEndpoint


@dataclass(frozen=True)
class LogsEndpoints:
    """Where logs are, and what Prometheus, Grafana and the network policies are told."""

    loki: ServiceEndpoint
    parts: tuple[Part, ...]
