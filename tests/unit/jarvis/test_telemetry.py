"""OpenTelemetry: variables of the services and the flow to the collector."""

from __future__ import annotations

import pytest

from components.jarvis.contract import TelemetryTarget
from components.network.contract import Flow, PodPeer
from tests.unit.jarvis.support import container_of, deployed, endpoints, job, variables_of

TARGET = TelemetryTarget(
    peer=PodPeer("otel-collector"),
    port=4317,
    variables={
        "OTEL_EXPORTER_OTLP_ENDPOINT": "http://otel-collector:4317",
        "OTEL_RESOURCE_ATTRIBUTES": "deployment.environment.name=test",
    },
)
TRACED = ("jarvis-backend", "jarvis-interface", "jarvis-stt", "jarvis-tts")


@pytest.mark.parametrize("app", TRACED)
def test_services_send_under_their_own_name(app: str) -> None:
    variables = variables_of(container_of(deployed(telemetry=TARGET).one("Deployment", app)))
    assert {name: value for name, value in variables.items() if name.startswith("OTEL_")} == {
        "OTEL_EXPORTER_OTLP_ENDPOINT": "=http://otel-collector:4317",
        "OTEL_RESOURCE_ATTRIBUTES": "=deployment.environment.name=test",
        "OTEL_SERVICE_NAME": f"={app}",
    }


def test_others_send_nothing() -> None:
    graph = deployed(telemetry=TARGET)
    silent = [
        graph.one("Deployment", "jarvis-frontend"),
        graph.one("Deployment", "ollama"),
        job(graph, "jarvis-migrate"),
    ]
    for workload in silent:
        assert not [name for name in variables_of(container_of(workload)) if name.startswith("OTEL_")]


def test_collector_is_reached_by_who_sends_only() -> None:
    assert set(endpoints(telemetry=TARGET).flows) - set(endpoints().flows) == {
        Flow(PodPeer(app), PodPeer("otel-collector"), 4317) for app in TRACED
    }


def test_no_collector_no_variables() -> None:
    backend = deployed().one("Deployment", "jarvis-backend")
    assert not [name for name in variables_of(container_of(backend)) if name.startswith("OTEL_")]
