"""The nodes of an EKS cluster."""

from __future__ import annotations

from typing import Final

import pulumi
from pulumi_aws import ec2, eks, iam

from components.aws.iam import grant
from components.cloud.aws.contract import AwsCloud
from components.cluster.eks_settings import EksCluster, is_arm

_POLICIES: Final = ("AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly", "AmazonSSMManagedInstanceCore")
"""To join, to pull images, and to be looked into by Session Manager, without SSH. Pods' own rights are not here.

Source: https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html (2026-11-24).
"""
_TRUST: Final = (
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", '
    '"Principal": {"Service": "ec2.amazonaws.com"}}]}'
)


def node_labels(environment: str) -> dict[str, str]:
    """The guide's labels of nodes."""
    return {"Environment": environment, "Application": "jarvis"}


def node_role(
    name: str, role_name: str, *, cloud: AwsCloud, parent: pulumi.Resource
) -> tuple[iam.Role, list[pulumi.Resource]]:
    """A role for nodes, and what has to stand before they can use its rights."""
    role = iam.Role(
        name, name=role_name, assume_role_policy=_TRUST, tags=cloud.named(role_name), opts=cloud.child_of(parent)
    )
    return role, grant(name, role, _POLICIES, [], cloud=cloud, parent=parent)


def node_security_groups(cluster: eks.Cluster, cloud: AwsCloud) -> tuple[pulumi.Output[str], pulumi.Output[str]]:
    """The cluster's own lets nodes and control plane talk; the other is what databases and caches let in."""
    return cluster.vpc_config.apply(lambda config: config.cluster_security_group_id or ""), cloud.node_group_id


def _sizes(settings: EksCluster) -> eks.NodeGroupScalingConfigArgs:
    nodes = settings.nodes
    if settings.autoscaler == "karpenter":
        size = nodes.min_size
        return eks.NodeGroupScalingConfigArgs(min_size=size, max_size=size, desired_size=size)
    return eks.NodeGroupScalingConfigArgs(
        min_size=nodes.min_size, max_size=nodes.max_size, desired_size=nodes.desired_size
    )


class EksNodes(pulumi.ComponentResource):
    """A managed node group over all zones, with the guide's labels, on Amazon Linux 2023."""

    group: eks.NodeGroup

    def __init__(
        self,
        name: str,
        settings: EksCluster,
        *,
        cloud: AwsCloud,
        cluster: eks.Cluster,
        ready: list[pulumi.Resource],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`ready` is what nodes need in the cluster to join it."""
        super().__init__("jarvis:cluster:EksNodes", name, None, opts)
        self._settings, self._cloud, self._cluster = settings, cloud, cluster
        role, granted = node_role("nodes", f"{cloud.name}-nodes", cloud=cloud, parent=self)
        self.group = self._group(role, self._template(), after=[*granted, *ready])
        self.register_outputs({"name": self.group.node_group_name})

    def _group(self, role: iam.Role, template: ec2.LaunchTemplate, *, after: list[pulumi.Resource]) -> eks.NodeGroup:
        settings, cloud, nodes = self._settings, self._cloud, self._settings.nodes
        return eks.NodeGroup(
            "main",
            cluster_name=self._cluster.name,
            node_group_name_prefix="main-",  # a replacement stands beside the old one
            node_role_arn=role.arn,
            subnet_ids=list(cloud.private_subnet_ids),
            version=settings.version,
            ami_type="AL2023_ARM_64_STANDARD" if is_arm(nodes.instance_types[0]) else "AL2023_x86_64_STANDARD",
            capacity_type="ON_DEMAND",
            instance_types=list(nodes.instance_types),
            scaling_config=_sizes(settings),
            update_config=eks.NodeGroupUpdateConfigArgs(max_unavailable=nodes.max_unavailable),
            node_repair_config=eks.NodeGroupNodeRepairConfigArgs(enabled=True),
            launch_template=eks.NodeGroupLaunchTemplateArgs(id=template.id, version=template.latest_version.apply(str)),
            labels=node_labels(cloud.environment),
            tags=cloud.named(f"{settings.name}-main"),
            opts=pulumi.ResourceOptions.merge(
                cloud.child_of(self, *after),
                pulumi.ResourceOptions(
                    # The autoscaler's from then on.
                    ignore_changes=["scalingConfig.desiredSize"]
                    if settings.autoscaler == "cluster-autoscaler"
                    else None
                ),
            ),
        )

    def _template(self) -> ec2.LaunchTemplate:
        cloud, name = self._cloud, f"{self._settings.name}-nodes"
        return ec2.LaunchTemplate(
            "nodes",
            name=name,
            update_default_version=True,
            vpc_security_group_ids=list(node_security_groups(self._cluster, cloud)),
            metadata_options=ec2.LaunchTemplateMetadataOptionsArgs(
                http_endpoint="enabled",
                http_tokens="required",
                http_put_response_hop_limit=1,  # out of the reach of Pods, which have roles of their own
            ),
            block_device_mappings=[
                ec2.LaunchTemplateBlockDeviceMappingArgs(
                    device_name="/dev/xvda",
                    ebs=ec2.LaunchTemplateBlockDeviceMappingEbsArgs(
                        volume_type="gp3",
                        volume_size=self._settings.nodes.disk_gib,
                        encrypted="true",
                        delete_on_termination="true",
                    ),
                )
            ],
            tag_specifications=[
                ec2.LaunchTemplateTagSpecificationArgs(resource_type=kind, tags=cloud.named(name))
                for kind in ("instance", "volume", "network-interface")
            ],
            tags=cloud.named(name),
            opts=cloud.child_of(self),
        )
