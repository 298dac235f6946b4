"""Settings of exposure by Amazon's Application Load Balancer."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from components.exposure.web_settings import PublicHost, WebExposure
from components.settings.quantities import MemoryQuantity
from components.settings.section import Section
from components.settings.text import Matching

HEALTH_PATH = "/health"
"""Where the load balancer asks backend and user interface how they do."""
_LONGEST_IDLE_SECONDS = 4_000
"""Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
(2026-11-24)."""

ZoneId = Annotated[
    str, Matching(r"Z[A-Z0-9]{1,31}", "the id of a hosted zone, such as Z0123456789ABCDEFGHIJ", max_length=32)
]


class DnsZone(Section):
    """The public hosted zone of Route 53 in which the hosts are."""

    name: PublicHost = "jarvis.com"
    """The guide's domain."""
    id: ZoneId | None = None
    """A zone that is there already; where absent the stack makes one, and the domain has to be delegated to the name
    servers that it exports before certificates can be issued. A secondary, which makes none, looks it up by its name,
    and with that asks us-east-1: give the id, so that it can be deployed while that region is lost."""


class Waf(Section):
    """AWS WAF before everything: Amazon's rules of common attacks, and a limit for each client."""

    requests_in_5_minutes: Annotated[int, Field(ge=10, le=2_000_000_000)] = 3_000
    """Of one address before it is refused for a while. The guide gives no figure."""
    logged: Literal["refused", "all"] | None = "refused"
    """Which requests are written to CloudWatch Logs, without passwords and cookies: those that a rule matched, or all
    at a price; null writes none."""


class Cdn(Section):
    """CloudFront before the user interface, which it keeps as long as the interface's own headers allow."""

    price_class: Literal["PriceClass_100", "PriceClass_200", "PriceClass_All"] = "PriceClass_100"
    """Where it answers from: North America and Europe, also Asia and Africa, or everywhere."""


class AccessLogs(Section):
    """Each request and each connection, with the client's address, in a bucket."""

    retention_days: Annotated[int, Field(ge=1, le=3650)] = 90
    """Days until they are gone. The guide gives no figure."""


class Failover(Section):
    """Two stacks in two regions of one account that answer to the same hosts.

    Names lead to the primary while it is well, and to the secondary while that alone is. How a region does is asked of
    its own backend, under REGION.BACKEND-HOST, by which people reach that region too. The secondary shares the
    primary's zone, its records of certificates and its CDN, which reaches whichever of both is well; `hosts`, `zone`
    and `cdn` must be the same in both stack files. The primary is deployed first.
    """

    role: Literal["primary", "secondary"]
    """Which of both this stack is."""
    drained: bool = False
    """Keeps traffic from a primary that is well: once the secondary's database was promoted, until this one's data are
    those again. Nothing else does: a primary that comes back gets its traffic back. Route 53 is changed in us-east-1
    only: where that region is lost, records stay as they are, and still go by what is well.

    Source: https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/global-services.html
    (2026-11-24)."""
    interval_seconds: Literal[10, 30] = 30
    """How often each of Route 53's places asks; 10 at a price."""
    failures: Annotated[int, Field(ge=1, le=10)] = 3
    """How many in a row until it is not well, or well again."""

    @model_validator(mode="after")
    def _drains_the_primary(self) -> Self:
        if self.drained and self.role == "secondary":
            raise ValueError(
                "drained must be false with role secondary, which gets no traffic while the primary is well"
            )
        return self


class AlbExposure(WebExposure):
    """An Application Load Balancer over all zones, with a certificate of ACM, WAF and records in Route 53.

    The program makes it, so that addresses outlive the cluster; the AWS Load Balancer Controller in the cluster, which
    jarvis:platform.awsLoadBalancerController says of, tells it the Pods. Needs jarvis:cloud of kind aws.
    """

    kind: Literal["alb"] = "alb"
    zone: DnsZone = DnsZone()
    max_body_size: MemoryQuantity | None = None
    """Null: a load balancer of this kind has no such limit."""
    ssl_policy: Literal[
        "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
        "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
        "ELBSecurityPolicy-TLS13-1-2-2021-06",
        "ELBSecurityPolicy-TLS13-1-3-2021-06",
    ] = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
    """TLS 1.2 and 1.3 with forward secrecy and, for clients that can, keys that a quantum computer does not break: what
    Amazon's console chooses. The second is without such keys, the third has older ciphers too, the fourth TLS 1.3 only.
    """
    waf: Waf | None = Waf()
    """Null lets everything through."""
    cdn: Cdn | None = Cdn()
    """Null has everybody reach the load balancer itself."""
    access_logs: AccessLogs | None = AccessLogs()
    """Null writes none."""
    failover: Failover | None = None
    """Null for a stack that has no other beside it."""

    @model_validator(mode="after")
    def _keepable(self) -> Self:
        for name, value, why in (
            ("maxBodySize", self.max_body_size, "the load balancer has no such limit"),
            ("loadBalancer", self.load_balancer, "this kind is one"),
            ("controllerNamespace", self.controller_namespace, "traffic comes from the network, not from Pods"),
        ):
            if value is not None:
                raise ValueError(f"{name} must be null with kind alb: {why}")
        if self.idle_timeout_seconds is not None and self.idle_timeout_seconds > _LONGEST_IDLE_SECONDS:
            raise ValueError(
                f"idleTimeoutSeconds {self.idle_timeout_seconds} must be {_LONGEST_IDLE_SECONDS} or less with kind alb"
            )
        return self

    @model_validator(mode="after")
    def _hosts_in_the_zone(self) -> Self:
        for host in self.hosts.all:
            if host != self.zone.name and not host.endswith(f".{self.zone.name}"):
                raise ValueError(f"host {host} is not in zone.name {self.zone.name}, so no record can lead to it")
            if self.cdn is not None and host == self.origin_host:
                raise ValueError(f"host {host} is taken by cdn, which reaches the load balancer by that name")
        return self

    @property
    def is_secondary(self) -> bool:
        """Whether another region's stack answers while it is well."""
        return self.failover is not None and self.failover.role == "secondary"

    def region_host(self, region: str) -> str:
        """The name that leads to one region's backend, whichever gets the traffic."""
        return f"{region}.{self.hosts.backend}"

    @property
    def origin_host(self) -> str:
        """The name by which the CDN reaches the load balancer."""
        return f"origin.{self.zone.name}"

    @property
    def cdn_hosts(self) -> tuple[str, ...]:
        """Names that the CDN serves: those of the user interface."""
        if self.cdn is None:
            return ()
        return tuple(host for host in (self.hosts.frontend, self.hosts.admin) if host is not None)
