"""The key that the stack's data are encrypted with."""

from __future__ import annotations

import pulumi
from pulumi_aws import kms
from pydantic import JsonValue

from components.aws.iam import Statement, policy
from components.cloud.aws.account import Account

_WAITING_DAYS = 30
"""Longest time until a deleted key is gone, and with it whatever it encrypts: time to take it back."""


class DataKey(pulumi.ComponentResource):
    """A customer-managed KMS key, renewed every year, and its alias.

    Databases, caches, buckets and the cluster's Secrets use it with their owners' rights; logs, alarms and topics
    belong to services, which the key's policy names. With `region` it is a key of another region.
    """

    arn: pulumi.Output[str]

    def __init__(
        self, name: str, *, account: Account, region: str | None = None, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("jarvis:cloud:DataKey", name, None, opts)
        key = kms.Key(
            name,
            description=f"Data of {account.name}",
            enable_key_rotation=True,
            deletion_window_in_days=_WAITING_DAYS,
            policy=policy(*_statements(account, region or account.region)),
            region=region,
            tags=account.named(account.name),
            opts=pulumi.ResourceOptions.merge(
                account.child_of(self),
                pulumi.ResourceOptions(protect=account.protect, retain_on_delete=account.protect),
            ),
        )
        kms.Alias(
            name,
            name=f"alias/{account.name}",
            target_key_id=key.id,
            region=region,
            opts=account.child_of(self),
        )
        self.arn = key.arn
        self.register_outputs({"arn": key.arn})


def _statements(account: Account, region: str) -> list[Statement]:
    """Sources: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html,
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html,
    https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html (2026-11-24).
    """
    uses: list[JsonValue] = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
    log_groups = f"arn:{account.partition}:logs:{region}:{account.account_id}:log-group:*"
    return [
        {
            "Sid": "RightsByIam",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:{account.partition}:iam::{account.account_id}:root"},
            "Action": "kms:*",
            "Resource": "*",
        },
        {
            "Sid": "Logs",
            "Effect": "Allow",
            "Principal": {"Service": f"logs.{region}.amazonaws.com"},
            "Action": uses,
            "Resource": "*",
            "Condition": {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": log_groups}},
        },
        {
            "Sid": "AlarmsAndBudgets",
            "Effect": "Allow",
            "Principal": {"Service": ["cloudwatch.amazonaws.com", "budgets.amazonaws.com", "events.rds.amazonaws.com"]},
            "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:SourceAccount": account.account_id}},
        },
    ]
