"""Backup of kind `s3`."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pytest
from pydantic import ValidationError

from components.backup.contract import ManagedTarget
from components.backup.kinds import create_backup
from components.backup.s3_settings import S3Backup
from components.cloud.aws.contract import AwsCloud
from components.database.kinds import create_database
from components.database.settings import CloudNativePgDatabase, ContainerDatabase
from tests.support.mocks import Graph, credential
from tests.unit.cloud.aws.support import by_name, cloud_settings, on_aws, tagless

NAMES = {
    "backups": "jarvis-production-backups-123456789012",
    "backups-copy": "jarvis-production-backups-123456789012-copy",
}


def backup(**changed: Any) -> S3Backup:
    return S3Backup.model_validate({"kind": "s3", **changed})


def s3_graph(settings: S3Backup | None = None, *, protect: bool = True, **cloud: Any) -> Graph:
    nobody: Any = None

    def build(account: AwsCloud) -> None:
        target = create_backup(settings or backup(), credentials=nobody, cloud=account, protect=protect)
        assert isinstance(target, ManagedTarget)
        assert target.plan.retention_days == 30

    return on_aws(build, cloud_settings(**cloud))


@pytest.fixture(scope="module")
def graph() -> Graph:
    return s3_graph()


def test_both_buckets_are_kept(graph: Graph) -> None:
    buckets = by_name(graph, "s3/bucket:Bucket")
    assert {name: item.inputs["bucket"] for name, item in buckets.items()} == NAMES
    assert {name: item.inputs.get("region") for name, item in buckets.items()} == {
        "backups": None,
        "backups-copy": "us-west-2",
    }
    for item in buckets.values():
        assert item.inputs["forceDestroy"] is False
        assert item.protect
        assert item.retain_on_delete
    assert not any(item.protect for item in by_name(s3_graph(protect=False), "s3/bucket:Bucket").values())


@pytest.mark.parametrize("name", NAMES)
def test_each_is_closed_encrypted_and_keeps_versions(graph: Graph, name: str) -> None:
    closed = by_name(graph, ":BucketPublicAccessBlock")[name].inputs
    assert all(
        closed[key] for key in ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    )
    (rule,) = by_name(graph, ":BucketServerSideEncryptionConfiguration")[name].inputs["rules"]
    encryption = rule["applyServerSideEncryptionByDefault"]
    assert encryption["sseAlgorithm"] == "aws:kms"
    assert encryption["kmsMasterKeyId"].endswith(":data-key" if name == "backups" else ":recovery-key")
    assert by_name(graph, ":BucketVersioning")[name].inputs["versioningConfiguration"]["status"] == "Enabled"
    (statement,) = json.loads(by_name(graph, ":BucketPolicy")[name].inputs["policy"])["Statement"]
    assert (statement["Effect"], statement["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
    (kept,) = by_name(graph, ":BucketLifecycleConfiguration")[name].inputs["rules"]
    assert kept["expiration"]["days"] == kept["noncurrentVersionExpiration"]["noncurrentDays"] == 30


def test_everything_is_copied_to_the_other_region(graph: Graph) -> None:
    (replication,) = by_name(graph, ":BucketReplicationConfig").values()
    (rule,) = replication.inputs["rules"]
    assert rule["destination"]["bucket"].endswith(":backups-copy")
    assert rule["destination"]["encryptionConfiguration"]["replicaKmsKeyId"].endswith(":recovery-key")
    assert rule["sourceSelectionCriteria"]["sseKmsEncryptedObjects"]["status"] == "Enabled"
    assert rule["deleteMarkerReplication"]["status"] == "Disabled"
    versioning = by_name(graph, ":BucketVersioning")
    assert {item.urn for item in versioning.values()} <= replication.dependencies
    alone = s3_graph(recoveryRegion=None)
    assert set(by_name(alone, "s3/bucket:Bucket")) == {"backups"}
    assert not alone.of_kind("BucketReplicationConfig")


def test_the_copy_is_read_without_the_first_region(graph: Graph) -> None:
    """By roles of the account, with nothing that lies in the lost region."""
    key = by_name(graph, "kms/key:Key")["recovery-key"]
    assert key.inputs["region"] == "us-west-2"
    root = json.loads(key.inputs["policy"])["Statement"][0]
    assert (root["Principal"], root["Action"]) == ({"AWS": "arn:aws:iam::123456789012:root"}, "kms:*")
    bucket_policy = by_name(graph, ":BucketPolicy")["backups-copy"]
    assert bucket_policy.inputs["region"] == "us-west-2"
    (only,) = json.loads(bucket_policy.inputs["policy"])["Statement"]
    assert only["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    (replication,) = by_name(graph, ":BucketReplicationConfig").values()
    destination = replication.inputs["rules"][0]["destination"]
    assert destination["storageClass"] == "STANDARD_IA"  # read at once, unlike archives
    for name in (":BucketLifecycleConfiguration", ":BucketServerSideEncryptionConfiguration", ":BucketVersioning"):
        assert by_name(graph, name)["backups-copy"].inputs["region"] == "us-west-2"


def test_a_second_stack_has_buckets_of_its_own() -> None:
    other = by_name(s3_graph(name="jarvis-recovery", region="us-west-2", recoveryRegion=None), "s3/bucket:Bucket")
    assert other["backups"].inputs["bucket"] == "jarvis-recovery-backups-123456789012"


def rights_to_copy(graph: Graph) -> list[dict[str, Any]]:
    return json.loads(by_name(graph, ":RolePolicy")["backup-replication"].inputs["policy"])["Statement"]


def test_what_copies_may_use_the_copys_key_and_check_it(graph: Graph) -> None:
    (uses,) = [one["Action"] for one in rights_to_copy(graph) if one["Resource"].endswith(":recovery-key")]
    assert set(uses) == {"kms:Encrypt", "kms:GenerateDataKey", "kms:Decrypt"}


def test_locks_are_copied_too() -> None:
    def may(graph: Graph) -> set[str]:
        return {action for statement in rights_to_copy(graph) for action in statement["Action"]}

    locks = {"s3:GetObjectRetention", "s3:GetObjectLegalHold"}
    assert locks <= may(s3_graph(backup(lockDays=14)))
    assert not locks & may(s3_graph())


def test_no_role_has_rights_beyond_its_buckets_and_keys(graph: Graph) -> None:
    for name in ("backup-replication", "snapshot-export"):
        for statement in json.loads(by_name(graph, ":RolePolicy")[name].inputs["policy"])["Statement"]:
            assert statement["Resource"] != "*"
            assert "s3:*" not in statement["Action"]


def test_exports_may_be_locked() -> None:
    graph = s3_graph(backup(lockDays=14))
    (rule,) = [
        item.inputs["rule"]
        for name, item in by_name(graph, ":BucketObjectLockConfiguration").items()
        if name == "backups"
    ]
    assert rule["defaultRetention"] == {"mode": "COMPLIANCE", "days": 14}
    assert by_name(graph, "s3/bucket:Bucket")["backups"].inputs["objectLockEnabled"] is True


def test_every_resource_says_whose_it_is(graph: Graph) -> None:
    assert tagless(graph) == []


def test_it_needs_an_account_and_a_database_that_backs_itself_up() -> None:
    nobody: Any = None
    with pytest.raises(pulumi.RunError, match=r"jarvis:backup of kind s3 needs jarvis:cloud of kind aws\."):
        create_backup(backup(), credentials=nobody)
    bucket, role = pulumi.Output.from_input("bucket"), pulumi.Output.from_input("arn")
    target = ManagedTarget(backup_plan(), bucket, role, every_snapshot=True)
    given: dict[str, Any] = {"cluster": None, "password": credential(), "protect": True, "backup": target}
    for settings in (ContainerDatabase(), CloudNativePgDatabase()):
        with pytest.raises(pulumi.RunError, match=rf"or none with jarvis:database\.kind {settings.kind}\."):
            create_database(settings, **given)


def backup_plan() -> Any:
    from components.backup.contract import Plan

    return Plan("0 3 * * *", 30)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"bucket": "jarvis_backups"}, "must be a bucket's name"),
        ({"bucket": "jarvis.backups"}, "must be a bucket's name"),
        ({"bucket": "xn--jarvis"}, "must be a bucket's name"),
        ({"bucket": "j"}, "3 to 63"),
        ({"bucket": "j" * 60}, "leaves no room for -copy"),
        ({"retentionDays": 0}, "greater than or equal to 1"),
        ({"lockDays": 31}, "lockDays 31 must not exceed retentionDays 30"),
        ({"schedule": "daily"}, "must be a cron schedule"),
    ],
)
def test_wrong_settings_are_refused(wrong: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        S3Backup.model_validate({"kind": "s3", **wrong})
