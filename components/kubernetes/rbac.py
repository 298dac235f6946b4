"""Rights that a program has in the stack's namespace, by its own ServiceAccount."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pulumi
from pulumi_kubernetes.rbac.v1 import PolicyRuleArgs, Role, RoleBinding, RoleRefArgs, SubjectArgs

from components.cluster.contract import ClusterAccess
from components.kubernetes.metadata import AppLabels, object_meta

API_GROUP: Final = "rbac.authorization.k8s.io"
WATCH: Final = ("get", "list", "watch")


def grant(
    labels: AppLabels, rules: Sequence[PolicyRuleArgs], *, cluster: ClusterAccess, parent: pulumi.Resource
) -> RoleBinding:
    """A Role of the part's own name, given to its ServiceAccount; what needs the rights waits for the binding."""
    metadata = object_meta(labels.name, cluster.namespace, labels)
    role = Role(labels.name, metadata=metadata, rules=list(rules), opts=cluster.child_of(parent))
    return RoleBinding(
        labels.name,
        metadata=metadata,
        role_ref=RoleRefArgs(api_group=API_GROUP, kind="Role", name=role.metadata.name),
        subjects=[own_account(labels, cluster)],
        opts=cluster.child_of(parent),
    )


def own_account(labels: AppLabels, cluster: ClusterAccess) -> SubjectArgs:
    """The part's ServiceAccount, as bindings name it."""
    return SubjectArgs(kind="ServiceAccount", name=labels.name, namespace=cluster.namespace)
