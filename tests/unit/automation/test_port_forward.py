"""What `port-forward` forwards, and its sentence for a port in use."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest

from automation.cluster import ClusterAddress
from automation.commands.port_forward import Forward, command, planned, refuse_used_ports
from automation.errors import BadInputError


def _deployment(endpoints: dict[str, str]) -> dict[str, Any]:
    def service(name: str, port: float) -> dict[str, Any]:
        inputs = {"metadata": {"name": name}, "spec": {"ports": [{"port": port}]}}
        return {"type": "kubernetes:core/v1:Service", "inputs": inputs}

    stack = {"type": "pulumi:pulumi:Stack", "outputs": {"endpoints": endpoints, "namespace": "jarvis"}}
    return {"resources": [stack, service("jarvis-frontend", 80.0), service("grafana", 3000)]}


def test_local_urls_are_forwarded_to_their_services() -> None:
    urls = {"frontend": "http://localhost:3000", "grafana": "http://localhost:3001"}
    assert list(planned(_deployment(urls))) == [
        Forward("frontend", "jarvis-frontend", 80, 3000),
        Forward("grafana", "grafana", 3000, 3001),
    ]


def test_a_service_that_serves_tls_is_forwarded_and_shown_as_such() -> None:
    (forward,) = planned(_deployment({"grafana": "https://localhost:3001"}))
    assert forward == Forward("grafana", "grafana", 3000, 3001, "https")
    assert forward.url == "https://localhost:3001"


def test_public_urls_are_not() -> None:
    assert list(planned(_deployment({"frontend": "https://app.example.org", "grafana": "http://10.0.0.1:3001"}))) == []
    assert list(planned({})) == []


def test_a_port_in_use_is_a_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(BadInputError, match=f"Port {port}, for the grafana") as raised:
            refuse_used_ports([Forward("grafana", "grafana", 3000, port)])
    assert "jarvis:exposure.localPorts.grafana" in str(raised.value)
    refuse_used_ports([Forward("grafana", "grafana", 3000, port)])


def test_kubectl_listens_on_loopback_in_the_stacks_cluster() -> None:
    words = command(
        Path("kubectl"), ClusterAddress("/k", "c"), "jarvis", Forward("frontend", "jarvis-frontend", 80, 3000)
    )
    assert words == [
        "kubectl", "port-forward", "--address", "127.0.0.1", "--namespace", "jarvis", "--kubeconfig", "/k",
        "--context", "c", "service/jarvis-frontend", "3000:80",
    ]  # fmt: skip
