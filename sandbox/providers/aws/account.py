"""The account that planned resources are in: none that exists."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

ACCOUNT: Final = "000000000000"
"""Twelve digits, as an account's number has, that no account has."""
USER: Final = "AIDAPLANNEDPLANNEDPL"


@dataclass(frozen=True)
class Account:
    """What the provider's settings say."""

    region: str
    default_tags: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def partition(self) -> str:
        """The group of regions: part of every ARN."""
        for start, partition in (("cn-", "aws-cn"), ("us-gov-", "aws-us-gov"), ("eusc-", "aws-eusc")):
            if self.region.startswith(start):
                return partition
        return "aws"

    @property
    def domain(self) -> str:
        """The domain of the partition's endpoints."""
        return {"aws-cn": "amazonaws.com.cn", "aws-eusc": "amazonaws.eu"}.get(self.partition, "amazonaws.com")

    def arn(self, service: str, what: str, *, region: str | None = None, account: str = ACCOUNT) -> str:
        """An ARN: `what` is all that follows the account."""
        return f"arn:{self.partition}:{service}:{self.region if region is None else region}:{account}:{what}"
