"""What the parts of the foundation share: the provider, names and tags."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_aws import Provider

from components.cloud.aws.settings import AwsCloudSettings


@dataclass(frozen=True)
class Account:
    """An account and how the stack's resources in it are named."""

    provider: Provider
    account_id: str
    partition: str
    region: str
    name: str
    tags: Mapping[str, str]
    protect: bool

    def child_of(self, parent: pulumi.Resource, *depends_on: pulumi.Resource) -> pulumi.ResourceOptions:
        """Options of a resource that `parent` owns."""
        return pulumi.ResourceOptions(parent=parent, provider=self.provider, depends_on=list(depends_on) or None)

    def named(self, name: str) -> dict[str, str]:
        """The tags of a resource, with its Name."""
        return {**self.tags, "Name": name}


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
