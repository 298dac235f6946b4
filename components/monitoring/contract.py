"""What monitoring gives to exposure and network policies."""

from __future__ import annotations

from dataclasses import dataclass

from components.network.contract import Flow, ServiceEndpoint


@dataclass(frozen=True)
class MonitoringEndpoints:
    """The observability stack's Services and the traffic that it needs."""

    prometheus: ServiceEndpoint
    """May be in another namespace."""
    grafana: ServiceEndpoint | None
    """In the stack's own namespace, so that exposure can lead to it; None where the cluster's own is used."""
    flows: tuple[Flow, ...]
