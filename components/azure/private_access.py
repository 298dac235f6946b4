"""Private DNS zones, and endpoints by which managed services are reached inside the network only."""

from __future__ import annotations

from typing import Final, Literal

import pulumi
from pulumi_azure_native import network, privatedns

from components.cloud.azure.contract import AzurePlace

Service = Literal["vault", "redis", "blob"]
ZONES: Final[dict[Service, tuple[str, str]]] = {
    "vault": ("privatelink.vaultcore.azure.net", "vault"),
    "redis": ("privatelink.redis.azure.net", "redisEnterprise"),
    "blob": ("privatelink.blob.core.windows.net", "blob"),
}
"""DNS zone and group id. Source: https://learn.microsoft.com/azure/private-link/private-endpoint-dns (2026-11-24)."""


def private_zone(
    name: str, zone: str, *, cloud: AzurePlace, parent: pulumi.Resource
) -> tuple[privatedns.PrivateZone, privatedns.VirtualNetworkLink]:
    """A DNS zone that the stack's network alone sees, and the link by which it does."""
    private = privatedns.PrivateZone(
        name,
        location="global",
        private_zone_name=zone,
        resource_group_name=cloud.resource_group,
        tags=cloud.tags(zone),
        opts=cloud.child_of(parent),
    )
    link = _link(name, private, cloud.network.ranges.name, cloud.network.id, cloud=cloud, parent=parent)
    return private, link


def show_to_peers(name: str, zone: privatedns.PrivateZone, *, cloud: AzurePlace, parent: pulumi.Resource) -> None:
    """Let the networks whose database servers replicate with this stack's find those by name: peering alone does not.

    A network sees one zone of a name, so that the stacks' zones need different ones.
    """
    for peer in cloud.network.ranges.peers:
        if peer.database is not None:
            _link(f"{name}-{peer.name}", zone, peer.name, peer.network_id, cloud=cloud, parent=parent)


def _link(
    name: str,
    zone: privatedns.PrivateZone,
    to: str,
    network_id: pulumi.Input[str],
    *,
    cloud: AzurePlace,
    parent: pulumi.Resource,
) -> privatedns.VirtualNetworkLink:
    return privatedns.VirtualNetworkLink(
        f"{name}-link",
        location="global",
        private_zone_name=zone.name,
        registration_enabled=False,
        resource_group_name=cloud.resource_group,
        tags=cloud.tags(to),
        virtual_network=privatedns.SubResourceArgs(id=network_id),
        virtual_network_link_name=to,
        opts=cloud.child_of(parent),
    )


def private_endpoint(
    service: Service, endpoint: str, target: pulumi.Input[str], *, cloud: AzurePlace, parent: pulumi.Resource
) -> network.PrivateDnsZoneGroup:
    """Make `target`, a resource id, reachable under its own name inside the network, by an endpoint of that name.

    What it returns stands once the name leads there.
    """
    zone_name, group = ZONES[service]
    zone, link = private_zone(f"{service}-zone", zone_name, cloud=cloud, parent=parent)
    private = network.PrivateEndpoint(
        f"{service}-endpoint",
        location=cloud.location,
        private_endpoint_name=endpoint,
        private_link_service_connections=[
            network.PrivateLinkServiceConnectionArgs(name=service, group_ids=[group], private_link_service_id=target)
        ],
        resource_group_name=cloud.resource_group,
        subnet=network.SubnetArgs(id=cloud.network.subnets.private_endpoints),
        tags=cloud.tags(endpoint),
        opts=cloud.child_of(parent),
    )
    return network.PrivateDnsZoneGroup(
        f"{service}-names",
        private_dns_zone_configs=[network.PrivateDnsZoneConfigArgs(name=service, private_dns_zone_id=zone.id)],
        private_dns_zone_group_name="default",
        private_endpoint_name=private.name,
        resource_group_name=cloud.resource_group,
        opts=cloud.child_of(parent, link),
    )
