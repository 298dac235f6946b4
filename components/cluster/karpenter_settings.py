"""The nodes that Karpenter makes in a cluster of Amazon EKS."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from components.settings.quantities import CpuQuantity, MemoryQuantity
from components.settings.section import Section
from components.settings.text import Matching

ImageVersion = Annotated[
    str,
    Matching(r"latest|v20[0-9]{6}", "latest, or a release of Amazon's image for EKS, such as v20260811"),
]


class NodeLimits(Section):
    """How much there may be of all nodes together; beyond it Pods stay pending.

    Seven of the guide's m5.xlarge: with the three that stay, its ten.
    """

    nodes: Annotated[int, Field(ge=1, le=5000)] = 7
    """Machines, whatever their size."""
    cpu: CpuQuantity = "28"
    """In cores."""
    memory: MemoryQuantity = "112Gi"
    """In bytes."""


class KarpenterNodes(Section):
    """Nodes as Pods need them, beside the node group, which stays as it is for the cluster's own Pods.

    They lie in whichever zones the Pods' own spread asks for, and have the processors that the node group has.
    """

    limits: NodeLimits = NodeLimits()
    families: Annotated[tuple[Literal["c", "m", "r"], ...], Field(min_length=1)] = ("c", "m", "r")
    """Instances with little, some or much memory for a core: the cheapest that fits is taken."""
    min_generation: Annotated[int, Field(ge=3, le=20)] = 5
    """Oldest generation of instances; the guide's m5 has 5."""
    max_cpu: Annotated[int, Field(ge=2, le=192)] = 16
    """Cores of the largest instance, so that no one node carries too much."""
    capacity: Annotated[tuple[Literal["on-demand", "spot"], ...], Field(min_length=1)] = ("on-demand",)
    """What instances are paid as. Spot ones go with two minutes' notice, and need the account's role for them:
    `aws iam create-service-linked-role --aws-service-name spot.amazonaws.com`."""
    disk_gib: Annotated[int, Field(ge=20, le=16_384)] = 100
    """Root volume, gp3 and encrypted; the guide asks production nodes for 100 GB."""
    image_version: ImageVersion = "latest"
    """Release of Amazon Linux 2023 for EKS. With latest each new one renews the nodes, a few at a time; a version that
    was tried in another stack first is the safer choice."""
    expire_after_hours: Annotated[int, Field(ge=24, le=8760)] = 720
    """The age at which a node is replaced."""
    consolidate_after_minutes: Annotated[int, Field(ge=1, le=1440)] = 5
    """How long a node must have been left alone before it may go, because others have room for its Pods."""
    max_unavailable: Annotated[int, Field(ge=1, le=100)] = 1
    """Nodes with Pods on them that may go at once, beside those that are too old; empty ones go as they are found."""
    drain_limit_hours: Annotated[int, Field(ge=1, le=8760)] | None = None
    """When a node that is to go ends even where disruption budgets still hold its Pods; null waits for them."""
