"""The policies of flows, as the API server would get them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pulumi._types import input_type_to_dict, is_input_type

from components.network.contract import Flow
from components.network.policies import NetworkPolicies, deny_policy, dns_policy
from components.network.rules import app_policies
from tests.support.mocks import Graph, cluster_access, registered

NAMESPACE = "jarvis-test"


def network_graph(flows: Sequence[Flow]) -> Graph:
    """What the component registers."""
    return registered(lambda: NetworkPolicies("network", flows, cluster=cluster_access(NAMESPACE)))


def policies_of(flows: Sequence[Flow]) -> list[dict[str, Any]]:
    """The same policies without a program run, for the many examples of property tests; sorted by name."""
    specs = {**app_policies(flows), "allow-dns": dns_policy(), "default-deny": deny_policy()}
    return [
        {"metadata": {"name": name, "namespace": NAMESPACE}, "spec": plain(spec)}
        for name, spec in sorted(specs.items())
    ]


def plain(value: Any) -> Any:
    """An SDK's Args as the plain data that it stands for."""
    if is_input_type(type(value)):
        value = input_type_to_dict(value)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items() if item is not None}
    return [plain(item) for item in value] if isinstance(value, list) else value
