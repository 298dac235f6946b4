"""Backup of kind `s3`: a bucket for exports of snapshots, and its copy in another region."""

from __future__ import annotations

import pulumi
from pulumi_aws import iam, s3

from components.aws.buckets import Bucket, closed_bucket, objects
from components.aws.iam import grant, service_role
from components.backup.contract import ManagedTarget, Plan
from components.backup.s3_settings import S3Backup
from components.cloud.aws.contract import AwsCloud


class BackupBuckets(pulumi.ComponentResource):
    """The bucket, its copy, what copies, and the role with which RDS exports into it.

    `protect` keeps the buckets from being deleted.
    """

    target: ManagedTarget

    def __init__(
        self,
        name: str,
        settings: S3Backup,
        *,
        cloud: AwsCloud,
        protect: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("jarvis:backup:BackupBuckets", name, None, opts)
        self._settings, self._cloud, self._guarded = settings, cloud, protect
        main = settings.bucket_name(cloud.name, cloud.account_id)
        bucket, versioned = self._bucket("backups", main, cloud.key_arn, None)
        if cloud.recovery_region is not None and cloud.recovery_key_arn is not None:
            name_of_copy = settings.copy_name(cloud.name, cloud.account_id)
            copy, ready = self._bucket("backups-copy", name_of_copy, cloud.recovery_key_arn, cloud.recovery_region)
            self._replicate(bucket, copy, cloud.recovery_key_arn, [versioned, ready])
        exporter = self._exporter(bucket)
        self.target = ManagedTarget(
            plan=Plan(settings.schedule, settings.retention_days),
            bucket=bucket.bucket,
            export_role_arn=exporter.arn,
            every_snapshot=settings.export_snapshots,
        )
        self.register_outputs({"bucket": bucket.bucket})

    def _bucket(
        self, name: str, bucket_name: str, key_arn: pulumi.Input[str], region: str | None
    ) -> tuple[s3.Bucket, pulumi.Resource]:
        """A bucket for exports, and what makes it keep versions."""
        cloud, lock = self._cloud, self._settings.lock_days
        days, guarded = self._settings.retention_days, self._guarded
        wanted = Bucket(name, bucket_name, days, guarded, key_arn, region, lock is not None)
        made = closed_bucket(wanted, cloud=cloud, parent=self)
        if lock is not None:
            s3.BucketObjectLockConfiguration(
                name,
                bucket=made.bucket.bucket,
                region=region,
                rule=s3.BucketObjectLockConfigurationRuleArgs(
                    default_retention=s3.BucketObjectLockConfigurationRuleDefaultRetentionArgs(
                        mode="COMPLIANCE", days=lock
                    )
                ),
                opts=cloud.child_of(self, made.versioned),
            )
        return made.bucket, made.versioned

    def _replicate(
        self, bucket: s3.Bucket, copy: s3.Bucket, key_arn: pulumi.Input[str], ready: list[pulumi.Resource]
    ) -> None:
        """Rights: https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html and, of
        locks, https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html (2026-11-24).
        """
        cloud = self._cloud
        role = service_role("backup-replication", "s3.amazonaws.com", cloud=cloud, parent=self)
        rights = [
            _allow(["s3:GetReplicationConfiguration", "s3:ListBucket"], bucket.arn),
            _allow([f"s3:GetObjectVersion{what}" for what in ("ForReplication", "Acl", "Tagging")], objects(bucket)),
            *self._reads_locks(bucket),
            _allow(["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"], objects(copy)),
            _allow(["kms:Decrypt"], cloud.key_arn),
            # Decrypt too, since it verifies the bucket's key before it uses that.
            _allow(["kms:Encrypt", "kms:GenerateDataKey", "kms:Decrypt"], key_arn),
        ]
        granted = grant("backup-replication", role, [], rights, cloud=cloud, parent=self)
        s3.BucketReplicationConfig(
            "backups",
            bucket=bucket.bucket,
            role=role.arn,
            rules=[_copying_rule(copy, key_arn)],
            opts=cloud.child_of(self, *granted, *ready),
        )

    def _reads_locks(self, bucket: s3.Bucket) -> list[dict[str, object]]:
        """A locked object is copied with its lock, or not at all."""
        if self._settings.lock_days is None:
            return []
        return [_allow(["s3:GetObjectRetention", "s3:GetObjectLegalHold"], objects(bucket))]

    def _exporter(self, bucket: s3.Bucket) -> iam.Role:
        """The role for `aws rds start-export-task`.

        Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ExportSnapshot.Setup.html (2026-11-24).
        """
        cloud = self._cloud
        role = service_role("snapshot-export", "export.rds.amazonaws.com", cloud=cloud, parent=self)
        rights = [
            _allow(["s3:ListBucket", "s3:GetBucketLocation"], bucket.arn),
            _allow(["s3:PutObject*", "s3:GetObject*", "s3:DeleteObject*"], objects(bucket)),
            _allow(["kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"], cloud.key_arn),
        ]
        grant("snapshot-export", role, [], rights, cloud=cloud, parent=self)
        return role


def _copying_rule(copy: s3.Bucket, key_arn: pulumi.Input[str]) -> s3.BucketReplicationConfigRuleArgs:
    """The rule that copies all objects, and encrypts the copies with the key there."""
    encrypted = s3.BucketReplicationConfigRuleSourceSelectionCriteriaSseKmsEncryptedObjectsArgs(status="Enabled")
    return s3.BucketReplicationConfigRuleArgs(
        id="recovery-region",
        status="Enabled",
        priority=0,
        filter=s3.BucketReplicationConfigRuleFilterArgs(prefix=""),
        # What is deleted by mistake here stays there.
        delete_marker_replication=s3.BucketReplicationConfigRuleDeleteMarkerReplicationArgs(status="Disabled"),
        source_selection_criteria=s3.BucketReplicationConfigRuleSourceSelectionCriteriaArgs(
            sse_kms_encrypted_objects=encrypted
        ),
        destination=s3.BucketReplicationConfigRuleDestinationArgs(
            bucket=copy.arn,
            storage_class="STANDARD_IA",
            encryption_configuration=s3.BucketReplicationConfigRuleDestinationEncryptionConfigurationArgs(
                replica_kms_key_id=key_arn
            ),
        ),
    )


def _allow(actions: list[str], resource: pulumi.Input[str]) -> dict[str, object]:
    return {"Effect": "Allow", "Action": actions, "Resource": resource}
