"""How people reach the stack."""

from __future__ import annotations

from dataclasses import replace

import pulumi
import pytest
from pydantic import ValidationError

from components.exposure.contract import ExposedEndpoints
from components.exposure.kinds import create_exposure
from components.exposure.settings import LocalPorts, NodePortExposure, NodePorts, PortForwardExposure
from components.jarvis.contract import JarvisEndpoints
from components.network.contract import AnyPeer, Flow, PodPeer, ServiceEndpoint
from tests.support.mocks import Graph, cluster_access, registered


def endpoint(name: str, port: int) -> ServiceEndpoint:
    return ServiceEndpoint(name, port, pulumi.Output.from_input(f"http://{name}.jarvis-test.svc:{port}"))


def jarvis() -> JarvisEndpoints:
    names = ("jarvis-backend", "jarvis-frontend", "jarvis-interface", "jarvis-stt", "jarvis-tts", "ollama")
    backend, *others = (endpoint(name, port) for name, port in zip(names, range(8000, 8006), strict=True))
    return replace(JarvisEndpoints(backend, *others, flows=()), frontend=endpoint("jarvis-frontend", 3000))


def exposed(settings: PortForwardExposure | NodePortExposure) -> tuple[Graph, ExposedEndpoints]:
    made: list[ExposedEndpoints] = []
    graph = registered(
        lambda: made.append(
            create_exposure(settings, cluster=cluster_access(), jarvis=jarvis(), grafana=endpoint("grafana", 3000))
        )
    )
    return graph, made[0]


def test_port_forward_uses_the_guides_ports_and_makes_nothing() -> None:
    graph, result = exposed(PortForwardExposure())
    assert result.urls == {
        "frontend": "http://localhost:3000",
        "backend": "http://localhost:8000",
        "grafana": "http://localhost:3001",
    }
    assert [(e.service, e.service_port, e.port, e.how) for e in result.endpoints] == [
        ("jarvis-frontend", 3000, 3000, "port-forward"),
        ("jarvis-backend", 8000, 8000, "port-forward"),
        ("grafana", 3000, 3001, "port-forward"),
    ]
    assert result.flows == ()
    assert graph.of_kind("Service") == []


def test_node_port_services() -> None:
    graph, result = exposed(NodePortExposure(host="10.0.0.7"))
    services = {service.object_name: service.inputs for service in graph.of_kind("Service")}
    assert services.keys() == {"jarvis-frontend-node-port", "jarvis-backend-node-port", "grafana-node-port"}
    backend = services["jarvis-backend-node-port"]
    assert backend["metadata"]["namespace"] == "jarvis-test"
    assert backend["spec"] == {
        "type": "NodePort",
        "selector": {"app": "jarvis-backend"},
        "ports": [{"name": "http", "port": 8000, "targetPort": 8000, "nodePort": 30800}],
    }
    assert result.urls["grafana"] == "http://10.0.0.7:30301"


def test_node_ports_are_open_to_any_address_and_nothing_else() -> None:
    _, result = exposed(NodePortExposure())
    assert set(result.flows) == {
        Flow(AnyPeer(), PodPeer("jarvis-frontend"), 3000),
        Flow(AnyPeer(), PodPeer("jarvis-backend"), 8000),
        Flow(AnyPeer(), PodPeer("grafana"), 3000),
    }


@pytest.mark.parametrize("port", [29999, 32768])
def test_node_ports_out_of_range(port: int) -> None:
    with pytest.raises(ValidationError):
        NodePorts(backend=port)


def test_ports_are_distinct() -> None:
    with pytest.raises(ValidationError, match="port 3000 is given to more than one entry point"):
        LocalPorts(grafana=3000)
