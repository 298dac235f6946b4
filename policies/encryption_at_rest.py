"""Data is encrypted where it lies."""

from __future__ import annotations

from typing import Final

from pulumi_policy import Severity

from policies.demands import Demand, is_there, is_true, keeps, types_of
from policies.rule import Rule

_ENCRYPTED: Final = "is not true: set it to true"
_KEY: Final = "is not given: name a key of the account's own"

AT_REST: Final = (
    Demand("aws:rds/instance:Instance", "storageEncrypted", is_true, _ENCRYPTED),
    Demand("aws:rds/cluster:Cluster", "storageEncrypted", is_true, _ENCRYPTED),
    Demand("aws:elasticache/replicationGroup:ReplicationGroup", "atRestEncryptionEnabled", is_true, _ENCRYPTED),
    Demand("aws:ebs/volume:Volume", "encrypted", is_true, _ENCRYPTED),
    Demand("aws:efs/fileSystem:FileSystem", "encrypted", is_true, _ENCRYPTED),
    Demand("aws:ec2/launchTemplate:LaunchTemplate", "blockDeviceMappings[].ebs.encrypted", is_true, _ENCRYPTED),
    Demand("aws:ec2/instance:Instance", "rootBlockDevice.encrypted", is_true, _ENCRYPTED),
    Demand(
        "aws:eks/cluster:Cluster",
        "encryptionConfig.provider.keyArn",
        is_there,
        "is not given, so that etcd holds Secrets in the clear: give a KMS key for the resource secrets",
    ),
    Demand("aws:kms/key:Key", "enableKeyRotation", is_true, "is not true: let KMS change the key each year",
           unless=lambda key: key.get("keyUsage") not in (None, "ENCRYPT_DECRYPT")
           or key.get("customerMasterKeySpec") not in (None, "SYMMETRIC_DEFAULT")),
    Demand(
        "kubernetes:storage.k8s.io/v1:StorageClass",
        "parameters.encrypted",
        is_true,
        'is not "true": EBS makes volumes in the clear without it',
        unless=lambda storage: storage.get("provisioner") != "ebs.csi.aws.com",
    ),
)  # fmt: skip
"""Azure encrypts every disk, database and account by itself and has no switch to turn it off.

Sources (2026-11-24): the API references of each service; https://learn.microsoft.com/azure/security/fundamentals/encryption-atrest
"""

OWN_KEYS: Final = (
    # Restored, it has the key of its backups, which cannot be chosen.
    Demand("aws:rds/instance:Instance", "kmsKeyId", is_there, _KEY,
           unless=lambda item: item.get("snapshotIdentifier") is not None
           or item.get("restoreToPointInTime") is not None),
    Demand("aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication", "kmsKeyId", is_there,
           _KEY),
    Demand("aws:elasticache/replicationGroup:ReplicationGroup", "kmsKeyId", is_there, _KEY),
    Demand("aws:secretsmanager/secret:Secret", "kmsKeyId", is_there, _KEY),
    Demand("aws:cloudwatch/logGroup:LogGroup", "kmsKeyId", is_there, _KEY),
    Demand("aws:sns/topic:Topic", "kmsMasterKeyId", is_there, _KEY),
    Demand(
        "azure-native:containerservice:ManagedCluster",
        "agentPoolProfiles[].enableEncryptionAtHost",
        is_true,
        "is not true: temporary disks and caches of the nodes are in the clear without it",
    ),
)  # fmt: skip

RULES: Final = (
    Rule(
        name="encryption-at-rest",
        title="Data is encrypted where it lies.",
        reason="A disk, a snapshot or a backup that gets into other hands must not be readable.",
        fix="Switch the service's encryption on; most services allow it only when the resource is made.",
        check=keeps(AT_REST),
        applies=types_of(AT_REST),
        severity=Severity.CRITICAL,
    ),
    Rule(
        name="own-keys",
        title="What holds data is encrypted with a key of the account's own.",
        reason="Who may use such a key, and when it was used, can be seen and taken back.",
        fix="Make a KMS key (Azure: encryption at host) and name it.",
        check=keeps(OWN_KEYS),
        applies=types_of(OWN_KEYS),
        level="advisory",
        severity=Severity.MEDIUM,
    ),
)
