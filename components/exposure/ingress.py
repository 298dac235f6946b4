"""Exposure of kind `ingress`: host names, served over HTTPS by an Ingress controller."""

from __future__ import annotations

import pulumi
from pulumi_kubernetes.networking.v1 import (
    HTTPIngressPathArgs,
    HTTPIngressRuleValueArgs,
    Ingress,
    IngressBackendArgs,
    IngressRuleArgs,
    IngressServiceBackendArgs,
    IngressSpecArgs,
    IngressTLSArgs,
    ServiceBackendPortArgs,
)

from components.cluster.contract import ClusterAccess
from components.exposure.contract import ExposedEndpoints
from components.exposure.dialect import Dialect, IngressObject, StandardFields
from components.exposure.entries import Entry, entries_of, flows_from, public_endpoints
from components.exposure.ingress_settings import IngressExposure
from components.exposure.load_balancer import with_load_balancer
from components.exposure.nginx import NginxDialect
from components.exposure.tls import hosts_certificate
from components.exposure.traefik import TraefikDialect
from components.jarvis.contract import JarvisEndpoints
from components.kubernetes.metadata import AppLabels, object_meta
from components.network.contract import NamespacePeer, ServiceEndpoint


class Ingresses(pulumi.ComponentResource):
    """The Ingresses of every entry point, their certificate, and the load balancer where one is asked for."""

    exposed: ExposedEndpoints

    def __init__(
        self,
        name: str,
        settings: IngressExposure,
        *,
        cluster: ClusterAccess,
        jarvis: JarvisEndpoints,
        grafana: ServiceEndpoint | None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("jarvis:exposure:Ingresses", name, None, opts)
        self._settings, self._cluster = settings, cluster
        self._certificate = hosts_certificate(
            settings.tls,
            settings.hosts.all,
            labels=AppLabels("jarvis-ingress", "exposure", cluster.environment),
            cluster=cluster,
            opts=cluster.child_of(self),
        )
        entries = entries_of(settings.hosts, jarvis=jarvis, grafana=grafana)
        dialect = self._dialect()
        for entry in entries:
            for item in dialect.objects(entry):
                self._ingress(entry, item)
        exposed = ExposedEndpoints(
            endpoints=public_endpoints(entries, "ingress"),
            flows=flows_from(NamespacePeer(settings.peer_namespace), entries),
        )
        self.exposed = with_load_balancer(exposed, settings.load_balancer, jarvis.backend, cluster=cluster, parent=self)
        self.register_outputs({"urls": self.exposed.urls})

    def _dialect(self) -> Dialect:
        match self._settings.controller:
            case "traefik":
                return TraefikDialect(self._settings, cluster=self._cluster, parent=self)
            case "nginx":
                return NginxDialect(self._settings, self._cluster)
            case "generic":
                return StandardFields()

    def _ingress(self, entry: Entry, item: IngressObject) -> None:
        labels = AppLabels(entry.target.name, "exposure", self._cluster.environment)
        port = ServiceBackendPortArgs(number=entry.target.port)
        backend = IngressBackendArgs(service=IngressServiceBackendArgs(name=item.service, port=port))
        paths = HTTPIngressRuleValueArgs(paths=[HTTPIngressPathArgs(path="/", path_type="Prefix", backend=backend)])
        tls = IngressTLSArgs(hosts=list(entry.host_names), secret_name=self._settings.tls.secret_name)
        Ingress(
            item.name,
            metadata=object_meta(item.name, self._cluster.namespace, labels, item.annotations),
            spec=IngressSpecArgs(
                ingress_class_name=self._settings.ingress_class,
                tls=[tls] if item.tls else None,
                rules=[IngressRuleArgs(host=host, http=paths) for host in entry.host_names],
            ),
            opts=self._cluster.child_of(self, *self._certificate),
        )
