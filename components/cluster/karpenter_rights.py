"""What Karpenter may do on AWS: make instances for this cluster, in its subnets and groups, and end those only."""

from __future__ import annotations

import pulumi

from components.aws.iam import Statement
from components.cloud.aws.contract import AwsCloud
from components.cluster.contract import KarpenterAccess
from components.cluster.eks_settings import EksCluster

_MAKE = ["ec2:CreateFleet", "ec2:RunInstances"]


def karpenter_rights(
    settings: EksCluster,
    access: KarpenterAccess,
    *,
    cloud: AwsCloud,
    cluster_arn: pulumi.Input[str],
    node_role_arn: pulumi.Input[str],
    queue_arn: pulumi.Input[str],
) -> tuple[Statement, ...]:
    """Its statements, each narrower than its source where this program knows more.

    Subnets and groups are those of the nodes and not any; it needs no rights to change instance profiles, placement
    groups or capacity reservations, because its nodes have a profile that stands and neither of the others.

    Source: reference/cloudformation.md in
    https://github.com/aws/karpenter-provider-aws/tree/v1.14.1/website/content/en/v1.14 (2026-11-24).
    """
    return (
        *_making(settings, access, cloud),
        *_keeping(settings, cloud),
        {
            "Effect": "Allow",
            "Action": ["iam:PassRole"],
            "Resource": node_role_arn,
            "Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}},
        },
        {"Effect": "Allow", "Action": ["eks:DescribeCluster"], "Resource": cluster_arn},
        {
            "Effect": "Allow",
            "Action": ["sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage"],
            "Resource": queue_arn,
        },
        {
            "Effect": "Allow",
            "Action": ["arc-zonal-shift:GetManagedResource"],
            "Resource": "*",
            "Condition": {"StringEquals": {"arc-zonal-shift:ResourceIdentifier": cluster_arn}},
        },
        *_looking(cloud),
    )


def _making(settings: EksCluster, access: KarpenterAccess, cloud: AwsCloud) -> tuple[Statement, ...]:
    of_amazon, own = _arns(cloud)
    asked = {f"aws:RequestTag/{key}": value for key, value in _owned(settings).items()}
    of_a_pool = {"aws:RequestTag/karpenter.sh/nodepool": "*"}
    kinds = ["fleet", "instance", "launch-template", "network-interface", "volume"]
    if "spot" in settings.karpenter.capacity:
        kinds.append("spot-instances-request")
    made = [f"{own}:{kind}/*" for kind in kinds]
    where = [
        *(pulumi.Output.concat(own, ":subnet/", id_) for id_ in access.subnet_ids),
        *(pulumi.Output.concat(own, ":security-group/", id_) for id_ in access.security_group_ids),
    ]
    return (
        {"Effect": "Allow", "Action": _MAKE, "Resource": [f"{of_amazon}:image/*", f"{of_amazon}:snapshot/*", *where]},
        {
            "Effect": "Allow",
            "Action": _MAKE,
            "Resource": f"{own}:launch-template/*",
            "Condition": _of_this_cluster(settings),
        },
        {
            "Effect": "Allow",
            "Action": [*_MAKE, "ec2:CreateLaunchTemplate"],
            "Resource": made,
            "Condition": {"StringEquals": asked, "StringLike": of_a_pool},
        },
        {
            "Effect": "Allow",
            "Action": ["ec2:CreateTags"],
            "Resource": made,
            "Condition": {
                "StringEquals": {**asked, "ec2:CreateAction": ["CreateFleet", "CreateLaunchTemplate", "RunInstances"]},
                "StringLike": of_a_pool,
            },
        },
    )


def _keeping(settings: EksCluster, cloud: AwsCloud) -> tuple[Statement, ...]:
    _, own = _arns(cloud)
    ours = _of_this_cluster(settings)
    return (
        {
            "Effect": "Allow",
            "Action": ["ec2:CreateTags"],
            "Resource": f"{own}:instance/*",
            "Condition": {
                **ours,
                "StringEqualsIfExists": {"aws:RequestTag/eks:eks-cluster-name": settings.name},
                "ForAllValues:StringEquals": {
                    "aws:TagKeys": ["Name", "eks:eks-cluster-name", "karpenter.sh/nodeclaim"]
                },
            },
        },
        {
            "Effect": "Allow",
            "Action": ["ec2:DeleteLaunchTemplate", "ec2:TerminateInstances"],
            "Resource": [f"{own}:instance/*", f"{own}:launch-template/*"],
            "Condition": ours,
        },
    )


def _looking(cloud: AwsCloud) -> tuple[Statement, ...]:
    what = (
        "CapacityReservations",
        "Images",
        "InstanceStatus",
        "InstanceTypeOfferings",
        "InstanceTypes",
        "Instances",
        "LaunchTemplates",
        "PlacementGroups",
        "SecurityGroups",
        "SpotPriceHistory",
        "Subnets",
    )
    return (
        {
            "Effect": "Allow",
            "Action": [f"ec2:Describe{one}" for one in what],
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:RequestedRegion": cloud.region}},
        },
        {
            "Effect": "Allow",
            "Action": ["ssm:GetParameter"],
            "Resource": f"arn:{cloud.partition}:ssm:{cloud.region}::parameter/aws/service/eks/optimized-ami/*",
        },
        {"Effect": "Allow", "Action": ["pricing:GetProducts", "iam:ListInstanceProfiles"], "Resource": "*"},
        {
            "Effect": "Allow",
            "Action": ["iam:GetInstanceProfile"],
            "Resource": f"arn:{cloud.partition}:iam::{cloud.account_id}:instance-profile/*",
        },
    )


def _arns(cloud: AwsCloud) -> tuple[str, str]:
    """How ARNs of EC2 begin: of what Amazon owns, and of the account's own."""
    start = f"arn:{cloud.partition}:ec2:{cloud.region}:"
    return start, f"{start}{cloud.account_id}"


def _owned(settings: EksCluster) -> dict[str, str]:
    """Tags that Karpenter gives to whatever it makes for the cluster."""
    return {f"kubernetes.io/cluster/{settings.name}": "owned", "eks:eks-cluster-name": settings.name}


def _of_this_cluster(settings: EksCluster) -> dict[str, dict[str, str]]:
    return {
        "StringEquals": {f"aws:ResourceTag/kubernetes.io/cluster/{settings.name}": "owned"},
        "StringLike": {"aws:ResourceTag/karpenter.sh/nodepool": "*"},
    }
