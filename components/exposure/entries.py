"""The entry points of a stack that serves host names: which host leads to which Service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from components.exposure.contract import EndpointKind, EndpointName, PublicEndpoint
from components.exposure.web_settings import Hosts
from components.jarvis.contract import JarvisEndpoints
from components.network.contract import Flow, Peer, PodPeer, ServiceEndpoint

HTTPS_PORT = 443


@dataclass(frozen=True)
class Entry:
    """One Service and the names that lead to it."""

    target: ServiceEndpoint
    hosts: tuple[tuple[EndpointName, str], ...]

    @property
    def host_names(self) -> tuple[str, ...]:
        """The names alone."""
        return tuple(host for _, host in self.hosts)


def entries_of(hosts: Hosts, *, jarvis: JarvisEndpoints, grafana: ServiceEndpoint | None) -> tuple[Entry, ...]:
    """The entry points that have a host; `grafana` is None where the stack has none of its own."""
    return (
        Entry(jarvis.frontend, _named(("frontend", hosts.frontend), ("admin", hosts.admin))),
        Entry(jarvis.backend, _named(("backend", hosts.backend))),
        *([Entry(grafana, _named(("grafana", hosts.grafana)))] if grafana is not None and hosts.grafana else []),
    )


def _named(*hosts: tuple[EndpointName, str | None]) -> tuple[tuple[EndpointName, str], ...]:
    return tuple((name, host) for name, host in hosts if host is not None)


def public_endpoints(entries: Sequence[Entry], how: EndpointKind) -> tuple[PublicEndpoint, ...]:
    """Every host as its users see it."""
    return tuple(
        PublicEndpoint(
            name=name,
            url=f"https://{host}",
            how=how,
            service=entry.target.name,
            service_port=entry.target.port,
            port=HTTPS_PORT,
        )
        for entry in entries
        for name, host in entry.hosts
    )


def flows_from(proxy: Peer, entries: Sequence[Entry]) -> tuple[Flow, ...]:
    """Whatever answers to the hosts connects to the Pods of each Service."""
    return tuple(Flow(proxy, PodPeer(entry.target.name), pod_port(entry.target)) for entry in entries)


def pod_port(target: ServiceEndpoint) -> int:
    """TCP port of the Pods behind a Service."""
    return target.target_port or target.port


def pod_selector(target: ServiceEndpoint) -> dict[str, str]:
    """Selects the Pods behind a Service that serve users now."""
    return {"app": target.name, **(target.pod_labels or {})}


def scheme(target: ServiceEndpoint) -> str:
    """What a client speaks that reaches the Pods with no proxy in between."""
    return "http" if target.trust is None else "https"
