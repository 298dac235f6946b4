"""The managed add-ons of an EKS cluster, and the rights of ServiceAccounts in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import pulumi
from pulumi_aws import eks
from pydantic import JsonValue

from components.aws.iam import ServiceAccount, associate, workload_role
from components.cloud.aws.contract import AwsCloud
from components.cluster.eks_settings import AddonName, EksCluster


@dataclass(frozen=True)
class ManagedAddon:
    """An add-on that EKS installs and renews."""

    name: AddonName
    configuration: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    account: ServiceAccount | None = None
    """Whose Pods need rights on AWS."""


_BEFORE_NODES: Final = (
    ManagedAddon("eks-pod-identity-agent"),
    ManagedAddon(
        "vpc-cni",
        # Policies are what closes the stack's namespace; prefixes let a node have as many Pods as it has room for.
        {"enableNetworkPolicy": "true", "env": {"ENABLE_PREFIX_DELEGATION": "true", "WARM_PREFIX_TARGET": "1"}},
        ServiceAccount("kube-system", "aws-node", ("AmazonEKS_CNI_Policy",)),
    ),
    ManagedAddon("kube-proxy"),
)
_WITH_NODES: Final = (
    ManagedAddon("coredns"),
    ManagedAddon("metrics-server"),
    ManagedAddon(
        "aws-ebs-csi-driver",
        account=ServiceAccount("kube-system", "ebs-csi-controller-sa", ("service-role/AmazonEBSCSIDriverPolicy",)),
    ),
)
_INSIGHTS: Final = ManagedAddon(
    "amazon-cloudwatch-observability",
    account=ServiceAccount("amazon-cloudwatch", "cloudwatch-agent", ("CloudWatchAgentServerPolicy",)),
)


class EksAddons(pulumi.ComponentResource):
    """Managed add-ons, each with the rights of its ServiceAccount only.

    Names and policies, 2026-11-24: https://docs.aws.amazon.com/eks/latest/userguide/workloads-add-ons-available-eks.html
    """

    ready: list[pulumi.Resource]
    """What has to stand before whatever needs the add-ons."""

    def __init__(
        self,
        name: str,
        settings: EksCluster,
        *,
        cloud: AwsCloud,
        cluster: eks.Cluster,
        after: list[pulumi.Resource],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Those that nodes need to join where `after` is empty, else those that need the nodes `after`."""
        super().__init__("jarvis:cluster:EksAddons", name, None, opts)
        addons = [*_WITH_NODES, *([_INSIGHTS] if settings.container_insights else [])] if after else _BEFORE_NODES
        self.ready = [self._addon(addon, settings, cloud, cluster, after) for addon in addons]
        self.register_outputs({"names": [addon.name for addon in addons]})

    def _addon(
        self,
        addon: ManagedAddon,
        settings: EksCluster,
        cloud: AwsCloud,
        cluster: eks.Cluster,
        after: list[pulumi.Resource],
    ) -> eks.Addon:
        identities: list[eks.AddonPodIdentityAssociationArgs] = []
        if addon.account is not None:
            role = workload_role(addon.name, addon.account, cloud=cloud, cluster_arn=cluster.arn, parent=self)
            identities.append(
                eks.AddonPodIdentityAssociationArgs(role_arn=role.arn, service_account=addon.account.name)
            )
        return eks.Addon(
            addon.name,
            cluster_name=cluster.name,
            addon_name=addon.name,
            addon_version=settings.addon_versions.get(addon.name),
            configuration_values=json.dumps(addon.configuration, sort_keys=True) if addon.configuration else None,
            pod_identity_associations=identities or None,
            resolve_conflicts_on_create="OVERWRITE",
            resolve_conflicts_on_update="PRESERVE",
            tags=cloud.named(addon.name),
            opts=cloud.child_of(self, *after),
        )


def controllers(settings: EksCluster, cloud: AwsCloud) -> dict[str, ServiceAccount]:
    """The ServiceAccounts of controllers that are no managed add-ons, and what each may do on AWS."""
    found: dict[str, ServiceAccount] = {}
    if settings.load_balancer_controller:
        found["load-balancer-controller"] = _load_balancer_controller(cloud)
    if settings.autoscaler == "cluster-autoscaler":
        found["cluster-autoscaler"] = _cluster_autoscaler(settings.name)
    if settings.external_secrets:
        found["external-secrets"] = _external_secrets(cloud)
    return found


def entitle_controllers(
    settings: EksCluster, cluster: eks.Cluster, *, cloud: AwsCloud, parent: pulumi.Resource
) -> list[pulumi.Resource]:
    """Give each of `controllers` its rights; what comes back has to stand before their Pods start."""
    return [
        entitle(name, account, cluster, cloud=cloud, parent=parent)
        for name, account in controllers(settings, cloud).items()
    ]


def entitle(
    name: str, account: ServiceAccount, cluster: eks.Cluster, *, cloud: AwsCloud, parent: pulumi.Resource
) -> pulumi.Resource:
    """Give one ServiceAccount its rights; what comes back has to stand before its Pods start."""
    role = workload_role(name, account, cloud=cloud, cluster_arn=cluster.arn, parent=parent)
    return associate(name, account, role, cloud=cloud, cluster_name=cluster.name, parent=parent)


def _load_balancer_controller(cloud: AwsCloud) -> ServiceAccount:
    """It registers Pods in target groups that the program makes; the rest of its usual rights it has no use for."""
    groups = (
        f"arn:{cloud.partition}:elasticloadbalancing:{cloud.region}:{cloud.account_id}:targetgroup/{cloud.name}-*/*"
    )
    return ServiceAccount(
        "kube-system",
        "aws-load-balancer-controller",
        statements=(
            {
                "Effect": "Allow",
                "Action": [
                    "ec2:DescribeAvailabilityZones",
                    "ec2:DescribeInstances",
                    "ec2:DescribeNetworkInterfaces",
                    "ec2:DescribeSecurityGroups",
                    "ec2:DescribeSubnets",
                    "ec2:DescribeVpcs",
                    "elasticloadbalancing:DescribeLoadBalancers",
                    "elasticloadbalancing:DescribeTags",
                    "elasticloadbalancing:DescribeTargetGroups",
                    "elasticloadbalancing:DescribeTargetHealth",
                ],
                "Resource": "*",
            },
            {
                "Effect": "Allow",
                "Action": ["elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets"],
                "Resource": groups,
            },
        ),
    )


def _cluster_autoscaler(cluster_name: str) -> ServiceAccount:
    """Source: https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/cloudprovider/aws/README.md
    (2026-11-24). EKS tags the groups itself.
    """
    return ServiceAccount(
        "kube-system",
        "cluster-autoscaler",
        statements=(
            {
                "Effect": "Allow",
                "Action": [
                    "autoscaling:DescribeAutoScalingGroups",
                    "autoscaling:DescribeAutoScalingInstances",
                    "autoscaling:DescribeLaunchConfigurations",
                    "autoscaling:DescribeScalingActivities",
                    "autoscaling:DescribeTags",
                    "ec2:DescribeImages",
                    "ec2:DescribeInstanceTypes",
                    "ec2:DescribeLaunchTemplateVersions",
                    "ec2:GetInstanceTypesFromInstanceRequirements",
                    "eks:DescribeNodegroup",
                ],
                "Resource": "*",
            },
            {
                "Effect": "Allow",
                "Action": ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"],
                "Resource": "*",
                "Condition": {"StringEquals": {f"aws:ResourceTag/k8s.io/cluster-autoscaler/{cluster_name}": "owned"}},
            },
        ),
    )


def _external_secrets(cloud: AwsCloud) -> ServiceAccount:
    """The stack's own entries, and the key that they are encrypted with."""
    entries = f"arn:{cloud.partition}:secretsmanager:{cloud.region}:{cloud.account_id}:secret:{cloud.name}/*"
    return ServiceAccount(
        "external-secrets",
        "external-secrets",
        statements=(
            {
                "Effect": "Allow",
                "Action": ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
                "Resource": entries,
            },
            {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": cloud.key_arn},
        ),
    )
