"""Exposure by a gateway of Azure's, of either kind, as its tests build it."""

from __future__ import annotations

from typing import Any

from components.exposure.contract import ExposedEndpoints
from components.exposure.kinds import create_exposure
from components.network.contract import ServiceEndpoint
from tests.support.mocks import Graph, Registered, aks_access, cluster_access
from tests.unit.cloud.azure.support import FRONT_DOOR, cloud_settings, on_azure
from tests.unit.exposure.support import ALL_HOSTS, endpoint, exposure, jarvis

FIRST_REGION = {"kind": "primary", "origin": "api-west.jarvis.com", "recoveryOrigin": "api-north.jarvis.com"}
SECOND_REGION = {
    "kind": "recovery",
    "origin": "api-north.jarvis.com",
    "cdn": {"origin": "origin-north.jarvis.com", "frontDoorId": FRONT_DOOR},
}
GIVEN_ZONE = {"zone": "jarvis.com", "resourceGroup": "rg-jarvis-production"}


def exposed_on_azure(
    settings: Any,
    *,
    backend: ServiceEndpoint | None = None,
    controller: bool = False,
    protect: bool = True,
    **network: Any,
) -> tuple[Graph, ExposedEndpoints]:
    """What those settings make; `controller` gives the cluster an ALB controller."""
    made: list[ExposedEndpoints] = []
    graph = on_azure(
        lambda cloud: made.append(
            create_exposure(
                settings,
                cluster=cluster_access(aks=aks_access() if controller else None),
                jarvis=jarvis(backend),
                grafana=endpoint("grafana", 3000),
                cloud=cloud,
            )
        ),
        cloud_settings(network=network),
        protect=protect,
    )
    return graph, made[0]


def gateway_settings(**section: Any) -> Any:
    """Those of an Application Gateway."""
    return exposure(**{"kind": "application-gateway", "hosts": ALL_HOSTS, "dns": {"zone": "jarvis.com"}} | section)


def on_gateway(
    *, backend: ServiceEndpoint | None = None, protect: bool = True, **section: Any
) -> tuple[Graph, ExposedEndpoints]:
    """An Application Gateway with these settings."""
    return exposed_on_azure(gateway_settings(**section), backend=backend, protect=protect)


def gateway_of(graph: Graph) -> Registered:
    """The only Application Gateway."""
    return next(item for item in graph.resources if item.type == "azure-native:network:ApplicationGateway")


def gateway_inputs(graph: Graph) -> dict[str, Any]:
    return gateway_of(graph).inputs
