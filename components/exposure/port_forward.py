"""Exposure of kind `port-forward`: no object in the cluster; the automation's helper forwards the ports."""

from __future__ import annotations

from components.exposure.contract import EndpointName, ExposedEndpoints, PublicEndpoint
from components.exposure.entries import scheme
from components.exposure.settings import PortForwardExposure
from components.jarvis.contract import JarvisEndpoints
from components.network.contract import ServiceEndpoint


def port_forwards(
    settings: PortForwardExposure, *, jarvis: JarvisEndpoints, grafana: ServiceEndpoint | None
) -> ExposedEndpoints:
    """What to forward. No flow is needed: the kubelet opens the connection inside the Pod."""
    ports = settings.local_ports

    def forward(name: EndpointName, target: ServiceEndpoint, local_port: int) -> PublicEndpoint:
        return PublicEndpoint(
            name=name,
            url=f"{scheme(target)}://localhost:{local_port}",
            how="port-forward",
            service=target.name,
            service_port=target.port,
            port=local_port,
        )

    return ExposedEndpoints(
        endpoints=(
            forward("frontend", jarvis.frontend, ports.frontend),
            forward("backend", jarvis.backend, ports.backend),
            *([forward("grafana", grafana, ports.grafana)] if grafana is not None else []),
        ),
        flows=(),
    )
