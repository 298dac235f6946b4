"""Exposure of kind `gateway`: host names, served over HTTPS by a Gateway."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pulumi
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from components.cluster.contract import ClusterAccess
from components.exposure.contract import ExposedEndpoints
from components.exposure.entries import HTTPS_PORT, Entry, entries_of, flows_from, public_endpoints
from components.exposure.envoy_gateway import API_VERSION as ENVOY_API_VERSION
from components.exposure.envoy_gateway import CONTROLLER, POLICY_GROUP, client_policy, proxy_spec, route_policies
from components.exposure.gateway_settings import ExistingGateway, GatewayExposure, OwnGateway
from components.exposure.http_routes import API_VERSION, Spec, redirect_spec, route_spec
from components.exposure.load_balancer import with_load_balancer
from components.exposure.tls import hosts_certificate
from components.jarvis.contract import JarvisEndpoints
from components.kubernetes.custom import custom_resource, wait_for
from components.kubernetes.metadata import AppLabels, object_meta
from components.network.contract import NamespacePeer, ServiceEndpoint

GATEWAY: Final = "jarvis"
HTTP: Final = "http"
HTTPS: Final = "https"
_ACCEPTED: Final = wait_for("condition=Accepted")
PROGRAMMED: Final = wait_for("condition=Programmed")


class GatewayRoutes(pulumi.ComponentResource):
    """The routes of every entry point, the Gateway and its certificate where it is the stack's own, and policies."""

    exposed: ExposedEndpoints

    def __init__(
        self,
        name: str,
        settings: GatewayExposure,
        *,
        cluster: ClusterAccess,
        jarvis: JarvisEndpoints,
        grafana: ServiceEndpoint | None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("jarvis:exposure:GatewayRoutes", name, None, opts)
        self._settings, self._cluster = settings, cluster
        self._labels = AppLabels("jarvis-gateway", "exposure", cluster.environment)
        entries = entries_of(settings.hosts, jarvis=jarvis, grafana=grafana)
        match settings.gateway:
            case OwnGateway() as own:
                self._own_gateway(own)
                secure, plain = parent_ref(GATEWAY, HTTPS), parent_ref(GATEWAY, HTTP)
            case ExistingGateway() as given:
                secure = parent_ref(given.name, given.https_listener, given.namespace)
                plain = parent_ref(given.name, given.http_listener, given.namespace)
        self._routes(entries, secure, plain)
        self._verify_backends(entries)
        exposed = ExposedEndpoints(
            endpoints=public_endpoints(entries, "gateway"),
            flows=flows_from(NamespacePeer(settings.peer_namespace), entries),
        )
        self.exposed = with_load_balancer(exposed, settings.load_balancer, jarvis.backend, cluster=cluster, parent=self)
        self.register_outputs({"urls": self.exposed.urls})

    def _own_gateway(self, own: OwnGateway) -> None:
        labels, hosts = self._labels, self._settings.hosts.all
        options = self._cluster.child_of(self)
        certificate = hosts_certificate(own.tls, hosts, labels=labels, cluster=self._cluster, opts=options)
        needed: list[pulumi.Resource] = [*certificate]
        class_name: pulumi.Input[str] = own.class_name or self._cluster.namespace
        if own.class_name is None:
            needed.append(self._own_class(class_name))
        envoy = self._settings.implementation == "envoy-gateway"
        if envoy:
            spec = proxy_spec(own.proxies, GATEWAY, self._cluster.namespace)
            needed.append(self._object(GATEWAY, ENVOY_API_VERSION, "EnvoyProxy", spec))
            self._object(GATEWAY, ENVOY_API_VERSION, "ClientTrafficPolicy", client_policy(self._settings, GATEWAY))
        metadata = object_meta(GATEWAY, self._cluster.namespace, labels, PROGRAMMED)
        spec = gateway_spec(own, class_name, redirects=self._settings.redirect_http, envoy=envoy)
        custom_resource(
            GATEWAY,
            api_version=API_VERSION,
            kind="Gateway",
            metadata=metadata,
            spec=spec,
            opts=self._cluster.child_of(self, *needed),
        )

    def _own_class(self, name: pulumi.Input[str]) -> CustomResource:
        """Named like the namespace, since other stacks of the cluster have one too."""
        return custom_resource(
            GATEWAY,
            api_version=API_VERSION,
            kind="GatewayClass",
            metadata=ObjectMetaArgs(name=name, labels=self._labels.all, annotations=_ACCEPTED),
            spec={"controllerName": CONTROLLER},
            opts=self._cluster.child_of(self),
        )

    def _routes(self, entries: Sequence[Entry], secure: Spec, plain: Spec) -> None:
        for entry in entries:
            spec = route_spec(self._settings, entry.target, entry.host_names, secure)
            self._object(entry.target.name, API_VERSION, "HTTPRoute", spec)
        if self._settings.redirect_http:
            spec = redirect_spec(self._settings.hosts.all, plain)
            self._object("jarvis-https-redirect", API_VERSION, "HTTPRoute", spec)
        if self._settings.implementation == "envoy-gateway":
            for name, spec in route_policies(self._settings, [entry.target.name for entry in entries]).items():
                self._object(name, ENVOY_API_VERSION, "BackendTrafficPolicy", spec)

    def _verify_backends(self, entries: Sequence[Entry]) -> None:
        """Tell the Gateway to talk TLS to the Services that serve it, and what to verify their certificates by."""
        for target in (entry.target for entry in entries):
            if target.trust is None:
                continue
            authority: Spec = {"group": "", "kind": "Secret", "name": target.trust.secret_name}
            spec: Spec = {
                "targetRefs": [{"group": "", "kind": "Service", "name": target.name}],
                "validation": {
                    "hostname": target.server_name or target.name,
                    "caCertificateRefs": [authority],
                },
            }
            self._object(target.name, API_VERSION, "BackendTLSPolicy", spec)

    def _object(self, name: str, api_version: str, kind: str, spec: Spec) -> CustomResource:
        metadata = object_meta(name, self._cluster.namespace, self._labels)
        opts = self._cluster.child_of(self)
        return custom_resource(name, api_version=api_version, kind=kind, metadata=metadata, spec=spec, opts=opts)


def gateway_spec(own: OwnGateway, class_name: pulumi.Input[str], *, redirects: bool, envoy: bool) -> Spec:
    """Port 443 for every host and, for the redirect, port 80.

    One listener serves all hosts: they share a certificate, so browsers send requests for any of them over a connection
    that they have opened for another, which a listener of one host would answer with 404.
    """
    here: Spec = {"namespaces": {"from": "Same"}}
    tls: Spec = {"mode": "Terminate", "certificateRefs": [{"group": "", "kind": "Secret", "name": own.tls.secret_name}]}
    secure: Spec = {"name": HTTPS, "port": HTTPS_PORT, "protocol": "HTTPS", "tls": tls, "allowedRoutes": here}
    plain: Spec = {"name": HTTP, "port": 80, "protocol": "HTTP", "allowedRoutes": here}
    infrastructure: Spec = {
        "annotations": dict(own.annotations) or None,
        "parametersRef": {"group": POLICY_GROUP, "kind": "EnvoyProxy", "name": GATEWAY} if envoy else None,
    }
    return {
        "gatewayClassName": class_name,
        "listeners": [secure, *([plain] if redirects else [])],
        "addresses": [{"type": "IPAddress", "value": address} for address in own.addresses] or None,
        "infrastructure": infrastructure if envoy or own.annotations else None,
    }


def parent_ref(name: str, listener: str | None, namespace: str | None = None) -> Spec:
    """What a route hangs on."""
    return {"name": name, "namespace": namespace, "sectionName": listener}
