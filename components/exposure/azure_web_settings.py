"""What Azure's two gateways have in common: the firewall, the names, the CDN, and the way to a second region."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from components.exposure.web_settings import PublicHost, WebExposure
from components.settings.azure_names import Guid, ResourceGroupName, ResourceName
from components.settings.quantities import quantity_value
from components.settings.section import Section
from components.settings.text import Matching

EndpointName = Annotated[
    str,
    Matching(
        r"[A-Za-z0-9][A-Za-z0-9-]{0,44}[A-Za-z0-9]",
        "an endpoint's name: 2 to 46 letters, digits and hyphens, no hyphen first or last, such as jarvis-production",
    ),
]
TrafficManagerName = Annotated[
    str,
    Matching(
        r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?",
        "a Traffic Manager profile's name: 1 to 63 letters, digits and hyphens, no hyphen first or last, such as "
        "tm-jarvis-production",
    ),
]
FrontDoorName = Annotated[
    str,
    Matching(
        r"[A-Za-z0-9][A-Za-z0-9-]{0,88}[A-Za-z0-9]",
        "a Front Door profile's name: 2 to 90 letters, digits and hyphens, no hyphen first or last, such as "
        "afd-jarvis-production",
    ),
]
HealthPath = Annotated[str, Matching(r"/[^\s?#]*", "a path, such as /health")]
_LARGEST_UPLOAD_MB: Final = 4000
"""With a Default Rule Set: 4 GB, and 2 MB for what is no file. Source (2026-11-24):
https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits, section Azure
Application Gateway limits."""


class Firewall(Section):
    """The gateway's web application firewall."""

    mode: Literal["prevention", "detection"] = "prevention"
    """`detection` writes down what it would have refused."""
    rule_set: Literal["2.1"] = "2.1"
    """Of Microsoft's Default Rule Set, with the Bot Manager rules 1.1 beside it."""


class AzureDns(Section):
    """The public DNS zone in which the hosts are made."""

    zone: PublicHost
    """Such as jarvis.com; every host must lie in it."""
    resource_group: ResourceGroupName | None = None
    """Group of a zone that is there already; null makes the zone: then tell the registrar its name servers."""
    ttl_seconds: Annotated[int, Field(ge=30, le=86_400)] = 300
    """How long resolvers may keep an answer; short, for the day that the hosts move to another region."""
    certificate_authorities: tuple[PublicHost, ...] = ("digicert.com",)
    """Who may issue certificates for the zone (CAA, RFC 8659); none are named in a zone that is there already."""


class FrontDoorCdn(Section):
    """Azure Front Door in front of the user interface; the API and Grafana are reached without it."""

    name: FrontDoorName = "afd-jarvis-production"
    endpoint: EndpointName = "jarvis-production"
    origin: PublicHost
    """Host by which Front Door reaches the gateway, such as origin.jarvis.com: it must lie in `dns.zone`, and the
    certificate must be valid for it too."""
    recovery_origin: PublicHost | None = None
    """Host by which it reaches the second region's gateway when this one does not answer; null for none."""
    health_path: HealthPath = "/health"
    """Path by which it tells the two apart: the user interface's health (`app.frontend.healthPath`)."""


class PrimaryRegion(Section):
    """The hosts that the CDN does not serve move to the second region while the API does not answer in this one.

    A Traffic Manager profile asks both regions every 30 seconds, and leads elsewhere after the fourth missing answer.

    Source: https://learn.microsoft.com/azure/traffic-manager/traffic-manager-monitoring (2026-11-24).
    """

    kind: Literal["primary"] = "primary"
    profile: TrafficManagerName = "tm-jarvis-production"
    """Its name, one of its kind in the whole of Azure: NAME.trafficmanager.net."""
    origin: PublicHost
    """A name that leads to this region's API whatever happens, such as api-westeurope.jarvis.com. It must lie in
    `dns.zone`, and the certificate must be valid for it too."""
    recovery_origin: PublicHost
    """The second region's, which its own stack makes."""
    health_path: HealthPath = "/health"
    """Path by which it is asked: the API's health (`app.backend.healthPath`)."""
    drained: bool = False
    """Whether everybody is led to the second region, whether this one answers or not: for a lost region that comes back
    with data of before its loss."""


class RecoveryCdn(Section):
    """The first region's Front Door, as the second region's gateway knows it."""

    origin: PublicHost
    """Host by which Front Door reaches this gateway: `cdn.recoveryOrigin` of the first region's stack."""
    front_door_id: Guid
    """What it says in the header X-Azure-FDID: nobody else reaches the user interface."""


class RecoveryRegion(Section):
    """This gateway is the second region's: the first region's stack leads the hosts here when its own is lost.

    It answers to the same hosts, whose records are the first region's, and to names of its own.
    """

    kind: Literal["recovery"] = "recovery"
    origin: PublicHost
    """A name that leads to this region's API whatever happens: `failover.recoveryOrigin` of the first region's stack.
    It must lie in `dns.zone`, and the certificate must be valid for it too."""
    cdn: RecoveryCdn | None = None
    """Null where the first region has no CDN."""


Failover = Annotated[PrimaryRegion | RecoveryRegion, Field(discriminator="kind")]


class AzureWebExposure(WebExposure):
    """A gateway of Azure's with a firewall."""

    name: ResourceName = "agw-jarvis-production"
    firewall: Firewall = Firewall()
    dns: AzureDns | None = None
    """Null where the hosts are made elsewhere."""
    cdn: FrontDoorCdn | None = None
    """Null for none; it needs `dns`."""
    failover: Failover | None = None
    """Which of two regions this is; null where there is one. It needs `dns`."""

    @property
    def upload_mb(self) -> int | None:
        """Largest file upload in megabytes, rounded up."""
        if self.max_body_size is None:
            return None
        return -(-int(quantity_value(self.max_body_size)) // 2**20)

    @property
    def cdn_hosts(self) -> tuple[str, ...]:
        """Hosts that a CDN serves, this stack's or the first region's."""
        second = isinstance(self.failover, RecoveryRegion) and self.failover.cdn is not None
        hosts = (self.hosts.frontend, self.hosts.admin) if self.cdn is not None or second else ()
        return tuple(host for host in hosts if host is not None)

    @property
    def led_by_gateway(self) -> tuple[str, ...]:
        """Hosts that no CDN serves."""
        return tuple(host for host in self.hosts.all if host not in self.cdn_hosts)

    @property
    def drained(self) -> bool:
        """Whether nobody is led to this gateway."""
        return isinstance(self.failover, PrimaryRegion) and self.failover.drained

    @property
    def interface_origins(self) -> tuple[str, ...]:
        """Names by which a CDN reaches the user interface of this gateway."""
        if self.cdn is not None:
            return (self.cdn.origin,)
        if isinstance(self.failover, RecoveryRegion) and self.failover.cdn is not None:
            return (self.failover.cdn.origin,)
        return ()

    @property
    def api_origins(self) -> tuple[str, ...]:
        """Names by which the regions' APIs are told apart."""
        return () if self.failover is None else (self.failover.origin,)

    @model_validator(mode="after")
    def _keepable(self) -> Self:
        if self.load_balancer is not None:
            raise ValueError("loadBalancer must be absent with a gateway of Azure's: nothing goes past the firewall")
        if self.controller_namespace is not None:
            raise ValueError("controllerNamespace must be absent with a gateway of Azure's: it is no Pod")
        if self.upload_mb is not None and self.upload_mb > _LARGEST_UPLOAD_MB:
            raise ValueError(f"maxBodySize {self.max_body_size} is above the firewall's {_LARGEST_UPLOAD_MB} MB")
        return self

    @model_validator(mode="after")
    def _in_the_zone(self) -> Self:
        if self.dns is None:
            if self.cdn is not None:
                raise ValueError("dns is required with cdn: Front Door proves by records that the hosts are yours")
            if self.failover is not None:
                raise ValueError("dns is required with failover: it leads the hosts by records")
            return self
        origins = self._named_origins()
        for host in (*self.hosts.all, *(host for _, host in origins)):
            if host != self.dns.zone and not host.endswith(f".{self.dns.zone}"):
                raise ValueError(f"host {host} must lie in dns.zone {self.dns.zone}")
        taken = list(self.hosts.all)
        for setting, host in origins:
            if host in taken:
                raise ValueError(
                    f"{setting} {host} must be a name of its own, which leads past the CDN and the failover"
                )
            taken.append(host)
        return self

    @model_validator(mode="after")
    def _one_first_region(self) -> Self:
        match self.failover:
            case PrimaryRegion(drained=drained):
                if drained and self.cdn is not None and self.cdn.recovery_origin is None:
                    raise ValueError(
                        "cdn.recoveryOrigin is required with failover.drained: nobody would serve the user interface"
                    )
                if self.dns is not None and self.dns.zone in self.led_by_gateway:
                    raise ValueError(
                        f"host {self.dns.zone} cannot be the zone itself with failover: a zone's own name is no alias"
                    )
            case RecoveryRegion():
                if self.cdn is not None:
                    raise ValueError("cdn must be null with failover.kind recovery: the first region's serves both")
                if self.dns is not None and self.dns.resource_group is None:
                    raise ValueError(
                        "dns.resourceGroup is required with failover.kind recovery: the zone is the first region's"
                    )
            case None:
                pass
        return self

    def _named_origins(self) -> Sequence[tuple[str, str]]:
        named: list[tuple[str, str | None]] = []
        if self.cdn is not None:
            named += [("cdn.origin", self.cdn.origin), ("cdn.recoveryOrigin", self.cdn.recovery_origin)]
        match self.failover:
            case PrimaryRegion() as first:
                named += [("failover.origin", first.origin), ("failover.recoveryOrigin", first.recovery_origin)]
            case RecoveryRegion() as second:
                named.append(("failover.origin", second.origin))
                if second.cdn is not None:
                    named.append(("failover.cdn.origin", second.cdn.origin))
            case None:
                pass
        return [(setting, host) for setting, host in named if host is not None]
