"""An AWS account for unit tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pulumi.runtime.mocks import MockCallArgs, MockResourceArgs

from components.cloud.aws.contract import AwsCloud
from components.cloud.aws.settings import AwsCloudSettings
from components.cloud.contract import require_aws
from components.cloud.kinds import create_cloud
from tests.support.mocks import Graph, Registered, registered

ACCOUNT = "123456789012"
GIVEN: dict[str, Any] = {"kind": "aws", "accountId": ACCOUNT, "alarmEmails": ["ops@jarvis.com"]}


def cloud_settings(**changed: Any) -> AwsCloudSettings:
    return AwsCloudSettings.model_validate({**GIVEN, **changed})


def cloud_access(settings: AwsCloudSettings | None = None, *, protect: bool = True) -> AwsCloud:
    """Call it inside `build`."""
    cloud = create_cloud(settings or cloud_settings(), environment="production", protect=protect)
    return require_aws(cloud, "the test")


def on_aws(build: Callable[[AwsCloud], object], settings: AwsCloudSettings | None = None) -> Graph:
    """What `build` registers in an account, with what the account itself is made of."""
    return aws_registered(lambda: build(cloud_access(settings)))


def aws_registered(build: Callable[[], object]) -> Graph:
    """What `build` registers, where AWS gives each resource an ARN and whatever else it makes up."""
    return registered(build, AwsGraph())


class AwsGraph(Graph):
    """Mocks that make up what AWS would."""

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        id_, outputs = super().new_resource(args)
        if not args.typ.startswith("aws:"):
            return id_, outputs
        service = args.typ.split(":")[1].split("/")[0]
        made = {"arn": f"arn:aws:{service}:us-east-1:{ACCOUNT}:{args.name}", **COMPUTED.get(args.typ, {})}
        if args.typ == "aws:eks/cluster:Cluster":
            outputs["vpcConfig"] = {**outputs["vpcConfig"], "clusterSecurityGroupId": "sg-cluster"}
        if args.typ == "aws:acm/certificate:Certificate":
            hosts = [outputs["domainName"], *outputs.get("subjectAlternativeNames", [])]
            made["domainValidationOptions"] = [
                {
                    "domainName": host,
                    "resourceRecordName": f"_proof.{host}",
                    "resourceRecordType": "CNAME",
                    "resourceRecordValue": f"_value.{host}.acm-validations.aws.",
                }
                for host in reversed(hosts)
            ]
        if args.typ == "aws:route53/record:Record":
            made["fqdn"] = outputs["name"]
        return id_, {**made, **outputs}

    def call(self, args: MockCallArgs) -> dict[str, Any]:
        if args.token == "aws:route53/getZone:getZone":
            return {"zoneId": "ZSHARED"}
        return super().call(args)


COMPUTED: dict[str, dict[str, Any]] = {
    "aws:eks/cluster:Cluster": {
        "endpoint": "https://EXAMPLE.gr7.us-east-1.eks.amazonaws.com",
        "certificateAuthority": {"data": "Y2E="},
        "identities": [{"oidcs": [{"issuer": "https://oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE"}]}],
    },
    "aws:rds/instance:Instance": {"address": "jarvis-postgres-prod.example.us-east-1.rds.amazonaws.com"},
    "aws:elasticache/replicationGroup:ReplicationGroup": {
        "primaryEndpointAddress": "master.jarvis-redis-prod.example.use1.cache.amazonaws.com"
    },
    "aws:lb/loadBalancer:LoadBalancer": {
        "dnsName": "jarvis-production-1.us-east-1.elb.amazonaws.com",
        "zoneId": "Z35SXDOTRQ7X7K",
        "arnSuffix": "app/jarvis-production/1",
    },
    "aws:lb/targetGroup:TargetGroup": {"arnSuffix": "targetgroup/jarvis-production/1"},
    "aws:route53/zone:Zone": {"zoneId": "ZOWN", "nameServers": ["ns-1.awsdns-01.com", "ns-2.awsdns-02.net"]},
    "aws:cloudfront/distribution:Distribution": {"domainName": "d111111abcdef8.cloudfront.net"},
    "aws:ec2/launchTemplate:LaunchTemplate": {"latestVersion": 1},
    "aws:sqs/queue:Queue": {"url": f"https://sqs.us-east-1.amazonaws.com/{ACCOUNT}/interruptions"},
}
"""Outputs beside the ARN, by type."""


def by_name(graph: Graph, type_: str) -> dict[str, Registered]:
    """Resources of a type token that ends so, such as `ec2/subnet:Subnet`, by their Pulumi names."""
    return {item.name: item for item in graph.resources if item.type.endswith(type_)}


def tagless(graph: Graph) -> list[str]:
    """AWS resources that can carry tags but lack one of those that all must have."""
    wanted = {"Environment": "production", "Application": "jarvis"}
    return [
        f"{item.type} {item.name}"
        for item in graph.resources
        if item.type.startswith("aws:")
        and item.type not in UNTAGGED
        and not wanted.items() <= (item.inputs.get("tags") or {}).items()
    ]


UNTAGGED = {
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aws:s3/bucketVersioning:BucketVersioning",
    "aws:acm/certificateValidation:CertificateValidation",
    "aws:cloudwatch/eventTarget:EventTarget",
    "aws:route53/record:Record",
    "aws:wafv2/webAclAssociation:WebAclAssociation",
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
    "aws:cloudwatch/dashboard:Dashboard",
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
    "aws:ec2/route:Route",
    "aws:ec2/routeTableAssociation:RouteTableAssociation",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:kms/alias:Alias",
    "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",
    "aws:secretsmanager/secretVersion:SecretVersion",
    "aws:sqs/queuePolicy:QueuePolicy",
    "aws:sns/topicPolicy:TopicPolicy",
    "aws:sns/topicSubscription:TopicSubscription",
}
"""Types that AWS keeps no tags of."""
