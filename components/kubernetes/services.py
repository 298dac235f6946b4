"""The ServiceAccount and the Service that every part of the platform has under its own name."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final, Literal

import pulumi
from pulumi_kubernetes.core.v1 import Service, ServiceAccount, ServicePortArgs, ServiceSpecArgs

from components.cluster.contract import ClusterAccess
from components.kubernetes.metadata import AppLabels, object_meta

HTTP_PORT: Final = "http"
"""Name of the port that serves requests, /health and /metrics."""
NOT_AWAITED: Final = MappingProxyType({"pulumi.com/skipAwait": "true"})
"""Annotation of a Service: the Pods' readiness is awaited where they are made. The engine works on a few resources at a
time; Services that wait for endpoints could take every place from what makes the Pods behind them."""


def service_account(
    name: str, labels: AppLabels, cluster: ClusterAccess, opts: pulumi.ResourceOptions
) -> ServiceAccount:
    """A ServiceAccount of the part's own name, with no token in its Pods and no rights."""
    return ServiceAccount(
        name,
        metadata=object_meta(labels.name, cluster.namespace, labels),
        automount_service_account_token=False,
        opts=opts,
    )


def http_service(
    name: str,
    labels: AppLabels,
    port: int,
    cluster: ClusterAccess,
    opts: pulumi.ResourceOptions,
    *,
    app_protocol: Literal["http", "https"] = "http",
    sticky: bool = False,
) -> Service:
    """A Service inside the cluster for the Pods' HTTP_PORT; the port keeps that name where the Pods serve HTTPS.

    `sticky` keeps each client with one Pod.
    """
    http = ServicePortArgs(name=HTTP_PORT, port=port, target_port=HTTP_PORT, protocol="TCP", app_protocol=app_protocol)
    return cluster_service(name, labels, http, cluster, opts, sticky=sticky)


def cluster_service(
    name: str,
    labels: AppLabels,
    port: ServicePortArgs,
    cluster: ClusterAccess,
    opts: pulumi.ResourceOptions,
    *,
    sticky: bool = False,
) -> Service:
    """A Service of the part's own name inside the cluster."""
    return Service(
        name,
        metadata=object_meta(labels.name, cluster.namespace, labels, NOT_AWAITED),
        spec=ServiceSpecArgs(
            type="ClusterIP",
            selector=labels.selector,
            ports=[port],
            session_affinity="ClientIP" if sticky else None,
        ),
        opts=opts,
    )
