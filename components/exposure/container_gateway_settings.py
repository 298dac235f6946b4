"""Settings of exposure by Azure's Application Gateway for Containers."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from components.exposure.azure_web_settings import AzureWebExposure
from components.exposure.web_settings import IdleSeconds, TlsSettings
from components.settings.azure_names import ResourceName


class ContainerGatewayExposure(AzureWebExposure):
    """An Application Gateway for Containers with a firewall, which reaches the Pods themselves.

    It needs `albController` of `jarvis:cluster` and of `jarvis:platform`, and `network.gatewayKind` of `jarvis:cloud`.

    Sources (2026-11-24): https://learn.microsoft.com/azure/application-gateway/for-containers/application-gateway-for-
    containers-components, https://learn.microsoft.com/azure/application-gateway/for-containers/web-application-firewall.
    """

    kind: Literal["application-gateway-for-containers"] = "application-gateway-for-containers"
    name: ResourceName = "agc-jarvis-production"
    tls: TlsSettings
    """The certificate of all hosts, in a Secret."""
    request_timeout_seconds: Annotated[int, Field(ge=1, le=86400)] = 300
    """How long one request may take, answer included; WebSockets excepted. The guide gives no figure."""
    idle_timeout_seconds: IdleSeconds | None = None
    """Null only: what has been silent for five minutes is closed, and no setting of the gateway's changes that."""

    @model_validator(mode="after")
    def _as_the_gateway_does(self) -> Self:
        if self.idle_timeout_seconds is not None:
            raise ValueError(
                "idleTimeoutSeconds must be null with kind application-gateway-for-containers: it closes what has been "
                "silent for five minutes, whatever is asked"
            )
        if self.dns is not None and self.dns.zone in self.hosts.all:
            raise ValueError(
                f"host {self.dns.zone} cannot be the zone itself: the gateway has a name and no address, and a zone's "
                "own name is no alias"
            )
        return self
