"""The world reaches the load balancer, on its two ports, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pulumi_policy import Severity

from policies.rule import Config, Rule
from policies.seen import UNKNOWN, Seen, at, each

_GROUPS: Final = ("aws:ec2/securityGroup:SecurityGroup", "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup")
_OLD_RULE: Final = "aws:ec2/securityGroupRule:SecurityGroupRule"
_RULE: Final = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
_NSG: Final = "azure-native:network:NetworkSecurityGroup"
_NSG_RULE: Final = "azure-native:network:SecurityRule"
_WORLD: Final = {"0.0.0.0/0", "::/0", "*", "Internet", "Any", "0.0.0.0"}  # noqa: S104 (addresses that are refused)


@dataclass(frozen=True)
class _Opening:
    """One rule that lets the world in."""

    names: tuple[object, ...]
    """Whatever says what the rule is for."""
    ports: frozenset[str]
    """Ports and ranges; empty where they are not known yet."""


def _ingress(resource: Seen, config: Config) -> Iterator[str]:
    for opening in _openings(resource):
        is_web = opening.ports <= set(config["ports"])
        of_balancer = UNKNOWN in opening.names or any(
            re.search(config["loadBalancers"], str(name).lower()) for name in opening.names if name is not None
        )
        if not (is_web and of_balancer):
            shown = ", ".join(sorted(opening.ports)) or "A port"
            yield f"{shown} is open to the world: name the sources, or put it behind the load balancer."


def _openings(resource: Seen) -> Iterator[_Opening]:
    names = (resource.name, *(resource.get(key) for key in ("name", "description", "networkSecurityGroupName")))
    for rule, protocol in _rules(resource):
        sources = {at(rule, "cidrIpv4"), at(rule, "cidrIpv6"), *each(at(rule, "cidrBlocks"))}
        if (sources | {*each(at(rule, "ipv6CidrBlocks"))}) & _WORLD:
            yield _Opening((*names, at(rule, "description")), _ports(rule, protocol))
        elif _lets_the_world_in(rule):
            yield _Opening((*names, at(rule, "name")), _azure_ports(rule))


def _rules(resource: Seen) -> list[tuple[object, str]]:
    """Each rule about what comes in, and where it names its protocol."""
    if resource.type in _GROUPS:
        return [(rule, "protocol") for rule in each(resource.get("ingress"))]
    if resource.type == _OLD_RULE:
        return [(resource.inputs, "protocol")] if resource.get("type") == "ingress" else []
    if resource.type == _NSG:
        return [(rule, "protocol") for rule in each(resource.get("securityRules"))]
    return [(resource.inputs, "ipProtocol")]


def _ports(rule: object, protocol: str) -> frozenset[str]:
    first, last = at(rule, "fromPort"), at(rule, "toPort")
    if str(at(rule, protocol)) in ("-1", "all") or first is None:
        return frozenset({"every port"})
    if UNKNOWN in (first, last):
        return frozenset()
    return frozenset({_number(first) if first == last else f"{_number(first)}-{_number(last)}"})


def _number(port: object) -> str:
    return str(int(port)) if isinstance(port, int | float) else str(port)


def _lets_the_world_in(rule: object) -> bool:
    sources = {at(rule, "sourceAddressPrefix"), *each(at(rule, "sourceAddressPrefixes"))}
    return at(rule, "direction") == "Inbound" and at(rule, "access") == "Allow" and bool(sources & _WORLD)


def _azure_ports(rule: object) -> frozenset[str]:
    ports = {at(rule, "destinationPortRange"), *each(at(rule, "destinationPortRanges"))} - {None, UNKNOWN}
    return frozenset("every port" if port == "*" else str(port) for port in ports)


RULES: Final = (
    Rule(
        name="open-ports",
        title="The world reaches the load balancer's web ports, and nothing else.",
        reason="Every other open port is found and tried within minutes.",
        fix="Name the sources of the rule: a security group, a subnet, a prefix list.",
        check=_ingress,
        applies=lambda type_: type_ in (*_GROUPS, _OLD_RULE, _RULE, _NSG, _NSG_RULE),
        severity=Severity.CRITICAL,
        options={
            "ports": {"type": "array", "items": {"type": "string"}, "default": ["80", "443"]},
            # How load balancers' groups and rules are called, in lower case.
            "loadBalancers": {"type": "string", "default": r"\balb\b|\bweb\b|load.?balancer|gateway"},
        },
    ),
)
