"""Entries of AWS Secrets Manager, for those who need a password outside of the cluster."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
from pulumi_aws import secretsmanager

from components.cloud.aws.contract import AwsCloud

_RECOVERY_DAYS = 30
"""Longest time in which a deleted entry can be taken back."""


def keep_entry(
    name: str,
    description: str,
    members: Mapping[str, pulumi.Input[str] | pulumi.Input[int]],
    *,
    cloud: AwsCloud,
    protect: bool,
    parent: pulumi.Resource,
) -> None:
    """Keep members under the stack's name, a slash and `name`, encrypted, and in the recovery region too.

    For a database they are best those that AWS's own tools look for
    (https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html, 2026-11-24).
    """
    region, key = cloud.recovery_region, cloud.recovery_key_arn
    path = f"{cloud.name}/{name}"
    secret = secretsmanager.Secret(
        name,
        name=path,
        description=description,
        kms_key_id=cloud.key_arn,
        recovery_window_in_days=_RECOVERY_DAYS if protect else 0,
        replicas=None if region is None else [secretsmanager.SecretReplicaArgs(region=region, kms_key_id=key)],
        tags=cloud.named(path),
        opts=cloud.child_of(parent),
    )
    secretsmanager.SecretVersion(
        name,
        secret_id=secret.id,
        secret_string=pulumi.Output.secret(pulumi.Output.json_dumps(dict(members))),
        opts=cloud.child_of(parent),
    )
