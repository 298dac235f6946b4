"""Cluster of kind `eks`: Amazon's managed Kubernetes, with the stack's namespace in it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pulumi
from pulumi_aws import eks
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs
from pulumi_kubernetes.storage.v1 import StorageClass

from components.cloud.aws.contract import AwsCloud
from components.cluster.contract import ClusterAccess, EksAccess
from components.cluster.eks_addons import EksAddons, entitle_controllers
from components.cluster.eks_control_plane import access_entries, control_plane, identity_provider, kubeconfig
from components.cluster.eks_nodes import EksNodes
from components.cluster.eks_settings import EksCluster
from components.cluster.eks_signals import observe
from components.cluster.namespace import cluster_provider, create_namespace
from components.kubernetes.metadata import AppLabels

if TYPE_CHECKING:
    from components.cluster.karpenter import Karpenter


class ManagedCluster(pulumi.ComponentResource):
    """Control plane, nodes, managed add-ons, a StorageClass `gp3`, and the namespace.

    `protect` keeps the cluster and its namespace from being deleted.
    """

    access: ClusterAccess
    kubeconfig: pulumi.Output[str]
    """Holds no secret: whoever uses it needs rights on AWS of their own."""

    def __init__(
        self,
        name: str,
        settings: EksCluster,
        *,
        cloud: AwsCloud,
        environment: str,
        protect: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("jarvis:cluster:ManagedCluster", name, None, opts)
        own = pulumi.ResourceOptions(parent=self)
        cluster = control_plane(settings, cloud=cloud, protect=protect, parent=self)
        entitled = access_entries(settings, cluster, cloud=cloud, parent=self)
        identity_provider(cluster, cloud=cloud, parent=self)
        entitled += entitle_controllers(settings, cluster, cloud=cloud, parent=self)
        karpenter = _karpenter(settings, cluster, cloud=cloud, opts=own)
        first = EksAddons("first-addons", settings, cloud=cloud, cluster=cluster, after=[], opts=own)
        nodes = EksNodes("nodes", settings, cloud=cloud, cluster=cluster, ready=first.ready, opts=own)
        addons = EksAddons("addons", settings, cloud=cloud, cluster=cluster, after=[nodes.group], opts=own)
        if settings.container_insights:
            observe(cluster.name, cloud=cloud, parent=self)
        self.kubeconfig = kubeconfig(cluster, settings, cloud)
        provider = cluster_provider(
            self,
            kubeconfig=self.kubeconfig,
            depends_on=[*entitled, *(karpenter.ready if karpenter else []), *addons.ready],
        )
        _storage_class(environment, pulumi.ResourceOptions(parent=self, provider=provider))
        access = create_namespace(settings, provider=provider, environment=environment, protect=protect, parent=self)
        known = EksAccess(settings.name, cloud.region, cloud.vpc_id, karpenter.access if karpenter else None)
        self.access = replace(access, eks=known)
        self.register_outputs({"name": settings.name, "namespace": self.access.namespace})


def _storage_class(environment: str, opts: pulumi.ResourceOptions) -> None:
    """Encrypted disks of the zone that a Pod is in, for whoever asks for no other class."""
    StorageClass(
        "gp3",
        metadata=ObjectMetaArgs(
            name="gp3",
            labels=AppLabels("gp3", "storage", environment).all,
            annotations={"storageclass.kubernetes.io/is-default-class": "true"},
        ),
        provisioner="ebs.csi.aws.com",
        parameters={"type": "gp3", "encrypted": "true"},
        volume_binding_mode="WaitForFirstConsumer",
        allow_volume_expansion=True,
        reclaim_policy="Delete",
        opts=opts,
    )


def _karpenter(
    settings: EksCluster, cluster: eks.Cluster, *, cloud: AwsCloud, opts: pulumi.ResourceOptions
) -> Karpenter | None:
    if settings.autoscaler != "karpenter":
        return None
    from components.cluster.karpenter import Karpenter

    return Karpenter("karpenter", settings, cloud=cloud, cluster=cluster, opts=opts)
