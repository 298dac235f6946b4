"""Exposure by the Gateway API."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from components.network.contract import Flow, NamespacePeer, PodPeer
from tests.support.mocks import Graph
from tests.unit.exposure.support import ALL_HOSTS, CERT_MANAGER, HOSTS, SECRET, exposed, gateway, tls_endpoint

GENERIC = {
    "implementation": "generic",
    "controllerNamespace": "gateways",
    "maxBodySize": None,
    "idleTimeoutSeconds": None,
}
PROXY = {"group": "gateway.envoyproxy.io", "kind": "EnvoyProxy", "name": "jarvis"}
OTHERS = {"kind": "own", "tls": SECRET, "className": "other"}
EXISTING = {"kind": "existing", "name": "shared", "namespace": "edge"}


def spec(graph: Graph, kind: str, name: str) -> dict[str, Any]:
    return graph.one(kind, name).inputs["spec"]


def rule(graph: Graph, route: str, name: str) -> dict[str, Any]:
    (found,) = [item for item in spec(graph, "HTTPRoute", route)["rules"] if item.get("name") == name]
    return found


def test_own_gateway() -> None:
    graph, _ = exposed(gateway(gateway={"kind": "own", "className": "eg", "tls": CERT_MANAGER}))
    made = graph.one("Gateway", "jarvis")
    assert made.inputs["apiVersion"] == "gateway.networking.k8s.io/v1"
    assert made.inputs["metadata"]["annotations"] == {"pulumi.com/waitFor": "condition=Programmed"}
    assert made.inputs["spec"] == {
        "gatewayClassName": "eg",
        "listeners": [
            {
                "name": "https",
                "port": 443,
                "protocol": "HTTPS",
                "tls": {
                    "mode": "Terminate",
                    "certificateRefs": [{"group": "", "kind": "Secret", "name": "jarvis-staging-tls"}],
                },
                "allowedRoutes": {"namespaces": {"from": "Same"}},
            },
            {"name": "http", "port": 80, "protocol": "HTTP", "allowedRoutes": {"namespaces": {"from": "Same"}}},
        ],
        "infrastructure": {"parametersRef": PROXY},
    }
    certificate = graph.one("Certificate", "jarvis-staging-tls")
    assert set(certificate.inputs["spec"]["dnsNames"]) == set(HOSTS.values())
    assert certificate.urn in made.dependencies


def test_addresses_and_annotations_of_the_own_gateway() -> None:
    own = {"kind": "own", "tls": SECRET, "addresses": ["203.0.113.7"], "annotations": {"metallb.io/address-pool": "a"}}
    graph, _ = exposed(gateway(gateway=own))
    found = spec(graph, "Gateway", "jarvis")
    assert found["addresses"] == [{"type": "IPAddress", "value": "203.0.113.7"}]
    assert found["infrastructure"] == {"annotations": {"metallb.io/address-pool": "a"}, "parametersRef": PROXY}
    graph, _ = exposed(gateway(gateway={**own, "className": "other"}, **GENERIC))
    assert spec(graph, "Gateway", "jarvis")["infrastructure"] == {"annotations": {"metallb.io/address-pool": "a"}}


def test_the_stacks_own_class_is_envoy_gateways_and_no_other_stacks() -> None:
    graph, _ = exposed(gateway())
    made = graph.one("GatewayClass", "jarvis-test")
    assert "namespace" not in made.inputs["metadata"]
    assert made.inputs["metadata"]["annotations"] == {"pulumi.com/waitFor": "condition=Accepted"}
    assert made.inputs["spec"] == {"controllerName": "gateway.envoyproxy.io/gatewayclass-controller"}
    assert spec(graph, "Gateway", "jarvis")["gatewayClassName"] == "jarvis-test"
    assert made.urn in graph.one("Gateway", "jarvis").dependencies


def test_a_given_class_is_used_and_none_made() -> None:
    graph, _ = exposed(gateway(gateway={**OTHERS, "className": "eg"}))
    assert graph.of_kind("GatewayClass") == []
    assert spec(graph, "Gateway", "jarvis")["gatewayClassName"] == "eg"


def test_proxies_are_several_spread_and_drained_one_by_one() -> None:
    graph, _ = exposed(gateway(gateway={"kind": "own", "tls": SECRET, "proxies": {"replicas": 3}}))
    proxy = graph.one("EnvoyProxy", "jarvis")
    assert proxy.urn in graph.one("Gateway", "jarvis").dependencies
    assert proxy.inputs["spec"]["provider"]["type"] == "Kubernetes"
    kubernetes = proxy.inputs["spec"]["provider"]["kubernetes"]
    assert kubernetes["envoyPDB"] == {"maxUnavailable": 1}
    deployment = kubernetes["envoyDeployment"]
    assert deployment["replicas"] == 3
    assert deployment["container"] == {
        "resources": {
            "requests": {"cpu": "100m", "memory": "512Mi"},
            "limits": {"cpu": "1000m", "memory": "1Gi"},
        },
    }
    constraints = deployment["pod"]["topologySpreadConstraints"]
    assert [item["topologyKey"] for item in constraints] == ["kubernetes.io/hostname", "topology.kubernetes.io/zone"]
    for item in constraints:
        assert item["labelSelector"]["matchLabels"] == {
            "gateway.envoyproxy.io/owning-gateway-name": "jarvis",
            "gateway.envoyproxy.io/owning-gateway-namespace": "jarvis-test",
        }


def test_each_host_is_routed_to_its_service() -> None:
    graph, result = exposed(gateway(hosts=ALL_HOSTS))
    routes = {
        item.object_name: item.inputs["spec"]
        for item in graph.of_kind("HTTPRoute")
        if item.object_name != "jarvis-https-redirect"
    }
    assert {name: route["hostnames"] for name, route in routes.items()} == {
        "jarvis-frontend": ["app.jarvis.com", "admin.jarvis.com"],
        "jarvis-backend": ["api.jarvis.com"],
        "grafana": ["grafana.jarvis.com"],
    }
    ports = {"jarvis-frontend": 3000, "jarvis-backend": 8000, "grafana": 3000}
    for name, route in routes.items():
        assert route["parentRefs"] == [{"name": "jarvis", "sectionName": "https"}]
        for item in route["rules"]:
            assert item["backendRefs"] == [{"kind": "Service", "name": name, "port": ports[name]}]
    assert result.urls["admin"] == "https://admin.jarvis.com"
    assert {entry.how for entry in result.endpoints} == {"gateway"}


def test_requests_are_timed_and_websockets_are_not() -> None:
    graph, _ = exposed(gateway(requestTimeoutSeconds=90))
    requests, websockets = (rule(graph, "jarvis-backend", name) for name in ("requests", "websockets"))
    assert requests["timeouts"] == {"request": "90s"}
    assert requests["matches"] == [{"path": {"type": "PathPrefix", "value": "/"}}]
    assert websockets["timeouts"] == {"request": "0s"}
    assert websockets["matches"] == [
        {
            "path": {"type": "PathPrefix", "value": "/"},
            "headers": [{"type": "Exact", "name": "Upgrade", "value": "websocket"}],
        }
    ]


def test_hsts() -> None:
    graph, _ = exposed(gateway(hsts={"maxAgeSeconds": 600}))
    for name in ("requests", "websockets"):
        (found,) = rule(graph, "jarvis-frontend", name)["filters"]
        assert found["type"] == "ResponseHeaderModifier"
        assert found["responseHeaderModifier"]["set"] == [
            {"name": "Strict-Transport-Security", "value": "max-age=600; includeSubDomains"}
        ]
    graph, _ = exposed(gateway(hsts={"includeSubDomains": False}))
    (found,) = rule(graph, "jarvis-frontend", "requests")["filters"]
    assert found["responseHeaderModifier"]["set"][0]["value"] == "max-age=31536000"
    graph, _ = exposed(gateway(hsts=None))
    assert rule(graph, "jarvis-frontend", "requests")["filters"] == []


def test_plain_http_is_redirected() -> None:
    graph, _ = exposed(gateway(hosts=ALL_HOSTS))
    assert spec(graph, "HTTPRoute", "jarvis-https-redirect") == {
        "parentRefs": [{"name": "jarvis", "sectionName": "http"}],
        "hostnames": ["app.jarvis.com", "api.jarvis.com", "admin.jarvis.com", "grafana.jarvis.com"],
        "rules": [
            {"filters": [{"type": "RequestRedirect", "requestRedirect": {"scheme": "https", "statusCode": 301}}]}
        ],
    }


def test_without_redirect_nothing_listens_on_port_80() -> None:
    graph, _ = exposed(gateway(redirectHttp=False))
    assert [listener["name"] for listener in spec(graph, "Gateway", "jarvis")["listeners"]] == ["https"]
    assert "jarvis-https-redirect" not in {item.object_name for item in graph.of_kind("HTTPRoute")}


def target(kind: str, name: str, section: str | None = None) -> dict[str, str]:
    found = {"group": "gateway.networking.k8s.io", "kind": kind, "name": name}
    return found if section is None else {**found, "sectionName": section}


def test_envoy_gateway_limits_bodies_of_requests_and_silence_of_both() -> None:
    graph, _ = exposed(gateway(maxBodySize="2Mi", idleTimeoutSeconds=600))
    idle = {"http": {"streamIdleTimeout": "600s"}}
    routes = ("jarvis-frontend", "jarvis-backend")
    assert spec(graph, "BackendTrafficPolicy", "jarvis-requests") == {
        "targetRefs": [target("HTTPRoute", name, "requests") for name in routes],
        "timeout": idle,
        "requestBuffer": {"limit": "2Mi"},
    }
    assert spec(graph, "BackendTrafficPolicy", "jarvis-websockets") == {
        "targetRefs": [target("HTTPRoute", name, "websockets") for name in routes],
        "timeout": idle,
    }
    assert spec(graph, "ClientTrafficPolicy", "jarvis") == {
        "targetRefs": [target("Gateway", "jarvis")],
        "tls": {"minVersion": "1.2"},
        "timeout": {"http": {"requestReceivedTimeout": "300s"}},
    }


def test_envoy_gateway_without_limits_has_no_route_policy() -> None:
    graph, _ = exposed(gateway(maxBodySize=None, idleTimeoutSeconds=None))
    assert graph.of_kind("BackendTrafficPolicy") == []
    graph, _ = exposed(gateway(idleTimeoutSeconds=None))
    assert {item.object_name for item in graph.of_kind("BackendTrafficPolicy")} == {"jarvis-requests"}


def test_generic_gets_standard_resources_only() -> None:
    graph, _ = exposed(gateway(gateway=OTHERS, **GENERIC))
    versions = {item.inputs["apiVersion"] for item in graph.resources if "apiVersion" in item.inputs}
    assert versions == {"gateway.networking.k8s.io/v1"}


def test_existing_gateway() -> None:
    graph, _ = exposed(gateway(gateway={**EXISTING, "httpsListener": "secure", "httpListener": "plain"}))
    assert graph.of_kind("Gateway") == []
    assert graph.of_kind("ClientTrafficPolicy") == []
    assert graph.of_kind("Certificate") == []
    secure = {"name": "shared", "namespace": "edge", "sectionName": "secure"}
    assert spec(graph, "HTTPRoute", "jarvis-backend")["parentRefs"] == [secure]
    assert spec(graph, "HTTPRoute", "jarvis-https-redirect")["parentRefs"] == [{**secure, "sectionName": "plain"}]
    assert len(graph.of_kind("BackendTrafficPolicy")) == 2


def test_a_backend_that_serves_tls_is_verified() -> None:
    graph, _ = exposed(gateway(hosts=ALL_HOSTS), tls_endpoint("jarvis-backend", 8000))
    (policy,) = graph.of_kind("BackendTLSPolicy")
    assert policy.inputs["apiVersion"] == "gateway.networking.k8s.io/v1"
    assert policy.inputs["spec"] == {
        "targetRefs": [{"group": "", "kind": "Service", "name": "jarvis-backend"}],
        "validation": {
            "hostname": "jarvis-backend.jarvis-test.svc",
            "caCertificateRefs": [{"group": "", "kind": "Secret", "name": "jarvis-backend-tls"}],
        },
    }


@pytest.mark.parametrize(
    ("changes", "namespace"),
    [
        ({}, "envoy-gateway-system"),
        ({"controllerNamespace": "edge"}, "edge"),
        ({**GENERIC, "gateway": EXISTING}, "gateways"),
    ],
)
def test_only_the_gateway_may_connect(changes: dict[str, Any], namespace: str) -> None:
    _, result = exposed(gateway(hosts=ALL_HOSTS, **changes))
    assert set(result.flows) == {
        Flow(NamespacePeer(namespace), PodPeer("jarvis-frontend"), 3000),
        Flow(NamespacePeer(namespace), PodPeer("jarvis-backend"), 8000),
        Flow(NamespacePeer(namespace), PodPeer("grafana"), 3000),
    }


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"implementation": "generic"}, "needs maxBodySize: null, idleTimeoutSeconds: null: the Gateway API has no"),
        ({**GENERIC, "controllerNamespace": None}, "controllerNamespace is required with implementation generic"),
        ({"gateway": {**EXISTING, "httpListener": None}}, "redirectHttp must be false where gateway.httpListener is"),
        ({"gateway": {"kind": "own"}}, "tls"),
        ({**GENERIC, "gateway": {"kind": "own", "tls": SECRET}}, "gateway.className is required with implementation g"),
        (
            {**GENERIC, "gateway": {**OTHERS, "proxies": {"replicas": 3}}},
            "gateway.proxies must be absent with implementation generic",
        ),
        (
            {"gateway": {"kind": "own", "tls": SECRET, "proxies": {"limits": {"cpu": "1", "memory": "256Mi"}}}},
            "limits.memory 256Mi is below requests.memory 512Mi",
        ),
        ({"gateway": {**EXISTING, "tls": SECRET}}, "Extra inputs are not permitted"),
        ({"gateway": {"kind": "own", "tls": SECRET, "addresses": ["nowhere"]}}, "must be an IP address"),
        ({"requestTimeoutSeconds": 0}, "greater than or equal to 1"),
    ],
)
def test_wrong_settings(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        gateway(**changes)
