"""Who reaches a managed server in the VPC."""

from __future__ import annotations

import pulumi
from pulumi_aws import ec2, vpc

from components.cloud.aws.contract import AwsCloud


def open_to_nodes(name: str, server: str, port: int, *, cloud: AwsCloud, parent: pulumi.Resource) -> ec2.SecurityGroup:
    """A group for `server`, such as PostgreSQL, that lets in the cluster's nodes on its TCP port and nobody else."""
    tags = cloud.named(f"{cloud.name}-{name}")
    group = ec2.SecurityGroup(
        name,
        name=f"{cloud.name}-{name}",
        description=f"{server}. The nodes of the cluster are let in.",
        vpc_id=cloud.vpc_id,
        tags=tags,
        opts=cloud.child_of(parent),
    )
    vpc.SecurityGroupIngressRule(
        f"{name}-from-nodes",
        security_group_id=group.id,
        description=f"{server} from the nodes",
        referenced_security_group_id=cloud.node_group_id,
        ip_protocol="tcp",
        from_port=port,
        to_port=port,
        tags=tags,
        opts=cloud.child_of(parent),
    )
    return group
