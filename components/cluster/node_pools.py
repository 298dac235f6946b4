"""The nodes that Karpenter makes, as it is told of them in the cluster."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import pulumi
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from components.cluster.contract import ClusterAccess, KarpenterAccess
from components.cluster.eks_nodes import node_labels
from components.cluster.eks_settings import EksCluster, is_arm
from components.cluster.karpenter_settings import KarpenterNodes
from components.kubernetes.custom import Field, custom_resource, wait_for
from components.kubernetes.metadata import AppLabels

_NAME: Final = "jarvis"
_PODS_A_NODE: Final = 110
"""Kubernetes' own figure. Karpenter would count the addresses of network cards, but they carry prefixes of sixteen."""
_DRAINED: Final = pulumi.CustomTimeouts(delete="60m")
"""An object goes only once its nodes are drained and ended."""


class NodePools(pulumi.ComponentResource):
    """One pool of nodes, and how their instances are made.

    Sources: nodepools.md, nodeclasses.md and disruption.md in
    https://github.com/aws/karpenter-provider-aws/tree/v1.14.1/website/content/en/v1.14/concepts (2026-11-24).
    """

    cluster: ClusterAccess
    """The cluster, in which whatever is put waits for the pool, and leaves before it does."""

    def __init__(
        self,
        name: str,
        settings: EksCluster,
        *,
        karpenter: KarpenterAccess,
        cluster: ClusterAccess,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("jarvis:cluster:NodePools", name, None, opts)
        self._cluster = cluster
        node_class = self._object(
            "node-class", "karpenter.k8s.aws/v1", "EC2NodeClass", _instances(settings.karpenter, karpenter)
        )
        arm = is_arm(settings.nodes.instance_types[0])
        pool = self._object(
            "node-pool",
            "karpenter.sh/v1",
            "NodePool",
            _pool(settings.karpenter, cluster.environment, arm=arm),
            node_class,
        )
        self.cluster = replace(cluster, prerequisites=(*cluster.prerequisites, pool))
        self.register_outputs({"name": _NAME})

    def _object(
        self, name: str, api_version: str, kind: str, spec: Mapping[str, Field], *after: pulumi.Resource
    ) -> CustomResource:
        labels = AppLabels(_NAME, "nodes", self._cluster.environment)
        return custom_resource(
            name,
            api_version=api_version,
            kind=kind,
            # Ready says that its network, image, profile and rights were found to be right.
            metadata=ObjectMetaArgs(name=_NAME, labels=labels.all, annotations=wait_for("condition=Ready")),
            spec=spec,
            opts=pulumi.ResourceOptions.merge(
                self._cluster.child_of(self, *after), pulumi.ResourceOptions(custom_timeouts=_DRAINED)
            ),
        )


def _instances(settings: KarpenterNodes, karpenter: KarpenterAccess) -> Mapping[str, Field]:
    return {
        "amiSelectorTerms": [{"alias": f"al2023@{settings.image_version}"}],
        "instanceProfile": karpenter.instance_profile,
        "subnetSelectorTerms": [{"id": id_} for id_ in karpenter.subnet_ids],
        "securityGroupSelectorTerms": [{"id": id_} for id_ in karpenter.security_group_ids],
        "associatePublicIPAddress": False,
        "metadataOptions": {
            "httpEndpoint": "enabled",
            "httpProtocolIPv6": "disabled",
            "httpTokens": "required",
            "httpPutResponseHopLimit": 1,  # out of the reach of Pods, which have roles of their own
        },
        "blockDeviceMappings": [
            {
                "deviceName": "/dev/xvda",
                "rootVolume": True,
                "ebs": {
                    "volumeType": "gp3",
                    "volumeSize": f"{settings.disk_gib}Gi",
                    "encrypted": True,
                    "deleteOnTermination": True,
                },
            }
        ],
        "kubelet": {"maxPods": _PODS_A_NODE},
        "tags": karpenter.tags,
    }


def _pool(settings: KarpenterNodes, environment: str, *, arm: bool) -> Mapping[str, Field]:
    template: Mapping[str, Field] = {
        "nodeClassRef": {"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": _NAME},
        "requirements": _requirements(settings, arm=arm),
        "expireAfter": f"{settings.expire_after_hours}h",
        "terminationGracePeriod": None if settings.drain_limit_hours is None else f"{settings.drain_limit_hours}h",
    }
    return {
        "template": {"metadata": {"labels": node_labels(environment)}, "spec": template},
        "disruption": {
            "consolidationPolicy": "WhenEmptyOrUnderutilized",
            "consolidateAfter": f"{settings.consolidate_after_minutes}m",
            # The disruption budgets of the Pods hold on top of these.
            "budgets": [
                {"nodes": str(settings.max_unavailable), "reasons": ["Drifted", "Underutilized"]},
                {"nodes": "100%", "reasons": ["Empty"]},
            ],
        },
        "limits": {
            "nodes": str(settings.limits.nodes),
            "cpu": settings.limits.cpu,
            "memory": settings.limits.memory,
        },
    }


def _requirements(settings: KarpenterNodes, *, arm: bool) -> list[Field]:
    def one(key: str, operator: str, *values: str) -> Field:
        return {"key": key, "operator": operator, "values": list(values)}

    return [
        one("kubernetes.io/os", "In", "linux"),
        one("kubernetes.io/arch", "In", "arm64" if arm else "amd64"),
        one("karpenter.sh/capacity-type", "In", *settings.capacity),
        one("karpenter.k8s.aws/instance-category", "In", *settings.families),
        one("karpenter.k8s.aws/instance-generation", "Gt", str(settings.min_generation - 1)),
        one("karpenter.k8s.aws/instance-cpu", "Lt", str(settings.max_cpu + 1)),
        one("karpenter.k8s.aws/instance-hypervisor", "In", "nitro"),
    ]
