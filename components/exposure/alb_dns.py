"""Names of the stack in Route 53, and their certificates of ACM."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pulumi
from pulumi_aws import acm, route53
from pulumi_aws.acm.outputs import CertificateDomainValidationOption

from components.cloud.aws.contract import AwsCloud

_RECORD_SECONDS: Final = 300


def own_zone(name: str, *, cloud: AwsCloud, protect: bool, parent: pulumi.Resource) -> route53.Zone:
    """A public hosted zone, to whose name servers the domain has to be delegated."""
    return route53.Zone(
        "zone",
        name=name,
        comment=f"{cloud.name}: delegate {name} to its name servers",
        tags=cloud.named(name),
        opts=pulumi.ResourceOptions.merge(
            cloud.child_of(parent), pulumi.ResourceOptions(protect=protect, retain_on_delete=protect)
        ),
    )


class Certificates(pulumi.ComponentResource):
    """Certificates of ACM, each usable once ACM has found the record of every host, and renewed while they are there.

    A host's record is the same for all certificates of the account, in every region.
    """

    def __init__(
        self,
        name: str,
        hosts: Sequence[str],
        *,
        zone: pulumi.Input[str],
        cloud: AwsCloud,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("jarvis:exposure:Certificates", name, None, opts)
        self._cloud = cloud
        made = self._requested("certificate", hosts, None)
        self._proofs = {host: self._proof(host, made, zone) for host in hosts}
        self.arn = self._issued("certificate", hosts, made, None)
        """For all hosts, in the stack's own region."""
        self.register_outputs({"arn": self.arn})

    def elsewhere(self, name: str, hosts: Sequence[str], region: str) -> pulumi.Output[str]:
        """ARN of a certificate for some of the hosts in another region; the first one's where it is the same region."""
        if region == self._cloud.region:
            return self.arn
        return self._issued(name, hosts, self._requested(name, hosts, region), region)

    def _requested(self, name: str, hosts: Sequence[str], region: str | None) -> acm.Certificate:
        cloud = self._cloud
        return acm.Certificate(
            name,
            domain_name=hosts[0],
            subject_alternative_names=list(hosts[1:]) or None,
            validation_method="DNS",
            region=region,
            tags=cloud.named(f"{cloud.name}-{name}"),
            opts=cloud.child_of(self),
        )

    def _issued(self, name: str, hosts: Sequence[str], made: acm.Certificate, region: str | None) -> pulumi.Output[str]:
        return acm.CertificateValidation(
            name,
            certificate_arn=made.arn,
            validation_record_fqdns=[self._proofs[host].fqdn for host in hosts],
            region=region,
            opts=self._cloud.child_of(self),
        ).certificate_arn

    def _proof(self, host: str, made: acm.Certificate, zone: pulumi.Input[str]) -> route53.Record:
        """The record by which ACM sees that the name is ours."""

        def option(options: Sequence[CertificateDomainValidationOption]) -> CertificateDomainValidationOption:
            return next(item for item in options if item.domain_name == host)

        wanted = made.domain_validation_options.apply(option)
        return route53.Record(
            f"proof-{host}",
            zone_id=zone,
            name=wanted.apply(lambda item: item.resource_record_name or ""),
            type=wanted.apply(lambda item: item.resource_record_type or ""),
            records=[wanted.apply(lambda item: item.resource_record_value or "")],
            ttl=_RECORD_SECONDS,
            allow_overwrite=True,  # somebody's earlier certificate may have had it
            opts=self._cloud.child_of(self),
        )


def lead_to(
    host: str,
    *,
    target: pulumi.Input[str],
    target_zone: pulumi.Input[str],
    zone: pulumi.Input[str],
    cloud: AwsCloud,
    parent: pulumi.Resource,
    check_target: bool,
) -> None:
    """Lead a host to a resource of AWS whose addresses change."""
    route53.Record(
        host,
        zone_id=zone,
        name=host,
        type="A",
        aliases=[route53.RecordAliasArgs(name=target, zone_id=target_zone, evaluate_target_health=check_target)],
        opts=cloud.child_of(parent),
    )
