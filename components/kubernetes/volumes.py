"""Volumes that outlive the Pods that use them."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
from pulumi_kubernetes.core.v1 import (
    PersistentVolumeClaim,
    PersistentVolumeClaimSpecArgs,
    VolumeResourceRequirementsArgs,
)

from components.cluster.contract import ClusterAccess
from components.kubernetes.metadata import AppLabels, object_meta
from components.settings.workloads import Storage


def kept(protect: bool) -> pulumi.ResourceOptions:
    """Options of a resource that, where `protect` is set, is neither deleted nor lost with the stack."""
    return pulumi.ResourceOptions(protect=protect, retain_on_delete=protect)


def data_volume(
    name: str,
    storage: Storage,
    labels: AppLabels,
    cluster: ClusterAccess,
    *,
    parent: pulumi.Resource,
    protect: bool,
    annotations: Mapping[str, str] | None = None,
) -> PersistentVolumeClaim:
    """A claim of one Pod's own; `protect` keeps it from being deleted, even together with the stack."""
    return PersistentVolumeClaim(
        name,
        metadata=object_meta(name, cluster.namespace, labels, annotations),
        spec=claim_spec(storage),
        opts=pulumi.ResourceOptions.merge(cluster.child_of(parent), kept(protect)),
    )


def claim_spec(storage: Storage) -> PersistentVolumeClaimSpecArgs:
    """A volume for one Pod at a time."""
    return PersistentVolumeClaimSpecArgs(
        access_modes=["ReadWriteOnce"],
        resources=VolumeResourceRequirementsArgs(requests={"storage": storage.size}),
        storage_class_name=storage.storage_class,
    )
