"""Exposure of a stack as the tests of each kind build it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pulumi
from pydantic import TypeAdapter

from components.certificates.contract import TrustAnchor
from components.exposure.contract import ExposedEndpoints
from components.exposure.kinds import create_exposure
from components.exposure.settings import ExposureSettings
from components.jarvis.contract import JarvisEndpoints
from components.network.contract import ServiceEndpoint
from tests.support.mocks import Graph, cluster_access, registered

HOSTS = {"frontend": "app.jarvis.com", "backend": "api.jarvis.com"}
ALL_HOSTS = {**HOSTS, "admin": "admin.jarvis.com", "grafana": "grafana.jarvis.com"}
CERT_MANAGER = {"kind": "cert-manager", "issuer": {"name": "letsencrypt"}, "secretName": "jarvis-staging-tls"}
SECRET = {"kind": "secret", "secretName": "given-tls"}


def endpoint(name: str, port: int, **more: Any) -> ServiceEndpoint:
    return ServiceEndpoint(name, port, pulumi.Output.from_input(f"http://{name}.jarvis-test.svc:{port}"), **more)


def tls_endpoint(name: str, port: int, **more: Any) -> ServiceEndpoint:
    server_name = f"{name}.jarvis-test.svc"
    return endpoint(name, port, server_name=server_name, trust=TrustAnchor(f"{name}-tls"), **more)


def jarvis(backend: ServiceEndpoint | None = None) -> JarvisEndpoints:
    names = ("jarvis-interface", "jarvis-stt", "jarvis-tts", "ollama")
    others = [endpoint(name, port) for name, port in zip(names, range(8001, 8005), strict=True)]
    plain = JarvisEndpoints(endpoint("jarvis-backend", 8000), endpoint("jarvis-frontend", 3000), *others, flows=())
    return plain if backend is None else replace(plain, backend=backend)


def exposure(**section: Any) -> Any:
    """The settings of a stack file's section."""
    return TypeAdapter[Any](ExposureSettings).validate_python(section)


def ingress(**section: Any) -> Any:
    return exposure(**{"kind": "ingress", "hosts": HOSTS, "tls": SECRET} | section)


def gateway(**section: Any) -> Any:
    return exposure(**{"kind": "gateway", "hosts": HOSTS, "gateway": {"kind": "own", "tls": SECRET}} | section)


def exposed(settings: Any, backend: ServiceEndpoint | None = None) -> tuple[Graph, ExposedEndpoints]:
    made: list[ExposedEndpoints] = []
    graph = registered(
        lambda: made.append(
            create_exposure(
                settings, cluster=cluster_access(), jarvis=jarvis(backend), grafana=endpoint("grafana", 3000)
            )
        )
    )
    return graph, made[0]
