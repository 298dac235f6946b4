"""The traffic that monitoring needs."""

from __future__ import annotations

from typing import Final, Literal
from urllib.parse import urlsplit

from components.jarvis.contract import JarvisEndpoints
from components.monitoring.alerting.settings import AlertmanagerSettings
from components.monitoring.signals.scrape import KUBELET_PORT, PROMETHEUS_PORT, ExporterTarget
from components.network.contract import PUBLIC_ADDRESSES, AnyPeer, ApiServerPeer, Flow, PodPeer

PROMETHEUS_APP: Final = "prometheus-server"
GRAFANA_APP: Final = "grafana"
ALERTMANAGER_APP: Final = "alertmanager"
ALERTMANAGER_PORT: Final = 9093
GOSSIP_PORT: Final = 9094
API_SERVER_PORTS: Final = (443, 6443)
"""That of the `kubernetes` Service, and the usual one behind it: policies may be judged before or after translation."""
_HTTPS: Final = 443
_HTTP: Final = 80


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


def alerting_flows(settings: AlertmanagerSettings, *, slack: bool) -> tuple[Flow, ...]:
    """From Prometheus to Alertmanager, among the Alertmanagers, and from them to whom they tell."""
    alertmanager = PodPeer(ALERTMANAGER_APP)
    flows = [Flow(PodPeer(PROMETHEUS_APP), alertmanager, ALERTMANAGER_PORT)]
    if settings.replicas > 1:
        protocols: tuple[Literal["TCP", "UDP"], ...] = ("TCP", "UDP")
        flows += [Flow(alertmanager, alertmanager, GOSSIP_PORT, protocol) for protocol in protocols]
    if slack:
        flows += [Flow(alertmanager, public, _HTTPS) for public in PUBLIC_ADDRESSES]
    urls = [settings.webhook_url, *([settings.heartbeat_url] if settings.heartbeat_url else [])]
    return (*flows, *(flow for url in urls for flow in _to_receiver(url)))


def _to_receiver(url: str) -> list[Flow]:
    """To a Service of the namespace, whose Pods bear its name as `app` label, or to whatever else an address means."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or (_HTTPS if parts.scheme == "https" else _HTTP)
    return [Flow(PodPeer(ALERTMANAGER_APP), AnyPeer() if "." in host else PodPeer(host), port)]
