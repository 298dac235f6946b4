"""What ingress and gateway have in common: hosts, TLS, HSTS, the load balancer."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest
from pydantic import ValidationError

from components.network.contract import AnyPeer, Flow, PodPeer
from tests.unit.exposure.support import ALL_HOSTS, HOSTS, exposed, exposure, gateway, ingress, tls_endpoint

BUILDERS = pytest.mark.parametrize("build", [ingress, gateway])


@BUILDERS
def test_the_load_balancer_is_the_guides(build: Any) -> None:
    settings = build(
        loadBalancer={
            "annotations": {"service.beta.kubernetes.io/aws-load-balancer-type": "nlb"},
            "allowedSources": ["203.0.113.0/24", "2001:db8::/32"],
        }
    )
    graph, result = exposed(settings, tls_endpoint("jarvis-backend", 8000))
    service = graph.one("Service", "jarvis-loadbalancer").inputs
    assert service["metadata"]["annotations"] == {"service.beta.kubernetes.io/aws-load-balancer-type": "nlb"}
    assert service["spec"] == {
        "type": "LoadBalancer",
        "selector": {"app": "jarvis-backend"},
        "ports": [{"name": "https", "port": 443, "targetPort": 8000, "protocol": "TCP"}],
        "externalTrafficPolicy": "Local",
        "loadBalancerSourceRanges": ["203.0.113.0/24", "2001:db8::/32"],
    }
    (entry,) = [entry for entry in result.endpoints if entry.name == "load-balancer"]
    assert (entry.how, entry.service, entry.port) == ("load-balancer", "jarvis-loadbalancer", 443)
    assert Flow(AnyPeer(), PodPeer("jarvis-backend"), 8000) in result.flows


def test_the_load_balancer_follows_the_container_port_and_the_active_pods() -> None:
    backend = tls_endpoint("jarvis-backend", 8000, target_port=8443, pod_labels={"role": "active"})
    graph, result = exposed(gateway(loadBalancer={"externalTrafficPolicy": "Cluster"}), backend)
    spec = graph.one("Service", "jarvis-loadbalancer").inputs["spec"]
    assert spec["ports"][0]["targetPort"] == 8443
    assert spec["selector"] == {"app": "jarvis-backend", "role": "active"}
    assert spec["externalTrafficPolicy"] == "Cluster"
    assert "loadBalancerSourceRanges" not in spec
    assert Flow(AnyPeer(), PodPeer("jarvis-backend"), 8443) in result.flows


@BUILDERS
def test_the_load_balancer_needs_a_backend_that_serves_tls(build: Any) -> None:
    with pytest.raises(pulumi.RunError, match=r"jarvis:exposure.loadBalancer needs jarvis:app.tls"):
        exposed(build(loadBalancer={}))


@BUILDERS
def test_no_load_balancer_unless_asked_for(build: Any) -> None:
    graph, _ = exposed(build(), tls_endpoint("jarvis-backend", 8000))
    assert [item for item in graph.of_kind("Service") if item.inputs["spec"]["type"] == "LoadBalancer"] == []


def test_origins_of_the_user_interface() -> None:
    assert ingress(hosts=ALL_HOSTS).frontend_origins == ("https://app.jarvis.com", "https://admin.jarvis.com")
    assert gateway().frontend_origins == ("https://app.jarvis.com",)
    assert exposure(kind="port-forward").frontend_origins == ("http://localhost:3000",)
    assert exposure(kind="node-port", host="10.0.0.7").frontend_origins == ("http://10.0.0.7:30300",)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"hosts": {**HOSTS, "admin": "app.jarvis.com"}}, "host app.jarvis.com is given to more than one entry point"),
        ({"hosts": {**HOSTS, "backend": "https://api.jarvis.com"}}, "must be a full host name in lower case"),
        ({"hosts": {**HOSTS, "backend": "localhost"}}, "must be a full host name in lower case"),
        ({"hosts": {**HOSTS, "backend": "10.0.0.7"}}, "must be a full host name in lower case"),
        ({"hosts": {**HOSTS, "backend": "*.jarvis.com"}}, "must be a full host name in lower case"),
        ({"hosts": {"frontend": "app.jarvis.com"}}, "backend"),
        ({"loadBalancer": {"allowedSources": ["203.0.113.7/24"]}}, "must be a network with no host bits set"),
        ({"idleTimeoutSeconds": 5}, "greater than or equal to 10"),
        ({"maxBodySize": "10"}, "a whole number of bytes with a suffix"),
        ({"hsts": {"maxAgeSeconds": -1}}, "greater than or equal to 0"),
    ],
)
@BUILDERS
def test_wrong_settings(build: Any, changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        build(**changes)


def test_a_certificate_needs_an_issuer() -> None:
    with pytest.raises(ValidationError, match="issuer"):
        ingress(tls={"kind": "cert-manager"})
    with pytest.raises(ValidationError, match="tls"):
        exposure(kind="ingress", hosts=HOSTS)
