"""What every kind of database gives to its users."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pulumi

from components.certificates.contract import TrustAnchor
from components.network.contract import Peer
from components.secrets.contract import Credential


@dataclass(frozen=True)
class DatabaseConnection:
    """A PostgreSQL database that accepts connections."""

    host: pulumi.Output[str]
    port: pulumi.Output[int]
    database: pulumi.Output[str]
    username: pulumi.Output[str]
    password: Credential
    peer: Peer
    """Where its traffic goes, for network policies."""
    peer_port: int
    """TCP port of `peer`, known when the policies are written."""
    exporter_app: str | None = None
    """The `app` label of the Pods that serve its Prometheus metrics; None where the kind has none in the cluster."""
    exporter_port: int = 9187
    exporter_kind: Literal["postgres-exporter", "cloudnative-pg"] = "postgres-exporter"
    """Whose metrics they are."""
    replica_host: pulumi.Output[str] | None = None
    """A read-only endpoint, the guide's POSTGRES_REPLICA_HOST; None where the kind has none."""
    tls: bool = False
    """Whether clients must use TLS."""
    trust: TrustAnchor | None = None
    """What clients verify a TLS server by; None for the authorities that every machine trusts."""
