"""What an Ingress says beyond its standard fields differs from controller to controller."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import pulumi

from components.exposure.entries import Entry
from components.network.contract import ServiceEndpoint


@dataclass(frozen=True)
class IngressObject:
    """One Ingress."""

    name: str
    service: str
    """Name of the Service that it leads to, which has the target's port."""
    annotations: Mapping[str, pulumi.Input[str]]
    tls: bool = True
    """Whether it names the certificate."""


class Dialect(Protocol):
    """Turns settings into a controller's own words."""

    def objects(self, entry: Entry) -> tuple[IngressObject, ...]:
        """The Ingresses of one entry point."""
        ...


class StandardFields:
    """Standard fields only, which every controller understands."""

    def objects(self, entry: Entry) -> tuple[IngressObject, ...]:
        """One Ingress, named like its Service.

        Raises pulumi.RunError where the Service serves TLS, which no standard field can say.
        """
        refuse_tls(entry.target)
        return (IngressObject(entry.target.name, entry.target.name, {}),)


def refuse_tls(target: ServiceEndpoint) -> None:
    """Raise pulumi.RunError where the Service serves TLS."""
    if target.trust is not None:
        raise pulumi.RunError(
            f"{target.name} serves TLS, which the standard fields of an Ingress cannot say: "
            "set jarvis:exposure.controller to traefik or nginx, or jarvis:exposure.kind to gateway."
        )
