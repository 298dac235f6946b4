"""Inside the cluster nothing talks to anything that it was not allowed to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from policies.rule import Config, Rule
from policies.seen import UNKNOWN, Seen, at, each
from policies.workloads import makes_pods

_POLICY: Final = "kubernetes:networking.k8s.io/v1:NetworkPolicy"


def _default_deny(resources: Sequence[Seen], _: Config) -> Iterator[tuple[Seen | None, str]]:
    closed = {
        (policy.get("metadata", "namespace"), direction)
        for policy in resources
        if policy.type == _POLICY and policy.get("spec", "podSelector") == {}
        for direction in each(policy.get("spec", "policyTypes"))
        if not each(policy.get("spec", str(direction).lower()))
    }
    workloads = {item.get("metadata", "namespace") for item in resources if makes_pods(item.type)}
    for namespace in sorted(name for name in workloads if isinstance(name, str)):
        missing = [direction for direction in ("Ingress", "Egress") if (namespace, direction) not in closed]
        if missing:
            yield (
                None,
                f"Namespace {namespace} has workloads and no NetworkPolicy that denies {' and '.join(missing)} by"
                " default: add one with an empty podSelector and no rules.",
            )


def _open(policy: Seen, _: Config) -> Iterator[str]:
    """A rule without peers or ports lets everybody in."""
    for rule in each(policy.get("spec", "ingress")):
        if rule is not UNKNOWN and not at(rule, "from") and not at(rule, "ports"):
            yield "a rule of spec.ingress names neither sources nor ports, which lets everybody in: name them."


RULES: Final = (
    Rule(
        name="default-deny",
        title="Every namespace with workloads denies what no NetworkPolicy allows.",
        reason="Whoever gets into one Pod is then in that Pod only.",
        fix="List the flows of the component in its contract; the program makes the policies.",
        stack_check=_default_deny,
        applies=lambda type_: type_ == _POLICY or makes_pods(type_),
    ),
    Rule(
        name="open-network-policies",
        title="A NetworkPolicy names whom it lets in.",
        reason="One empty rule opens what all the others close.",
        fix="Name sources or ports.",
        check=_open,
        applies=lambda type_: type_ == _POLICY,
    ),
)
