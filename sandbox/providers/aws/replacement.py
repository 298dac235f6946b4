"""Inputs that AWS cannot change in place, for the types that stacks are made of.

The SDK's own texts say it for some (`documentation.py`). These are the rest. Source: the arguments that the
documentation of Terraform's AWS provider, which the official plugin is built on, says to force a new resource, and the
APIs' update calls, which lack them; read 2026-11-24. What is neither here nor there is taken to be updated.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sandbox.providers.aws.documentation import forces_replacement
from sandbox.providers.aws.identities import name_property
from sandbox.providers.plan.sdk import ResourceType
from sandbox.providers.values import Properties

_INPUTS: Final[Mapping[str, frozenset[str]]] = {
    token: frozenset(names.split())
    for token, names in {
        "aws:acm/certificate:Certificate": "domainName subjectAlternativeNames validationMethod keyAlgorithm",
        "aws:cloudwatch/eventRule:EventRule": "eventBusName",
        "aws:cloudwatch/eventTarget:EventTarget": "rule targetId eventBusName",
        "aws:cloudwatch/logGroup:LogGroup": "logGroupClass",
        "aws:ec2/eip:Eip": "domain networkBorderGroup publicIpv4Pool",
        "aws:ec2/flowLog:FlowLog": (
            "vpcId subnetId eniId trafficType logDestination logDestinationType iamRoleArn logFormat"
        ),
        "aws:ec2/natGateway:NatGateway": "subnetId allocationId connectivityType",
        "aws:ec2/route:Route": "routeTableId destinationCidrBlock destinationIpv6CidrBlock destinationPrefixListId",
        "aws:ec2/routeTable:RouteTable": "vpcId",
        "aws:ec2/routeTableAssociation:RouteTableAssociation": "subnetId gatewayId",
        "aws:ec2/securityGroup:SecurityGroup": "description vpcId",
        "aws:ec2/securityGroupRule:SecurityGroupRule": (
            "type protocol fromPort toPort cidrBlocks securityGroupId sourceSecurityGroupId self"
        ),
        "aws:ec2/subnet:Subnet": "vpcId cidrBlock availabilityZone availabilityZoneId",
        "aws:ec2/vpc:Vpc": "cidrBlock",
        "aws:ec2/vpcEndpoint:VpcEndpoint": "vpcId serviceName vpcEndpointType",
        "aws:eks/accessEntry:AccessEntry": "clusterName principalArn type",
        "aws:eks/addon:Addon": "clusterName addonName",
        "aws:eks/cluster:Cluster": "roleArn kubernetesNetworkConfig",
        "aws:eks/nodeGroup:NodeGroup": "clusterName nodeRoleArn subnetIds instanceTypes amiType capacityType diskSize",
        "aws:eks/podIdentityAssociation:PodIdentityAssociation": "clusterName namespace serviceAccount",
        "aws:elasticache/replicationGroup:ReplicationGroup": (
            "atRestEncryptionEnabled engine kmsKeyId port subnetGroupName globalReplicationGroupId dataTieringEnabled"
        ),
        "aws:elasticache/parameterGroup:ParameterGroup": "family",
        "aws:iam/instanceProfile:InstanceProfile": "path",
        "aws:iam/policy:Policy": "description path",
        "aws:iam/role:Role": "path",
        "aws:iam/rolePolicy:RolePolicy": "role",
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment": "role policyArn",
        "aws:kms/key:Key": "customerMasterKeySpec keyUsage multiRegion customKeyStoreId",
        "aws:lb/listener:Listener": "loadBalancerArn",
        "aws:lb/loadBalancer:LoadBalancer": "internal loadBalancerType",
        "aws:lb/targetGroup:TargetGroup": "port protocol vpcId targetType protocolVersion",
        "aws:rds/instance:Instance": (
            "engine username dbName storageEncrypted kmsKeyId snapshotIdentifier availabilityZone characterSetName"
        ),
        "aws:rds/parameterGroup:ParameterGroup": "family description",
        "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication": (
            "sourceDbInstanceArn kmsKeyId retentionPeriod"
        ),
        "aws:route53/healthCheck:HealthCheck": "type requestInterval measureLatency referenceName routingControlArn",
        "aws:route53/record:Record": "zoneId type setIdentifier",
        "aws:route53/zone:Zone": "delegationSetId",
        "aws:s3/bucket:Bucket": "objectLockEnabled",
        "aws:sns/topic:Topic": "fifoTopic",
        "aws:sns/topicSubscription:TopicSubscription": "endpoint protocol topicArn",
        "aws:sqs/queue:Queue": "fifoQueue",
        "aws:sqs/queuePolicy:QueuePolicy": "queueUrl",
        "aws:wafv2/webAcl:WebAcl": "scope",
        "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": "resourceArn",
        "aws:wafv2/webAclAssociation:WebAclAssociation": "resourceArn webAclArn",
    }.items()
}

_SOURCES: Final = ("replicateSourceDb", "snapshotIdentifier", "restoreToPointInTime")
_INHERITED: Final = frozenset({"engine", "username", "dbName"})


def inheritable(kind: ResourceType) -> frozenset[str]:
    """Inputs that a resource may have from a source instead of from its program."""
    return _INHERITED if kind.token == "aws:rds/instance:Instance" else frozenset()  # noqa: S105 (a type token)


def inherited(kind: ResourceType, before: Properties) -> frozenset[str]:
    """Inputs that a resource had from its source, and that its program may say now: they are taken to be the same."""
    if not any(before.get(key) is not None for key in _SOURCES):
        return frozenset()
    return frozenset(key for key in inheritable(kind) if before.get(key) is None)


def replacing(kind: ResourceType) -> frozenset[str]:
    """The inputs whose change makes a new resource: its name is always one of them."""
    own = name_property(kind)
    told = {key for key, field in kind.inputs.items() if forces_replacement(field)}
    return _INPUTS.get(kind.token, frozenset[str]()) | told | ({own} if own else set[str]())
