"""Settings of exposure by Azure's Application Gateway."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from components.exposure.web_settings import PublicHost, WebExposure
from components.settings.azure_names import ResourceGroupName, ResourceName
from components.settings.azure_regions import ZONES, Zone
from components.settings.quantities import quantity_value
from components.settings.section import Section
from components.settings.text import Matching

SecretName = Annotated[
    str,
    Matching(r"[A-Za-z0-9-]{1,127}", "a certificate's name: 1 to 127 letters, digits and hyphens, such as jarvis-tls"),
]
EndpointName = Annotated[
    str,
    Matching(
        r"[A-Za-z0-9][A-Za-z0-9-]{0,44}[A-Za-z0-9]",
        "an endpoint's name: 2 to 46 letters, digits and hyphens, no hyphen first or last, such as jarvis-production",
    ),
]
_LARGEST_UPLOAD_MB = 4000
"""With the rule set 2.1. Source (2026-11-24):
https://learn.microsoft.com/azure/web-application-firewall/ag/application-gateway-waf-request-size-limits."""


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

    name: ResourceName = "afd-jarvis-production"
    endpoint: EndpointName = "jarvis-production"
    origin: PublicHost
    """Host by which Front Door reaches the gateway, such as origin.jarvis.com: it must lie in `dns.zone`, and the
    certificate must be valid for it too."""


class ApplicationGatewayExposure(WebExposure):
    """An Application Gateway with a firewall: HTTPS ends there, with a certificate of the stack's key vault.

    It reaches the Services by internal load balancers in the network of `jarvis:cloud`, in plain HTTP: `app.tls` must
    be absent. The largest body that is no file upload is 2000 kB, the most that the firewall takes.
    """

    kind: Literal["application-gateway"] = "application-gateway"
    name: ResourceName = "agw-jarvis-production"
    certificate: SecretName = "jarvis-tls"
    """Name of the certificate in the key vault; each new version is taken up within four hours. It must be there before
    the first deployment of the gateway."""
    min_units: Annotated[int, Field(ge=0, le=125)] = 2
    """Instances that always run."""
    max_units: Annotated[int, Field(ge=2, le=125)] = 10
    """Instances at the most."""
    zones: Annotated[tuple[Zone, ...], Field(min_length=1)] = ZONES
    """Availability zones that the instances are spread over."""
    firewall: Firewall = Firewall()
    dns: AzureDns | None = None
    """Null where the hosts are made elsewhere."""
    cdn: FrontDoorCdn | None = None
    """Null for none; it needs `dns`."""

    @property
    def upload_mb(self) -> int | None:
        """Largest file upload in megabytes, rounded up."""
        if self.max_body_size is None:
            return None
        return -(-int(quantity_value(self.max_body_size)) // 2**20)

    @model_validator(mode="after")
    def _keepable(self) -> Self:
        if self.load_balancer is not None:
            raise ValueError(
                "loadBalancer must be absent with kind application-gateway: nothing goes past the firewall"
            )
        if self.controller_namespace is not None:
            raise ValueError("controllerNamespace must be absent with kind application-gateway: it is no Pod")
        if self.min_units > self.max_units:
            raise ValueError(f"minUnits {self.min_units} must be at most maxUnits {self.max_units}")
        if self.upload_mb is not None and self.upload_mb > _LARGEST_UPLOAD_MB:
            raise ValueError(f"maxBodySize {self.max_body_size} is above the firewall's {_LARGEST_UPLOAD_MB} MB")
        return self

    @model_validator(mode="after")
    def _in_the_zone(self) -> Self:
        if self.dns is None:
            if self.cdn is not None:
                raise ValueError("dns is required with cdn: Front Door proves by records that the hosts are yours")
            return self
        for host in (*self.hosts.all, *((self.cdn.origin,) if self.cdn is not None else ())):
            if host != self.dns.zone and not host.endswith(f".{self.dns.zone}"):
                raise ValueError(f"host {host} must lie in dns.zone {self.dns.zone}")
        if self.cdn is not None and self.cdn.origin in self.hosts.all:
            raise ValueError(f"cdn.origin {self.cdn.origin} must be a name of its own, which leads past the CDN")
        return self

    @property
    def cdn_hosts(self) -> tuple[str, ...]:
        """Hosts that the CDN serves."""
        hosts = (self.hosts.frontend, self.hosts.admin) if self.cdn is not None else ()
        return tuple(host for host in hosts if host is not None)
