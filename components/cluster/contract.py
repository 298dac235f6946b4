"""What every kind of cluster gives to the components that are put into it."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi


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

    def child_of(self, parent: pulumi.Resource, *depends_on: pulumi.Resource) -> pulumi.ResourceOptions:
        """Options of an object that `parent` owns in this cluster."""
        return pulumi.ResourceOptions(
            parent=parent, provider=self.provider, depends_on=[*self.prerequisites, *depends_on] or None
        )
