"""The AWS account, region and network that a stack lives in, and who hears of its alarms."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from components.aws.names import (
    LOG_RETENTION_DAYS,
    AccountId,
    EmailAddress,
    EndpointService,
    Region,
    ZoneLetter,
)
from components.settings.addresses import PrivateNetwork
from components.settings.section import Section
from components.settings.text import Matching, not_allowed

_VPC_PREFIXES: Final = range(16, 21)
"""A VPC is /16 at most; below /20 a zone's nodes and Pods, which share its addresses, have less than 1,000.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html (2026-11-24).
"""


def _log_retention(days: int) -> int:
    if days not in LOG_RETENTION_DAYS:
        raise not_allowed("one of " + ", ".join(map(str, LOG_RETENTION_DAYS)) + " days")
    return days


LogRetentionDays = Annotated[int, AfterValidator(_log_retention)]
StackName = Annotated[
    str,
    Matching(
        r"(?!.*--)(?!internal-)[a-z]([a-z0-9-]*[a-z0-9])?",
        "lower-case letters, digits and hyphens, 23 at most, a letter first, no hyphen last and no two together",
        max_length=23,
    ),
]
"""It is a load balancer's name, and with -frontend a target group's, which may have 32 characters.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html (2026-11-24).
"""


class VpcSettings(Section):
    """The network. Its range is cut into a subnet of each of three sorts in every zone.

    Three quarters are for nodes and Pods, a quarter a zone. A sixteenth each is for load balancers and NAT gateways,
    and for databases and caches. The rest is spare.
    """

    cidr: PrivateNetwork = "10.40.0.0/16"
    """Keep it apart from networks that it may be peered with."""
    zones: Annotated[tuple[ZoneLetter, ...], Field(min_length=2, max_length=3)] = ("a", "b", "c")
    """Letters of the availability zones. Some accounts lack some: `aws ec2 describe-availability-zones` lists them."""
    nat: Literal["per-zone", "single"] = "per-zone"
    """Where the private subnets' way out is: `single` costs a third, and goes down with its zone."""
    interface_endpoints: tuple[EndpointService, ...] = ("ec2", "ecr.api", "ecr.dkr", "eks-auth", "logs", "sts")
    """Services of AWS that are reached without leaving the network, each for a price per zone and hour."""
    flow_log_retention_days: LogRetentionDays = 90
    """How long it is kept who talked to whom."""

    @model_validator(mode="after")
    def _usable(self) -> Self:
        prefix = IPv4Network(self.cidr).prefixlen
        if prefix not in _VPC_PREFIXES:
            raise ValueError(
                f"cidr {self.cidr} is a /{prefix}; it must be between /{_VPC_PREFIXES[0]}, the largest that AWS has, "
                f"and /{_VPC_PREFIXES[-1]}, the smallest with room for 1,000 Pods in a zone"
            )
        for name, values in (("zones", self.zones), ("interfaceEndpoints", self.interface_endpoints)):
            repeated = sorted({value for value in values if values.count(value) > 1})
            if repeated:
                raise ValueError(f"{name} has {repeated[0]} twice")
        return self

    @property
    def private_subnets(self) -> tuple[str, ...]:
        """The ranges for nodes and Pods, one a zone."""
        return tuple(map(str, list(IPv4Network(self.cidr).subnets(2))[: len(self.zones)]))

    @property
    def public_range(self) -> str:
        """What holds every public subnet."""
        return str(list(IPv4Network(self.cidr).subnets(4))[12])

    @property
    def public_subnets(self) -> tuple[str, ...]:
        """The ranges for load balancers and NAT gateways, one a zone."""
        return self._quarters(self.public_range)

    @property
    def database_range(self) -> str:
        """What holds every database subnet."""
        return str(list(IPv4Network(self.cidr).subnets(4))[13])

    @property
    def database_subnets(self) -> tuple[str, ...]:
        """The ranges for databases and caches, one a zone."""
        return self._quarters(self.database_range)

    def _quarters(self, cidr: str) -> tuple[str, ...]:
        return tuple(map(str, list(IPv4Network(cidr).subnets(2))[: len(self.zones)]))


class BudgetSettings(Section):
    """What the account may cost in a month before somebody is told: of everything tagged Application jarvis."""

    monthly_limit_usd: Annotated[int, Field(ge=1, le=10_000_000)] = 3_000
    """US dollars. The guide gives no figure."""
    thresholds_percent: Annotated[
        tuple[Annotated[int, Field(ge=1, le=1000)], ...], Field(min_length=1, max_length=4)
    ] = (
        80,
        100,
    )
    """Of what was spent; what the month is forecast to cost is told of at 100."""


class AwsCloudSettings(Section):
    """An AWS account and a region."""

    kind: Literal["aws"] = "aws"
    account_id: AccountId
    """Credentials of any other account are refused."""
    region: Region = "us-east-1"
    """The guide's."""
    recovery_region: Region | None = "us-west-2"
    """Where copies of backups are kept for the loss of `region`; null keeps none. RDS copies between some regions only:
    `aws rds describe-source-regions --region RECOVERY-REGION` lists from which."""
    name: StackName | None = None
    """Begins the name of whatever the stack makes; jarvis-ENVIRONMENT where absent.

    A second stack of the same environment in the account needs one of its own: roles, buckets, the budget and the
    dashboard have names that no two stacks share.
    """
    profile: str | None = None
    """Profile of the AWS configuration that credentials are taken from; the usual chain where absent."""
    vpc: VpcSettings = VpcSettings()
    log_retention_days: LogRetentionDays = 90
    """How long logs of the control plane and of managed services are kept."""
    alarm_emails: tuple[EmailAddress, ...] = ()
    """Who is told of alarms; each address has to confirm once."""
    budget: BudgetSettings | None = BudgetSettings()
    """Null watches no costs."""

    @model_validator(mode="after")
    def _two_regions(self) -> Self:
        if self.recovery_region == self.region:
            raise ValueError(f"recoveryRegion {self.recovery_region} is region again: both would be lost together")
        return self

    @model_validator(mode="after")
    def _somebody_hears_of_the_budget(self) -> Self:
        if self.budget is not None and not self.alarm_emails:
            raise ValueError(
                "alarmEmails is empty, so nobody would hear of the budget: name somebody, or set budget to null"
            )
        return self

    @property
    def partition(self) -> str:
        """First part of every ARN."""
        return "aws-us-gov" if "-gov-" in self.region else "aws"
