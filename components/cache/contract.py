"""What every kind of cache gives to its users."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from components.certificates.contract import TrustAnchor
from components.network.contract import Peer
from components.secrets.contract import Credential


@dataclass(frozen=True)
class CacheConnection:
    """A Redis (or Valkey) server that accepts connections."""

    host: pulumi.Output[str]
    port: pulumi.Output[int]
    password: Credential
    peer: Peer
    """Where its traffic goes, for network policies."""
    peer_port: int
    """TCP port of `peer`, known when the policies are written."""
    exporter_app: str | None = None
    """The `app` label of the Pods that serve its Prometheus metrics; None where the kind has none in the cluster."""
    exporter_port: int = 9121
    cluster_hosts: pulumi.Output[str] | None = None
    """Comma-separated host:port of every node, the guide's REDIS_CLUSTER_HOSTS; None for a single node."""
    tls: bool = False
    """Whether clients must use TLS."""
    trust: TrustAnchor | None = None
    """What clients verify a TLS server by; None for the authorities that every machine trusts."""
