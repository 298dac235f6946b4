"""What holds data cannot be deleted by one slip."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from policies.demands import Demand, is_one_of, is_true, keeps, types_of
from policies.replicas import reads_beside
from policies.rule import Config, Rule
from policies.seen import Seen

_ON: Final = "is not true: set it to true"
_INSTANCE: Final = "aws:rds/instance:Instance"

DEMANDS: Final = (
    Demand(_INSTANCE, "deletionProtection", is_true, _ON, unless=reads_beside),
    Demand("aws:rds/cluster:Cluster", "deletionProtection", is_true, _ON),
    Demand("aws:eks/cluster:Cluster", "deletionProtection", is_true, _ON),
    Demand("aws:lb/loadBalancer:LoadBalancer", "enableDeletionProtection", is_true, _ON),
    Demand("aws:alb/loadBalancer:LoadBalancer", "enableDeletionProtection", is_true, _ON),
    Demand("aws:dynamodb/table:Table", "deletionProtectionEnabled", is_true, _ON),
    Demand("aws:s3/bucket:Bucket", "forceDestroy", lambda value, _: value is not True,
           "is true, which deletes every object with the bucket: set it to false"),
    Demand("azure-native:keyvault:Vault", "properties.enablePurgeProtection", is_true, _ON),
    Demand("azure-native:keyvault:Vault", "properties.enableSoftDelete", is_one_of(None, True),
           "is false: set it to true"),
)  # fmt: skip

HOLD_DATA: Final = frozenset(
    {
        _INSTANCE,
        "aws:rds/cluster:Cluster",
        "aws:elasticache/replicationGroup:ReplicationGroup",
        "aws:s3/bucket:Bucket",
        "aws:kms/key:Key",
        "aws:efs/fileSystem:FileSystem",
        "azure-native:dbforpostgresql:Server",
        "azure-native:redisenterprise:RedisEnterprise",
        "azure-native:storage:StorageAccount",
        "azure-native:keyvault:Vault",
        "kubernetes:core/v1:PersistentVolumeClaim",
        "kubernetes:postgresql.cnpg.io/v1:Cluster",
    }
)
"""Types whose deletion takes data, or the key to it, with it."""


def _protected(resource: Seen, _: Config) -> Iterator[str]:
    if not resource.protect and not (resource.type == _INSTANCE and reads_beside(resource)):
        yield "it is not protected: make it with protect=True (jarvis:protect of the stack)."


RULES: Final = (
    Rule(
        name="deletion-protection",
        title="The cloud itself refuses to delete what holds data or takes the traffic.",
        reason="A wrong account, a wrong region or a wrong click deletes in a second what took years to collect.",
        fix="Switch deletion protection on.",
        check=keeps(DEMANDS),
        applies=types_of(DEMANDS),
    ),
    Rule(
        name="protected-state",
        title="Pulumi refuses to delete what holds data.",
        reason="A renamed resource or a lost line of the program is a deletion to the engine.",
        fix="Set jarvis:protect, which makes such resources with protect=True.",
        check=_protected,
        applies=lambda type_: type_ in HOLD_DATA,
    ),
)
