"""Services and network flows as data: who may talk to whom. `NetworkPolicies` turns the flows into policies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import pulumi

from components.certificates.contract import TrustAnchor


@dataclass(frozen=True)
class PodPeer:
    """Pods of the stack's own namespace, by their `app` label; `namespace` set for Pods of another one."""

    app: str
    namespace: str | None = None


@dataclass(frozen=True)
class NamespacePeer:
    """Every Pod of another namespace, by the namespace's own name."""

    namespace: str


@dataclass(frozen=True)
class CidrPeer:
    """Addresses outside the cluster, or the API server."""

    cidr: str
    except_cidrs: tuple[str, ...] = ()


@dataclass(frozen=True)
class ApiServerPeer:
    """The Kubernetes API server, reached on any address, on the flow's ports only."""


@dataclass(frozen=True)
class AnyPeer:
    """Any address: for entry points that a load balancer, an ingress controller or a node reaches."""


PUBLIC_ADDRESSES: Final = (
    CidrPeer(
        "0.0.0.0/0",
        except_cidrs=(
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.168.0.0/16",
        ),
    ),
    CidrPeer("::/0", except_cidrs=("::1/128", "fc00::/7", "fe80::/10")),
)
"""The internet without private, shared and link-local addresses (RFC 1918, 6598, 3927, 4193, 4291): neither the
cluster itself nor a cloud's metadata service."""

Peer = PodPeer | NamespacePeer | CidrPeer | ApiServerPeer | AnyPeer


@dataclass(frozen=True)
class Flow:
    """One allowed direction of traffic; replies are implied."""

    source: Peer
    target: Peer
    port: int
    protocol: Literal["TCP", "UDP"] = "TCP"


@dataclass(frozen=True)
class ServiceEndpoint:
    """One Service inside the cluster."""

    name: str
    """The Service's name, which is its Pods' `app` label too."""
    port: int
    """TCP port of the Service and, unless `target_port` says otherwise, of its container."""
    url: pulumi.Output[str]
    """http://name.namespace.svc:port, or https:// where `trust` is set."""
    target_port: int | None = None
    """TCP port of the container, which policies judge, where it is not the Service's."""
    server_name: str | None = None
    """DNS name in the certificate that it serves TLS with; None where it serves plain HTTP."""
    trust: TrustAnchor | None = None
    """What clients verify that certificate by; None where it serves plain HTTP."""
    certificate_days: int | None = None
    """Days after its start until the certificate that a Pod serves may end; None where it serves none that is known."""
    pod_labels: Mapping[str, str] | None = None
    """Labels, beside `app`, of the Pods that serve users now: they keep the preview of a blue/green release out."""
