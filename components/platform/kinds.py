"""Creates the platform of a cluster."""

from __future__ import annotations

import pulumi

from components.cluster.contract import ClusterAccess
from components.platform.contract import Platform
from components.platform.settings import PlatformSettings


def create_platform(
    settings: PlatformSettings,
    *,
    cluster: ClusterAccess,
    opts: pulumi.ResourceOptions | None = None,
) -> Platform:
    """The add-ons of kind `helm`; what is `none` or `external` makes nothing."""
    from components.platform.releases import Addons, helm_addons

    if not helm_addons(settings):
        return Platform()
    return Addons("platform", settings, cluster=cluster, opts=opts).platform
