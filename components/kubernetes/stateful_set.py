"""Servers that keep their names and their volumes: a StatefulSet."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
from pulumi_kubernetes.apps.v1 import StatefulSet, StatefulSetSpecArgs
from pulumi_kubernetes.core.v1 import PersistentVolumeClaimArgs, PodSpecArgs, PodTemplateSpecArgs
from pulumi_kubernetes.meta.v1 import LabelSelectorArgs, ObjectMetaArgs

from components.cluster.contract import ClusterAccess
from components.kubernetes.checksum import CHECKSUM_ANNOTATION
from components.kubernetes.metadata import AppLabels, object_meta


def stateful_set(
    labels: AppLabels,
    pod: PodSpecArgs,
    *,
    checksum: pulumi.Input[str],
    service_name: str,
    cluster: ClusterAccess,
    opts: pulumi.ResourceOptions,
    replicas: int = 1,
    claims: Sequence[PersistentVolumeClaimArgs] = (),
) -> StatefulSet:
    """The StatefulSet of the part's own name, with Pods `<name>-0` and so on; they roll when `checksum` changes.

    `claims` are templates of what each Pod has of its own, beside the volumes that `pod` names.
    """
    return StatefulSet(
        labels.name,
        metadata=object_meta(labels.name, cluster.namespace, labels),
        spec=StatefulSetSpecArgs(
            replicas=replicas,
            service_name=service_name,
            # Else a Pod that never gets ready keeps its repaired successor from being made.
            pod_management_policy="Parallel",
            selector=LabelSelectorArgs(match_labels=labels.selector),
            template=PodTemplateSpecArgs(
                metadata=ObjectMetaArgs(labels=labels.all, annotations={CHECKSUM_ANNOTATION: checksum}), spec=pod
            ),
            volume_claim_templates=list(claims) or None,
        ),
        opts=opts,
    )
