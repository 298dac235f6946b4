"""Exposure of kind `application-gateway-for-containers`: Azure's gateway, kept by a Gateway in the cluster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import pulumi
from pulumi_azure_native import authorization, network, servicenetworking
from pulumi_kubernetes.apiextensions import CustomResource

from components.azure.alerts import keep_logs
from components.azure.roles import Role, assign
from components.cloud.azure.contract import AzureFoundation
from components.cluster.contract import AksAccess, ClusterAccess
from components.exposure.azure_hosts import Name, lead_hosts, own_hosts
from components.exposure.container_gateway_settings import ContainerGatewayExposure
from components.exposure.contract import ExposedEndpoints
from components.exposure.entries import Entry, entries_of, flows_from, public_endpoints
from components.exposure.gateway import GATEWAY, HTTP, HTTPS, PROGRAMMED, gateway_spec, parent_ref
from components.exposure.gateway_firewall import create_firewall
from components.exposure.gateway_settings import OwnGateway
from components.exposure.http_routes import API_VERSION, GROUP, Spec, redirect_spec, route_spec
from components.exposure.tls import hosts_certificate
from components.jarvis.contract import JarvisEndpoints
from components.kubernetes.custom import custom_resource
from components.kubernetes.metadata import AppLabels, object_meta
from components.network.contract import CidrPeer, ServiceEndpoint

_CLASS: Final = "azure-alb-external"
_POLICIES: Final = "alb.networking.azure.io/v1"
_ALB_ID: Final = "alb.networking.azure.io/alb-id"
_FRONTEND_ADDRESS: Final = "alb.networking.azure.io/alb-frontend"
_FRONTEND: Final = "public"


class ContainerGateway(pulumi.ComponentResource):
    """The gateway with its entrance, its subnet and its firewall, and what tells it of the hosts."""

    exposed: ExposedEndpoints

    def __init__(
        self,
        name: str,
        settings: ContainerGatewayExposure,
        *,
        cluster: ClusterAccess,
        cloud: AzureFoundation,
        jarvis: JarvisEndpoints,
        grafana: ServiceEndpoint | None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Raises pulumi.RunError where the cluster's ALB controller has no identity."""
        super().__init__("jarvis:exposure:ContainerGateway", name, None, opts)
        if cluster.aks is None:
            raise pulumi.RunError(
                "jarvis:exposure of kind application-gateway-for-containers needs jarvis:cluster of kind aks with "
                "albController: true."
            )
        self._settings, self._cluster, self._cloud = settings, cluster, cloud
        self._labels = AppLabels("jarvis-gateway", "exposure", cluster.environment)
        controller = self._controller()
        frontend = self._frontend(controller)
        cdn_id = lead_hosts(settings, Name(frontend.fqdn), cloud=cloud, parent=self)
        firewall = create_firewall(settings, cdn_id=cdn_id, cloud=cloud, parent=self)
        rights = self._rights(cluster.aks, controller, firewall)
        ready = [self._association(controller), self._security_policy(controller, firewall), *rights]
        entries = entries_of(settings.hosts, jarvis=jarvis, grafana=grafana)
        own = own_hosts(settings, jarvis)
        gateway = self._gateway(controller, frontend, ready)
        self._guard(firewall, gateway)
        self._routes(entries, own)
        self._verify_backends(entries)
        keep_logs("gateway", controller, cloud=cloud, parent=self)
        self.exposed = ExposedEndpoints(
            endpoints=public_endpoints(entries, "gateway"),
            flows=flows_from(CidrPeer(cloud.network.ranges.gateway), entries),
        )
        self.register_outputs({"urls": self.exposed.urls, "hostName": frontend.fqdn})

    def _controller(self) -> servicenetworking.TrafficControllerInterface:
        return servicenetworking.TrafficControllerInterface(
            "gateway",
            location=self._cloud.location,
            resource_group_name=self._cloud.resource_group,
            tags=self._cloud.tags(self._settings.name),
            traffic_controller_name=self._settings.name,
            opts=self._cloud.child_of(self),
        )

    def _frontend(
        self, controller: servicenetworking.TrafficControllerInterface
    ) -> servicenetworking.FrontendsInterface:
        return servicenetworking.FrontendsInterface(
            "entrance",
            frontend_name=_FRONTEND,
            location=self._cloud.location,
            resource_group_name=self._cloud.resource_group,
            tags=self._cloud.tags(_FRONTEND),
            traffic_controller_name=controller.name,
            opts=self._cloud.child_of(self),
        )

    def _association(
        self, controller: servicenetworking.TrafficControllerInterface
    ) -> servicenetworking.AssociationsInterface:
        """The gateway's place in the network; that takes some minutes."""
        return servicenetworking.AssociationsInterface(
            "association",
            association_name="network",
            association_type=servicenetworking.AssociationType.SUBNETS,
            location=self._cloud.location,
            resource_group_name=self._cloud.resource_group,
            subnet=servicenetworking.AssociationSubnetArgs(id=self._cloud.network.subnets.gateway),
            tags=self._cloud.tags("network"),
            traffic_controller_name=controller.name,
            opts=self._cloud.child_of(self),
        )

    def _security_policy(
        self,
        controller: servicenetworking.TrafficControllerInterface,
        firewall: network.WebApplicationFirewallPolicy,
    ) -> servicenetworking.SecurityPoliciesInterface:
        """Lets the cluster name the firewall."""
        return servicenetworking.SecurityPoliciesInterface(
            "security-policy",
            location=self._cloud.location,
            resource_group_name=self._cloud.resource_group,
            security_policy_name="firewall",
            tags=self._cloud.tags("firewall"),
            traffic_controller_name=controller.name,
            waf_policy=servicenetworking.WafPolicyArgs(id=firewall.id),
            opts=self._cloud.child_of(self),
        )

    def _rights(
        self,
        aks: AksAccess,
        controller: servicenetworking.TrafficControllerInterface,
        firewall: network.WebApplicationFirewallPolicy,
    ) -> list[authorization.RoleAssignment]:
        """What the ALB controller may do: keep this gateway, in its subnet, behind its firewall."""
        rights: tuple[tuple[str, Role, pulumi.Output[str]], ...] = (
            ("keeps-gateway", "gateway-for-containers-manager", controller.id),
            ("joins-subnet", "network-contributor", self._cloud.network.subnets.gateway),
            ("joins-firewall", "network-contributor", firewall.id),
        )
        return [
            assign(name, role, aks.alb_principal_id, on=on, cloud=self._cloud, parent=self) for name, role, on in rights
        ]

    def _gateway(
        self,
        controller: servicenetworking.TrafficControllerInterface,
        frontend: servicenetworking.FrontendsInterface,
        ready: Sequence[pulumi.Resource],
    ) -> CustomResource:
        settings, cluster = self._settings, self._cluster
        hosts = (*settings.hosts.all, *settings.interface_origins, *settings.api_origins)
        certificate = hosts_certificate(
            settings.tls, hosts, labels=self._labels, cluster=cluster, opts=cluster.child_of(self)
        )
        own = OwnGateway(class_name=_CLASS, tls=settings.tls, annotations={})
        address: Spec = {"type": _FRONTEND_ADDRESS, "value": frontend.name}
        annotations = {_ALB_ID: controller.id, **PROGRAMMED}
        return custom_resource(
            GATEWAY,
            api_version=API_VERSION,
            kind="Gateway",
            metadata=object_meta(GATEWAY, cluster.namespace, self._labels, annotations),
            spec={
                **gateway_spec(own, _CLASS, redirects=settings.redirect_http, envoy=False),
                "addresses": [address],
            },
            opts=cluster.child_of(self, *ready, *certificate),
        )

    def _guard(self, firewall: network.WebApplicationFirewallPolicy, gateway: CustomResource) -> None:
        """Put the firewall before every host of the Gateway."""
        spec: Spec = {
            "targetRef": {"group": GROUP, "kind": "Gateway", "name": GATEWAY, "namespace": self._cluster.namespace},
            "webApplicationFirewall": {"id": firewall.id},
        }
        self._object(GATEWAY, _POLICIES, "WebApplicationFirewallPolicy", spec, after=[gateway])

    def _routes(self, entries: Sequence[Entry], own: Mapping[str, tuple[str, ...]]) -> None:
        settings = self._settings
        for entry in entries:
            hosts = (*entry.host_names, *own.get(entry.target.name, ()))
            spec = route_spec(settings, entry.target, hosts, parent_ref(GATEWAY, HTTPS))
            self._object(entry.target.name, API_VERSION, "HTTPRoute", spec)
        if settings.redirect_http:
            spec = redirect_spec(settings.hosts.all, parent_ref(GATEWAY, HTTP))
            self._object("jarvis-https-redirect", API_VERSION, "HTTPRoute", spec)

    def _verify_backends(self, entries: Sequence[Entry]) -> None:
        """Tell the gateway to talk TLS to the Services that serve it; it has a kind of its own for that.

        Source: https://learn.microsoft.com/azure/application-gateway/for-containers/api-specification-kubernetes
        (2026-11-24).
        """
        for target in (entry.target for entry in entries):
            if target.trust is None:
                continue
            name = target.server_name or target.name
            authority: Spec = {"group": "", "kind": "Secret", "name": target.trust.secret_name}
            service: Spec = {"group": "", "kind": "Service", "name": target.name}
            spec: Spec = {
                "targetRef": {**service, "namespace": self._cluster.namespace},
                "default": {
                    "sni": name,
                    "ports": [{"port": target.port}],
                    "verify": {"caCertificateRef": authority, "subjectAltName": name},
                },
            }
            self._object(target.name, _POLICIES, "BackendTLSPolicy", spec)

    def _object(
        self, name: str, api_version: str, kind: str, spec: Spec, *, after: Sequence[pulumi.Resource] = ()
    ) -> CustomResource:
        metadata = object_meta(name, self._cluster.namespace, self._labels)
        opts = self._cluster.child_of(self, *after)
        return custom_resource(name, api_version=api_version, kind=kind, metadata=metadata, spec=spec, opts=opts)
