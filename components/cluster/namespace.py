"""The stack's namespace: Pod Security, a quota and default limits, the same in every kind of cluster."""

from __future__ import annotations

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
from components.cluster.namespace_settings import LimitRange as LimitRangeSettings
from components.cluster.namespace_settings import NamespaceSettings, PodSecurity, Quota
from components.kubernetes.metadata import AppLabels, object_meta

LIMITS_NAME: Final = "jarvis"
"""Name of the namespace's ResourceQuota and LimitRange."""


def cluster_provider(
    parent: pulumi.Resource,
    *,
    kubeconfig: pulumi.Input[str] | None,
    context: str | None = None,
    force_conflicts: bool = False,
    depends_on: list[pulumi.Resource] | None = None,
) -> kubernetes.Provider:
    """What reaches a cluster; `kubeconfig` is a path or the text, None for KUBECONFIG or else ~/.kube/config."""
    return kubernetes.Provider(
        "kubernetes",
        kubeconfig=kubeconfig,
        context=context,
        enable_server_side_apply=True,
        # In place, and Pods roll by checksum: else a change would replace objects whose names are fixed.
        enable_config_map_mutable=True,
        enable_secret_mutable=True,
        enable_patch_force=force_conflicts,
        opts=pulumi.ResourceOptions(parent=parent, depends_on=depends_on),
    )


def create_namespace(
    settings: NamespaceSettings,
    *,
    provider: pulumi.ProviderResource,
    environment: str,
    protect: bool,
    parent: pulumi.Resource,
) -> ClusterAccess:
    """Make the namespace, owned by `parent`; `protect` keeps it from being deleted, and all that lives in it."""
    labels = AppLabels(settings.namespace or f"jarvis-{environment}", "namespace", environment)
    opts = pulumi.ResourceOptions(parent=parent, provider=provider)
    namespace = _namespace(settings.pod_security, labels, protect=protect, opts=opts)
    return ClusterAccess(
        provider=provider, namespace=_once_limited(namespace, settings, labels, opts), environment=environment
    )


def _namespace(settings: PodSecurity, labels: AppLabels, *, protect: bool, opts: pulumi.ResourceOptions) -> Namespace:
    own = {key: value for key, value in labels.all.items() if key != "app"}
    return Namespace(
        "namespace",
        metadata=ObjectMetaArgs(name=labels.name, labels={**own, **pod_security_labels(settings)}),
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(protect=protect, retain_on_delete=protect)),
    )


def _once_limited(
    namespace: Namespace, settings: NamespaceSettings, labels: AppLabels, opts: pulumi.ResourceOptions
) -> pulumi.Output[str]:
    """The namespace's name, for Pods that must find the quota and the defaults in it."""
    name = _name_of(namespace)
    meta = object_meta(LIMITS_NAME, name, labels)
    limits: list[LimitRange | ResourceQuota] = [
        LimitRange("limit-range", metadata=meta, spec=_limit_range_spec(settings.limit_range), opts=opts)
    ]
    if settings.quota is not None:
        limits.append(ResourceQuota("quota", metadata=meta, spec=_quota_spec(settings.quota), opts=opts))
    # By their names and not their ids: a name is known in a preview too.
    return pulumi.Output.all(name, *map(_name_of, limits)).apply(lambda names: names[0])


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


def _limit_range_spec(limits: LimitRangeSettings) -> LimitRangeSpecArgs:
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
