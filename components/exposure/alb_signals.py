"""What of a load balancer somebody is told of, and what there is to see of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pulumi

from components.cloud.aws.contract import Alarm, AwsCloud, Chart, Line

_NAMESPACE: Final = "AWS/ApplicationELB"
"""Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
(2026-11-24)."""


def observe(
    balancer: pulumi.Output[str],
    groups: Mapping[str, pulumi.Output[str]],
    *,
    cloud: AwsCloud,
    parent: pulumi.Resource,
) -> None:
    """Errors, Pods and times; `balancer` and `groups`, by the name of their Service, as CloudWatch calls them."""
    whole = {"LoadBalancer": balancer}
    for name, metric, threshold, what in (
        ("load-balancer-errors", "HTTPCode_ELB_5XX_Count", 10, "answers that nothing behind it does"),
        ("application-errors", "HTTPCode_Target_5XX_Count", 50, "passes on errors of the application"),
    ):
        alarm = Alarm(
            name,
            f"The load balancer {what}: more than {threshold} in five minutes.",
            _NAMESPACE,
            metric,
            whole,
            threshold=threshold,
            statistic="Sum",
            periods=1,
            missing="notBreaching",
        )
        cloud.alarms.watch(alarm, parent=parent)
    for service, group in groups.items():
        alarm = Alarm(
            f"{service}-down",
            f"No Pod of {service} is well to the load balancer: look at the Pods, and at their TargetGroupBinding.",
            _NAMESPACE,
            "HealthyHostCount",
            {"TargetGroup": group, **whole},
            threshold=1,
            comparison="below",
            statistic="Minimum",
            period_seconds=60,
            missing="breaching",  # where no Pod was ever registered there is no count
        )
        cloud.alarms.watch(alarm, parent=parent)
    cloud.alarms.show(*_charts(whole))


def _charts(whole: Mapping[str, pulumi.Input[str]]) -> tuple[Chart, ...]:
    codes = tuple(
        Line(f"HTTPCode_Target_{code}_Count", whole, f"{code} of the application") for code in ("2XX", "3XX", "4XX")
    )
    return (
        Chart("Requests", _NAMESPACE, (Line("RequestCount", whole), *codes), "Sum"),
        Chart(
            "Seconds to an answer",
            _NAMESPACE,
            tuple(Line("TargetResponseTime", whole, share, share) for share in ("p50", "p95", "p99")),
        ),
        Chart(
            "Connections",
            _NAMESPACE,
            tuple(Line(f"{state}ConnectionCount", whole) for state in ("Active", "New", "Rejected")),
            "Sum",
        ),
    )
