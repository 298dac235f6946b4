"""What every kind of cache gives to its users."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from components.certificates.contract import TrustAnchor
from components.network.contract import Flow, Peer, PodPeer
from components.secrets.contract import Credential


@dataclass(frozen=True)
class CacheConnection:
    """A Redis (or Valkey) server that accepts connections."""

    host: pulumi.Output[str]
    """Host name. With Sentinel it stands for all servers, of which only the primary takes writes: ask the Sentinels."""
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
    sentinel_hosts: pulumi.Output[str] | None = None
    """Comma-separated host:port of every Sentinel; None where clients need not ask who is primary."""
    sentinel_master: str | None = None
    """The name by which clients ask the Sentinels for the primary; they take the servers' password."""
    sentinel_app: str | None = None
    """The `app` label of the Sentinels' Pods, which serve Prometheus metrics at `exporter_port` too."""
    sentinel_port: int = 26379
    flows: tuple[Flow, ...] = ()
    """Traffic among its own Pods."""
    tls: bool = False
    """Whether clients must use TLS."""
    trust: TrustAnchor | None = None
    """What clients verify a TLS server by; None for the authorities that every machine trusts."""

    def flows_from(self, client: Peer) -> tuple[Flow, ...]:
        """What a client needs: the servers, and the Sentinels where there are any."""
        servers = Flow(client, self.peer, self.peer_port)
        if self.sentinel_app is None:
            return (servers,)
        return (servers, Flow(client, PodPeer(self.sentinel_app), self.sentinel_port))
