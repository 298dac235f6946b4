"""What Prometheus may read of the cluster: exactly what its scrape jobs discover and ask for."""

from __future__ import annotations

import pulumi
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs
from pulumi_kubernetes.rbac.v1 import (
    ClusterRole,
    ClusterRoleBinding,
    PolicyRuleArgs,
    RoleBinding,
    RoleRefArgs,
)

from components.cluster.contract import ClusterAccess
from components.kubernetes.metadata import AppLabels
from components.kubernetes.rbac import API_GROUP, WATCH, grant, own_account


def grant_discovery(parent: pulumi.Resource, cluster: ClusterAccess, labels: AppLabels) -> RoleBinding:
    """The targets in the stack's own namespace."""
    rules = [
        PolicyRuleArgs(api_groups=[""], resources=["services", "endpoints", "pods"], verbs=list(WATCH)),
        PolicyRuleArgs(api_groups=["discovery.k8s.io"], resources=["endpointslices"], verbs=list(WATCH)),
    ]
    return grant(labels, rules, cluster=cluster, parent=parent)


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
            PolicyRuleArgs(api_groups=[""], resources=["nodes"], verbs=list(WATCH)),
            PolicyRuleArgs(api_groups=[""], resources=["nodes/metrics"], verbs=["get"]),
        ],
        opts=cluster.child_of(parent),
    )
    return ClusterRoleBinding(
        name,
        metadata=metadata,
        role_ref=RoleRefArgs(api_group=API_GROUP, kind="ClusterRole", name=role.metadata.name),
        subjects=[own_account(labels, cluster)],
        opts=cluster.child_of(parent),
    )
