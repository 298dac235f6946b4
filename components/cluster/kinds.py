"""Which kind of cluster a stack has."""

from __future__ import annotations

import pulumi

from components.cluster.contract import ClusterAccess
from components.cluster.settings import ClusterSettings, ExistingCluster


def create_cluster(
    settings: ClusterSettings, *, environment: str, protect: bool, opts: pulumi.ResourceOptions | None = None
) -> ClusterAccess:
    """Reach the stack's cluster and make its namespace; `protect` keeps that from being deleted."""
    match settings:
        case ExistingCluster():
            from components.cluster.existing import ClusterNamespace

            return ClusterNamespace("cluster", settings, environment=environment, protect=protect, opts=opts).access
