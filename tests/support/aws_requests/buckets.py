"""The requests of buckets: S3's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tests.support.aws_requests.call import Call, Item, Row

WITHOUT_CONSTRAINT = "us-east-1"
"""The region that a bucket is in where none is asked for; to ask for it is an error."""


def bucket(item: Item) -> Iterator[Call]:
    item.leave("forceDestroy", to="the deletion")
    name, region = item.take("bucket"), item.resource.region
    place = {"LocationConstraint": region}
    yield item.request(
        "s3",
        "CreateBucket",
        {"Bucket": name, **({} if region == WITHOUT_CONSTRAINT else {"CreateBucketConfiguration": place})},
        renamed={"objectLockEnabled": "ObjectLockEnabledForBucket"},
    )
    yield item.call("s3", "PutBucketTagging", {"Bucket": name, "Tagging": {"TagSet": item.pairs()}})


def _configured(operation: str, under: str, **renamed: str) -> Row:
    """The row of a type that is one part of a bucket's configuration."""

    def row(item: Item) -> Iterator[Call]:
        name = item.take("bucket")
        yield item.request("s3", operation, {"Bucket": name}, renamed=renamed, under=under)

    return row


def policy(item: Item) -> Iterator[Call]:
    yield item.request("s3", "PutBucketPolicy")


def versioning(item: Item) -> Iterator[Call]:
    yield item.request("s3", "PutBucketVersioning")


def object_lock(item: Item) -> Iterator[Call]:
    name = item.take("bucket")
    lock = {"ObjectLockEnabled": item.take("objectLockEnabled", "Enabled")}
    call = item.request("s3", "PutObjectLockConfiguration", {"Bucket": name}, under="ObjectLockConfiguration")
    call.parameters["ObjectLockConfiguration"] |= lock
    yield call


ROWS: Mapping[str, Row] = {
    "aws:s3/bucket:Bucket": bucket,
    "aws:s3/bucketPolicy:BucketPolicy": policy,
    "aws:s3/bucketVersioning:BucketVersioning": versioning,
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": object_lock,
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": _configured(
        "PutPublicAccessBlock", "PublicAccessBlockConfiguration"
    ),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": _configured(
        "PutBucketLifecycleConfiguration", "LifecycleConfiguration"
    ),
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig": _configured(
        "PutBucketReplication", "ReplicationConfiguration"
    ),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": _configured(
        "PutBucketEncryption",
        "ServerSideEncryptionConfiguration",
        applyServerSideEncryptionByDefault="ApplyServerSideEncryptionByDefault",
        kmsMasterKeyId="KMSMasterKeyID",
        sseAlgorithm="SSEAlgorithm",
    ),
}
