"""The traffic that monitoring needs."""

from __future__ import annotations

from typing import Final

from components.jarvis.contract import JarvisEndpoints
from components.monitoring.signals.scrape import KUBELET_PORT, PROMETHEUS_PORT, ExporterTarget
from components.network.contract import AnyPeer, ApiServerPeer, Flow, PodPeer

PROMETHEUS_APP: Final = "prometheus-server"
GRAFANA_APP: Final = "grafana"
API_SERVER_PORTS: Final = (443, 6443)
"""That of the `kubernetes` Service, and the usual one behind it: policies may be judged before or after translation."""


def monitoring_flows(
    jarvis: JarvisEndpoints, exporters: tuple[ExporterTarget, ...], *, kubelets: bool
) -> tuple[Flow, ...]:
    """From Prometheus to all that it scrapes and discovers, and from Grafana to Prometheus."""
    prometheus = PodPeer(PROMETHEUS_APP)
    services = (jarvis.backend, jarvis.interface, jarvis.stt, jarvis.tts)
    flows = [
        *(Flow(prometheus, PodPeer(service.name), service.port) for service in services),
        *(Flow(prometheus, PodPeer(exporter.app), exporter.port) for exporter in exporters),
        *(Flow(prometheus, ApiServerPeer(), port) for port in API_SERVER_PORTS),
        Flow(PodPeer(GRAFANA_APP), prometheus, PROMETHEUS_PORT),
    ]
    if kubelets:
        # Nodes have no label that a policy could select by, and their addresses come and go.
        flows.append(Flow(prometheus, AnyPeer(), KUBELET_PORT))
    return tuple(flows)
