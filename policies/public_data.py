"""Nothing that holds data answers to the world."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pulumi_policy import Severity

from policies.demands import Demand, is_not_true, is_one_of, is_there, is_true, keeps, types_of
from policies.replicas import reads_beside
from policies.rule import Config, Rule
from policies.seen import UNKNOWN, Seen, at

_BLOCK: Final = "is not true: set it to true"
_BLOCKED: Final = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
_PUBLIC: Final = 'is not "Disabled": set it, and reach it by a private endpoint'

DATA: Final = (
    Demand("aws:rds/instance:Instance", "publiclyAccessible", is_not_true, "is true: set it to false"),
    Demand("aws:rds/clusterInstance:ClusterInstance", "publiclyAccessible", is_not_true, "is true: set it to false"),
    Demand("aws:rds/instance:Instance", "dbSubnetGroupName", is_there,
           "is not given, which puts it into the default VPC: name the database subnets' group",
           # A replica beside its source has the source's; one of another region has its own.
           unless=reads_beside),
    Demand("aws:elasticache/replicationGroup:ReplicationGroup", "subnetGroupName", is_there,
           "is not given, which puts it into the default VPC: name the database subnets' group"),
    *(Demand(_BLOCKED, flag, is_true, _BLOCK)
      for flag in ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")),
    Demand("aws:s3/bucket:Bucket", "acl", is_one_of(None, "private", "log-delivery-write"),
           'opens the bucket: leave it out, or "private"'),
    Demand("aws:s3/bucketAcl:BucketAcl", "acl", is_one_of(None, "private", "log-delivery-write"),
           'opens the bucket: leave it out, or "private"'),
    Demand("azure-native:redisenterprise:RedisEnterprise", "publicNetworkAccess", is_one_of("Disabled"), _PUBLIC),
    Demand("azure-native:redis:Redis", "publicNetworkAccess", is_one_of("Disabled"), _PUBLIC),
    Demand("azure-native:storage:StorageAccount", "allowBlobPublicAccess", is_one_of(False),
           "is not false: set it to false"),
    Demand("azure-native:storage:BlobContainer", "publicAccess", is_one_of(None, "None"), 'is not "None"'),
)  # fmt: skip
_SERVER: Final = "azure-native:dbforpostgresql:Server"
_ACCOUNT: Final = "azure-native:storage:StorageAccount"
_VAULT: Final = "azure-native:keyvault:Vault"
_FIREWALL: Final = "azure-native:dbforpostgresql:FirewallRule"
_by_table: Final = keeps(DATA)
_in_table: Final = types_of(DATA)


def _data(resource: Seen, config: Config) -> Iterator[str]:
    yield from _by_table(resource, config)
    match resource.type:
        case "azure-native:dbforpostgresql:Server":
            network = resource.get("network")
            closed = at(network, "publicNetworkAccess") == "Disabled" or at(network, "delegatedSubnetResourceId")
            if not closed and network is not UNKNOWN:
                yield 'network is open: give a delegated subnet, or set publicNetworkAccess to "Disabled".'
        case "azure-native:dbforpostgresql:FirewallRule":
            if resource.get("startIpAddress") == "0.0.0.0":  # noqa: S104 (an address that is refused)
                yield "it lets in all of Azure or all of the internet: name the addresses that need it."
        case "azure-native:storage:StorageAccount":
            if not _is_closed(resource.get("publicNetworkAccess"), resource.get("networkRuleSet", "defaultAction")):
                yield 'it answers to every network: set publicNetworkAccess to "Disabled".'
        case "azure-native:keyvault:Vault":
            access = resource.get("properties", "publicNetworkAccess")
            if not _is_closed(access, resource.get("properties", "networkAcls", "defaultAction")):
                yield 'it answers to every network: set properties.publicNetworkAccess to "Disabled".'
        case _:
            pass


def _is_closed(access: object, default_action: object) -> bool:
    return str(access).lower() == "disabled" or default_action == "Deny" or UNKNOWN in (access, default_action)


RULES: Final = (
    Rule(
        name="no-public-data",
        title="No database, cache, vault or bucket answers to the internet.",
        reason="Whatever is in it is then one leaked password away from everybody.",
        fix="Keep it in private subnets or behind a private endpoint.",
        check=_data,
        applies=lambda type_: _in_table(type_) or type_ in (_SERVER, _FIREWALL, _ACCOUNT, _VAULT),
        severity=Severity.CRITICAL,
    ),
)
