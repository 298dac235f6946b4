"""The virtual network and its subnets, each behind rules of its own."""

from __future__ import annotations

from typing import Final

import pulumi
from pulumi_azure_native import network

from components.cloud.azure.contract import AzureNetwork, Subnets, azure_tags
from components.cloud.azure.network_rules import SubnetName, security_rules
from components.cloud.azure.network_settings import AzureNetworkSettings

_NAMES: Final[dict[SubnetName, str]] = {
    "nodes": "snet-aks-nodes",
    "database": "snet-postgresql",
    "private_endpoints": "snet-private-endpoints",
    "gateway": "snet-gateway",
}


class VirtualNetwork(pulumi.ComponentResource):
    """One virtual network: nodes, database, private endpoints and gateway each have a subnet."""

    network: AzureNetwork

    def __init__(
        self,
        name: str,
        settings: AzureNetworkSettings,
        *,
        resource_group: pulumi.Output[str],
        location: str,
        environment: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("jarvis:cloud:AzureVirtualNetwork", name, None, opts)
        self._settings, self._group = settings, resource_group
        self._location, self._environment = location, environment
        virtual = network.VirtualNetwork(
            "network",
            address_space=network.AddressSpaceArgs(address_prefixes=[settings.address_space]),
            location=location,
            resource_group_name=resource_group,
            tags=azure_tags(settings.name, environment),
            virtual_network_name=settings.name,
            opts=pulumi.ResourceOptions(parent=self),
        )
        # One after the other: Azure refuses a second change of a network while the first is under way.
        nodes = self._subnet("nodes", virtual, after=virtual)
        database = self._subnet("database", virtual, after=nodes)
        endpoints = self._subnet("private_endpoints", virtual, after=database)
        gateway = self._subnet("gateway", virtual, after=endpoints)
        self._join(virtual, after=gateway)
        self.network = AzureNetwork(
            id=virtual.id,
            subnets=Subnets(nodes=nodes.id, database=database.id, private_endpoints=endpoints.id, gateway=gateway.id),
            ranges=settings,
        )
        self.register_outputs({"id": virtual.id})

    def _subnet(self, role: SubnetName, virtual: network.VirtualNetwork, *, after: pulumi.Resource) -> network.Subnet:
        short = role.replace("_", "-")
        return network.Subnet(
            f"{short}-subnet",
            address_prefix=self._settings.subnets[role],
            # What leaves the network does so by the cluster's load balancer or not at all.
            default_outbound_access=False,
            delegations=_delegations(role, self._settings),
            network_security_group=network.NetworkSecurityGroupArgs(id=self._security_group(role).id),
            private_endpoint_network_policies=network.VirtualNetworkPrivateEndpointNetworkPolicies.ENABLED,
            resource_group_name=self._group,
            service_endpoints=_service_endpoints(role),
            subnet_name=_NAMES[role],
            virtual_network_name=virtual.name,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[after]),
        )

    def _join(self, virtual: network.VirtualNetwork, *, after: pulumi.Resource) -> None:
        """This network's half of each peering; the other one's is the other stack's."""
        for peer in self._settings.peers:
            after = network.VirtualNetworkPeering(
                f"{peer.name}-peering",
                allow_forwarded_traffic=False,
                allow_gateway_transit=False,
                allow_virtual_network_access=True,
                remote_virtual_network=network.SubResourceArgs(id=peer.network_id),
                resource_group_name=self._group,
                use_remote_gateways=False,
                virtual_network_name=virtual.name,
                virtual_network_peering_name=peer.name,
                opts=pulumi.ResourceOptions(parent=self, depends_on=[after]),
            )

    def _security_group(self, role: SubnetName) -> network.NetworkSecurityGroup:
        name = _NAMES[role].replace("snet-", "nsg-")
        return network.NetworkSecurityGroup(
            f"{role.replace('_', '-')}-rules",
            location=self._location,
            network_security_group_name=name,
            resource_group_name=self._group,
            security_rules=security_rules(role, self._settings),
            tags=azure_tags(name, self._environment),
            opts=pulumi.ResourceOptions(parent=self),
        )


def _delegations(role: SubnetName, settings: AzureNetworkSettings) -> list[network.DelegationArgs] | None:
    if role == "database":
        return [network.DelegationArgs(name="postgresql", service_name="Microsoft.DBforPostgreSQL/flexibleServers")]
    if role == "gateway" and settings.gateway_kind == "application-gateway-for-containers":
        return [network.DelegationArgs(name="gateway", service_name="Microsoft.ServiceNetworking/trafficControllers")]
    return None


def _service_endpoints(role: SubnetName) -> list[network.ServiceEndpointPropertiesFormatArgs] | None:
    """Flexible Server archives to storage by way of its own subnet."""
    if role != "database":
        return None
    return [network.ServiceEndpointPropertiesFormatArgs(service="Microsoft.Storage")]
