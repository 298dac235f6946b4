"""Ingresses for Traefik, whose promises are Middlewares that annotations name.

Source: https://doc.traefik.io/traefik/reference/routing-configuration/kubernetes/ingress/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pulumi
from pulumi_kubernetes.core.v1 import Service, ServicePortArgs, ServiceSpecArgs

from components.cluster.contract import ClusterAccess
from components.exposure.dialect import IngressObject
from components.exposure.entries import Entry, pod_port, pod_selector
from components.exposure.ingress_settings import IngressExposure
from components.kubernetes.custom import Field, custom_resource
from components.kubernetes.metadata import AppLabels, object_meta
from components.kubernetes.services import NOT_AWAITED
from components.network.contract import ServiceEndpoint
from components.settings.quantities import quantity_value

_API_VERSION: Final = "traefik.io/v1alpha1"
_PREFIX: Final = "traefik.ingress.kubernetes.io"


class TraefikDialect:
    """An Ingress on the entry point `websecure` and, for the redirect, one on `web`: K3s's names of ports 443 and 80.

    Nothing is to be done for silent connections: Traefik ends neither a WebSocket nor an answer that is being written.
    """

    def __init__(self, settings: IngressExposure, *, cluster: ClusterAccess, parent: pulumi.Resource) -> None:
        self._cluster, self._parent = cluster, parent
        self._labels = AppLabels("jarvis-ingress", "exposure", cluster.environment)
        self._promises = [self._middleware(name, spec) for name, spec in _promises(settings).items()]
        self._redirect = (
            self._middleware("jarvis-https-redirect", {"redirectScheme": {"scheme": "https", "permanent": True}})
            if settings.redirect_http
            else None
        )

    def objects(self, entry: Entry) -> tuple[IngressObject, ...]:
        """The Ingresses of one entry point, named like its Service."""
        name, service = entry.target.name, self._service(entry.target)
        secure = {"entrypoints": "websecure", "tls": "true", **_middlewares(*self._promises)}
        found = [IngressObject(name, service, _router(secure))]
        if self._redirect is not None:
            plain = {"entrypoints": "web", **_middlewares(self._redirect)}
            found.append(IngressObject(f"{name}-redirect", service, _router(plain), tls=False))
        return tuple(found)

    def _middleware(self, name: str, spec: Mapping[str, Field]) -> pulumi.Output[str]:
        """Make it; its name as annotations give it, known only once it is there."""
        made = custom_resource(
            name,
            api_version=_API_VERSION,
            kind="Middleware",
            metadata=object_meta(name, self._cluster.namespace, self._labels),
            spec=spec,
            opts=self._cluster.child_of(self._parent),
        )
        return self._reference(name, made)

    def _reference(self, name: str, made: pulumi.Resource) -> pulumi.Output[str]:
        return pulumi.Output.all(self._cluster.namespace, made.urn).apply(
            lambda values: f"{values[0]}-{name}@kubernetescrd"
        )

    def _service(self, target: ServiceEndpoint) -> str:
        """Name of the Service that the Ingress leads to.

        How Traefik talks to a Service is said by annotations of the Service itself, so one that serves TLS gets a
        second one, `<name>-traefik`, with the same port.
        """
        if target.trust is None:
            return target.name
        name = f"{target.name}-traefik"
        labels = AppLabels(target.name, "exposure", self._cluster.environment)
        transport = custom_resource(
            target.name,
            api_version=_API_VERSION,
            kind="ServersTransport",
            metadata=object_meta(target.name, self._cluster.namespace, labels),
            spec={
                "serverName": target.server_name or target.name,
                "rootCAs": [{"secret": target.trust.secret_name}],
            },
            opts=self._cluster.child_of(self._parent),
        )
        annotations = {
            **NOT_AWAITED,
            f"{_PREFIX}/service.serversscheme": "https",
            f"{_PREFIX}/service.serverstransport": self._reference(target.name, transport),
        }
        Service(
            name,
            metadata=object_meta(name, self._cluster.namespace, labels, annotations),
            spec=ServiceSpecArgs(
                type="ClusterIP",
                selector=pod_selector(target),
                ports=[ServicePortArgs(name="https", port=target.port, target_port=pod_port(target), protocol="TCP")],
            ),
            opts=self._cluster.child_of(self._parent),
        )
        return name


def _promises(settings: IngressExposure) -> Mapping[str, Mapping[str, Field]]:
    """Middlewares of every HTTPS router by name."""
    found: dict[str, Mapping[str, Field]] = {}
    if settings.hsts is not None:
        headers = {
            "stsSeconds": settings.hsts.max_age_seconds,
            "stsIncludeSubdomains": settings.hsts.include_sub_domains,
        }
        found["jarvis-hsts"] = {"headers": headers}
    if settings.max_body_size is not None:
        size = int(quantity_value(settings.max_body_size))
        found["jarvis-max-body-size"] = {"buffering": {"maxRequestBodyBytes": size}}
    return found


def _middlewares(*references: pulumi.Output[str]) -> Mapping[str, pulumi.Input[str]]:
    if not references:
        return {}
    return {"middlewares": pulumi.Output.all(*references).apply(",".join)}


def _router(words: Mapping[str, pulumi.Input[str]]) -> dict[str, pulumi.Input[str]]:
    return {f"{_PREFIX}/router.{key}": value for key, value in words.items()}
