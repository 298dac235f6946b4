"""Settings of exposure by the Gateway API."""

from __future__ import annotations

from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from components.exposure.web_settings import Address, Annotations, TlsSettings, WebExposure
from components.settings.certificates import ObjectName
from components.settings.section import Section
from components.settings.workloads import DnsLabel, ResourcePair, Resources

_ENVOY_NAMESPACE: Final = "envoy-gateway-system"


class EnvoyProxies(Section):
    """The proxies that Envoy Gateway runs for the stack's Gateway, in its own namespace and past the stack's quota."""

    replicas: Annotated[int, Field(ge=1, le=50)] = 2
    """Pods; spread over nodes and zones where there is room, and evicted one at a time."""
    requests: ResourcePair = ResourcePair(cpu="100m", memory="512Mi")
    """Of each; Envoy Gateway's own default."""
    limits: ResourcePair = ResourcePair(cpu="1000m", memory="1Gi")
    """Of each; requests that are held back to judge their size count in."""

    @model_validator(mode="after")
    def _limits_cover_requests(self) -> Self:
        Resources(requests=self.requests, limits=self.limits)
        return self


class OwnGateway(Section):
    """A Gateway of the stack's own, which ends TLS on port 443."""

    kind: Literal["own"] = "own"
    class_name: ObjectName | None = None
    """A GatewayClass that is there already; where absent, one of the stack's own for Envoy Gateway."""
    tls: TlsSettings
    """The certificate of all hosts."""
    addresses: tuple[Address, ...] = ()
    """Addresses that it is asked to have; the cluster chooses where empty."""
    annotations: Annotations
    """What the cluster's load balancers are told, such as metallb.io/address-pool."""
    proxies: EnvoyProxies = EnvoyProxies()
    """What serves it with implementation envoy-gateway; other ones have settings of their own."""


class ExistingGateway(Section):
    """A Gateway that others keep: it ends TLS with its own certificate and must admit the stack's routes."""

    kind: Literal["existing"] = "existing"
    name: ObjectName
    namespace: DnsLabel
    https_listener: DnsLabel = "https"
    """Name of its listener on port 443."""
    http_listener: DnsLabel | None = "http"
    """Name of its listener on port 80; null where it has none."""


class GatewayExposure(WebExposure):
    """An HTTPRoute for each Service, on a Gateway."""

    kind: Literal["gateway"] = "gateway"
    implementation: Literal["envoy-gateway", "generic"] = "envoy-gateway"
    """`generic` gets standard resources only, which know neither `maxBodySize` nor `idleTimeoutSeconds`.

    It must also read the authority of a backend that serves TLS from a Secret, which the standard only permits.
    """
    gateway: Annotated[OwnGateway | ExistingGateway, Field(discriminator="kind")]
    """The entrance."""
    request_timeout_seconds: Annotated[int, Field(ge=1, le=86400)] = 300
    """How long one request may take, answer included; WebSockets excepted. The guide gives no figure."""

    @property
    def peer_namespace(self) -> str:
        """The namespace that the Gateway's Pods connect from."""
        return self.controller_namespace or _ENVOY_NAMESPACE

    @model_validator(mode="after")
    def _keepable(self) -> Self:
        if self.implementation == "generic":
            promises = {
                "maxBodySize: null": self.max_body_size is not None,
                "idleTimeoutSeconds: null": self.idle_timeout_seconds is not None,
            }
            broken = ", ".join(needed for needed, is_broken in promises.items() if is_broken)
            if broken:
                raise ValueError(
                    f"implementation generic needs {broken}: the Gateway API has no standard field for that, "
                    "so nothing would keep what the settings promise"
                )
            if self.controller_namespace is None:
                raise ValueError("controllerNamespace is required with implementation generic, which has no usual one")
            if isinstance(self.gateway, OwnGateway):
                _refuse_what_is_envoys(self.gateway)
        return self

    @model_validator(mode="after")
    def _redirects_somewhere(self) -> Self:
        match self.gateway:
            case ExistingGateway(http_listener=None) if self.redirect_http:
                raise ValueError(
                    "redirectHttp must be false where gateway.httpListener is null: nothing listens on port 80"
                )
            case _:
                return self


def _refuse_what_is_envoys(gateway: OwnGateway) -> None:
    if gateway.class_name is None:
        raise ValueError(
            "gateway.className is required with implementation generic: the stack's own is Envoy Gateway's"
        )
    if gateway.proxies != EnvoyProxies():
        raise ValueError("gateway.proxies must be absent with implementation generic, which runs its own")
