"""Who may talk to whom between subnets; Azure's own rules behind these refuse the rest of what comes from outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pulumi_azure_native import network

from components.cloud.azure.network_settings import AzureNetworkSettings

SubnetName = Literal["nodes", "database", "private_endpoints", "gateway"]


@dataclass(frozen=True)
class _Inbound:
    name: str
    sources: tuple[str, ...]
    ports: tuple[str, ...]
    allow: bool = True


def security_rules(subnet: SubnetName, ranges: AzureNetworkSettings) -> list[network.SecurityRuleArgs]:
    """The rules of that subnet, in order: each is judged before the next.

    Azure's defaults follow them: the virtual network and Azure's own load balancers are let in, the internet is not.
    """
    return [
        network.SecurityRuleArgs(
            name=rule.name,
            access=network.SecurityRuleAccess.ALLOW if rule.allow else network.SecurityRuleAccess.DENY,
            direction=network.SecurityRuleDirection.INBOUND,
            protocol=network.SecurityRuleProtocol.TCP if rule.allow else network.SecurityRuleProtocol.ASTERISK,
            priority=100 + 10 * place,
            source_address_prefix=rule.sources[0] if len(rule.sources) == 1 else None,
            source_address_prefixes=list(rule.sources) if len(rule.sources) > 1 else None,
            source_port_range="*",
            destination_address_prefix="*",
            destination_port_range=rule.ports[0] if len(rule.ports) == 1 else None,
            destination_port_ranges=list(rule.ports) if len(rule.ports) > 1 else None,
        )
        for place, rule in enumerate(_rules(subnet, ranges))
    ]


def _rules(subnet: SubnetName, ranges: AzureNetworkSettings) -> tuple[_Inbound, ...]:
    nobody_else = _Inbound("deny-others", ("VirtualNetwork",), ("*",), allow=False)
    # To Azure, what is in a peered network is in this one.
    no_peers = _inbound_of("deny-peers", tuple(peer.address_space for peer in ranges.peers), "*", allow=False)
    followers = tuple(peer.database for peer in ranges.peers if peer.database is not None)
    match subnet:
        case "nodes":
            return (
                _Inbound("allow-nodes", (ranges.nodes,), ("*",)),
                _Inbound("allow-gateway", (ranges.gateway,), ("*",)),
                *no_peers,
            )
        case "database":
            # The servers of a highly available one talk to each other in their subnet, and so does the pooler (6432).
            return (
                _Inbound("allow-postgres", (ranges.nodes,), ("5432", "6432")),
                _Inbound("allow-servers", (ranges.database,), ("5432", "6432")),
                *_inbound_of("allow-replication", followers, "5432"),
                nobody_else,
            )
        case "private_endpoints":
            return (
                _Inbound("allow-redis", (ranges.nodes,), ("10000",)),
                _Inbound("allow-https", (ranges.nodes, ranges.gateway), ("443",)),
                nobody_else,
            )
        case "gateway":
            # Source: https://learn.microsoft.com/azure/application-gateway/configuration-infrastructure (2026-11-24).
            manager = _Inbound("allow-gateway-manager", ("GatewayManager",), ("65200-65535",))
            return (
                _Inbound("allow-web", ("Internet",), ("80", "443")),
                *((manager,) if ranges.gateway_kind == "application-gateway" else ()),
                *no_peers,
            )


def _inbound_of(name: str, sources: tuple[str, ...], port: str, *, allow: bool = True) -> tuple[_Inbound, ...]:
    """None where there are no sources: Azure takes a rule without any for everybody's."""
    return (_Inbound(name, sources, (port,), allow=allow),) if sources else ()
