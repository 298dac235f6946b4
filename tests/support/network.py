"""An own reading of NetworkPolicies: whether they let a connection through. It shares no code with what writes them.

Source: https://kubernetes.io/docs/concepts/services-networking/network-policies/
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Any


@dataclass(frozen=True)
class Endpoint:
    """A Pod, or, with an empty namespace, an address outside the cluster."""

    address: str
    namespace: str = ""
    app: str = ""
    """Value of its only label, `app`."""
    k8s_app: str = ""

    @property
    def labels(self) -> dict[str, str]:
        return {key: value for key, value in (("app", self.app), ("k8s-app", self.k8s_app)) if value}


def allows(
    policies: Sequence[Mapping[str, Any]], source: Endpoint, target: Endpoint, port: int, protocol: str = "TCP"
) -> bool:
    """Whether a connection gets out of its source and into its target."""
    return _side(policies, "Egress", source, target, port, protocol) and _side(
        policies, "Ingress", target, source, port, protocol
    )


def selecting(policies: Sequence[Mapping[str, Any]], endpoint: Endpoint) -> list[Mapping[str, Any]]:
    """The policies that have a say in what an endpoint sends or gets."""
    return [policy for policy in policies if any(_selects(policy, way, endpoint) for way in ("Ingress", "Egress"))]


def _side(
    policies: Sequence[Mapping[str, Any]], direction: str, subject: Endpoint, other: Endpoint, port: int, protocol: str
) -> bool:
    selecting = [policy for policy in policies if _selects(policy, direction, subject)]
    if not selecting:
        return True
    key, peers = ("egress", "to") if direction == "Egress" else ("ingress", "from")
    rules = [(policy, rule) for policy in selecting for rule in policy["spec"].get(key) or []]
    return any(
        _matches_port(rule.get("ports"), port, protocol)
        and (not rule.get(peers) or any(_is_peer(peer, policy, other) for peer in rule[peers]))
        for policy, rule in rules
    )


def _selects(policy: Mapping[str, Any], direction: str, subject: Endpoint) -> bool:
    spec = policy["spec"]
    return (
        bool(subject.namespace)
        and policy["metadata"]["namespace"] == subject.namespace
        and direction in spec["policyTypes"]
        and _matches(spec["podSelector"], subject.labels)
    )


def _matches(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    assert not selector.get("matchExpressions"), "not needed so far"
    return all(labels.get(key) == value for key, value in (selector.get("matchLabels") or {}).items())


def _matches_port(ports: Sequence[Mapping[str, Any]] | None, port: int, protocol: str) -> bool:
    return not ports or any(item.get("port") == port and item.get("protocol", "TCP") == protocol for item in ports)


def _is_peer(peer: Mapping[str, Any], policy: Mapping[str, Any], other: Endpoint) -> bool:
    if "ipBlock" in peer:
        block, address = peer["ipBlock"], ip_address(other.address)
        return address in ip_network(block["cidr"]) and not any(
            address in ip_network(cidr) for cidr in block.get("except") or []
        )
    if not other.namespace:
        return False
    if "namespaceSelector" in peer:
        in_namespace = _matches(peer["namespaceSelector"], {"kubernetes.io/metadata.name": other.namespace})
    else:
        in_namespace = other.namespace == policy["metadata"]["namespace"]
    return in_namespace and _matches(peer.get("podSelector") or {}, other.labels)
