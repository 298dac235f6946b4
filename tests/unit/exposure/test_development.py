"""Exposure of development stacks: port-forward and node-port."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from components.exposure.settings import LocalPorts, NodePortExposure, NodePorts, PortForwardExposure
from components.network.contract import AnyPeer, Flow, PodPeer
from tests.unit.exposure.support import exposed, tls_endpoint


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


def test_a_backend_that_serves_tls_has_https_urls() -> None:
    backend = tls_endpoint("jarvis-backend", 8000, target_port=8443)
    _, forwarded = exposed(PortForwardExposure(), backend)
    assert forwarded.urls["backend"] == "https://localhost:8000"
    assert forwarded.urls["frontend"] == "http://localhost:3000"
    graph, result = exposed(NodePortExposure(), backend)
    assert result.urls["backend"] == "https://localhost:30800"
    (port,) = graph.one("Service", "jarvis-backend-node-port").inputs["spec"]["ports"]
    assert (port["name"], port["port"], port["targetPort"]) == ("https", 8000, 8443)
    assert Flow(AnyPeer(), PodPeer("jarvis-backend"), 8443) in result.flows
