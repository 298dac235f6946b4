"""Which kind of exposure a stack has."""

from __future__ import annotations

import pulumi

from components.cluster.contract import ClusterAccess
from components.exposure.contract import ExposedEndpoints
from components.exposure.gateway_settings import GatewayExposure
from components.exposure.ingress_settings import IngressExposure
from components.exposure.settings import NodePortExposure, PortForwardExposure
from components.jarvis.contract import JarvisEndpoints
from components.network.contract import ServiceEndpoint


def create_exposure(
    settings: PortForwardExposure | NodePortExposure | IngressExposure | GatewayExposure,
    *,
    cluster: ClusterAccess,
    jarvis: JarvisEndpoints,
    grafana: ServiceEndpoint,
    opts: pulumi.ResourceOptions | None = None,
) -> ExposedEndpoints:
    """Make the user interface, the API and Grafana reachable from outside the cluster."""
    match settings:
        case PortForwardExposure():
            from components.exposure.port_forward import port_forwards

            return port_forwards(settings, jarvis=jarvis, grafana=grafana)
        case NodePortExposure():
            from components.exposure.node_port import NodePortServices

            return NodePortServices(
                "exposure", settings, cluster=cluster, jarvis=jarvis, grafana=grafana, opts=opts
            ).exposed
        case IngressExposure():
            from components.exposure.ingress import Ingresses

            return Ingresses("exposure", settings, cluster=cluster, jarvis=jarvis, grafana=grafana, opts=opts).exposed
        case GatewayExposure():
            from components.exposure.gateway import GatewayRoutes

            return GatewayRoutes(
                "exposure", settings, cluster=cluster, jarvis=jarvis, grafana=grafana, opts=opts
            ).exposed
