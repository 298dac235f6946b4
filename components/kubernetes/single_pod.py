"""A server of one Pod that keeps its name and its volume: a StatefulSet of one replica."""

from __future__ import annotations

import pulumi
from pulumi_kubernetes.apps.v1 import StatefulSet, StatefulSetSpecArgs
from pulumi_kubernetes.core.v1 import PodSpecArgs, PodTemplateSpecArgs
from pulumi_kubernetes.meta.v1 import LabelSelectorArgs, ObjectMetaArgs

from components.cluster.contract import ClusterAccess
from components.kubernetes.checksum import CHECKSUM_ANNOTATION
from components.kubernetes.metadata import AppLabels, object_meta


def single_pod(
    labels: AppLabels,
    pod: PodSpecArgs,
    *,
    checksum: pulumi.Input[str],
    service_name: str,
    cluster: ClusterAccess,
    opts: pulumi.ResourceOptions,
) -> StatefulSet:
    """The StatefulSet of the part's own name, whose Pod is `<name>-0`; it rolls when `checksum` changes."""
    return StatefulSet(
        labels.name,
        metadata=object_meta(labels.name, cluster.namespace, labels),
        spec=StatefulSetSpecArgs(
            replicas=1,
            service_name=service_name,
            # Else a Pod that never gets ready keeps its repaired successor from being made.
            pod_management_policy="Parallel",
            selector=LabelSelectorArgs(match_labels=labels.selector),
            template=PodTemplateSpecArgs(
                metadata=ObjectMetaArgs(labels=labels.all, annotations={CHECKSUM_ANNOTATION: checksum}), spec=pod
            ),
        ),
        opts=opts,
    )
