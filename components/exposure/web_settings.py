"""What the kinds that serve host names over HTTPS have in common."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from components.settings.certificates import IssuerReference, Lifetime, ObjectName
from components.settings.quantities import MemoryQuantity
from components.settings.section import Section
from components.settings.text import Matching, not_allowed
from components.settings.workloads import DnsLabel


def _network(text: str) -> str:
    try:
        return str(ip_network(text))
    except ValueError:
        raise not_allowed("a network with no host bits set, such as 203.0.113.0/24 or 2001:db8::/32") from None


def _address(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        raise not_allowed("an IP address, such as 203.0.113.7") from None


Network = Annotated[str, AfterValidator(_network)]
Address = Annotated[str, AfterValidator(_address)]
PublicHost = Annotated[
    str,
    Matching(
        r"(?![0-9.]+$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+",
        "a full host name in lower case, such as app.jarvis.com",
        max_length=253,
    ),
]
AnnotationKey = Annotated[
    str,
    Matching(
        r"([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?",
        "an annotation's key, such as metallb.io/address-pool",
        max_length=317,
    ),
]
Annotations = Annotated[Mapping[AnnotationKey, str], Field(default_factory=dict)]
IdleSeconds = Annotated[int, Field(ge=10, le=86400)]


class Hosts(Section):
    """Names that browsers and clients use; DNS must lead them to the controller's address."""

    frontend: PublicHost
    """The user interface; the guide's app-staging.jarvis.local and app.jarvis.com."""
    backend: PublicHost
    """The API; the guide's api-staging.jarvis.local and api.jarvis.com."""
    admin: PublicHost | None = None
    """The user interface under a second name, such as the guide's admin.jarvis.com."""
    grafana: PublicHost | None = None
    """Grafana; reached by port-forward only where absent."""

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        repeated = sorted({host for host in self.all if self.all.count(host) > 1})
        if repeated:
            raise ValueError(f"host {repeated[0]} is given to more than one entry point; each needs its own")
        return self

    @property
    def all(self) -> tuple[str, ...]:
        """Every host name."""
        return tuple(host for host in (self.frontend, self.backend, self.admin, self.grafana) if host is not None)


class CertManagerTls(Section):
    """cert-manager issues one certificate for all hosts and renews it."""

    kind: Literal["cert-manager"] = "cert-manager"
    issuer: IssuerReference
    """Who signs it. An ACME issuer needs the DNS-01 challenge: the stack lets nobody reach HTTP-01's solver Pods."""
    secret_name: ObjectName = "jarvis-tls"  # noqa: S105 - a name
    """Secret that it is kept in; the guide's jarvis-staging-tls."""
    lifetime: Lifetime = Lifetime()


class SecretTls(Section):
    """A certificate for all hosts that somebody else keeps in the stack's namespace."""

    kind: Literal["secret"] = "secret"
    secret_name: ObjectName
    """Secret of type kubernetes.io/tls; the guide's jarvis-staging-tls."""


TlsSettings = Annotated[CertManagerTls | SecretTls, Field(discriminator="kind")]


class Hsts(Section):
    """HTTP Strict Transport Security (RFC 6797): browsers refuse plain HTTP for that long."""

    max_age_seconds: Annotated[int, Field(ge=0, le=63_072_000)] = 31_536_000
    """One year; 0 makes browsers forget it."""
    include_sub_domains: bool = True
    """Whether it holds for every name under the host's too."""

    @property
    def header(self) -> str:
        """Value of the header Strict-Transport-Security."""
        return f"max-age={self.max_age_seconds}" + ("; includeSubDomains" if self.include_sub_domains else "")


class LoadBalancer(Section):
    """The guide's Service `jarvis-loadbalancer`: TCP port 443 straight to the backend, past every proxy.

    Nothing on the way ends TLS, so the backend must serve it itself.
    """

    annotations: Annotations
    """What the cluster's load balancers are told, such as metallb.io/address-pool."""
    allowed_sources: tuple[Network, ...] = ()
    """Client addresses that are let in, such as 203.0.113.0/24; every one where empty."""
    external_traffic_policy: Literal["Local", "Cluster"] = "Local"
    """Local keeps the client's address, which `allowedSources` and the logs need."""


class WebExposure(Section):
    """HTTPS on port 443 for each host name."""

    hosts: Hosts
    hsts: Hsts | None = Hsts()
    """Null sends no such header."""
    max_body_size: MemoryQuantity | None = "10Mi"
    """Largest request body in bytes; null sets no limit.

    The guide gives no figure: five minutes of speech, 16 bits at 16 kHz, are 9.6 MB.
    """
    idle_timeout_seconds: IdleSeconds | None = 3600
    """How long a WebSocket, or an answer that is still being written, may be silent; null for the controller's own."""
    redirect_http: bool = True
    """Whether port 80 redirects to HTTPS; otherwise it serves nothing."""
    load_balancer: LoadBalancer | None = None
    """A second way to the API, by TCP."""
    controller_namespace: DnsLabel | None = None
    """Namespace of the Pods that connect to the stack's Services; the implementation's usual one where absent."""

    @property
    def frontend_origins(self) -> tuple[str, ...]:
        """Origins that the user interface is loaded from, for CORS."""
        hosts = (self.hosts.frontend, self.hosts.admin)
        return tuple(f"https://{host}" for host in hosts if host is not None)
