"""Settings of certificates that cert-manager issues, wherever they are used."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from components.settings.section import Section
from components.settings.text import Matching

ObjectName = Annotated[
    str,
    Matching(
        r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?",
        "a Kubernetes object's name: lower-case letters, digits, hyphens and dots, 253 characters at most",
        max_length=253,
    ),
]
Days = Annotated[int, Field(ge=1, le=36500)]


class IssuerReference(Section):
    """An issuer that cert-manager has already."""

    name: ObjectName
    kind: Literal["Issuer", "ClusterIssuer"] = "ClusterIssuer"
    """An Issuer is looked for in the stack's own namespace."""


class Lifetime(Section):
    """How long a certificate is valid and when the next one is made. Issuers of public certificates set their own."""

    duration_days: Days = 90
    """Validity; cert-manager's own default."""
    renew_before_days: Days = 30
    """How long before its end the certificate is replaced: the time there is to repair a failing issuer."""

    @model_validator(mode="after")
    def _renews_within(self) -> Self:
        if self.renew_before_days >= self.duration_days:
            raise ValueError(
                f"renewBeforeDays {self.renew_before_days} must be below durationDays {self.duration_days}: "
                "the certificate would be replaced without end"
            )
        return self
