"""What Karpenter needs on AWS: its own rights, those of its nodes, and word of instances that are about to go."""

from __future__ import annotations

import json
from typing import Final

import pulumi
from pulumi_aws import cloudwatch, eks, iam, sqs

from components.aws.iam import ServiceAccount, policy
from components.cloud.aws.contract import AwsCloud
from components.cluster.contract import KarpenterAccess
from components.cluster.eks_addons import entitle
from components.cluster.eks_nodes import node_role, node_security_groups
from components.cluster.eks_settings import EksCluster
from components.cluster.karpenter_rights import karpenter_rights

_EVENTS: Final = {
    "health": ("aws.health", "AWS Health Event"),
    "spot": ("aws.ec2", "EC2 Spot Instance Interruption Warning"),
    "rebalance": ("aws.ec2", "EC2 Instance Rebalance Recommendation"),
    "state": ("aws.ec2", "EC2 Instance State-change Notification"),
    "reservation": ("aws.ec2", "EC2 Capacity Reservation Instance Interruption Warning"),
}
"""Source and type of each.

Source: cloudformation.yaml of Karpenter 1.14's guide to getting started, in
https://github.com/aws/karpenter-provider-aws/tree/v1.14.1/website/content/en/v1.14 (2026-11-24).
"""
_KEPT_SECONDS: Final = 300
"""An older message is about an instance that is gone. Source: the same file."""


class Karpenter(pulumi.ComponentResource):
    """Karpenter's side of AWS; its Pods come with the add-on, and its nodes with `NodePools`.

    Nodes get an instance profile that stands, so that Karpenter may make no roles' profiles itself; and subnets and
    security groups by their ids, so that no tag on a subnet decides where nodes are.
    """

    access: KarpenterAccess
    ready: list[pulumi.Resource]
    """What has to stand before its Pods start."""

    def __init__(
        self,
        name: str,
        settings: EksCluster,
        *,
        cloud: AwsCloud,
        cluster: eks.Cluster,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("jarvis:cluster:Karpenter", name, None, opts)
        self._cloud = cloud
        self._name = f"{cloud.name}-karpenter"
        role, granted = node_role("karpenter-nodes", f"{self._name}-nodes", cloud=cloud, parent=self)
        profile = self._instance_profile(role)
        entry = eks.AccessEntry(
            "karpenter-nodes",
            cluster_name=cluster.name,
            principal_arn=role.arn,
            type="EC2_LINUX",  # EKS makes such an entry for its own node groups only
            tags=cloud.named(f"{self._name}-nodes"),
            opts=cloud.child_of(self),
        )
        queue = self._queue()
        self.access = KarpenterAccess(
            interruption_queue=queue.name,
            instance_profile=profile.name,
            subnet_ids=cloud.private_subnet_ids,
            security_group_ids=node_security_groups(cluster, cloud),
            tags=cloud.tags,
        )
        rights = karpenter_rights(
            settings, self.access, cloud=cloud, cluster_arn=cluster.arn, node_role_arn=role.arn, queue_arn=queue.arn
        )
        account = ServiceAccount("kube-system", "karpenter", statements=rights)
        self.ready = [entry, *granted, entitle("karpenter", account, cluster, cloud=cloud, parent=self)]
        self.register_outputs({"queue": queue.name, "instanceProfile": profile.name})

    def _instance_profile(self, role: iam.Role) -> iam.InstanceProfile:
        cloud, name = self._cloud, f"{self._name}-nodes"
        return iam.InstanceProfile(
            "karpenter-nodes", name=name, role=role.name, tags=cloud.named(name), opts=cloud.child_of(self)
        )

    def _queue(self) -> sqs.Queue:
        """What EventBridge, and only that, tells of instances of the account, and whom it tells."""
        cloud, name = self._cloud, self._name
        queue = sqs.Queue(
            "interruptions",
            name=name,
            message_retention_seconds=_KEPT_SECONDS,
            sqs_managed_sse_enabled=True,
            tags=cloud.named(name),
            opts=cloud.child_of(self),
        )
        rules = [self._rule(key, source, kind) for key, (source, kind) in _EVENTS.items()]
        told = {
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": queue.arn,
            "Condition": {"ArnEquals": {"aws:SourceArn": [rule.arn for rule in rules]}},
        }
        in_the_clear = {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "sqs:*",
            "Resource": queue.arn,
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
        open_to_rules = sqs.QueuePolicy(
            "interruptions", queue_url=queue.url, policy=policy(told, in_the_clear), opts=cloud.child_of(self)
        )
        for key, rule in zip(_EVENTS, rules, strict=True):
            cloudwatch.EventTarget(
                key, rule=rule.name, target_id=name, arn=queue.arn, opts=cloud.child_of(self, open_to_rules)
            )
        return queue

    def _rule(self, key: str, source: str, kind: str) -> cloudwatch.EventRule:
        name = f"{self._name}-{key}"
        return cloudwatch.EventRule(
            key,
            name=name,
            description=f"Tells Karpenter of each {kind}",
            event_pattern=json.dumps({"source": [source], "detail-type": [kind]}),
            tags=self._cloud.named(name),
            opts=self._cloud.child_of(self),
        )
