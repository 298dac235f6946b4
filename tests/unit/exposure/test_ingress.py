"""Exposure by an Ingress controller."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest
from pydantic import ValidationError

from components.network.contract import AnyPeer, Flow, NamespacePeer, PodPeer
from tests.support.mocks import Graph
from tests.unit.exposure.support import ALL_HOSTS, CERT_MANAGER, HOSTS, exposed, ingress, tls_endpoint

TRAEFIK = "traefik.ingress.kubernetes.io"
NGINX = "nginx.ingress.kubernetes.io"
PLAIN = {"hsts": None, "maxBodySize": None, "idleTimeoutSeconds": None, "redirectHttp": False}
GENERIC = {"controller": "generic", "className": "haproxy", "controllerNamespace": "haproxy", **PLAIN}


def annotations(graph: Graph, name: str) -> dict[str, str]:
    return graph.one("Ingress", name).inputs["metadata"].get("annotations") or {}


def routes(graph: Graph) -> dict[str, tuple[str, float]]:
    """Service and port by host, of every Ingress that is no redirect."""
    found: dict[str, tuple[str, float]] = {}
    for item in graph.of_kind("Ingress"):
        if item.object_name.endswith("-redirect"):
            continue
        for rule in item.inputs["spec"]["rules"]:
            (path,) = rule["http"]["paths"]
            assert (path["path"], path["pathType"]) == ("/", "Prefix")
            service = path["backend"]["service"]
            found[rule["host"]] = (service["name"], service["port"]["number"])
    return found


def test_each_host_leads_to_its_service() -> None:
    graph, result = exposed(ingress(hosts=ALL_HOSTS))
    assert routes(graph) == {
        "app.jarvis.com": ("jarvis-frontend", 3000),
        "admin.jarvis.com": ("jarvis-frontend", 3000),
        "api.jarvis.com": ("jarvis-backend", 8000),
        "grafana.jarvis.com": ("grafana", 3000),
    }
    assert result.urls == {
        "frontend": "https://app.jarvis.com",
        "admin": "https://admin.jarvis.com",
        "backend": "https://api.jarvis.com",
        "grafana": "https://grafana.jarvis.com",
    }
    assert {(entry.how, entry.port) for entry in result.endpoints} == {("ingress", 443)}


def test_grafana_and_admin_are_not_served_unless_asked_for() -> None:
    graph, result = exposed(ingress())
    assert routes(graph).keys() == set(HOSTS.values())
    assert result.urls.keys() == {"frontend", "backend"}


def test_every_host_is_under_the_certificate() -> None:
    graph, _ = exposed(ingress(hosts=ALL_HOSTS, tls=CERT_MANAGER))
    certificate = graph.one("Certificate", "jarvis-staging-tls")
    spec = certificate.inputs["spec"]
    assert set(spec["dnsNames"]) == set(ALL_HOSTS.values())
    assert spec["secretName"] == "jarvis-staging-tls"
    assert spec["issuerRef"] == {"name": "letsencrypt", "kind": "ClusterIssuer", "group": "cert-manager.io"}
    assert "client auth" not in spec["usages"]
    for item in graph.of_kind("Ingress"):
        assert certificate.urn in item.dependencies
        if not item.object_name.endswith("-redirect"):
            hosts = [rule["host"] for rule in item.inputs["spec"]["rules"]]
            assert item.inputs["spec"]["tls"] == [{"hosts": hosts, "secretName": "jarvis-staging-tls"}]


def test_a_given_secret_is_used_and_nothing_is_issued() -> None:
    graph, _ = exposed(ingress())
    assert graph.of_kind("Certificate") == []
    assert graph.one("Ingress", "jarvis-backend").inputs["spec"]["tls"][0]["secretName"] == "given-tls"


def test_traefik_keeps_the_promises_by_middlewares() -> None:
    graph, _ = exposed(ingress(hsts={"maxAgeSeconds": 600, "includeSubDomains": False}, maxBodySize="1Mi"))
    middlewares = {item.object_name: item.inputs["spec"] for item in graph.of_kind("Middleware")}
    assert middlewares == {
        "jarvis-hsts": {"headers": {"stsSeconds": 600, "stsIncludeSubdomains": False}},
        "jarvis-max-body-size": {"buffering": {"maxRequestBodyBytes": 1048576}},
        "jarvis-https-redirect": {"redirectScheme": {"scheme": "https", "permanent": True}},
    }
    assert annotations(graph, "jarvis-backend") == {
        f"{TRAEFIK}/router.entrypoints": "websecure",
        f"{TRAEFIK}/router.tls": "true",
        f"{TRAEFIK}/router.middlewares": (
            "jarvis-test-jarvis-hsts@kubernetescrd,jarvis-test-jarvis-max-body-size@kubernetescrd"
        ),
    }
    assert graph.one("Ingress", "jarvis-backend").inputs["spec"]["ingressClassName"] == "traefik"


def test_traefik_redirects_on_its_plain_entry_point() -> None:
    graph, _ = exposed(ingress())
    redirect = graph.one("Ingress", "jarvis-frontend-redirect")
    assert annotations(graph, "jarvis-frontend-redirect") == {
        f"{TRAEFIK}/router.entrypoints": "web",
        f"{TRAEFIK}/router.middlewares": "jarvis-test-jarvis-https-redirect@kubernetescrd",
    }
    assert "tls" not in redirect.inputs["spec"]
    assert [rule["host"] for rule in redirect.inputs["spec"]["rules"]] == ["app.jarvis.com"]


def test_traefik_without_promises_has_no_middleware() -> None:
    graph, _ = exposed(ingress(**PLAIN))
    assert graph.of_kind("Middleware") == []
    assert {item.object_name for item in graph.of_kind("Ingress")} == {"jarvis-frontend", "jarvis-backend"}
    assert f"{TRAEFIK}/router.middlewares" not in annotations(graph, "jarvis-backend")


def test_traefik_verifies_a_backend_that_serves_tls() -> None:
    backend = tls_endpoint("jarvis-backend", 8000, pod_labels={"role": "active"})
    graph, _ = exposed(ingress(), backend)
    assert routes(graph)["api.jarvis.com"] == ("jarvis-backend-traefik", 8000)
    transport = graph.one("ServersTransport", "jarvis-backend").inputs["spec"]
    assert transport == {
        "serverName": "jarvis-backend.jarvis-test.svc",
        "rootCAs": [{"secret": "jarvis-backend-tls"}],
    }
    service = graph.one("Service", "jarvis-backend-traefik").inputs
    assert service["metadata"]["annotations"] == {
        "pulumi.com/skipAwait": "true",
        f"{TRAEFIK}/service.serversscheme": "https",
        f"{TRAEFIK}/service.serverstransport": "jarvis-test-jarvis-backend@kubernetescrd",
    }
    assert service["spec"]["selector"] == {"app": "jarvis-backend", "role": "active"}
    assert [(port["port"], port["targetPort"]) for port in service["spec"]["ports"]] == [(8000, 8000)]


def test_nginx_keeps_the_promises_by_annotations() -> None:
    graph, _ = exposed(ingress(controller="nginx", maxBodySize="20Mi", idleTimeoutSeconds=120))
    assert annotations(graph, "jarvis-backend") == {
        f"{NGINX}/force-ssl-redirect": "true",
        f"{NGINX}/proxy-body-size": "20971520",
        f"{NGINX}/proxy-read-timeout": "120",
        f"{NGINX}/proxy-send-timeout": "120",
    }
    assert graph.one("Ingress", "jarvis-backend").inputs["spec"]["ingressClassName"] == "nginx"
    assert graph.of_kind("Middleware") == []


def test_nginx_without_limits() -> None:
    graph, _ = exposed(ingress(controller="nginx", maxBodySize=None, idleTimeoutSeconds=None))
    assert annotations(graph, "jarvis-backend") == {
        f"{NGINX}/force-ssl-redirect": "true",
        f"{NGINX}/proxy-body-size": "0",
    }


def test_nginx_verifies_a_backend_that_serves_tls() -> None:
    graph, _ = exposed(ingress(controller="nginx"), tls_endpoint("jarvis-backend", 8000))
    found = annotations(graph, "jarvis-backend")
    assert found[f"{NGINX}/backend-protocol"] == "HTTPS"
    assert found[f"{NGINX}/proxy-ssl-verify"] == "on"
    assert found[f"{NGINX}/proxy-ssl-secret"] == "jarvis-test/jarvis-backend-tls"
    assert found[f"{NGINX}/proxy-ssl-name"] == "jarvis-backend.jarvis-test.svc"
    assert f"{NGINX}/backend-protocol" not in annotations(graph, "jarvis-frontend")


def test_generic_gets_standard_fields_only() -> None:
    graph, _ = exposed(ingress(**GENERIC))
    assert annotations(graph, "jarvis-backend") == {}
    assert graph.one("Ingress", "jarvis-backend").inputs["spec"]["ingressClassName"] == "haproxy"


def test_generic_cannot_verify_a_backend() -> None:
    with pytest.raises(
        pulumi.RunError, match=r"jarvis-backend serves TLS.*set jarvis:exposure.controller to traefik or nginx"
    ):
        exposed(ingress(**GENERIC), tls_endpoint("jarvis-backend", 8000))
    assert [ingress(controller=name).verifies_backends for name in ("traefik", "nginx")] == [True, True]
    assert not ingress(**GENERIC).verifies_backends


@pytest.mark.parametrize(
    ("changes", "namespace"),
    [
        ({}, "kube-system"),
        ({"controller": "nginx"}, "ingress-nginx"),
        ({"controllerNamespace": "edge"}, "edge"),
        (GENERIC, "haproxy"),
    ],
)
def test_only_the_controller_may_connect(changes: dict[str, Any], namespace: str) -> None:
    _, result = exposed(ingress(hosts=ALL_HOSTS, **changes))
    assert set(result.flows) == {
        Flow(NamespacePeer(namespace), PodPeer("jarvis-frontend"), 3000),
        Flow(NamespacePeer(namespace), PodPeer("jarvis-backend"), 8000),
        Flow(NamespacePeer(namespace), PodPeer("grafana"), 3000),
    }
    assert AnyPeer() not in {flow.source for flow in result.flows}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({**GENERIC, "maxBodySize": "1Mi"}, "controller generic needs maxBodySize: null: an Ingress has no standard"),
        ({"controller": "generic"}, "needs hsts: null, maxBodySize: null, idleTimeoutSeconds: null, redirectHttp: fal"),
        ({**GENERIC, "className": None}, "className is required with controller generic"),
        ({**GENERIC, "controllerNamespace": None}, "controllerNamespace is required with controller generic"),
        ({"controller": "nginx", "hsts": {"maxAgeSeconds": 60}}, "hsts must be maxAgeSeconds 31536000"),
        ({"controller": "nginx", "hsts": None}, "its own ConfigMap alone can change them"),
        ({"controller": "nginx", "redirectHttp": False}, "redirectHttp must be true with controller nginx"),
    ],
)
def test_promises_that_a_controller_cannot_keep_are_refused(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        ingress(**changes)
