"""Where the certificates of the stack's own servers come from, one model a kind."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from components.settings.certificates import IssuerReference, Lifetime
from components.settings.section import Section


class NoCertificates(Section):
    """The servers of the stack talk to each other in plain text."""

    kind: Literal["none"] = "none"


class InternalAuthority(Section):
    """A certificate authority of the stack's own, whose key never leaves its namespace."""

    kind: Literal["internal"] = "internal"
    lifetime: Lifetime = Lifetime(duration_days=3650, renew_before_days=365)
    """Of the authority's own certificate: ten years, with the last one for its successor to reach every client."""


class GivenIssuer(IssuerReference):
    """An issuer that cert-manager has already. It must give its CA certificate along, as ACME issuers do not."""

    kind: Literal["Issuer", "ClusterIssuer"] = "ClusterIssuer"
    """An Issuer is looked for in the stack's own namespace."""


class CertManagerCertificates(Section):
    """cert-manager issues and renews a certificate for each server, so that all traffic in the stack is in TLS."""

    kind: Literal["cert-manager"] = "cert-manager"
    authority: Annotated[InternalAuthority | GivenIssuer, Field(discriminator="kind")] = InternalAuthority()
    """Who signs."""
    lifetime: Lifetime = Lifetime(duration_days=365, renew_before_days=180)
    """Of each server's certificate. Redis and PostgreSQL read the next one while they run; the backend reads it at its
    start only, so its Pods have `renewBeforeDays` to be restarted, by any deployment: PodOutlivesCertificate warns."""

    @model_validator(mode="after")
    def _authority_outlives_what_it_signs(self) -> Self:
        match self.authority:
            case InternalAuthority(lifetime=own) if own.renew_before_days < self.lifetime.duration_days:
                raise ValueError(
                    f"authority.lifetime.renewBeforeDays {own.renew_before_days} must be at least "
                    f"lifetime.durationDays {self.lifetime.duration_days}: "
                    "the authority's certificate would end before those that it signs"
                )
            case _:
                return self


CertificatesSettings = Annotated[NoCertificates | CertManagerCertificates, Field(discriminator="kind")]
"""A further kind is one more model here and one more case in `kinds.py`."""
