"""How ready a stack's workloads are, as its cluster tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from automation.cluster import TIMEOUT_SECONDS, ClusterAddress, connection


@dataclass(frozen=True)
class Workload:
    """A Deployment or StatefulSet and its replicas."""

    kind: str
    name: str
    ready: int
    desired: int

    @property
    def is_ready(self) -> bool:
        """Whether every replica that is wanted is ready."""
        return self.ready >= self.desired


def workloads(address: ClusterAddress, namespace: str) -> list[Workload]:
    """Every Deployment and StatefulSet of `namespace`, by name.

    Raises OSError where the cluster does not answer.
    """
    from kubernetes import client

    found: list[Workload] = []
    with connection(address) as api:
        apps = cast("Any", client).AppsV1Api(api)
        for kind, listing in (
            ("Deployment", apps.list_namespaced_deployment),
            ("StatefulSet", apps.list_namespaced_stateful_set),
        ):
            answer = listing(namespace, _request_timeout=TIMEOUT_SECONDS)
            found += [_workload(kind, item) for item in answer.items]
    return sorted(found, key=lambda workload: workload.name)


def _workload(kind: str, listed: object) -> Workload:
    item = cast("Any", listed)
    return Workload(kind, item.metadata.name, item.status.ready_replicas or 0, item.spec.replicas or 0)
