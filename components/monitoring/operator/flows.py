"""The traffic from an observability stack in another namespace into the stack's own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import urlsplit

from components.jarvis.contract import JarvisEndpoints
from components.monitoring.flows import GRAFANA_APP
from components.monitoring.operator.settings import AlertRouting
from components.monitoring.signals.scrape import ExporterTarget
from components.network.contract import Flow, NamespacePeer, PodPeer

_PORTS = {"http": 80, "https": 443}


def scrape_flows(prometheus: str, jarvis: JarvisEndpoints, targets: Iterable[ExporterTarget]) -> tuple[Flow, ...]:
    """From the namespace `prometheus` to all that has metrics. Its Pods have no `app` label to select them by."""
    services = (jarvis.backend, jarvis.interface, jarvis.stt, jarvis.tts)
    reached = [
        *((service.name, service.target_port or service.port) for service in services),
        *((target.app, target.port) for target in targets),
    ]
    return tuple(Flow(NamespacePeer(prometheus), PodPeer(app), port) for app, port in reached)


def notification_flows(alertmanager: str, settings: AlertRouting) -> tuple[Flow, ...]:
    """From the namespace `alertmanager` to those receivers that are Pods of the stack."""
    urls = (urlsplit(url) for url in (settings.webhook_url, settings.heartbeat_url) if url)
    return tuple(
        Flow(NamespacePeer(alertmanager), PodPeer(url.hostname), url.port or _PORTS[url.scheme])
        for url in urls
        if url.hostname and "." not in url.hostname
    )


def from_shared_grafana(flows: Iterable[Flow], grafana: str | None) -> tuple[Flow, ...]:
    """What a Grafana of the stack's own would need, given to the one in the namespace `grafana`, or to nobody."""
    own = PodPeer(GRAFANA_APP)
    shared = NamespacePeer(grafana) if grafana is not None else None
    moved = ((flow, shared if flow.source == own else flow.source) for flow in flows)
    return tuple(replace(flow, source=source) for flow, source in moved if source is not None)
