"""What Prometheus may read of the cluster: exactly what its scrape jobs discover and ask for."""

from __future__ import annotations

from typing import Final

import pulumi
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs
from pulumi_kubernetes.rbac.v1 import (
    ClusterRole,
    ClusterRoleBinding,
    PolicyRuleArgs,
    Role,
    RoleBinding,
    RoleRefArgs,
    SubjectArgs,
)

from components.cluster.contract import ClusterAccess
from components.kubernetes.metadata import AppLabels, object_meta

_WATCH: Final = ["get", "list", "watch"]
_API_GROUP: Final = "rbac.authorization.k8s.io"


def grant_discovery(parent: pulumi.Resource, cluster: ClusterAccess, labels: AppLabels) -> RoleBinding:
    """The targets in the stack's own namespace."""
    metadata = object_meta(labels.name, cluster.namespace, labels)
    role = Role(
        labels.name,
        metadata=metadata,
        rules=[
            PolicyRuleArgs(api_groups=[""], resources=["services", "endpoints", "pods"], verbs=_WATCH),
            PolicyRuleArgs(api_groups=["discovery.k8s.io"], resources=["endpointslices"], verbs=_WATCH),
        ],
        opts=cluster.child_of(parent),
    )
    return RoleBinding(
        labels.name,
        metadata=metadata,
        role_ref=RoleRefArgs(api_group=_API_GROUP, kind="Role", name=role.metadata.name),
        subjects=[_subject(cluster, labels)],
        opts=cluster.child_of(parent),
    )


def grant_kubelet_metrics(parent: pulumi.Resource, cluster: ClusterAccess, labels: AppLabels) -> ClusterRoleBinding:
    """The nodes, and the metrics that their kubelets serve.

    Not `nodes/proxy`, which the way through the API server would need: whoever has it can run commands in every Pod.
    """
    name = f"{labels.name}-kubelets"
    # Named after the namespace, for cluster-scoped objects of several stacks meet in one cluster.
    metadata = ObjectMetaArgs(name=pulumi.Output.concat(cluster.namespace, "-", name), labels=labels.all)
    role = ClusterRole(
        name,
        metadata=metadata,
        rules=[
            PolicyRuleArgs(api_groups=[""], resources=["nodes"], verbs=_WATCH),
            PolicyRuleArgs(api_groups=[""], resources=["nodes/metrics"], verbs=["get"]),
        ],
        opts=cluster.child_of(parent),
    )
    return ClusterRoleBinding(
        name,
        metadata=metadata,
        role_ref=RoleRefArgs(api_group=_API_GROUP, kind="ClusterRole", name=role.metadata.name),
        subjects=[_subject(cluster, labels)],
        opts=cluster.child_of(parent),
    )


def _subject(cluster: ClusterAccess, labels: AppLabels) -> SubjectArgs:
    return SubjectArgs(kind="ServiceAccount", name=labels.name, namespace=cluster.namespace)
