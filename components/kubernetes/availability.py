"""How the Pods of one part are kept apart and kept running while nodes are drained."""

from __future__ import annotations

from typing import Final

import pulumi
from pulumi_kubernetes.core.v1 import (
    AffinityArgs,
    PodAffinityTermArgs,
    PodAntiAffinityArgs,
    TopologySpreadConstraintArgs,
)
from pulumi_kubernetes.meta.v1 import LabelSelectorArgs
from pulumi_kubernetes.policy.v1 import PodDisruptionBudget, PodDisruptionBudgetSpecArgs

from components.cluster.contract import ClusterAccess
from components.kubernetes.metadata import AppLabels, object_meta

ZONE: Final = "topology.kubernetes.io/zone"
NODE: Final = "kubernetes.io/hostname"


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
    return [
        TopologySpreadConstraintArgs(
            max_skew=1,
            topology_key=ZONE,
            when_unsatisfiable="ScheduleAnyway",
            label_selector=LabelSelectorArgs(match_labels=labels.selector),
        )
    ]


def disruption_budget(
    name: str, labels: AppLabels, cluster: ClusterAccess, opts: pulumi.ResourceOptions
) -> PodDisruptionBudget:
    """One Pod of the part at a time may be evicted; one that is not ready anyway never blocks a drain."""
    return PodDisruptionBudget(
        name,
        metadata=object_meta(labels.name, cluster.namespace, labels),
        spec=PodDisruptionBudgetSpecArgs(
            max_unavailable=1,
            selector=LabelSelectorArgs(match_labels=labels.selector),
            unhealthy_pod_eviction_policy="AlwaysAllow",
        ),
        opts=opts,
    )
