"""Settings of exposure by Azure's Application Gateway."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from components.exposure.azure_web_settings import AzureWebExposure
from components.settings.azure_names import ResourceName
from components.settings.azure_regions import ZONES, Zone
from components.settings.text import Matching

SecretName = Annotated[
    str,
    Matching(r"[A-Za-z0-9-]{1,127}", "a certificate's name: 1 to 127 letters, digits and hyphens, such as jarvis-tls"),
]


class ApplicationGatewayExposure(AzureWebExposure):
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

    @model_validator(mode="after")
    def _grows(self) -> Self:
        if self.min_units > self.max_units:
            raise ValueError(f"minUnits {self.min_units} must be at most maxUnits {self.max_units}")
        return self
