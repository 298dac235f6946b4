"""Buckets of S3, closed to the public and to plain HTTP."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import s3

from components.aws.iam import Statement, policy
from components.cloud.aws.contract import AwsCloud


@dataclass(frozen=True)
class Bucket:
    """A bucket to be made."""

    name: str
    """In Pulumi."""
    bucket_name: str
    """In the world."""
    keep_days: int
    """Days until an object goes, and again until a version that was replaced or deleted does."""
    protect: bool
    key_arn: pulumi.Input[str] | None
    """The KMS key that encrypts it; None for S3's own, which some services that write logs demand."""
    region: str | None = None
    """Another region than the stack's."""
    lock: bool = False
    """Whether objects may be locked."""


@dataclass(frozen=True)
class ClosedBucket:
    """A bucket and what it needs before anybody may rely on it."""

    bucket: s3.Bucket
    versioned: pulumi.Resource
    """What makes it keep versions."""
    rights: pulumi.Resource
    """Who may do what, beside those whom IAM lets."""


def closed_bucket(
    wanted: Bucket,
    *,
    cloud: AwsCloud,
    parent: pulumi.Resource,
    statements: Callable[[s3.Bucket], Sequence[Statement]] = lambda _: (),
) -> ClosedBucket:
    """The bucket, which keeps every version; `statements` let others in, such as services that write."""
    name, region, protect = wanted.name, wanted.region, wanted.protect
    opts = cloud.child_of(parent)
    bucket = s3.Bucket(
        name,
        bucket=wanted.bucket_name,
        region=region,
        force_destroy=not protect,
        object_lock_enabled=wanted.lock,
        tags=cloud.named(wanted.bucket_name),
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(protect=protect, retain_on_delete=protect)),
    )
    closed = _block_public_access(wanted, bucket, opts)
    rights = s3.BucketPolicy(
        name,
        bucket=bucket.bucket,
        region=region,
        policy=policy(_tls_only(bucket), *statements(bucket)),
        opts=cloud.child_of(parent, closed),
    )
    _encrypt(wanted, bucket, opts)
    versioned = s3.BucketVersioning(
        name,
        bucket=bucket.bucket,
        region=region,
        versioning_configuration=s3.BucketVersioningVersioningConfigurationArgs(status="Enabled"),
        opts=opts,
    )
    _end(wanted, bucket, cloud.child_of(parent, versioned))
    return ClosedBucket(bucket, versioned, rights)


def objects(bucket: s3.Bucket) -> pulumi.Output[str]:
    """ARN of all its objects."""
    return bucket.arn.apply(lambda arn: f"{arn}/*")


def _block_public_access(wanted: Bucket, bucket: s3.Bucket, opts: pulumi.ResourceOptions) -> s3.BucketPublicAccessBlock:
    """The public is kept out, whatever a policy or an access control list says."""
    return s3.BucketPublicAccessBlock(
        wanted.name,
        bucket=bucket.bucket,
        region=wanted.region,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
        opts=opts,
    )


def _encrypt(wanted: Bucket, bucket: s3.Bucket, opts: pulumi.ResourceOptions) -> None:
    key = wanted.key_arn
    s3.BucketServerSideEncryptionConfiguration(
        wanted.name,
        bucket=bucket.bucket,
        region=wanted.region,
        rules=[
            s3.BucketServerSideEncryptionConfigurationRuleArgs(
                apply_server_side_encryption_by_default=s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs(
                    sse_algorithm="AES256" if key is None else "aws:kms", kms_master_key_id=key
                ),
                bucket_key_enabled=None if key is None else True,
            )
        ],
        opts=opts,
    )


def _end(wanted: Bucket, bucket: s3.Bucket, opts: pulumi.ResourceOptions) -> None:
    days = wanted.keep_days
    s3.BucketLifecycleConfiguration(
        wanted.name,
        bucket=bucket.bucket,
        region=wanted.region,
        rules=[
            s3.BucketLifecycleConfigurationRuleArgs(
                id="retention",
                status="Enabled",
                filter=s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=""),
                expiration=s3.BucketLifecycleConfigurationRuleExpirationArgs(days=days),
                noncurrent_version_expiration=s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs(
                    noncurrent_days=days
                ),
                abort_incomplete_multipart_upload=s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(
                    days_after_initiation=1
                ),
            )
        ],
        opts=opts,
    )


def _tls_only(bucket: s3.Bucket) -> Statement:
    return {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [bucket.arn, objects(bucket)],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
