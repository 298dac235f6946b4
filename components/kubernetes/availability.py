"""How the Pods of one part are kept apart and kept running while nodes are drained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pulumi
from pulumi_kubernetes.core.v1 import (
    AffinityArgs,
    PodAffinityTermArgs,
    PodAntiAffinityArgs,
    TopologySpreadConstraintArgs,
)
from pulumi_kubernetes.meta.v1 import LabelSelectorArgs, LabelSelectorRequirementArgs
from pulumi_kubernetes.policy.v1 import PodDisruptionBudget, PodDisruptionBudgetSpecArgs

from components.cluster.contract import ClusterAccess
from components.kubernetes.metadata import AppLabels, object_meta

ZONE: Final = "topology.kubernetes.io/zone"
"""Label of a node that names its zone; a node without it takes no Pod that must be spread over zones."""
NODE: Final = "kubernetes.io/hostname"
"""Label of a node that names itself."""


def apart(labels: AppLabels) -> AffinityArgs:
    """No two Pods of the part on one node, whatever happens: the loss of a node takes one of them."""
    return AffinityArgs(
        pod_anti_affinity=PodAntiAffinityArgs(
            required_during_scheduling_ignored_during_execution=[
                PodAffinityTermArgs(topology_key=NODE, label_selector=LabelSelectorArgs(match_labels=labels.selector))
            ]
        )
    )


def over_zones(labels: AppLabels) -> list[TopologySpreadConstraintArgs]:
    """The Pods of the part spread over the zones, as far as nodes there have room."""
    return [spread(ZONE, [labels.name])]


def spread(
    topology_key: str,
    apps: Sequence[str],
    *,
    required: bool = False,
    min_domains: int | None = None,
    by_revision: bool = False,
) -> TopologySpreadConstraintArgs:
    """Keeps the numbers of Pods in each domain of `topology_key` within one of each other.

    Where that is not possible, a Pod waits if it is `required`, and else goes where there is room. `min_domains`
    belongs to `required`: with fewer domains, none takes a second Pod. `by_revision` counts the Pods of each revision
    of a Deployment apart, so that those on their way out do not push new ones together.
    """
    return TopologySpreadConstraintArgs(
        max_skew=1,
        topology_key=topology_key,
        when_unsatisfiable="DoNotSchedule" if required else "ScheduleAnyway",
        min_domains=min_domains if required else None,
        # Else nodes that a Pod may not enter count as empty ones, and it waits for them.
        node_taints_policy="Honor" if required else None,
        label_selector=pods_of(apps),
        match_label_keys=["pod-template-hash"] if by_revision else None,
    )


def disruption_budget(
    name: str,
    labels: AppLabels,
    cluster: ClusterAccess,
    opts: pulumi.ResourceOptions,
    *,
    apps: Sequence[str] = (),
) -> PodDisruptionBudget:
    """One Pod at a time may be evicted, of the part or of all `apps` together.

    One that is not ready never blocks a drain, nor does one that is alone.
    """
    return PodDisruptionBudget(
        name,
        metadata=object_meta(labels.name, cluster.namespace, labels),
        spec=PodDisruptionBudgetSpecArgs(
            max_unavailable=1,
            selector=pods_of(apps or [labels.name]),
            unhealthy_pod_eviction_policy="AlwaysAllow",
        ),
        opts=opts,
    )


def pods_of(apps: Sequence[str]) -> LabelSelectorArgs:
    """The Pods of one part, or of several together, by their `app` labels."""
    if len(apps) == 1:
        return LabelSelectorArgs(match_labels={"app": apps[0]})
    among = LabelSelectorRequirementArgs(key="app", operator="In", values=list(apps))
    return LabelSelectorArgs(match_expressions=[among])
