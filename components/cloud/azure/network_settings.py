"""Settings of the virtual network and of every range of addresses that the stack takes."""

from __future__ import annotations

from ipaddress import IPv4Network
from itertools import combinations
from typing import Annotated, Final, Literal, Self

from pydantic import model_validator

from components.settings.addresses import PrivateNetwork
from components.settings.azure_names import ResourceName
from components.settings.section import Section
from components.settings.text import Matching

NetworkId = Annotated[
    str,
    Matching(
        r"/subscriptions/[0-9a-fA-F-]{36}/resourceGroups/[A-Za-z0-9_().-]{1,90}/providers"
        r"/Microsoft\.Network/virtualNetworks/[A-Za-z0-9_.-]{2,64}",
        "a virtual network's resource id: /subscriptions/ID/resourceGroups/GROUP/providers/Microsoft.Network"
        "/virtualNetworks/NAME",
    ),
]
_TAKEN_BY_AKS: Final = tuple(map(IPv4Network, ("172.30.0.0/16", "172.31.0.0/16")))
"""Beside two that are not private. Source: https://learn.microsoft.com/azure/aks/concepts-network-cni-overview
(2026-11-24)."""
_SMALLEST: Final = {"nodes": 24, "database": 28, "private_endpoints": 28, "gateway": 26, "pods": 20, "services": 24}
"""Longest prefix of each range. Sources, all of 2026-11-24: Flexible Server takes a /28 at least
(https://learn.microsoft.com/azure/postgresql/network/concepts-networking-private); a v2 gateway takes an address for
each instance, of which a /26 has 59, and is advised to have a /24
(https://learn.microsoft.com/azure/application-gateway/configuration-infrastructure); each node takes a /24 of the pods'
range (https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay)."""
_FOR_CONTAINERS: Final = 24
"""Neither more nor less, where Pods are in an overlay. Source: https://learn.microsoft.com/azure/application-gateway/
for-containers/container-networking (2026-11-24)."""
_RESERVED_BY_AZURE: Final = 5
"""Addresses of each subnet. Source: https://learn.microsoft.com/azure/aks/concepts-network-ip-address-planning
(2026-11-24)."""
_LARGEST_SERVICES: Final = 12
"""AKS refuses a service range of /12 or more. Source:
https://learn.microsoft.com/azure/aks/concepts-network-ip-address-planning (2026-11-24)."""


def usable_addresses(subnet: str) -> int:
    """How many addresses of a subnet Azure leaves to what is in it."""
    return IPv4Network(subnet).num_addresses - _RESERVED_BY_AZURE


class NetworkPeer(Section):
    """The network of another stack, in this region or another, that this one is joined with.

    Each of the two stacks names the other one; nothing passes before both do. Of what comes from there, replication
    between database servers alone is let in.

    Source: https://learn.microsoft.com/azure/postgresql/network/concepts-networking-private (2026-11-24).
    """

    name: ResourceName
    """What the other stack is to this one, such as recovery."""
    network_id: NetworkId
    address_space: PrivateNetwork
    """The other network's; it must not overlap with anything of this one."""
    database: PrivateNetwork | None = None
    """The part of it where database servers are that follow this stack's, or that this stack's follow; null for
    none."""

    @model_validator(mode="after")
    def _inside(self) -> Self:
        if self.database is not None and not IPv4Network(self.database).subnet_of(IPv4Network(self.address_space)):
            raise ValueError(f"database {self.database} must lie within addressSpace {self.address_space}")
        return self


class AzureNetworkSettings(Section):
    """The virtual network, its subnets, and the cluster's own ranges, none of which may overlap."""

    name: ResourceName = "vnet-jarvis-production"
    address_space: PrivateNetwork = "10.20.0.0/16"
    """Of the virtual network; keep it apart from networks that it may be peered with."""
    nodes: PrivateNetwork = "10.20.0.0/20"
    """AKS nodes and internal load balancers."""
    database: PrivateNetwork = "10.20.16.0/27"
    """Delegated to PostgreSQL Flexible Server."""
    private_endpoints: PrivateNetwork = "10.20.17.0/26"
    """Redis, Key Vault and storage, as the network sees them."""
    gateway: PrivateNetwork = "10.20.18.0/24"
    """The gateway's own."""
    gateway_kind: Literal["application-gateway", "application-gateway-for-containers"] = "application-gateway"
    """Whose that subnet is: the kind of `jarvis:exposure`. It must be empty when this changes."""
    pods: PrivateNetwork = "10.244.0.0/16"
    """Pods (Azure CNI overlay): known inside the cluster only, yet nothing outside of it may have these addresses."""
    services: PrivateNetwork = "10.245.0.0/16"
    """Services of the cluster; likewise."""
    peers: tuple[NetworkPeer, ...] = ()
    """Networks of other stacks that this one is joined with."""

    @property
    def dns_service_ip(self) -> str:
        """Address of the cluster's DNS: the tenth of the services' range, as AKS has it by default."""
        return str(IPv4Network(self.services)[10])

    @property
    def subnets(self) -> dict[str, str]:
        """The ranges inside the virtual network by setting."""
        return {
            "nodes": self.nodes,
            "database": self.database,
            "private_endpoints": self.private_endpoints,
            "gateway": self.gateway,
        }

    @model_validator(mode="after")
    def _fits(self) -> Self:
        space = IPv4Network(self.address_space)
        for name, cidr in self.subnets.items():
            if not IPv4Network(cidr).subnet_of(space):
                raise ValueError(f"{_camel(name)} {cidr} must lie within addressSpace {self.address_space}")
        return self

    @model_validator(mode="after")
    def _large_enough(self) -> Self:
        for name, cidr in self._ranges.items():
            if name in _SMALLEST and IPv4Network(cidr).prefixlen > _SMALLEST[name]:
                raise ValueError(f"{_camel(name)} {cidr} is too small: it must be a /{_SMALLEST[name]} or larger")
        if IPv4Network(self.services).prefixlen <= _LARGEST_SERVICES:
            raise ValueError(f"services {self.services} must be smaller than a /{_LARGEST_SERVICES}")
        return self

    @model_validator(mode="after")
    def _gateway_fits(self) -> Self:
        containers = self.gateway_kind == "application-gateway-for-containers"
        if containers and IPv4Network(self.gateway).prefixlen != _FOR_CONTAINERS:
            raise ValueError(
                f"gateway {self.gateway} must be a /{_FOR_CONTAINERS} with gatewayKind {self.gateway_kind}"
            )
        return self

    @model_validator(mode="after")
    def _apart(self) -> Self:
        for (name, cidr), (other, other_cidr) in combinations(self._ranges.items(), 2):
            if IPv4Network(cidr).overlaps(IPv4Network(other_cidr)) and other not in self._inside(name):
                raise ValueError(f"{_camel(name)} {cidr} and {_camel(other)} {other_cidr} overlap")
        for name, cidr in self._ranges.items():
            for taken in _TAKEN_BY_AKS:
                if IPv4Network(cidr).overlaps(taken):
                    raise ValueError(f"{_camel(name)} {cidr} overlaps {taken}, which AKS keeps for itself")
        return self

    @model_validator(mode="after")
    def _apart_from_peers(self) -> Self:
        spaces: dict[str, str] = {}
        for peer in self.peers:
            if peer.name in spaces:
                raise ValueError(f"peers: {peer.name} is given twice; each needs a name of its own")
            for name, cidr in {**self._ranges, **spaces}.items():
                if name not in self.subnets and IPv4Network(cidr).overlaps(IPv4Network(peer.address_space)):
                    what = f"peer {name}" if name in spaces else _camel(name)
                    raise ValueError(f"peer {peer.name} {peer.address_space} and {what} {cidr} overlap")
            spaces[peer.name] = peer.address_space
        return self

    @property
    def _ranges(self) -> dict[str, str]:
        return {
            "address_space": self.address_space,
            **self.subnets,
            "pods": self.pods,
            "services": self.services,
        }

    def _inside(self, name: str) -> frozenset[str]:
        return frozenset(self.subnets) if name == "address_space" else frozenset()


def _camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(map(str.title, tail))
