"""The hosts' records in Azure DNS, which follow the gateway's address."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
from pulumi_azure_native import dns

from components.azure.locks import lock
from components.cloud.azure.contract import AzureFoundation
from components.exposure.application_gateway_settings import AzureDns


def create_records(
    settings: AzureDns,
    hosts: Sequence[str],
    address_id: pulumi.Output[str],
    *,
    cloud: AzureFoundation,
    parent: pulumi.Resource,
) -> None:
    """Lead each host to the public address of that resource id, in a zone made here where none is named."""
    zone, group = _zone(settings, cloud, parent)
    for host in hosts:
        label = "@" if host == settings.zone else host.removesuffix(f".{settings.zone}")
        dns.RecordSet(
            f"{host}-record",
            record_type="A",
            relative_record_set_name=label,
            resource_group_name=group,
            target_resource=dns.SubResourceArgs(id=address_id),
            ttl=float(settings.ttl_seconds),
            zone_name=zone,
            opts=cloud.child_of(parent),
        )


def _zone(
    settings: AzureDns, cloud: AzureFoundation, parent: pulumi.Resource
) -> tuple[pulumi.Input[str], pulumi.Input[str]]:
    if settings.resource_group is not None:
        return settings.zone, settings.resource_group
    zone = dns.Zone(
        "dns-zone",
        location="global",
        resource_group_name=cloud.resource_group,
        tags=cloud.tags(settings.zone),
        zone_name=settings.zone,
        zone_type=dns.ZoneType.PUBLIC,
        # A zone made anew has other name servers: nobody finds it until the registrar is told.
        opts=cloud.child_of(parent, holds_data=True),
    )
    lock("dns-zone-lock", zone, cloud=cloud, parent=parent)
    if settings.certificate_authorities:
        dns.RecordSet(
            "caa-record",
            caa_records=[
                dns.CaaRecordArgs(flags=0, tag="issue", value=authority)
                for authority in settings.certificate_authorities
            ],
            record_type="CAA",
            relative_record_set_name="@",
            resource_group_name=cloud.resource_group,
            ttl=3600.0,
            zone_name=zone.name,
            opts=cloud.child_of(parent),
        )
    return zone.name, cloud.resource_group
