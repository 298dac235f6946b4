"""From flows to the rules of policies. Pure: the same flows, in whatever order, give the same policies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final, Literal

from pulumi_kubernetes.meta.v1 import LabelSelectorArgs
from pulumi_kubernetes.networking.v1 import (
    IPBlockArgs,
    NetworkPolicyEgressRuleArgs,
    NetworkPolicyIngressRuleArgs,
    NetworkPolicyPeerArgs,
    NetworkPolicyPortArgs,
    NetworkPolicySpecArgs,
)

from components.network.contract import (
    AnyPeer,
    ApiServerPeer,
    CidrPeer,
    Flow,
    NamespacePeer,
    Peer,
    PodPeer,
)

NAMESPACE_LABEL: Final = "kubernetes.io/metadata.name"
"""Kubernetes puts it, with the namespace's name, on every namespace."""
Port = tuple[int, Literal["TCP", "UDP"]]
Rules = dict[Peer, set[Port]]
"""The ports on which each peer is allowed."""


def app_policies(flows: Iterable[Flow]) -> dict[str, NetworkPolicySpecArgs]:
    """By `app` label, the one policy of those Pods: what may come in and what may go out.

    Raises ValueError where neither end of a flow is a Pod of the namespace: no policy of it could allow that.
    """
    ingress: defaultdict[str, Rules] = defaultdict(dict)
    egress: defaultdict[str, Rules] = defaultdict(dict)
    for flow in flows:
        source, target = _own_app(flow.source), _own_app(flow.target)
        if source is None and target is None:
            raise ValueError(f"neither end of {flow} is a Pod of the namespace")
        port: Port = (flow.port, flow.protocol)
        if source is not None:
            egress[source].setdefault(flow.target, set()).add(port)
        if target is not None:
            ingress[target].setdefault(flow.source, set()).add(port)
    return {
        app: NetworkPolicySpecArgs(
            pod_selector=LabelSelectorArgs(match_labels={"app": app}),
            policy_types=["Ingress", "Egress"],
            ingress=_ingress_rules(ingress[app]) or None,
            egress=_egress_rules(egress[app]) or None,
        )
        for app in sorted({*ingress, *egress})
    }


def _own_app(peer: Peer) -> str | None:
    return peer.app if isinstance(peer, PodPeer) and peer.namespace is None else None


def _ingress_rules(rules: Rules) -> list[NetworkPolicyIngressRuleArgs]:
    return [NetworkPolicyIngressRuleArgs(from_=peers, ports=ports) for peers, ports in _in_order(rules)]


def _egress_rules(rules: Rules) -> list[NetworkPolicyEgressRuleArgs]:
    return [NetworkPolicyEgressRuleArgs(to=peers, ports=ports) for peers, ports in _in_order(rules)]


def _in_order(rules: Rules) -> list[tuple[list[NetworkPolicyPeerArgs] | None, list[NetworkPolicyPortArgs]]]:
    return [
        (
            _selectors(peer),
            [NetworkPolicyPortArgs(port=number, protocol=protocol) for number, protocol in sorted(ports)],
        )
        for peer, ports in sorted(rules.items(), key=lambda rule: repr(rule[0]))
    ]


def _selectors(peer: Peer) -> list[NetworkPolicyPeerArgs] | None:
    """What a rule selects; None for any address, which a rule says by naming no peer."""
    match peer:
        case AnyPeer() | ApiServerPeer():
            return None
        case CidrPeer():
            block = IPBlockArgs(cidr=peer.cidr, except_=list(peer.except_cidrs) or None)
            return [NetworkPolicyPeerArgs(ip_block=block)]
        case NamespacePeer():
            return [NetworkPolicyPeerArgs(namespace_selector=_namespace(peer.namespace))]
        case PodPeer():
            return [
                NetworkPolicyPeerArgs(
                    namespace_selector=None if peer.namespace is None else _namespace(peer.namespace),
                    pod_selector=LabelSelectorArgs(match_labels={"app": peer.app}),
                )
            ]


def _namespace(name: str) -> LabelSelectorArgs:
    return LabelSelectorArgs(match_labels={NAMESPACE_LABEL: name})
