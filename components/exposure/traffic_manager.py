"""Azure Traffic Manager: one name that leads to the first of two regions that answers."""

from __future__ import annotations

from typing import Final

import pulumi
from pulumi_azure_native import trafficmanager

from components.azure.alerts import keep_logs
from components.cloud.azure.contract import AzureFoundation
from components.exposure.azure_web_settings import PrimaryRegion

_TTL_SECONDS: Final = 60.0
_EXTERNAL: Final = "Microsoft.Network/trafficManagerProfiles/externalEndpoints"


def traffic_manager(settings: PrimaryRegion, *, cloud: AzureFoundation, parent: pulumi.Resource) -> pulumi.Output[str]:
    """The profile's own name, to which hosts are led."""
    states = trafficmanager.EndpointStatus
    endpoints = {"primary": settings.origin, "recovery": settings.recovery_origin}
    profile = trafficmanager.Profile(
        "failover",
        dns_config=trafficmanager.DnsConfigArgs(relative_name=settings.profile, ttl=_TTL_SECONDS),
        endpoints=[
            trafficmanager.EndpointArgs(
                endpoint_status=states.DISABLED if settings.drained and name == "primary" else states.ENABLED,
                name=name,
                priority=float(place),
                target=origin,
                type=_EXTERNAL,
            )
            for place, (name, origin) in enumerate(endpoints.items(), 1)
        ],
        location="global",
        monitor_config=trafficmanager.MonitorConfigArgs(
            interval_in_seconds=30.0,
            path=settings.health_path,
            port=443.0,
            protocol=trafficmanager.MonitorProtocol.HTTPS,
            timeout_in_seconds=10.0,
            tolerated_number_of_failures=3.0,
        ),
        profile_name=settings.profile,
        profile_status=trafficmanager.ProfileStatus.ENABLED,
        resource_group_name=cloud.resource_group,
        tags=cloud.tags(settings.profile),
        traffic_routing_method=trafficmanager.TrafficRoutingMethod.PRIORITY,
        opts=cloud.child_of(parent),
    )
    keep_logs("failover", profile, cloud=cloud, parent=parent)
    return profile.name.apply(lambda name: f"{name}.trafficmanager.net")
