"""The account that planned resources are in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

ACCOUNT: Final = "000000000000"
"""Twelve digits, as an account's number has, that no account has."""
USER: Final = "AIDAPLANNEDPLANNEDPL"


@dataclass(frozen=True)
class Account:
    """What the provider's settings say."""

    region: str
    number: str = ACCOUNT
    """The only one that the settings allow, else one that nobody has."""
    default_tags: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def partition(self) -> str:
        """The group of regions: part of every ARN."""
        for start, partition in (("cn-", "aws-cn"), ("us-gov-", "aws-us-gov"), ("eusc-", "aws-eusc")):
            if self.region.startswith(start):
                return partition
        return "aws"

    @property
    def short_region(self) -> str:
        """As in the ids of zones: `euw3` for eu-west-3, `apse1` for ap-southeast-1."""
        area, *middle, number = self.region.split("-")
        points = re.findall("north|south|east|west|central|gov|iso.?", "".join(middle))
        return area + "".join(point[0] for point in points) + number

    @property
    def domain(self) -> str:
        """The domain of the partition's endpoints."""
        return {"aws-cn": "amazonaws.com.cn", "aws-eusc": "amazonaws.eu"}.get(self.partition, "amazonaws.com")

    def arn(self, service: str, what: str, *, region: str | None = None, account: str | None = None) -> str:
        """An ARN: `what` is all that follows the account."""
        place = f"{self.region if region is None else region}:{self.number if account is None else account}"
        return f"arn:{self.partition}:{service}:{place}:{what}"
