"""What monitoring gives to exposure and network policies."""

from __future__ import annotations

from dataclasses import dataclass

from components.network.contract import Flow, ServiceEndpoint


@dataclass(frozen=True)
class MonitoringEndpoints:
    """The observability stack's Services and the traffic that it needs."""

    prometheus: ServiceEndpoint
    grafana: ServiceEndpoint
    flows: tuple[Flow, ...]
