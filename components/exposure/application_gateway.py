"""Exposure of kind `application-gateway`: Azure's Application Gateway with its web application firewall."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Final

import pulumi
from pulumi_azure_native import authorization, managedidentity, monitor, network
from pulumi_kubernetes.core.v1 import Service, ServicePortArgs, ServiceSpecArgs

from components.azure.alerts import Threshold, alert_on, keep_logs
from components.azure.identities import own_identity
from components.azure.roles import assign
from components.cloud.azure.contract import AzureFoundation
from components.cluster.contract import ClusterAccess
from components.exposure.application_gateway_parts import GatewayParts, Site
from components.exposure.application_gateway_settings import ApplicationGatewayExposure
from components.exposure.azure_hosts import Address, lead_hosts, own_hosts
from components.exposure.contract import ExposedEndpoints
from components.exposure.entries import entries_of, flows_from, pod_port, pod_selector, public_endpoints
from components.exposure.gateway_firewall import create_firewall
from components.jarvis.contract import JarvisEndpoints
from components.kubernetes.metadata import AppLabels, object_meta
from components.network.contract import CidrPeer, ServiceEndpoint

SUFFIX: Final = "-internal"
"""Of the names of the internal load balancers' Services."""
_FIRST_FROM_END: Final = 11
"""The internal load balancers' addresses are counted from the end of the nodes' range: Azure gives nodes the first."""
_NAMESPACE: Final = "Microsoft.Network/applicationGateways"


class ApplicationGateway(pulumi.ComponentResource):
    """The gateway, its firewall and its address, and the internal load balancers behind it."""

    exposed: ExposedEndpoints

    def __init__(
        self,
        name: str,
        settings: ApplicationGatewayExposure,
        *,
        cluster: ClusterAccess,
        cloud: AzureFoundation,
        jarvis: JarvisEndpoints,
        grafana: ServiceEndpoint | None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Raises pulumi.RunError where a Service serves TLS itself."""
        super().__init__("jarvis:exposure:ApplicationGateway", name, None, opts)
        self._settings, self._cluster, self._cloud = settings, cluster, cloud
        entries = entries_of(settings.hosts, jarvis=jarvis, grafana=grafana)
        nodes = IPv4Network(cloud.network.ranges.nodes)
        first = nodes.num_addresses - _FIRST_FROM_END
        own = own_hosts(settings, jarvis)
        sites = [
            Site(entry, str(nodes[first - place]), own.get(entry.target.name, ()))
            for place, entry in enumerate(entries)
        ]
        services = [self._internal(site) for site in sites]
        address = self._address()
        cdn_id = lead_hosts(settings, Address(address.id), cloud=cloud, parent=self)
        firewall = create_firewall(settings, cdn_id=cdn_id, cloud=cloud, parent=self)
        gateway = self._gateway(sites, address, services, firewall)
        keep_logs("gateway", gateway, cloud=cloud, parent=self)
        alert_on(_THRESHOLDS, gateway, cloud=cloud, parent=self)
        self.exposed = ExposedEndpoints(
            endpoints=public_endpoints(entries, "gateway"),
            flows=flows_from(CidrPeer(cloud.network.ranges.gateway), entries),
        )
        self.register_outputs({"urls": self.exposed.urls, "address": address.ip_address})

    def _internal(self, site: Site) -> Service:
        """A load balancer inside the network, with the gateway as its only client."""
        target = site.entry.target
        if target.trust is not None:
            raise pulumi.RunError(
                f"{target.name} serves TLS with a certificate that the Application Gateway cannot verify: leave "
                "jarvis:app.tls out, or set jarvis:exposure.kind to gateway."
            )
        annotations = {
            "service.beta.kubernetes.io/azure-load-balancer-internal": "true",
            "service.beta.kubernetes.io/azure-load-balancer-ipv4": site.address,
        }
        name = f"{target.name}{SUFFIX}"
        labels = AppLabels(target.name, "exposure", self._cluster.environment)
        return Service(
            name,
            metadata=object_meta(name, self._cluster.namespace, labels, annotations),
            spec=ServiceSpecArgs(
                type="LoadBalancer",
                selector=pod_selector(target),
                ports=[ServicePortArgs(name="http", port=target.port, target_port=pod_port(target), protocol="TCP")],
                # Keeps the gateway's address, by which network policies know it.
                external_traffic_policy="Local",
                load_balancer_source_ranges=[self._cloud.network.ranges.gateway],
            ),
            opts=self._cluster.child_of(self),
        )

    def _address(self) -> network.PublicIPAddress:
        name = f"pip-{self._settings.name}"
        return network.PublicIPAddress(
            "address",
            location=self._cloud.location,
            public_ip_address_name=name,
            public_ip_allocation_method=network.IPAllocationMethod.STATIC,
            resource_group_name=self._cloud.resource_group,
            sku=network.PublicIPAddressSkuArgs(name=network.PublicIPAddressSkuName.STANDARD),
            tags=self._cloud.tags(name),
            zones=list(self._settings.zones),
            opts=self._cloud.child_of(self),
        )

    def _identity(self) -> tuple[managedidentity.UserAssignedIdentity, authorization.RoleAssignment]:
        """Reads the certificate from the vault."""
        identity = own_identity(self._settings.name, cloud=self._cloud, parent=self)
        right = assign(
            "reads-vault",
            "key-vault-secrets-user",
            identity.principal_id,
            on=self._cloud.vault.id,
            cloud=self._cloud,
            parent=self,
        )
        return identity, right

    def _certificate(self, name: str) -> network.ApplicationGatewaySslCertificateArgs:
        """The vault's, without a version: the newest is taken."""
        secret_id = f"{self._cloud.vault.uri}secrets/{self._settings.certificate}"
        return network.ApplicationGatewaySslCertificateArgs(key_vault_secret_id=secret_id, name=name)

    def _gateway(
        self,
        sites: list[Site],
        address: network.PublicIPAddress,
        services: list[Service],
        firewall: network.WebApplicationFirewallPolicy,
    ) -> network.ApplicationGateway:
        settings, cloud = self._settings, self._cloud
        identity, right = self._identity()
        id_ = pulumi.Output.concat(cloud.resource_group_id, f"/providers/{_NAMESPACE}/{settings.name}")
        parts = GatewayParts(settings, id_, sites)
        return network.ApplicationGateway(
            "gateway",
            application_gateway_name=settings.name,
            autoscale_configuration=_capacity(settings),
            backend_address_pools=parts.pools,
            backend_http_settings_collection=parts.backends,
            enable_http2=True,
            firewall_policy=network.SubResourceArgs(id=firewall.id),
            frontend_ip_configurations=[_frontend(parts.frontend, address)],
            frontend_ports=parts.ports,
            gateway_ip_configurations=[_place(cloud.network.subnets.gateway)],
            http_listeners=parts.listeners,
            identity=_acting_as(identity),
            location=cloud.location,
            probes=parts.probes,
            redirect_configurations=parts.redirects,
            request_routing_rules=parts.rules,
            resource_group_name=cloud.resource_group,
            rewrite_rule_sets=parts.rewrites,
            sku=_with_firewall(),
            ssl_certificates=[self._certificate(parts.certificates)],
            ssl_policy=_tls_policy(),
            tags=cloud.tags(settings.name),
            zones=list(settings.zones),
            opts=pulumi.ResourceOptions.merge(
                cloud.child_of(self, right, *services),
                pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(create="60m", update="60m")),
            ),
        )


def _capacity(settings: ApplicationGatewayExposure) -> network.ApplicationGatewayAutoscaleConfigurationArgs:
    return network.ApplicationGatewayAutoscaleConfigurationArgs(
        max_capacity=settings.max_units, min_capacity=settings.min_units
    )


def _acting_as(identity: managedidentity.UserAssignedIdentity) -> network.ManagedServiceIdentityArgs:
    return network.ManagedServiceIdentityArgs(
        type=network.ResourceIdentityType.USER_ASSIGNED, user_assigned_identities=[identity.id]
    )


def _frontend(name: str, address: network.PublicIPAddress) -> network.ApplicationGatewayFrontendIPConfigurationArgs:
    return network.ApplicationGatewayFrontendIPConfigurationArgs(
        name=name, public_ip_address=network.SubResourceArgs(id=address.id)
    )


def _place(subnet_id: pulumi.Input[str]) -> network.ApplicationGatewayIPConfigurationArgs:
    return network.ApplicationGatewayIPConfigurationArgs(name="subnet", subnet=network.SubResourceArgs(id=subnet_id))


def _with_firewall() -> network.ApplicationGatewaySkuArgs:
    return network.ApplicationGatewaySkuArgs(
        name=network.ApplicationGatewaySkuName.WA_F_V2, tier=network.ApplicationGatewayTier.WA_F_V2
    )


def _tls_policy() -> network.ApplicationGatewaySslPolicyArgs:
    """TLS 1.2 or later, with strict ciphers."""
    return network.ApplicationGatewaySslPolicyArgs(
        policy_name=network.ApplicationGatewaySslPolicyName.APP_GW_SSL_POLICY20220101_S,
        policy_type=network.ApplicationGatewaySslPolicyType.PREDEFINED,
    )


_THRESHOLDS: Final = (
    Threshold(
        "gateway-unhealthy",
        "A Service behind the gateway does not answer.",
        "UnhealthyHostCount",
        _NAMESPACE,
        monitor.Operator.GREATER_THAN,
        0.0,
        severity=1,
        window="PT5M",
    ),
)
