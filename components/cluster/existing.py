"""Cluster of kind `existing`: the stack's namespace in a cluster that a kubeconfig reaches."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi_kubernetes.core.v1 import (
    LimitRange,
    LimitRangeItemArgs,
    LimitRangeSpecArgs,
    Namespace,
    ResourceQuota,
    ResourceQuotaSpecArgs,
)
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from components.cluster.contract import ClusterAccess
from components.cluster.settings import ExistingCluster, PodSecurity, Quota
from components.kubernetes.metadata import AppLabels, object_meta

LIMITS_NAME: Final = "jarvis"
"""Name of the namespace's ResourceQuota and LimitRange."""


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
        self._settings = settings
        self._labels = AppLabels(settings.namespace or f"jarvis-{environment}", "namespace", environment)
        self._provider = _provider(settings, self)
        namespace = self._namespace(protect)
        self.access = ClusterAccess(
            provider=self._provider,
            namespace=self._once_limited(namespace),
            environment=environment,
        )
        self.register_outputs({"namespace": self.access.namespace})

    def _child(self, *, protect: bool = False) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self, provider=self._provider, protect=protect, retain_on_delete=protect)

    def _namespace(self, protect: bool) -> Namespace:
        labels = {key: value for key, value in self._labels.all.items() if key != "app"}
        return Namespace(
            "namespace",
            metadata=ObjectMetaArgs(
                name=self._labels.name, labels={**labels, **pod_security_labels(self._settings.pod_security)}
            ),
            opts=self._child(protect=protect),
        )

    def _once_limited(self, namespace: Namespace) -> pulumi.Output[str]:
        """The namespace's name, for Pods that must find the quota and the defaults in it."""
        name = _name_of(namespace)
        meta = object_meta(LIMITS_NAME, name, self._labels)
        limits: list[LimitRange | ResourceQuota] = [
            LimitRange("limit-range", metadata=meta, spec=self._limit_range(), opts=self._child())
        ]
        if self._settings.quota is not None:
            limits.append(
                ResourceQuota("quota", metadata=meta, spec=_quota_spec(self._settings.quota), opts=self._child())
            )
        # By their names and not their ids: a name is known in a preview too.
        return pulumi.Output.all(name, *map(_name_of, limits)).apply(lambda names: names[0])

    def _limit_range(self) -> LimitRangeSpecArgs:
        limits = self._settings.limit_range
        return LimitRangeSpecArgs(
            limits=[
                LimitRangeItemArgs(
                    type="Container",
                    default=limits.default.as_map(),
                    default_request=limits.default_request.as_map(),
                    max={"cpu": limits.max.cpu, "memory": limits.max.memory},
                )
            ]
        )


def pod_security_labels(settings: PodSecurity) -> dict[str, str]:
    """The labels of a namespace that the Pod Security admission reads.

    Source: https://kubernetes.io/docs/concepts/security/pod-security-admission/
    """
    levels = {"enforce": settings.enforce, "warn": "restricted", "audit": "restricted"}
    prefix = "pod-security.kubernetes.io"
    return {
        label: value
        for mode, level in levels.items()
        for label, value in ((f"{prefix}/{mode}", level), (f"{prefix}/{mode}-version", settings.version))
    }


def _provider(settings: ExistingCluster, parent: pulumi.Resource) -> kubernetes.Provider:
    return kubernetes.Provider(
        "kubernetes",
        kubeconfig=_kubeconfig(settings.kubeconfig),
        context=settings.context,
        enable_server_side_apply=True,
        # In place, and Pods roll by checksum: else a change would replace objects whose names are fixed.
        enable_config_map_mutable=True,
        enable_secret_mutable=True,
        enable_patch_force=settings.force_conflicts,
        opts=pulumi.ResourceOptions(parent=parent),
    )


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


def _quota_spec(quota: Quota) -> ResourceQuotaSpecArgs:
    return ResourceQuotaSpecArgs(
        hard={
            "requests.cpu": quota.requests.cpu,
            "requests.memory": quota.requests.memory,
            "limits.cpu": quota.limits.cpu,
            "limits.memory": quota.limits.memory,
            "pods": str(quota.pods),
            "persistentvolumeclaims": str(quota.persistent_volume_claims),
            "requests.storage": quota.storage,
        }
    )


def _name_of(resource: Namespace | LimitRange | ResourceQuota) -> pulumi.Output[str]:
    return resource.metadata.apply(lambda metadata: metadata.name or "")
