"""The account that the parts of the foundation are put into."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_aws import Provider

from components.cloud.aws.contract import AwsAccount
from components.cloud.aws.settings import AwsCloudSettings


@dataclass(frozen=True)
class Account(AwsAccount):
    """An account that is just being given its network."""

    protect: bool


def open_account(settings: AwsCloudSettings, *, environment: str, protect: bool, parent: pulumi.Resource) -> Account:
    """The account; credentials of another one are refused when they are first used."""
    return Account(
        provider=Provider(
            "aws",
            region=settings.region,
            profile=settings.profile,
            allowed_account_ids=[settings.account_id],
            opts=pulumi.ResourceOptions(parent=parent),
        ),
        account_id=settings.account_id,
        partition=settings.partition,
        region=settings.region,
        name=settings.name or f"jarvis-{environment}",
        tags={"Environment": environment, "Application": "jarvis", "ManagedBy": "pulumi"},
        protect=protect,
    )
