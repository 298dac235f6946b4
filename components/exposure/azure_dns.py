"""The hosts' records in Azure DNS, which follow what they lead to."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_azure_native import dns

from components.azure.locks import lock
from components.cloud.azure.contract import AzureFoundation
from components.exposure.azure_web_settings import AzureDns


@dataclass(frozen=True)
class HostedZone:
    """A public DNS zone."""

    settings: AzureDns
    name: pulumi.Input[str]
    resource_group: pulumi.Input[str]
    id: pulumi.Input[str]

    def label(self, host: str) -> str:
        """The host's name within the zone."""
        zone = self.settings.zone
        return "@" if host == zone else host.removesuffix(f".{zone}")

    def prove(
        self, host: str, token: pulumi.Output[str], *, cloud: AzureFoundation, parent: pulumi.Resource
    ) -> dns.RecordSet:
        """Show Front Door that the host is ours."""
        label = self.label(host)
        return dns.RecordSet(
            f"{host}-proof",
            record_type="TXT",
            relative_record_set_name="_dnsauth" if label == "@" else f"_dnsauth.{label}",
            resource_group_name=self.resource_group,
            ttl=3600.0,
            txt_records=[dns.TxtRecordArgs(value=[token])],
            zone_name=self.name,
            opts=cloud.child_of(parent),
        )


def record(
    host: str, target_id: pulumi.Input[str], *, zone: HostedZone, cloud: AzureFoundation, parent: pulumi.Resource
) -> dns.RecordSet:
    """Lead the host to what has that resource id, whatever its address is."""
    return dns.RecordSet(
        f"{host}-record",
        record_type="A",
        relative_record_set_name=zone.label(host),
        resource_group_name=zone.resource_group,
        target_resource=dns.SubResourceArgs(id=target_id),
        ttl=float(zone.settings.ttl_seconds),
        zone_name=zone.name,
        opts=_swapped(cloud.child_of(parent)),
    )


def alias(
    host: str, name: pulumi.Input[str], *, zone: HostedZone, cloud: AzureFoundation, parent: pulumi.Resource
) -> dns.RecordSet:
    """Lead the host to where another name leads."""
    return dns.RecordSet(
        f"{host}-record",
        cname_record=dns.CnameRecordArgs(cname=name),
        record_type="CNAME",
        relative_record_set_name=zone.label(host),
        resource_group_name=zone.resource_group,
        ttl=float(zone.settings.ttl_seconds),
        zone_name=zone.name,
        opts=_swapped(cloud.child_of(parent)),
    )


def _swapped(opts: pulumi.ResourceOptions) -> pulumi.ResourceOptions:
    """A name is an alias or has addresses, never both: the old record goes before the new one comes."""
    return pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(delete_before_replace=True))


def hosted_zone(settings: AzureDns, *, cloud: AzureFoundation, parent: pulumi.Resource) -> HostedZone:
    """The named zone, or one made here where no resource group is named that has it already."""
    if settings.resource_group is not None:
        id_ = (
            f"/subscriptions/{cloud.subscription_id}/resourceGroups/{settings.resource_group}"
            f"/providers/Microsoft.Network/dnsZones/{settings.zone}"
        )
        return HostedZone(settings, settings.zone, settings.resource_group, id_)
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
    return HostedZone(settings, zone.name, cloud.resource_group, zone.id)
