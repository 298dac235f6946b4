"""Cluster of kind `existing`: the stack's namespace in a cluster that a kubeconfig reaches."""

from __future__ import annotations

from pathlib import Path

import pulumi

from components.cluster.contract import ClusterAccess
from components.cluster.namespace import cluster_provider, create_namespace
from components.cluster.settings import ExistingCluster


class ClusterNamespace(pulumi.ComponentResource):
    """The namespace, with Pod Security, a quota and default limits, and the provider that reaches its cluster.

    `protect` keeps the namespace from being deleted, and all that lives in it with it.
    """

    access: ClusterAccess

    def __init__(
        self,
        name: str,
        settings: ExistingCluster,
        *,
        environment: str,
        protect: bool = False,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Raises pulumi.RunError where the named kubeconfig does not exist."""
        super().__init__("jarvis:cluster:ClusterNamespace", name, None, opts)
        provider = cluster_provider(
            self,
            kubeconfig=_kubeconfig(settings.kubeconfig),
            context=settings.context,
            force_conflicts=settings.force_conflicts,
        )
        self.access = create_namespace(
            settings, provider=provider, environment=environment, protect=protect, parent=self
        )
        self.register_outputs({"namespace": self.access.namespace})


def _kubeconfig(path: str | None) -> str | None:
    if path is None:
        return None
    expanded = Path(path).expanduser()
    if not expanded.is_file():
        raise pulumi.RunError(
            f"The kubeconfig {path} does not exist: name one that does, "
            "or leave it out for KUBECONFIG or else ~/.kube/config."
        )
    return str(expanded)
