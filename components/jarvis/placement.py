"""Where Pods go and which go first: spread over zones and nodes, and the stack's own PriorityClasses.

Sources: https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/ and
https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_kubernetes.core.v1 import TopologySpreadConstraintArgs
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs
from pulumi_kubernetes.scheduling.v1 import PriorityClass

from components.cluster.contract import ClusterAccess
from components.jarvis.scale import Priorities, Spread
from components.kubernetes.availability import NODE, ZONE, spread
from components.kubernetes.metadata import AppLabels


def spread_constraints(
    settings: Spread, apps: Sequence[str], *, by_revision: bool = False
) -> list[TopologySpreadConstraintArgs]:
    """Spreads the Pods of `apps`, counted together, over zones and nodes."""
    return [
        spread(key, apps, required=wish == "required", min_domains=minimum, by_revision=by_revision)
        for key, wish, minimum in (
            (ZONE, settings.zones, settings.min_zones),
            (NODE, settings.nodes, settings.min_nodes),
        )
    ]


@dataclass(frozen=True)
class PriorityClasses:
    """Names of the classes; None, where there are none, is the cluster's default."""

    backend: pulumi.Output[str] | None = None
    frontend: pulumi.Output[str] | None = None
    batch: pulumi.Output[str] | None = None
    resources: tuple[pulumi.Resource, ...] = ()
    """Pods wait for them: the API server refuses a Pod whose class it does not know."""


def priority_classes(
    settings: Priorities | None, *, cluster: ClusterAccess, parent: pulumi.Resource
) -> PriorityClasses:
    """The classes `<namespace>-backend`, `-frontend` and `-batch`, or none."""
    if settings is None:
        return PriorityClasses()
    preempt = "PreemptLowerPriority" if settings.preemption else "Never"
    classes = {
        "backend": (settings.backend, preempt, "API, interface, speech and models"),
        "frontend": (settings.frontend, preempt, "user interface"),
        "batch": (settings.batch, "Never", "tasks of a release"),
    }
    # Named after the namespace, for cluster-scoped objects of several stacks meet in one cluster.
    names = {role: pulumi.Output.concat(cluster.namespace, "-", role) for role in classes}
    resources = tuple(
        PriorityClass(
            f"priority-{role}",
            metadata=ObjectMetaArgs(name=names[role], labels=AppLabels(role, "priority", cluster.environment).all),
            value=value,
            preemption_policy=policy,
            global_default=False,
            description=f"Jarvis: {what}",
            # Neither can change in place, and the name is fixed.
            opts=pulumi.ResourceOptions.merge(
                cluster.child_of(parent),
                pulumi.ResourceOptions(replace_on_changes=["value", "preemptionPolicy"], delete_before_replace=True),
            ),
        )
        for role, (value, policy, what) in classes.items()
    )
    return PriorityClasses(**names, resources=resources)


@dataclass(frozen=True)
class Placement:
    """Where the Pods of all services go and which go first."""

    spread: Spread
    priorities: PriorityClasses
