"""Every resource says whose it is: tags in the cloud, labels in the cluster."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, cast

from pulumi_policy import Severity

from policies.rule import Config, Rule
from policies.seen import UNKNOWN, Seen, at

_KEYS: Final = {"type": "array", "items": {"type": "string"}}

TAGGED: Final = frozenset(
    f"aws:{name}"
    for name in (
        "acm/certificate:Certificate",
        "budgets/budget:Budget",
        "cloudfront/distribution:Distribution",
        "cloudwatch/eventRule:EventRule",
        "cloudwatch/logGroup:LogGroup",
        "cloudwatch/metricAlarm:MetricAlarm",
        "ec2/eip:Eip",
        "ec2/flowLog:FlowLog",
        "ec2/internetGateway:InternetGateway",
        "ec2/launchTemplate:LaunchTemplate",
        "ec2/natGateway:NatGateway",
        "ec2/routeTable:RouteTable",
        "ec2/securityGroup:SecurityGroup",
        "ec2/subnet:Subnet",
        "ec2/vpc:Vpc",
        "ec2/vpcEndpoint:VpcEndpoint",
        "eks/accessEntry:AccessEntry",
        "eks/addon:Addon",
        "eks/cluster:Cluster",
        "eks/nodeGroup:NodeGroup",
        "elasticache/parameterGroup:ParameterGroup",
        "elasticache/replicationGroup:ReplicationGroup",
        "elasticache/subnetGroup:SubnetGroup",
        "iam/instanceProfile:InstanceProfile",
        "iam/openIdConnectProvider:OpenIdConnectProvider",
        "iam/policy:Policy",
        "iam/role:Role",
        "kms/key:Key",
        "lb/loadBalancer:LoadBalancer",
        "lb/targetGroup:TargetGroup",
        "rds/instance:Instance",
        "rds/parameterGroup:ParameterGroup",
        "rds/subnetGroup:SubnetGroup",
        "route53/zone:Zone",
        "s3/bucket:Bucket",
        "secretsmanager/secret:Secret",
        "sns/topic:Topic",
        "sqs/queue:Queue",
        "wafv2/webAcl:WebAcl",
    )
) | frozenset(
    f"azure-native:{name}"
    for name in (
        "cdn:Profile",
        "containerservice:ManagedCluster",
        "dbforpostgresql:Server",
        "dns:Zone",
        "keyvault:Vault",
        "managedidentity:UserAssignedIdentity",
        "monitor:ActionGroup",
        "monitor:AzureMonitorWorkspace",
        "monitor:DataCollectionEndpoint",
        "monitor:DataCollectionRule",
        "monitor:MetricAlert",
        "network:ApplicationGateway",
        "network:NatGateway",
        "network:NetworkSecurityGroup",
        "network:PrivateEndpoint",
        "network:PublicIPAddress",
        "network:VirtualNetwork",
        "network:WebApplicationFirewallPolicy",
        "operationalinsights:Workspace",
        "privatedns:PrivateZone",
        "redisenterprise:RedisEnterprise",
        "resources:ResourceGroup",
        "servicenetworking:TrafficControllerInterface",
        "storage:StorageAccount",
        "trafficmanager:Profile",
    )
)
"""Types with tags that cost money, hold data or give rights."""


def _tags(resource: Seen, config: Config) -> Iterator[str]:
    """What a resource has of its own and what its provider gives to all."""
    tags = resource.get("tags")
    given = resource.provider_tags | set(cast("Mapping[str, str]", tags) if isinstance(tags, Mapping) else ())
    missing = [key for key in config["keys"] if key not in given]
    if missing and tags is not UNKNOWN:
        yield f"the tags {' and '.join(missing)} are missing: add them."


def _labels(resource: Seen, config: Config) -> Iterator[str]:
    metadata = resource.get("metadata")
    labels = at(metadata, "labels")
    if UNKNOWN in (metadata, labels):
        return
    given = set(cast("Mapping[str, str]", labels) if isinstance(labels, Mapping) else ())
    # What has no namespace serves the whole cluster, where there is no one environment.
    wanted = [*config["everywhere"], *(config["inNamespaces"] if at(metadata, "namespace") is not None else ())]
    missing = [key for key in wanted if key not in given]
    if missing:
        yield f"the labels {', '.join(missing)} are missing: add them."


def _is_object(type_: str) -> bool:
    return type_.startswith("kubernetes:") and not type_.startswith(("kubernetes:helm.sh/", "kubernetes:yaml"))


RULES: Final = (
    Rule(
        name="tags",
        title="Every cloud resource that costs money, holds data or gives rights has its tags.",
        reason="Costs, audits and clean-ups go by them.",
        fix="Pass the cloud contract's tags, or give the provider default tags.",
        check=_tags,
        applies=lambda type_: type_ in TAGGED,
        severity=Severity.MEDIUM,
        options={"keys": {**_KEYS, "default": ["Environment", "Application"]}},
    ),
    Rule(
        name="labels",
        title="Every object in a cluster has the recommended labels.",
        reason="Dashboards, network policies, audits and clean-ups go by them.",
        fix="Use AppLabels of components/kubernetes/metadata.py.",
        check=_labels,
        applies=_is_object,
        severity=Severity.MEDIUM,
        options={
            "everywhere": {
                **_KEYS,
                "default": ["app.kubernetes.io/part-of", "app.kubernetes.io/managed-by"],
            },
            "inNamespaces": {**_KEYS, "default": ["app.kubernetes.io/name", "environment"]},
        },
    ),
)
