"""Several servers of one kind, each with a name and a volume that outlive its Pod: a StatefulSet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_kubernetes.apps.v1 import StatefulSet
from pulumi_kubernetes.core.v1 import PersistentVolumeClaimArgs, PodSpecArgs
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from components.cluster.contract import ClusterAccess
from components.kubernetes.availability import apart, disruption_budget, over_zones
from components.kubernetes.metadata import AppLabels
from components.kubernetes.stateful_set import stateful_set
from components.kubernetes.volumes import claim_spec, data_volume
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
    return stateful_set(
        labels,
        pod,
        replicas=replicas.count,
        claims=[
            PersistentVolumeClaimArgs(metadata=ObjectMetaArgs(name=DATA_VOLUME), spec=claim_spec(replicas.storage))
        ],
        checksum=replicas.checksum,
        service_name=replicas.service_name,
        cluster=cluster,
        opts=pulumi.ResourceOptions.merge(cluster.child_of(parent, *claims, *needed), opts),
    )
