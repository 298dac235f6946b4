"""What every kind of cluster gives to the components that are put into it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi


@dataclass(frozen=True)
class KarpenterAccess:
    """What Karpenter makes nodes of an EKS cluster with."""

    interruption_queue: pulumi.Output[str]
    """Name of the SQS queue that tells of instances that are about to go."""
    instance_profile: pulumi.Output[str]
    """Whose role the nodes have."""
    subnet_ids: tuple[pulumi.Output[str], ...]
    """One a zone."""
    security_group_ids: tuple[pulumi.Output[str], ...]
    tags: Mapping[str, str]
    """Of instances and disks."""


@dataclass(frozen=True)
class EksAccess:
    """What Amazon's controllers are told of the EKS cluster that they run in."""

    name: str
    region: str
    vpc_id: pulumi.Output[str]
    karpenter: KarpenterAccess | None = None
    """None where Karpenter makes no nodes."""


@dataclass(frozen=True)
class AksAccess:
    """Who the ALB controller of an AKS cluster is."""

    alb_client_id: pulumi.Output[str]
    """Of its identity."""
    alb_principal_id: pulumi.Output[str]
    """The same identity, as rights are given to it."""


@dataclass(frozen=True)
class ClusterAccess:
    """A reachable Kubernetes cluster and the namespace that the stack owns in it."""

    provider: pulumi.ProviderResource
    """The `kubernetes` provider that every object of the stack uses."""
    namespace: pulumi.Output[str]
    """Known only once the namespace exists, so that whatever uses it waits for it."""
    environment: str
    """Value of the `environment` label."""
    prerequisites: tuple[pulumi.Resource, ...] = ()
    """What must stand before anything else is put into the cluster: controllers and the kinds that they define."""
    eks: EksAccess | None = None
    """None where the cluster is not one of Amazon's that the stack made."""
    aks: AksAccess | None = None
    """None where the cluster is not one of Azure's that the stack made, or has no ALB controller."""

    def child_of(self, parent: pulumi.Resource, *depends_on: pulumi.Resource) -> pulumi.ResourceOptions:
        """Options of an object that `parent` owns in this cluster."""
        return pulumi.ResourceOptions(
            parent=parent, provider=self.provider, depends_on=[*self.prerequisites, *depends_on] or None
        )
