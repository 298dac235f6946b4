"""What an AWS account gives to the cluster, the database, the cache and the exposure that are put into it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import pulumi


@dataclass(frozen=True)
class Alarm:
    """One metric of CloudWatch and when somebody is told of it."""

    name: str
    """Short, such as `database-cpu`."""
    description: str
    """What is wrong and what to do."""
    namespace: str
    metric: str
    dimensions: Mapping[str, pulumi.Input[str]]
    threshold: float
    comparison: Literal["above", "below"] = "above"
    """The threshold itself is still well."""
    statistic: Literal["Average", "Maximum", "Minimum", "Sum"] = "Average"
    period_seconds: int = 300
    periods: int = 3
    """How many in a row."""
    missing: Literal["missing", "notBreaching", "breaching"] = "missing"
    """What no data means."""


@dataclass(frozen=True)
class Line:
    """One metric of CloudWatch in a chart."""

    metric: str
    dimensions: Mapping[str, pulumi.Input[str]]
    label: str | None = None
    """CloudWatch's own where absent."""
    statistic: str | None = None
    """The chart's where absent."""


@dataclass(frozen=True)
class Chart:
    """Metrics of one namespace over time, to be looked at."""

    title: str
    namespace: str
    lines: tuple[Line, ...]
    statistic: str = "Average"
    """One of CloudWatch's, such as Sum or p95."""
    period_seconds: int = 60
    limit: float | None = None
    """From which on, or below which, somebody is told."""


class Alarms(Protocol):
    """Who watches metrics, tells people, and shows them what there is to see."""

    def watch(self, alarm: Alarm, *, parent: pulumi.Resource) -> None:
        """Have an alarm, owned by `parent`; its metric is shown too."""
        ...

    def show(self, *charts: Chart) -> None:
        """Have metrics on the dashboard that nobody is told of."""
        ...

    @property
    def charts(self) -> Sequence[Chart]:
        """What has been shown so far."""
        ...

    @property
    def alarm_arns(self) -> Sequence[pulumi.Output[str]]:
        """The alarms that there are so far."""
        ...


@dataclass(frozen=True)
class AwsAccount:
    """An account, and how the stack's resources in it are named."""

    provider: pulumi.ProviderResource
    """The `aws` provider that every resource of the stack uses."""
    account_id: str
    partition: str
    """First part of every ARN."""
    region: str
    name: str
    """Begins the name of whatever has none of its own, such as jarvis-production."""
    tags: Mapping[str, str]
    """What every resource carries."""

    def child_of(self, parent: pulumi.Resource, *depends_on: pulumi.Resource) -> pulumi.ResourceOptions:
        """Options of a resource that `parent` owns in this account."""
        return pulumi.ResourceOptions(parent=parent, provider=self.provider, depends_on=list(depends_on) or None)

    def named(self, name: str) -> dict[str, str]:
        """The tags of a resource, with its Name."""
        return {**self.tags, "Name": name}


@dataclass(frozen=True)
class AwsCloud(AwsAccount):
    """An account and a network in it."""

    recovery_region: str | None
    """Where copies of backups go."""
    environment: str
    vpc_id: pulumi.Output[str]
    public_range: str
    """CIDR of the public subnets, where load balancers are."""
    database_range: str
    """CIDR of the database subnets."""
    public_subnet_ids: tuple[pulumi.Output[str], ...]
    private_subnet_ids: tuple[pulumi.Output[str], ...]
    """One a zone, with a way out once they are known."""
    database_subnet_ids: tuple[pulumi.Output[str], ...]
    """One a zone, with no way out."""
    node_group_id: pulumi.Output[str]
    """The security group that nodes carry, and nothing else: what lets in their traffic names it."""
    key_arn: pulumi.Output[str]
    """The KMS key that the stack's data are encrypted with."""
    recovery_key_arn: pulumi.Output[str] | None
    """A key of `recovery_region`, for the copies there."""
    log_retention_days: int
    alarms: Alarms
    profile: str | None = None
    """Profile of the AWS configuration that credentials are taken from."""
