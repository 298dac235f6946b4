"""The logs of a stack: Loki and its collector."""

from __future__ import annotations

from typing import Final

import pulumi

from components.cluster.contract import ClusterAccess
from components.monitoring.flows import API_SERVER_PORTS, GRAFANA_APP
from components.monitoring.logs import alloy_config, loki_config
from components.monitoring.logs.alloy import ALLOY_APP, Alloy
from components.monitoring.logs.contract import LogsEndpoints
from components.monitoring.logs.data_source import loki_data_source
from components.monitoring.logs.loki import LOKI_APP, Loki
from components.monitoring.logs.settings import LogsSettings
from components.monitoring.parts import Part
from components.monitoring.signals.scrape import ExporterTarget
from components.network.contract import ApiServerPeer, Flow, PodPeer

_URL: Final = f"http://{LOKI_APP}:{loki_config.HTTP_PORT}"
"""By the short name: collector and store share the namespace, as the guide's data source has it."""


class Logs(pulumi.ComponentResource):
    """Keeps what the stack's Pods write."""

    endpoints: LogsEndpoints

    def __init__(
        self,
        name: str,
        settings: LogsSettings,
        *,
        cluster: ClusterAccess,
        traces: bool,
        protect: bool = False,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`traces` is whether Grafana has traces to open from a line; `protect` keeps the volume."""
        super().__init__("jarvis:monitoring:Logs", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        loki = Loki("loki", settings.loki, cluster=cluster, protect=protect, opts=child)
        Alloy("alloy", settings.alloy, cluster=cluster, loki_url=_URL, opts=child)
        store = Part(
            "loki",
            (ExporterTarget(LOKI_APP, LOKI_APP, loki_config.HTTP_PORT),),
            log_flows(clustered=settings.alloy.replicas > 1),
            (loki_data_source(_URL, traces=traces),),
        )
        collector = Part("alloy", (ExporterTarget(ALLOY_APP, ALLOY_APP, alloy_config.HTTP_PORT),))
        self.endpoints = LogsEndpoints(loki.endpoint, (store, collector))
        self.register_outputs({"loki": loki.endpoint.url})


def log_flows(*, clustered: bool) -> tuple[Flow, ...]:
    """From the collector to the API server, to Loki and to its other replicas; from Grafana to Loki."""
    alloy, loki = PodPeer(ALLOY_APP), PodPeer(LOKI_APP)
    peers = [Flow(alloy, alloy, alloy_config.HTTP_PORT)] if clustered else []
    return (
        *(Flow(alloy, ApiServerPeer(), port) for port in API_SERVER_PORTS),
        Flow(alloy, loki, loki_config.HTTP_PORT),
        *peers,
        Flow(PodPeer(GRAFANA_APP), loki, loki_config.HTTP_PORT),
    )
