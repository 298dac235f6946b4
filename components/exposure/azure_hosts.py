"""Where the hosts of a gateway of Azure's lead: to it, to the CDN, or to the first of two regions that answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import dns

from components.cloud.azure.contract import AzureFoundation
from components.exposure.azure_dns import HostedZone, alias, hosted_zone, record
from components.exposure.azure_web_settings import AzureWebExposure, PrimaryRegion, RecoveryRegion
from components.jarvis.contract import JarvisEndpoints


@dataclass(frozen=True)
class Address:
    """A gateway's address that is a resource of Azure's."""

    id: pulumi.Output[str]


@dataclass(frozen=True)
class Name:
    """A gateway's own host name, where it has no address of its own."""

    host: pulumi.Output[str]


def own_hosts(settings: AzureWebExposure, jarvis: JarvisEndpoints) -> Mapping[str, tuple[str, ...]]:
    """Names, by their Service, that lead to this gateway past the CDN and the failover."""
    return {jarvis.frontend.name: settings.interface_origins, jarvis.backend.name: settings.api_origins}


def lead_hosts(
    settings: AzureWebExposure, gateway: Address | Name, *, cloud: AzureFoundation, parent: pulumi.Resource
) -> pulumi.Input[str] | None:
    """Make the records of every host, the CDN and the failover, where the settings have them.

    Returns what the CDN says in X-Azure-FDID, this stack's or the first region's; None where there is none.
    """
    if settings.dns is None:
        return None
    zone = hosted_zone(settings.dns, cloud=cloud, parent=parent)
    for host in (*settings.interface_origins, *settings.api_origins):
        _lead(host, gateway, zone=zone, cloud=cloud, parent=parent)
    match settings.failover:
        case RecoveryRegion() as second:
            return None if second.cdn is None else second.cdn.front_door_id
        case PrimaryRegion() as first if settings.led_by_gateway:
            from components.exposure.traffic_manager import traffic_manager

            profile = Name(traffic_manager(first, cloud=cloud, parent=parent))
        case _:
            profile = None
    for host in settings.led_by_gateway:
        _lead(host, profile or gateway, zone=zone, cloud=cloud, parent=parent)
    if settings.cdn is None:
        return None
    from components.exposure.front_door import FrontDoor

    opts = pulumi.ResourceOptions(parent=parent)
    return FrontDoor(
        "cdn", settings.cdn, settings.cdn_hosts, drained=settings.drained, zone=zone, cloud=cloud, opts=opts
    ).id


def _lead(
    host: str, to: Address | Name, *, zone: HostedZone, cloud: AzureFoundation, parent: pulumi.Resource
) -> dns.RecordSet:
    match to:
        case Address():
            return record(host, to.id, zone=zone, cloud=cloud, parent=parent)
        case Name():
            return alias(host, to.host, zone=zone, cloud=cloud, parent=parent)
