"""Ingress, Gateway API and cert-manager objects, made by the real engine and judged by a real API server."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pulumi_kubernetes as k8s
import pytest

from components.certificates.contract import TrustAnchor
from components.certificates.kinds import create_certificates
from components.certificates.settings import CertManagerCertificates
from components.cluster.contract import ClusterAccess
from components.exposure.kinds import create_exposure
from components.jarvis.contract import JarvisEndpoints
from components.kubernetes.metadata import AppLabels
from components.network.contract import ServiceEndpoint
from sandbox import kinds
from sandbox.control_plane import ControlPlane
from sandbox.definitions import published_folder
from sandbox.toolchain import Toolchain
from tests.support.inline_stack import InlineStack
from tests.support.kubectl import Kubectl
from tests.unit.exposure.support import ALL_HOSTS, CERT_MANAGER, gateway, ingress, jarvis

OPERATORS = ("cert-manager", "gateway-api", "traefik", "envoy-gateway")
OWN_GATEWAY = {"kind": "own", "tls": CERT_MANAGER, "addresses": ["203.0.113.7"], "annotations": {"pool": "edge"}}
NUMBERS = itertools.count(1)


@pytest.fixture
def stack(tmp_path: Path, toolchain: Toolchain, control_plane: ControlPlane) -> InlineStack:
    return InlineStack(tmp_path, toolchain.ensure("pulumi")["pulumi"], control_plane.kubeconfig)


@pytest.fixture(scope="module", autouse=True)
def custom_kinds(control_plane: ControlPlane) -> None:
    """As they are published, where that is at hand: cert-manager's and Gateway API's."""
    kinds.install(control_plane.kubeconfig, OPERATORS)


@pytest.fixture
def namespace(kubectl: Kubectl) -> str:
    """A namespace with the Services that are exposed, and Pods behind them."""
    name = f"exposure-{next(NUMBERS)}"
    kubectl("create", "namespace", name)
    for app, port in (("jarvis-backend", 8000), ("jarvis-frontend", 3000), ("grafana", 3000)):
        kubectl("create", "deployment", app, "--image=example:1", "-n", name)
        kubectl("create", "service", "clusterip", app, f"--tcp={port}:{port}", "-n", name)
    return name


def endpoints(certificate_secret: str | None) -> JarvisEndpoints:
    if certificate_secret is None:
        return jarvis()
    url = pulumi.Output.from_input("https://jarvis-backend:8000")
    trust = TrustAnchor(certificate_secret)
    return jarvis(ServiceEndpoint("jarvis-backend", 8000, url, server_name="jarvis-backend", trust=trust))


def program(settings: Any, namespace: str, *, encrypted: bool = False) -> Callable[[], None]:
    """Exposure and, where the backend serves TLS, the stack's own authority."""

    def build() -> None:
        cluster = ClusterAccess(k8s.Provider("cluster"), pulumi.Output.from_input(namespace), "test")
        secret = None
        if encrypted:
            authority = create_certificates(CertManagerCertificates(), cluster=cluster)
            assert authority is not None
            labels = AppLabels("jarvis-backend", "api", "test")
            parent = pulumi.ComponentResource("test:index:Backend", "backend")
            issued = authority.issue(
                "jarvis-backend-tls", ["jarvis-backend"], labels=labels, cluster=cluster, parent=parent
            )
            secret = issued.secret_name
        grafana = ServiceEndpoint("grafana", 3000, pulumi.Output.from_input("http://grafana:3000"))
        exposed = create_exposure(settings, cluster=cluster, jarvis=endpoints(secret), grafana=grafana)
        pulumi.export("endpoints", exposed.urls)

    return build


def lives(stack: InlineStack, build: Callable[[], None]) -> None:
    """From preview to a second run that changes nothing."""
    planned = stack.preview(build)
    assert stack.up(build) == planned
    assert planned.keys() == {"create"}
    assert stack.refresh(build) == {"same": planned["create"]}
    assert stack.up(build) == {"same": planned["create"]}


def stored(kubectl: Kubectl, namespace: str, kind: str) -> set[str]:
    return {item["metadata"]["name"] for item in kubectl.get(kind, "-n", namespace)["items"]}


def test_traefik(stack: InlineStack, namespace: str, kubectl: Kubectl) -> None:
    settings = ingress(hosts=ALL_HOSTS, tls=CERT_MANAGER, loadBalancer={"allowedSources": ["203.0.113.0/24"]})
    build = program(settings, namespace, encrypted=True)
    lives(stack, build)
    names = {"jarvis-frontend", "jarvis-backend", "grafana"}
    assert stored(kubectl, namespace, "ingress") == names | {f"{name}-redirect" for name in names}
    assert stored(kubectl, namespace, "middlewares") == {"jarvis-hsts", "jarvis-max-body-size", "jarvis-https-redirect"}
    assert stored(kubectl, namespace, "certificates") == {"jarvis-ca", "jarvis-backend-tls", "jarvis-staging-tls"}
    balancer = kubectl.get("service", "jarvis-loadbalancer", "-n", namespace)
    address = balancer["status"]["loadBalancer"]["ingress"][0]["ip"]
    assert stack.outputs["endpoints"]["load-balancer"] == f"https://{address}"
    assert stack.outputs["endpoints"]["admin"] == "https://admin.jarvis.com"
    assert balancer["spec"]["externalTrafficPolicy"] == "Local"
    stack.destroy(build)
    assert stored(kubectl, namespace, "ingress") == set()
    assert stored(kubectl, namespace, "service") == names


def test_gateway(stack: InlineStack, namespace: str, kubectl: Kubectl) -> None:
    build = program(gateway(hosts=ALL_HOSTS, gateway=OWN_GATEWAY, loadBalancer={}), namespace, encrypted=True)
    lives(stack, build)
    routes = {"jarvis-frontend", "jarvis-backend", "grafana", "jarvis-https-redirect"}
    assert stored(kubectl, namespace, "httproutes") == routes
    assert stored(kubectl, namespace, "gateways") == {"jarvis"}
    assert kubectl.get("gatewayclass", namespace)["spec"]["controllerName"].startswith("gateway.envoyproxy.io/")
    assert stored(kubectl, namespace, "backendtlspolicies.gateway.networking.k8s.io") == {"jarvis-backend"}
    assert stored(kubectl, namespace, "backendtrafficpolicies") == {"jarvis-requests", "jarvis-websockets"}
    stack.destroy(build)
    assert stored(kubectl, namespace, "httproutes") == set()


def test_published_schemas_judge_each_custom_resource(namespace: str, kubectl: Kubectl) -> None:
    """What the tests above prove is worth what the schemas refuse."""
    if published_folder() is None:
        pytest.skip("the operators' published definitions are not at hand")
    wrong = {
        "Certificate": ("cert-manager.io/v1", {"secretName": "a", "issuerRef": {"name": "a"}, "usages": ["serving"]}),
        "HTTPRoute": ("gateway.networking.k8s.io/v1", {"rules": [{"timeouts": {"request": "5 minutes"}}]}),
        "Gateway": ("gateway.networking.k8s.io/v1", {"gatewayClassName": "a", "listeners": []}),
        "BackendTLSPolicy": ("gateway.networking.k8s.io/v1", {"targetRefs": [], "validation": {"hostname": "a"}}),
    }
    for kind, (version, spec) in wrong.items():
        metadata = {"name": "wrong", "namespace": namespace}
        manifest = {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec}
        done = kubectl.run("create", "-f", "-", manifest=manifest)
        assert done.returncode != 0, kind
        assert "is invalid" in done.stderr, done.stderr
