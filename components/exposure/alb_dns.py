"""Names of the stack in Route 53, and their certificates of ACM."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final, Literal

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


def shared_zone(name: str, *, cloud: AwsCloud) -> pulumi.Output[str]:
    """The id of the public hosted zone of that name, which another stack has made."""
    found = route53.get_zone_output(
        name=name, private_zone=False, opts=pulumi.InvokeOutputOptions(provider=cloud.provider)
    )
    return found.zone_id


@dataclass(frozen=True)
class Routing:
    """One of two records of a name."""

    role: Literal["primary", "secondary"]
    health_check_id: pulumi.Output[str]


class Certificates(pulumi.ComponentResource):
    """Certificates of ACM, each usable once ACM has found the record of every host, and renewed while they are there.

    A host's record is the same for all certificates of the account, in every region: another stack of the account may
    keep it.
    Source: https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html (2026-11-24).
    """

    def __init__(
        self,
        name: str,
        hosts: Sequence[str],
        *,
        zone: pulumi.Input[str],
        cloud: AwsCloud,
        proven: Collection[str] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`proven` are those of the hosts whose record another stack keeps."""
        super().__init__("jarvis:exposure:Certificates", name, None, opts)
        self._cloud = cloud
        made = self._requested("certificate", hosts, None)
        self._proofs = {host: self._proof(host, made, zone) for host in hosts if host not in proven}
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
        own = [self._proofs[host] for host in hosts if host in self._proofs]
        return acm.CertificateValidation(
            name,
            certificate_arn=made.arn,
            # All or none: given some, the others are missed.
            validation_record_fqdns=[proof.fqdn for proof in own] if len(own) == len(hosts) else None,
            region=region,
            opts=self._cloud.child_of(self, *own),
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


@dataclass(frozen=True)
class Target:
    """A resource of AWS whose addresses change."""

    name: pulumi.Input[str]
    zone: pulumi.Input[str]
    """The hosted zone of Amazon's that its name is in."""
    checked: bool
    """Whether it is asked how its own targets do."""


def lead_to(
    host: str,
    target: Target,
    *,
    zone: pulumi.Input[str],
    cloud: AwsCloud,
    parent: pulumi.Resource,
    routing: Routing | None = None,
) -> None:
    """Lead a host to a resource of AWS; with `routing`, while that says so."""
    route53.Record(
        host,
        zone_id=zone,
        name=host,
        type="A",
        aliases=[route53.RecordAliasArgs(name=target.name, zone_id=target.zone, evaluate_target_health=target.checked)],
        set_identifier=None if routing is None else routing.role,
        failover_routing_policies=(
            None if routing is None else [route53.RecordFailoverRoutingPolicyArgs(type=routing.role.upper())]
        ),
        health_check_id=None if routing is None else routing.health_check_id,
        # A name has records of one sort only, so that one of another sort cannot stand before the old one is gone.
        opts=pulumi.ResourceOptions.merge(cloud.child_of(parent), pulumi.ResourceOptions(delete_before_replace=True)),
    )
