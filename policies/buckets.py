"""S3 buckets have their guards, each of which is a resource of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from policies.rule import Config, Rule
from policies.seen import Seen

_BUCKET: Final = "aws:s3/bucket:Bucket"
_GUARDS: Final = {
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": "a BucketPublicAccessBlock",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": "a key of its own"
    " (BucketServerSideEncryptionConfiguration)",
    "aws:s3/bucketVersioning:BucketVersioning": "versions (BucketVersioning)",
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": "an end of its objects' lives"
    " (BucketLifecycleConfiguration)",
}


def _guards(resources: Sequence[Seen], _: Config) -> Iterator[tuple[Seen | None, str]]:
    for bucket in resources:
        if bucket.type == _BUCKET:
            there = {item.type for item in resources if item.type != _BUCKET and _is_of(item, bucket)}
            missing = [what for type_, what in _GUARDS.items() if type_ not in there]
            if missing:
                yield bucket, f"it lacks {', '.join(missing)}: make one for it."


def _is_of(guard: Seen, bucket: Seen) -> bool:
    """By what its inputs come from, or by the bucket's name where that is written out."""
    name = bucket.get("bucket")
    return bucket.urn in guard.uses or (isinstance(name, str) and guard.get("bucket") == name)


RULES: Final = (
    Rule(
        name="bucket-guards",
        title="Every bucket is closed to the public, encrypted, versioned, and cleared of what is too old.",
        reason="S3 has a resource for each of these, and a bucket without them is made without a word.",
        fix="Make the four resources that go with the bucket.",
        stack_check=_guards,
        applies=lambda type_: type_ == _BUCKET or type_ in _GUARDS,
    ),
)
