"""Which kind of cluster a stack has."""

from __future__ import annotations

import pulumi

from components.cloud.contract import Cloud, require_aws, require_azure
from components.cluster.aks_settings import AksCluster
from components.cluster.contract import ClusterAccess
from components.cluster.eks_settings import EksCluster
from components.cluster.settings import ClusterSettings, ExistingCluster


def create_cluster(
    settings: ClusterSettings,
    *,
    environment: str,
    protect: bool,
    cloud: Cloud | None = None,
    opts: pulumi.ResourceOptions | None = None,
) -> ClusterAccess:
    """Reach, or make, the stack's cluster and make its namespace; `protect` keeps them from being deleted.

    Raises pulumi.RunError where the kind of cluster needs another kind of cloud.
    """
    match settings:
        case ExistingCluster():
            from components.cluster.existing import ClusterNamespace

            return ClusterNamespace("cluster", settings, environment=environment, protect=protect, opts=opts).access
        case EksCluster():
            from components.cluster.eks import ManagedCluster

            return ManagedCluster(
                "cluster",
                settings,
                cloud=require_aws(cloud, "jarvis:cluster of kind eks"),
                environment=environment,
                protect=protect,
                opts=opts,
            ).access
        case AksCluster():
            from components.cluster.aks import Aks

            return Aks(
                "cluster",
                settings,
                cloud=require_azure(cloud, "jarvis:cluster of kind aks"),
                environment=environment,
                protect=protect,
                opts=opts,
            ).access


def create_node_pools(
    settings: ClusterSettings, *, cluster: ClusterAccess, opts: pulumi.ResourceOptions | None = None
) -> ClusterAccess:
    """Tell the controllers in the cluster which nodes to make, where one of them is to; the cluster that has them.

    Its `prerequisites` must hold the controllers.
    """
    karpenter = cluster.eks.karpenter if cluster.eks is not None else None
    if not isinstance(settings, EksCluster) or karpenter is None:
        return cluster
    from components.cluster.node_pools import NodePools

    return NodePools("node-pools", settings, karpenter=karpenter, cluster=cluster, opts=opts).cluster
