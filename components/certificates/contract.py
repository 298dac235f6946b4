"""Certificates by which the stack's own servers prove themselves to each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import pulumi

if TYPE_CHECKING:  # contracts load no SDK
    from components.cluster.contract import ClusterAccess
    from components.kubernetes.metadata import AppLabels


@dataclass(frozen=True)
class TrustAnchor:
    """A CA certificate that clients verify a server by: a key of a Secret in the stack's namespace."""

    secret_name: str
    key: str = "ca.crt"


@dataclass(frozen=True)
class ServerCertificate:
    """A certificate in a Secret of type kubernetes.io/tls, with the keys `tls.crt`, `tls.key` and `ca.crt`."""

    secret_name: str
    trust: TrustAnchor
    """What its clients verify it by."""
    resource: pulumi.Resource
    """Servers wait for it."""
    renewed_days_before: int
    """Days that are left of it at the least. A server that reads it at its start only must start anew within them."""


class CertificateAuthority(Protocol):
    """Issues certificates for names inside the cluster, and renews them in time."""

    def issue(
        self,
        name: str,
        dns_names: Sequence[pulumi.Input[str]],
        *,
        labels: AppLabels,
        cluster: ClusterAccess,
        parent: pulumi.Resource,
    ) -> ServerCertificate:
        """A certificate for `dns_names` in the Secret `<name>`, owned by `parent`."""
        ...
