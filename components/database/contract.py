"""What every kind of database gives to its users."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pulumi

from components.certificates.contract import TrustAnchor
from components.network.contract import Flow, Peer
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
    standby_app: str | None = None
    """The `app` label of the Pods of a second cluster that serve such metrics too; None where there is no second."""
    pooler_app: str | None = None
    """The `app` label of the Pods of the connection pooler, which serve its metrics; None where there is none."""
    pooler_exporter_port: int = 9127
    replica_host: pulumi.Output[str] | None = None
    """A read-only endpoint, the guide's POSTGRES_REPLICA_HOST; None where the kind has none."""
    tls: bool = False
    """Whether clients must use TLS."""
    trust: TrustAnchor | None = None
    """What clients verify a TLS server by; None for the authorities that every machine trusts."""
    direct_host: pulumi.Output[str] | None = None
    """The server itself where `host` is a connection pooler: for migrations and whatever else needs a session of its
    own. None where `host` is that already."""
    direct_peer: Peer | None = None
    """Where the traffic to `direct_host` and `replica_host` goes, on `peer_port`; None where `peer` is that already."""
    flows: tuple[Flow, ...] = ()
    """The traffic among its own parts, and to where it is backed up."""
