"""Exposure of kind `alb` as its tests build it."""

from __future__ import annotations

from typing import Any

from components.cloud.aws.contract import AwsCloud
from components.exposure.alb import LoadBalancedHosts
from components.exposure.alb_settings import AlbExposure
from components.exposure.contract import ExposedEndpoints
from components.network.contract import ServiceEndpoint
from tests.support.mocks import Graph, cluster_access
from tests.unit.cloud.aws.support import by_name, cloud_settings, on_aws
from tests.unit.exposure.support import ALL_HOSTS, endpoint, jarvis

ZONE = {"name": "jarvis.com", "id": "Z0123456789"}


def alb(**changed: Any) -> AlbExposure:
    return AlbExposure.model_validate({"kind": "alb", "hosts": ALL_HOSTS, "zone": ZONE, **changed})


def alb_graph(
    settings: AlbExposure | None = None,
    *,
    protect: bool = True,
    backend: ServiceEndpoint | None = None,
    made: list[ExposedEndpoints] | None = None,
    **cloud: Any,
) -> Graph:
    def build(account: AwsCloud) -> None:
        exposed = LoadBalancedHosts(
            "exposure",
            settings or alb(),
            cloud=account,
            cluster=cluster_access(),
            jarvis=jarvis(backend),
            grafana=endpoint("grafana", 3000),
            protect=protect,
        ).exposed
        (made if made is not None else []).append(exposed)

    return on_aws(build, cloud_settings(**cloud))


def aliases(graph: Graph) -> dict[str, str]:
    records = by_name(graph, "route53/record:Record")
    return {name: record.inputs["aliases"][0]["name"] for name, record in records.items() if "aliases" in record.inputs}
