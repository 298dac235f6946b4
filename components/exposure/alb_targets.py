"""Where the load balancer sends requests: a target group for each Service, and who tells it the Pods."""

from __future__ import annotations

from typing import Final

import pulumi
from pulumi_aws import lb, vpc

from components.cloud.aws.contract import AwsCloud
from components.cluster.contract import ClusterAccess
from components.exposure.alb_settings import HEALTH_PATH
from components.exposure.entries import Entry, pod_port, scheme
from components.kubernetes.custom import custom_resource
from components.kubernetes.metadata import AppLabels, object_meta
from components.network.contract import ServiceEndpoint

_HEALTH_PATHS: Final = {"jarvis-backend": HEALTH_PATH, "jarvis-frontend": HEALTH_PATH, "grafana": "/api/health"}
_DRAIN_SECONDS: Final = 30


def health_path(target: ServiceEndpoint) -> str:
    """Where the Pods behind a Service say how they do."""
    return _HEALTH_PATHS.get(target.name, "/")


def target_group(entry: Entry, *, cloud: AwsCloud, cluster: ClusterAccess, parent: pulumi.Resource) -> lb.TargetGroup:
    """The group of a Service's Pods; the AWS Load Balancer Controller keeps to it whatever Pods the Service has."""
    target = entry.target
    short = target.name.removeprefix("jarvis-")
    name = f"{cloud.name}-{short}"
    protocol = scheme(target).upper()
    group = lb.TargetGroup(
        short,
        name=name,
        vpc_id=cloud.vpc_id,
        target_type="ip",
        port=pod_port(target),
        protocol=protocol,
        deregistration_delay=_DRAIN_SECONDS,
        health_check=lb.TargetGroupHealthCheckArgs(
            path=health_path(target),
            protocol=protocol,
            matcher="200",
            interval=15,
            timeout=5,
            healthy_threshold=2,
            unhealthy_threshold=3,
        ),
        tags=cloud.named(name),
        opts=cloud.child_of(parent),
    )
    custom_resource(
        short,
        api_version="elbv2.k8s.aws/v1beta1",
        kind="TargetGroupBinding",
        metadata=object_meta(target.name, cluster.namespace, AppLabels(target.name, "exposure", cluster.environment)),
        spec={
            "targetGroupARN": group.arn,
            "targetType": "ip",
            "serviceRef": {"name": target.name, "port": target.port},
        },
        opts=cluster.child_of(parent),
    )
    return group


def let_through(port: int, *, cloud: AwsCloud, load_balancer_group: pulumi.Input[str], parent: pulumi.Resource) -> None:
    """Let the load balancer reach one port of Pods, on both sides."""
    name = f"{cloud.name}-load-balancer"
    vpc.SecurityGroupEgressRule(
        f"load-balancer-to-{port}",
        security_group_id=load_balancer_group,
        description="To Pods",
        referenced_security_group_id=cloud.node_group_id,
        ip_protocol="tcp",
        from_port=port,
        to_port=port,
        tags=cloud.named(name),
        opts=cloud.child_of(parent),
    )
    vpc.SecurityGroupIngressRule(
        f"pods-{port}",
        security_group_id=cloud.node_group_id,
        description="From the load balancer",
        referenced_security_group_id=load_balancer_group,
        ip_protocol="tcp",
        from_port=port,
        to_port=port,
        tags=cloud.named(name),
        opts=cloud.child_of(parent),
    )
