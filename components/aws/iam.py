"""Rights on AWS: policies, and the roles of workloads."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import eks, iam
from pydantic import JsonValue

from components.cloud.aws.contract import AwsAccount, AwsCloud

Statement = Mapping[str, object]
"""One statement of a policy, whose values may be outputs."""


def policy(*statements: Statement) -> pulumi.Output[str]:
    """A policy of these statements, as JSON; values may be outputs."""
    return pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": [dict(one) for one in statements]})


def service_role(name: str, service: str, *, cloud: AwsAccount, parent: pulumi.Resource) -> iam.Role:
    """A role that only this service of AWS may take, on behalf of this account only."""
    role_name = f"{cloud.name}-{name}"
    trust: dict[str, JsonValue] = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:SourceAccount": cloud.account_id}},
    }
    return iam.Role(
        name,
        name=role_name,
        assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
        tags=cloud.named(role_name),
        opts=cloud.child_of(parent),
    )


@dataclass(frozen=True)
class ServiceAccount:
    """A ServiceAccount of the cluster whose Pods have rights on AWS."""

    namespace: str
    name: str
    managed_policies: tuple[str, ...] = ()
    """Names of policies that AWS keeps."""
    statements: tuple[Statement, ...] = ()
    """Rights of its own."""


def workload_role(
    name: str,
    account: ServiceAccount,
    *,
    cloud: AwsCloud,
    cluster_arn: pulumi.Input[str],
    parent: pulumi.Resource,
) -> iam.Role:
    """A role that only Pods of this ServiceAccount in this cluster may take, by EKS Pod Identity.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html (2026-11-24).
    """
    role_name = f"{cloud.name}-{name}"
    role = iam.Role(
        name,
        name=role_name,
        assume_role_policy=policy(
            {
                "Effect": "Allow",
                "Principal": {"Service": "pods.eks.amazonaws.com"},
                "Action": ["sts:AssumeRole", "sts:TagSession"],
                "Condition": {
                    "StringEquals": {
                        "aws:SourceAccount": cloud.account_id,
                        "aws:RequestTag/kubernetes-namespace": account.namespace,
                        "aws:RequestTag/kubernetes-service-account": account.name,
                    },
                    "ArnEquals": {"aws:SourceArn": cluster_arn},
                },
            }
        ),
        tags=cloud.named(role_name),
        opts=cloud.child_of(parent),
    )
    grant(name, role, account.managed_policies, account.statements, cloud=cloud, parent=parent)
    return role


def grant(
    name: str,
    role: iam.Role,
    managed_policies: Sequence[str],
    statements: Sequence[Statement],
    *,
    cloud: AwsAccount,
    parent: pulumi.Resource,
) -> list[pulumi.Resource]:
    """Give a role rights; what comes back has to stand before they can be used."""
    granted: list[pulumi.Resource] = [
        iam.RolePolicyAttachment(
            f"{name}-{managed.rsplit('/', 1)[-1]}",
            role=role.name,
            policy_arn=f"arn:{cloud.partition}:iam::aws:policy/{managed}",
            opts=cloud.child_of(parent),
        )
        for managed in managed_policies
    ]
    if statements:
        granted.append(iam.RolePolicy(name, role=role.name, policy=policy(*statements), opts=cloud.child_of(parent)))
    return granted


def associate(
    name: str,
    account: ServiceAccount,
    role: iam.Role,
    *,
    cloud: AwsCloud,
    cluster_name: pulumi.Input[str],
    parent: pulumi.Resource,
) -> pulumi.Resource:
    """Let the ServiceAccount's Pods take the role: those that start once it stands."""
    return eks.PodIdentityAssociation(
        name,
        cluster_name=cluster_name,
        namespace=account.namespace,
        service_account=account.name,
        role_arn=role.arn,
        tags=cloud.named(f"{cloud.name}-{name}"),
        opts=cloud.child_of(parent),
    )
