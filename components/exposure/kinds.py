"""Which kind of exposure a stack has."""

from __future__ import annotations

import pulumi

from components.cloud.azure.contract import AzureFoundation
from components.cloud.contract import Cloud, require_aws, require_azure
from components.cluster.contract import ClusterAccess
from components.exposure.alb_settings import AlbExposure
from components.exposure.application_gateway_settings import ApplicationGatewayExposure
from components.exposure.container_gateway_settings import ContainerGatewayExposure
from components.exposure.contract import ExposedEndpoints
from components.exposure.gateway_settings import GatewayExposure
from components.exposure.ingress_settings import IngressExposure
from components.exposure.settings import ExposureSettings, NodePortExposure, PortForwardExposure
from components.jarvis.contract import JarvisEndpoints
from components.network.contract import ServiceEndpoint


def create_exposure(
    settings: ExposureSettings,
    *,
    cluster: ClusterAccess,
    jarvis: JarvisEndpoints,
    grafana: ServiceEndpoint | None,
    cloud: Cloud | None = None,
    protect: bool = False,
    opts: pulumi.ResourceOptions | None = None,
) -> ExposedEndpoints:
    """Make the user interface, the API and Grafana, where the stack has its own, reachable from outside the cluster.

    `protect` keeps what a cloud's kind makes from being deleted, where the names that lead to it would be lost.

    Raises pulumi.RunError where the kind of exposure needs another kind of cloud.
    """
    match settings:
        case PortForwardExposure():
            from components.exposure.port_forward import port_forwards

            return port_forwards(settings, jarvis=jarvis, grafana=grafana)
        case NodePortExposure() | IngressExposure() | GatewayExposure():
            return _in_cluster(settings, cluster=cluster, jarvis=jarvis, grafana=grafana, opts=opts)
        case AlbExposure():
            from components.exposure.alb import LoadBalancedHosts

            return LoadBalancedHosts(
                "exposure",
                settings,
                cloud=require_aws(cloud, "jarvis:exposure of kind alb"),
                cluster=cluster,
                jarvis=jarvis,
                grafana=grafana,
                protect=protect,
                opts=opts,
            ).exposed
        case ApplicationGatewayExposure() | ContainerGatewayExposure():
            group = require_azure(cloud, f"jarvis:exposure of kind {settings.kind}")
            return _azures_gateway(settings, cluster=cluster, cloud=group, jarvis=jarvis, grafana=grafana, opts=opts)


def _in_cluster(
    settings: NodePortExposure | IngressExposure | GatewayExposure,
    *,
    cluster: ClusterAccess,
    jarvis: JarvisEndpoints,
    grafana: ServiceEndpoint | None,
    opts: pulumi.ResourceOptions | None,
) -> ExposedEndpoints:
    """What the cluster does itself, or a controller in it, without a cloud."""
    match settings:
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


def _azures_gateway(
    settings: ApplicationGatewayExposure | ContainerGatewayExposure,
    *,
    cluster: ClusterAccess,
    cloud: AzureFoundation,
    jarvis: JarvisEndpoints,
    grafana: ServiceEndpoint | None,
    opts: pulumi.ResourceOptions | None,
) -> ExposedEndpoints:
    if isinstance(settings, ApplicationGatewayExposure):
        from components.exposure.application_gateway import ApplicationGateway

        return ApplicationGateway(
            "exposure", settings, cluster=cluster, cloud=cloud, jarvis=jarvis, grafana=grafana, opts=opts
        ).exposed
    from components.exposure.container_gateway import ContainerGateway

    return ContainerGateway(
        "exposure", settings, cluster=cluster, cloud=cloud, jarvis=jarvis, grafana=grafana, opts=opts
    ).exposed


def exposed_services(settings: ExposureSettings) -> tuple[str, ...]:
    """Services of the stack that are open to the world outside the cluster, which admission must let pass."""
    match settings:
        case PortForwardExposure() | AlbExposure() | ContainerGatewayExposure():
            return ()
        case NodePortExposure():
            return tuple(f"{name}-node-port" for name in ("jarvis-frontend", "jarvis-backend", "grafana"))
        case IngressExposure() | GatewayExposure():
            return ("jarvis-loadbalancer",) if settings.load_balancer is not None else ()
        case ApplicationGatewayExposure():
            return tuple(f"{name}-internal" for name in ("jarvis-frontend", "jarvis-backend", "grafana"))
