"""How ready a stack's workloads are, as its cluster tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

_TIMEOUT_SECONDS: Final = 5


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


@dataclass(frozen=True)
class ClusterAddress:
    """How the stack's settings reach its cluster: both as kubectl takes them, None for kubectl's own defaults."""

    kubeconfig: str | None
    context: str | None


def workloads(address: ClusterAddress, namespace: str) -> list[Workload]:
    """Every Deployment and StatefulSet of `namespace`, by name.

    Raises OSError where the cluster does not answer.
    """
    from kubernetes import client, config
    from kubernetes.client.exceptions import ApiException
    from kubernetes.config import kube_config
    from kubernetes.config.config_exception import ConfigException
    from urllib3.exceptions import HTTPError

    try:
        api = cast("Any", config).new_client_from_config(address.kubeconfig, address.context)
        apps = cast("Any", client).AppsV1Api(api)
        api.configuration.retries = False
        found: list[Workload] = []
        for kind, listing in (
            ("Deployment", apps.list_namespaced_deployment),
            ("StatefulSet", apps.list_namespaced_stateful_set),
        ):
            answer = listing(namespace, _request_timeout=_TIMEOUT_SECONDS)
            found += [_workload(kind, item) for item in answer.items]
    except ApiException as error:
        reason = cast("str", cast("Any", error).reason)
        raise OSError(f"the API server refused: {reason}") from error
    except (ConfigException, HTTPError) as error:
        raise OSError(f"the cluster does not answer ({type(error).__name__})") from error
    finally:
        # The client's copies of a kubeconfig's key, which it would keep until an exit that interrupts may cut short.
        cast("Any", kube_config)._cleanup_temp_files()
    return sorted(found, key=lambda workload: workload.name)


def _workload(kind: str, listed: object) -> Workload:
    item = cast("Any", listed)
    return Workload(kind, item.metadata.name, item.status.ready_replicas or 0, item.spec.replicas or 0)


def cluster_address(cluster: Mapping[str, Any]) -> ClusterAddress:
    """The address in a `jarvis:cluster` section."""
    kubeconfig, context = cluster.get("kubeconfig"), cluster.get("context")
    return ClusterAddress(
        kubeconfig if isinstance(kubeconfig, str) else None, context if isinstance(context, str) else None
    )
