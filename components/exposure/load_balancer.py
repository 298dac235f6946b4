"""The guide's Service `jarvis-loadbalancer`: TCP port 443 to the backend."""

from __future__ import annotations

from typing import Final

import pulumi
from pulumi_kubernetes.core.v1 import Service, ServicePortArgs, ServiceSpecArgs
from pulumi_kubernetes.core.v1.outputs import ServiceStatus

from components.cluster.contract import ClusterAccess
from components.exposure.contract import ExposedEndpoints, PublicEndpoint
from components.exposure.entries import HTTPS_PORT, pod_port, pod_selector
from components.exposure.web_settings import LoadBalancer
from components.kubernetes.metadata import AppLabels, object_meta
from components.network.contract import AnyPeer, Flow, PodPeer, ServiceEndpoint

NAME: Final = "jarvis-loadbalancer"


def with_load_balancer(
    exposed: ExposedEndpoints,
    settings: LoadBalancer | None,
    backend: ServiceEndpoint,
    *,
    cluster: ClusterAccess,
    parent: pulumi.Resource,
) -> ExposedEndpoints:
    """The entry points and, where settings ask for it, the load balancer beside them.

    Raises pulumi.RunError where the backend serves plain HTTP, which port 443 would then carry over the network.
    """
    if settings is None:
        return exposed
    if backend.trust is None:
        raise pulumi.RunError(
            "jarvis:exposure.loadBalancer needs jarvis:app.tls: it passes TLS on to the backend, which must serve it."
        )
    service = _service(settings, backend, cluster=cluster, parent=parent)
    endpoint = PublicEndpoint(
        name="load-balancer",
        url=service.status.apply(_url),
        how="load-balancer",
        service=NAME,
        service_port=HTTPS_PORT,
        port=HTTPS_PORT,
    )
    flow = Flow(AnyPeer(), PodPeer(backend.name), pod_port(backend))
    return ExposedEndpoints(endpoints=(*exposed.endpoints, endpoint), flows=(*exposed.flows, flow))


def _service(
    settings: LoadBalancer, backend: ServiceEndpoint, *, cluster: ClusterAccess, parent: pulumi.Resource
) -> Service:
    labels = AppLabels(backend.name, "exposure", cluster.environment)
    return Service(
        NAME,
        metadata=object_meta(NAME, cluster.namespace, labels, settings.annotations),
        spec=ServiceSpecArgs(
            type="LoadBalancer",
            selector=pod_selector(backend),
            ports=[ServicePortArgs(name="https", port=HTTPS_PORT, target_port=pod_port(backend), protocol="TCP")],
            external_traffic_policy=settings.external_traffic_policy,
            load_balancer_source_ranges=list(settings.allowed_sources) or None,
        ),
        opts=cluster.child_of(parent),
    )


def _url(status: ServiceStatus | None) -> str:
    """Where DNS must lead the API's name for clients to come this way."""
    given = status.load_balancer.ingress if status is not None and status.load_balancer is not None else None
    address = (given[0].ip or given[0].hostname) if given else None
    if address is None:
        return "https://(no address yet)"
    return f"https://[{address}]" if ":" in address else f"https://{address}"
