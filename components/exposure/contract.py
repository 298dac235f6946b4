"""What every kind of exposure gives: where people reach the stack, and the traffic that this needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pulumi

from components.network.contract import Flow

EndpointName = Literal["frontend", "backend", "grafana", "admin", "load-balancer"]
EndpointKind = Literal["port-forward", "node-port", "ingress", "gateway", "load-balancer"]


@dataclass(frozen=True)
class PublicEndpoint:
    """One entry point of the stack."""

    name: EndpointName
    url: pulumi.Input[str]
    """Where a browser or a client finds it."""
    how: EndpointKind
    """What makes `url` answer: a `port-forward` has to run for it first."""
    service: str
    """Name of the Service behind it."""
    service_port: int
    """TCP port of that Service."""
    port: int
    """TCP port of `url`."""


@dataclass(frozen=True)
class ExposedEndpoints:
    """Every entry point of the stack."""

    endpoints: tuple[PublicEndpoint, ...]
    flows: tuple[Flow, ...]
    """Empty where the traffic comes by way of the kubelet, which network policies never stop."""
    name_servers: pulumi.Output[Sequence[str]] | None = None
    """To which the domain has to be delegated; None where the stack has no DNS zone of its own."""

    @property
    def urls(self) -> dict[str, pulumi.Input[str]]:
        """The URL of each entry point by its name, as the stack exports them."""
        return {endpoint.name: endpoint.url for endpoint in self.endpoints}
