"""Exposure of kind `node-port`: each entry point on a fixed port of every node."""

from __future__ import annotations

import pulumi
from pulumi_kubernetes.core.v1 import Service, ServicePortArgs, ServiceSpecArgs

from components.cluster.contract import ClusterAccess
from components.exposure.contract import EndpointName, ExposedEndpoints, PublicEndpoint
from components.exposure.entries import pod_port, pod_selector, scheme
from components.exposure.settings import NodePortExposure
from components.jarvis.contract import JarvisEndpoints
from components.kubernetes.metadata import AppLabels, object_meta
from components.kubernetes.services import NOT_AWAITED
from components.network.contract import AnyPeer, Flow, PodPeer, ServiceEndpoint


class NodePortServices(pulumi.ComponentResource):
    """A second Service, `<name>-node-port`, beside each one that people use."""

    exposed: ExposedEndpoints

    def __init__(
        self,
        name: str,
        settings: NodePortExposure,
        *,
        cluster: ClusterAccess,
        jarvis: JarvisEndpoints,
        grafana: ServiceEndpoint | None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("jarvis:exposure:NodePortServices", name, None, opts)
        self._host = settings.host
        self._cluster = cluster
        ports = settings.node_ports
        entries: tuple[tuple[EndpointName, ServiceEndpoint, int], ...] = (
            ("frontend", jarvis.frontend, ports.frontend),
            ("backend", jarvis.backend, ports.backend),
            *([("grafana", grafana, ports.grafana)] if grafana is not None else []),
        )
        self.exposed = ExposedEndpoints(
            endpoints=tuple(self._expose(*entry) for entry in entries),
            flows=tuple(Flow(AnyPeer(), PodPeer(target.name), pod_port(target)) for _, target, _ in entries),
        )
        self.register_outputs({"urls": self.exposed.urls})

    def _expose(self, name: EndpointName, target: ServiceEndpoint, node_port: int) -> PublicEndpoint:
        service = f"{target.name}-node-port"
        labels = AppLabels(target.name, "exposure", self._cluster.environment)
        Service(
            service,
            metadata=object_meta(service, self._cluster.namespace, labels, NOT_AWAITED),
            spec=ServiceSpecArgs(
                type="NodePort",
                selector=pod_selector(target),
                ports=[
                    ServicePortArgs(
                        name=scheme(target), port=target.port, target_port=pod_port(target), node_port=node_port
                    )
                ],
            ),
            opts=self._cluster.child_of(self),
        )
        return PublicEndpoint(
            name=name,
            url=f"{scheme(target)}://{self._host}:{node_port}",
            how="node-port",
            service=service,
            service_port=target.port,
            port=node_port,
        )
