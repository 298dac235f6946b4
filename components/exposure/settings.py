"""How people reach the stack from outside the cluster, one model a kind."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from components.exposure.alb_settings import AlbExposure
from components.exposure.application_gateway_settings import ApplicationGatewayExposure
from components.exposure.container_gateway_settings import ContainerGatewayExposure
from components.exposure.gateway_settings import GatewayExposure
from components.exposure.ingress_settings import IngressExposure
from components.settings.section import Section
from components.settings.text import Matching

LocalPort = Annotated[int, Field(ge=1, le=65535)]
NodePortNumber = Annotated[int, Field(ge=30000, le=32767)]
HostName = Annotated[
    str,
    Matching(
        r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?", "a host name or an IPv4 address, such as localhost", max_length=253
    ),
]


def _require_distinct(*ports: int) -> None:
    repeated = sorted({port for port in ports if ports.count(port) > 1})
    if repeated:
        raise ValueError(f"port {repeated[0]} is given to more than one entry point; each needs its own")


class LocalPorts(Section):
    """TCP ports of the user's own machine; the guide's of the development environment."""

    frontend: LocalPort = 3000
    """The user interface."""
    backend: LocalPort = 8000
    """The API."""
    grafana: LocalPort = 3001
    """Grafana."""

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        _require_distinct(self.frontend, self.backend, self.grafana)
        return self


class NodePorts(Section):
    """TCP ports of every node of the cluster, in Kubernetes' default range, 30000 to 32767."""

    frontend: NodePortNumber = 30300
    """The user interface."""
    backend: NodePortNumber = 30800
    """The API."""
    grafana: NodePortNumber = 30301
    """Grafana."""

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        _require_distinct(self.frontend, self.backend, self.grafana)
        return self


class PortForwardExposure(Section):
    """Nothing in the cluster: the user's machine forwards local ports to the Services."""

    kind: Literal["port-forward"] = "port-forward"
    local_ports: LocalPorts = LocalPorts()
    """Where the user's machine listens."""

    @property
    def frontend_origins(self) -> tuple[str, ...]:
        """Origins that the user interface is loaded from, for CORS."""
        return (f"http://localhost:{self.local_ports.frontend}",)


class NodePortExposure(Section):
    """A Service of type NodePort for each entry point: for clusters that the user reaches by a node's address."""

    kind: Literal["node-port"] = "node-port"
    host: HostName = "localhost"
    """Name or address of a node, as the user's machine knows it."""
    node_ports: NodePorts = NodePorts()
    """Where every node listens."""

    @property
    def frontend_origins(self) -> tuple[str, ...]:
        """Origins that the user interface is loaded from, for CORS."""
        return (f"http://{self.host}:{self.node_ports.frontend}",)


ExposureSettings = Annotated[
    PortForwardExposure
    | NodePortExposure
    | IngressExposure
    | GatewayExposure
    | AlbExposure
    | ApplicationGatewayExposure
    | ContainerGatewayExposure,
    Field(discriminator="kind"),
]
"""A further kind is one more model here and one more case in `kinds.py`."""
