"""Groups of CloudWatch Logs, encrypted, whose events have an end."""

from __future__ import annotations

import pulumi
from pulumi_aws import cloudwatch

from components.cloud.aws.contract import AwsCloud


def log_group(name: str, group_name: str, *, cloud: AwsCloud, parent: pulumi.Resource) -> cloudwatch.LogGroup:
    """The group `group_name`, made before a service would make it without an end or a key; `name` is Pulumi's."""
    return cloudwatch.LogGroup(
        name,
        name=group_name,
        kms_key_id=cloud.key_arn,
        retention_in_days=cloud.log_retention_days,
        tags=cloud.named(group_name),
        opts=cloud.child_of(parent),
    )
