"""CloudFront before the user interface."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pulumi
from pulumi_aws import cloudfront

from components.cloud.aws.contract import AwsCloud
from components.exposure.alb_settings import Cdn

CERTIFICATE_REGION: Final = "us-east-1"
"""The only one whose certificates CloudFront takes.

Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
(2026-11-24).
"""
HOSTED_ZONE: Final = "Z2FDTNDATAQYW2"
"""Of every distribution: https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html (2026-11-24)."""
_BY_ORIGIN_HEADERS: Final = "83da9c7e-98b4-4e11-a168-04f0df8e2c65"
"""UseOriginCacheControlHeaders: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html."""
_ALL_OF_THE_VIEWER: Final = "216adef6-5c7f-47e4-b989-5492eafa07d3"
"""AllViewer: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html."""
_ORIGIN: Final = "load-balancer"


def distribution(
    settings: Cdn,
    hosts: Sequence[str],
    *,
    origin_host: str,
    certificate_arn: pulumi.Input[str],
    cloud: AwsCloud,
    parent: pulumi.Resource,
) -> cloudfront.Distribution:
    """What answers for the hosts, over TLS 1.2 or later on both sides.

    It goes to whatever `origin_host` leads to. Two regions are told apart by that name's records, and not by a group
    of origins, which CloudFront changes over for GET, HEAD and OPTIONS only:
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html
    (2026-11-24).
    """
    return cloudfront.Distribution(
        "cdn",
        enabled=True,
        comment=f"User interface of {cloud.name}",
        aliases=list(hosts),
        is_ipv6_enabled=True,
        http_version="http2and3",
        price_class=settings.price_class,
        origins=[_origin(origin_host)],
        default_cache_behavior=_cache_behavior(),
        restrictions=cloudfront.DistributionRestrictionsArgs(
            geo_restriction=cloudfront.DistributionRestrictionsGeoRestrictionArgs(restriction_type="none")
        ),
        viewer_certificate=cloudfront.DistributionViewerCertificateArgs(
            acm_certificate_arn=certificate_arn, minimum_protocol_version="TLSv1.2_2021", ssl_support_method="sni-only"
        ),
        tags=cloud.named(cloud.name),
        opts=cloud.child_of(parent),
    )


def _origin(host: str) -> cloudfront.DistributionOriginArgs:
    return cloudfront.DistributionOriginArgs(
        origin_id=_ORIGIN,
        domain_name=host,
        custom_origin_config=cloudfront.DistributionOriginCustomOriginConfigArgs(
            http_port=80,
            https_port=443,
            origin_protocol_policy="https-only",
            origin_ssl_protocols=["TLSv1.2"],
            origin_read_timeout=60,
        ),
    )


def _cache_behavior() -> cloudfront.DistributionDefaultCacheBehaviorArgs:
    """Every method is let through; answers are kept for as long as the origin says."""
    return cloudfront.DistributionDefaultCacheBehaviorArgs(
        target_origin_id=_ORIGIN,
        viewer_protocol_policy="redirect-to-https",
        allowed_methods=["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"],
        cached_methods=["GET", "HEAD"],
        compress=True,
        cache_policy_id=_BY_ORIGIN_HEADERS,
        origin_request_policy_id=_ALL_OF_THE_VIEWER,
    )
