"""NetworkPolicies: deny everything in a namespace, then allow the flows that the components declare."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pulumi
from pulumi_kubernetes.meta.v1 import LabelSelectorArgs, ObjectMetaArgs
from pulumi_kubernetes.networking.v1 import (
    NetworkPolicy,
    NetworkPolicyEgressRuleArgs,
    NetworkPolicyPeerArgs,
    NetworkPolicyPortArgs,
    NetworkPolicySpecArgs,
)

from components.cluster.contract import ClusterAccess
from components.kubernetes.metadata import AppLabels, object_meta
from components.network.contract import Flow
from components.network.rules import NAMESPACE_LABEL, app_policies

DEFAULT_DENY: Final = "default-deny"
ALLOW_DNS: Final = "allow-dns"
_DNS_PORT: Final = 53


class NetworkPolicies(pulumi.ComponentResource):
    """One policy for each `app` label that a flow names, the DNS policy, and the default that denies the rest.

    The default comes last, so that traffic that is to go on never stops.
    """

    def __init__(
        self,
        name: str,
        flows: Sequence[Flow],
        *,
        cluster: ClusterAccess,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Raises ValueError where neither end of a flow is a Pod of the namespace: no policy of it could allow that."""
        super().__init__("jarvis:network:NetworkPolicies", name, None, opts)
        self._cluster = cluster
        allowing = [self._policy(app, spec, app) for app, spec in app_policies(flows).items()]
        allowing.append(self._policy(ALLOW_DNS, dns_policy()))
        self._policy(DEFAULT_DENY, deny_policy(), after=allowing)
        self.register_outputs({})

    def _policy(
        self, name: str, spec: NetworkPolicySpecArgs, app: str = "jarvis", after: Sequence[pulumi.Resource] = ()
    ) -> NetworkPolicy:
        return NetworkPolicy(
            f"policy-{name}",
            metadata=self._meta(name, app),
            spec=spec,
            opts=self._cluster.child_of(self, *after),
        )

    def _meta(self, name: str, app: str) -> ObjectMetaArgs:
        return object_meta(name, self._cluster.namespace, AppLabels(app, "network-policy", self._cluster.environment))


def deny_policy() -> NetworkPolicySpecArgs:
    """Selects every Pod and allows nothing."""
    return NetworkPolicySpecArgs(pod_selector=LabelSelectorArgs(), policy_types=["Ingress", "Egress"])


def dns_policy() -> NetworkPolicySpecArgs:
    """Lets every Pod ask the cluster's DNS servers, which bear this label in every distribution."""
    servers = NetworkPolicyPeerArgs(
        namespace_selector=LabelSelectorArgs(match_labels={NAMESPACE_LABEL: "kube-system"}),
        pod_selector=LabelSelectorArgs(match_labels={"k8s-app": "kube-dns"}),
    )
    ports = [NetworkPolicyPortArgs(protocol=protocol, port=_DNS_PORT) for protocol in ("UDP", "TCP")]
    return NetworkPolicySpecArgs(
        pod_selector=LabelSelectorArgs(),
        policy_types=["Egress"],
        egress=[NetworkPolicyEgressRuleArgs(to=[servers], ports=ports)],
    )
