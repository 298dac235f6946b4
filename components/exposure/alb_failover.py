"""Two stacks in two regions that answer to the same names: Route 53 decides by its health checks which of them does."""

from __future__ import annotations

from typing import Final

import pulumi
from pulumi_aws import route53

from components.cloud.aws.contract import Alarm, AwsCloud
from components.exposure.alb_dns import Routing
from components.exposure.alb_settings import Failover

_METRICS_REGION: Final = "us-east-1"
"""Where Route 53 keeps the metrics of all health checks, for alarms of that region.

Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-health-checks.html (2026-11-24).
"""


def routing(settings: Failover, host: str, path: str, *, cloud: AwsCloud, parent: pulumi.Resource) -> Routing:
    """This stack's part of each record: asked at `host`, which leads to this region only, whether it is well.

    A secondary that is not well gets no traffic: where neither is, Route 53 sends it to the primary.
    Sources: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-problems.html,
    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-creating-values.html (2026-11-24).
    """
    check = route53.HealthCheck(
        "health",
        fqdn=host,
        port=443,
        type="HTTPS",
        resource_path=path,
        enable_sni=True,
        request_interval=settings.interval_seconds,
        failure_threshold=settings.failures,
        # Switched off it is well whatever is found, and inverted the opposite.
        disabled=settings.drained,
        invert_healthcheck=settings.drained,
        tags=cloud.named(f"{cloud.name}-{settings.role}"),
        opts=cloud.child_of(parent),
    )
    if cloud.region == _METRICS_REGION:
        alarm = Alarm(
            "region-health",
            f"{host} does not answer on {path}: the other region's stack gets the traffic where it is well.",
            "AWS/Route53",
            "HealthCheckStatus",
            {"HealthCheckId": check.id},
            threshold=1,
            comparison="below",
            statistic="Minimum",
            period_seconds=60,
            periods=1,
        )
        cloud.alarms.watch(alarm, parent=parent)
    return Routing(settings.role, check.id)
