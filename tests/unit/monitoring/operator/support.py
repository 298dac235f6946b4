"""Monitoring of kind `operator` as its tests build it."""

from __future__ import annotations

from typing import Any

from components.monitoring.contract import MonitoringEndpoints
from components.monitoring.settings import OperatorMonitoring
from tests.support.mocks import Graph
from tests.unit.monitoring.support import monitoring_graph

EVERYTHING: dict[str, Any] = {
    "kind": "operator",
    "alertmanager": {"heartbeatUrl": "https://heartbeat.example.com/jarvis"},
    "logs": {},
    "traces": {},
    "exporters": {"nodeExporter": True},
}


def operator_graph(*, slack: bool = True, tls: bool = False, **changes: Any) -> tuple[Graph, MonitoringEndpoints]:
    """With everything that a stack may ask for, but for `changes`."""
    settings = OperatorMonitoring.model_validate(EVERYTHING | changes)
    return monitoring_graph(settings, slack=slack, tls=tls)


def spec_of(graph: Graph, kind: str, name: str) -> dict[str, Any]:
    return graph.one(kind, name).inputs["spec"]
