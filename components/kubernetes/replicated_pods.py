"""Several servers of one kind, each with a name and a volume that outlive its Pod: a StatefulSet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_kubernetes.apps.v1 import StatefulSet, StatefulSetSpecArgs
from pulumi_kubernetes.core.v1 import (
    PersistentVolumeClaimArgs,
    PersistentVolumeClaimSpecArgs,
    PodSpecArgs,
    PodTemplateSpecArgs,
    VolumeResourceRequirementsArgs,
)
from pulumi_kubernetes.meta.v1 import LabelSelectorArgs, ObjectMetaArgs

from components.cluster.contract import ClusterAccess
from components.kubernetes.availability import apart, disruption_budget, over_zones
from components.kubernetes.checksum import CHECKSUM_ANNOTATION
from components.kubernetes.metadata import AppLabels, object_meta
from components.kubernetes.volumes import data_volume
from components.settings.workloads import Storage

DATA_VOLUME: Final = "data"
"""Name of each Pod's own volume, for its containers' mounts."""


@dataclass(frozen=True)
class Replicas:
    """What is the same in every Pod of a part."""

    labels: AppLabels
    pod: PodSpecArgs
    """Its affinity is set here where there are several."""
    count: int
    storage: Storage
    """Of each Pod."""
    service_name: str
    """The headless Service that gives the Pods their names in DNS."""
    checksum: pulumi.Input[str]
    """Of the configuration: the Pods roll when it changes."""


def replicated_pods(
    replicas: Replicas,
    *,
    cluster: ClusterAccess,
    parent: pulumi.Resource,
    protect: bool,
    needed: Sequence[pulumi.Resource] = (),
) -> StatefulSet:
    """The StatefulSet of the part's own name, with Pods `<name>-0` and so on.

    Several Pods keep to different nodes and get a PodDisruptionBudget. The claims `data-<name>-0` and so on are
    resources of the stack, so that they can grow and be protected; the controller finds them by their names.
    """
    labels, pod = replicas.labels, replicas.pod
    claims = [
        data_volume(
            f"{DATA_VOLUME}-{labels.name}-{index}", replicas.storage, labels, cluster, parent=parent, protect=protect
        )
        for index in range(replicas.count)
    ]
    if replicas.count > 1:
        pod.affinity = apart(labels)
        pod.topology_spread_constraints = over_zones(labels)
        disruption_budget(f"{labels.name}-disruptions", labels, cluster, cluster.child_of(parent))
    # The template only names the claims. It can never change, so what is said of their size later is said there alone.
    opts = pulumi.ResourceOptions(ignore_changes=["spec.volumeClaimTemplates"])
    return StatefulSet(
        labels.name,
        metadata=object_meta(labels.name, cluster.namespace, labels),
        spec=StatefulSetSpecArgs(
            replicas=replicas.count,
            service_name=replicas.service_name,
            # Else a Pod that never gets ready keeps its repaired successor from being made.
            pod_management_policy="Parallel",
            selector=LabelSelectorArgs(match_labels=labels.selector),
            template=PodTemplateSpecArgs(
                metadata=ObjectMetaArgs(labels=labels.all, annotations={CHECKSUM_ANNOTATION: replicas.checksum}),
                spec=pod,
            ),
            volume_claim_templates=[_claim_template(replicas.storage)],
        ),
        opts=pulumi.ResourceOptions.merge(cluster.child_of(parent, *claims, *needed), opts),
    )


def _claim_template(storage: Storage) -> PersistentVolumeClaimArgs:
    return PersistentVolumeClaimArgs(
        metadata=ObjectMetaArgs(name=DATA_VOLUME),
        spec=PersistentVolumeClaimSpecArgs(
            access_modes=["ReadWriteOnce"],
            resources=VolumeResourceRequirementsArgs(requests={"storage": storage.size}),
            storage_class_name=storage.storage_class,
        ),
    )
