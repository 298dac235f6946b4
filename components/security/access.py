"""The two roles of people in the stack's namespace, and who has them."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
from pulumi_kubernetes.rbac.v1 import PolicyRuleArgs, Role, RoleBinding, RoleRefArgs, SubjectArgs

from components.cluster.contract import ClusterAccess
from components.kubernetes.metadata import AppLabels, object_meta
from components.kubernetes.rbac import API_GROUP
from components.security.roles import HELD_OPERATOR, OPERATOR, VIEWER, Right
from components.security.settings import Access, People


class PeopleAccess(pulumi.ComponentResource):
    """Roles `jarvis-operator` and `jarvis-viewer`, each with a RoleBinding of its own name where somebody is named.

    `held` says that admission policies hold operators to what they may change of a workload.
    """

    def __init__(
        self,
        name: str,
        settings: Access,
        *,
        held: bool,
        cluster: ClusterAccess,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("jarvis:security:PeopleAccess", name, None, opts)
        self._cluster = cluster
        self._give("jarvis-operator", HELD_OPERATOR if held else OPERATOR, settings.operators)
        self._give("jarvis-viewer", VIEWER, settings.viewers)
        self.register_outputs({})

    def _give(self, name: str, rights: Sequence[Right], people: People) -> None:
        metadata = object_meta(name, self._cluster.namespace, AppLabels(name, "rbac", self._cluster.environment))
        role = Role(
            name, metadata=metadata, rules=[_rule(right) for right in rights], opts=self._cluster.child_of(self)
        )
        if subjects := _subjects(people):
            RoleBinding(
                name,
                metadata=metadata,
                role_ref=RoleRefArgs(api_group=API_GROUP, kind="Role", name=name),
                subjects=subjects,
                opts=self._cluster.child_of(self, role),
            )


def _rule(right: Right) -> PolicyRuleArgs:
    return PolicyRuleArgs(api_groups=[right.group], resources=list(right.resources), verbs=list(right.verbs))


def _subjects(people: People) -> list[SubjectArgs]:
    accounts = [account.split("/") for account in people.service_accounts]
    return [
        *(SubjectArgs(api_group=API_GROUP, kind="User", name=user) for user in people.users),
        *(SubjectArgs(api_group=API_GROUP, kind="Group", name=group) for group in people.groups),
        *(SubjectArgs(kind="ServiceAccount", namespace=namespace, name=name) for namespace, name in accounts),
    ]
