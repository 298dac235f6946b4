"""What the load balancer writes of each request and each connection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_aws import s3

from components.aws.buckets import Bucket, closed_bucket
from components.aws.iam import Statement
from components.cloud.aws.contract import AwsCloud
from components.exposure.alb_settings import AccessLogs

REQUESTS: Final = "requests"
CONNECTIONS: Final = "connections"
_WRITER: Final = "logdelivery.elasticloadbalancing.amazonaws.com"


@dataclass(frozen=True)
class LogBucket:
    """Where the logs go, below a prefix for each sort."""

    name: pulumi.Output[str]
    rights: pulumi.Resource
    """What a load balancer needs before it may write there: it tries once it is told to."""


def log_bucket(settings: AccessLogs, *, cloud: AwsCloud, protect: bool, parent: pulumi.Resource) -> LogBucket:
    """A bucket in the load balancer's region that only it may write to, below this account's number.

    It demands S3's own key: with a KMS key it writes nothing. Its name as a service holds in every region by now; that
    of an account in each, from before August 2022, is what AWS calls legacy.
    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html (2026-11-24).
    """

    def writers(bucket: s3.Bucket) -> Sequence[Statement]:
        below = [
            bucket.arn.apply(lambda arn, sort=sort: f"{arn}/{sort}/AWSLogs/{cloud.account_id}/*")
            for sort in (REQUESTS, CONNECTIONS)
        ]
        service = {"Service": _WRITER}
        return [
            {
                "Sid": "LoadBalancerLogs",
                "Effect": "Allow",
                "Principal": service,
                "Action": "s3:PutObject",
                "Resource": below,
            }
        ]

    name = f"{cloud.name}-load-balancer-logs-{cloud.account_id}"
    wanted = Bucket("load-balancer-logs", name, settings.retention_days, protect, key_arn=None)
    made = closed_bucket(wanted, cloud=cloud, parent=parent, statements=writers)
    return LogBucket(made.bucket.bucket, made.rights)
