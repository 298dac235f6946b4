"""Promises as ValidatingAdmissionPolicies, which the API server keeps by itself: no webhook that can be down.

Source: https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pulumi
from pulumi_kubernetes.admissionregistration.v1 import (
    MatchConditionArgs,
    MatchResourcesArgs,
    NamedRuleWithOperationsArgs,
    ParamKindArgs,
    ParamRefArgs,
    ValidatingAdmissionPolicy,
    ValidatingAdmissionPolicyBinding,
    ValidatingAdmissionPolicyBindingSpecArgs,
    ValidatingAdmissionPolicySpecArgs,
    ValidationArgs,
    VariableArgs,
)
from pulumi_kubernetes.meta.v1 import LabelSelectorArgs, ObjectMetaArgs

from components.cluster.contract import ClusterAccess
from components.kubernetes.metadata import AppLabels
from components.security.promise import Promise, Resource
from components.security.settings import Action

_NAMESPACE_LABEL: Final = "kubernetes.io/metadata.name"
"""The API server sets it on every namespace and lets nobody change it."""
_ACTIONS: Final[dict[Action, list[str]]] = {
    "Deny": ["Deny", "Audit"],
    "Warn": ["Warn", "Audit"],
    "Audit": ["Audit"],
}


class AdmissionPolicies(pulumi.ComponentResource):
    """A policy for each promise, and its binding to the stack's namespace.

    Both belong to the whole cluster, so that they bear the namespace's name: several stacks meet in one cluster.
    """

    bindings: tuple[ValidatingAdmissionPolicyBinding, ...]
    """What is to be judged waits for them."""

    def __init__(
        self,
        name: str,
        promises: Mapping[Promise, Action],
        *,
        cluster: ClusterAccess,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("jarvis:security:AdmissionPolicies", name, None, opts)
        self._cluster = cluster
        self._labels = AppLabels("jarvis", "admission-policy", cluster.environment)
        self.bindings = tuple(
            self._bind(promise, _ACTIONS[action]) for promise, action in promises.items() if action != "Off"
        )
        self.register_outputs({})

    def _bind(self, promise: Promise, actions: list[str]) -> ValidatingAdmissionPolicyBinding:
        policy = ValidatingAdmissionPolicy(
            f"admission-{promise.name}",
            metadata=self._meta(promise),
            spec=policy_spec(promise),
            opts=self._cluster.child_of(self),
        )
        return ValidatingAdmissionPolicyBinding(
            f"admission-{promise.name}",
            metadata=self._meta(promise),
            spec=ValidatingAdmissionPolicyBindingSpecArgs(
                policy_name=policy.metadata.apply(lambda metadata: metadata.name or ""),
                validation_actions=actions,
                match_resources=MatchResourcesArgs(
                    namespace_selector=LabelSelectorArgs(match_labels={_NAMESPACE_LABEL: self._cluster.namespace})
                ),
                param_ref=_every_parameter() if promise.parameters is not None else None,
            ),
            opts=self._cluster.child_of(self, policy),
        )

    def _meta(self, promise: Promise) -> ObjectMetaArgs:
        return ObjectMetaArgs(
            name=pulumi.Output.concat(self._cluster.namespace, "-", promise.name),
            labels={key: value for key, value in self._labels.all.items() if key != "app"},
            annotations={"jarvis.io/promise": promise.title, "jarvis.io/reason": promise.reason},
        )


def policy_spec(promise: Promise) -> ValidatingAdmissionPolicySpecArgs:
    """The policy of one promise; what it cannot judge, it refuses."""
    return ValidatingAdmissionPolicySpecArgs(
        failure_policy="Fail",
        match_constraints=MatchResourcesArgs(
            match_policy="Equivalent", resource_rules=[_rule(resource) for resource in promise.resources]
        ),
        match_conditions=[MatchConditionArgs(name=item.name, expression=item.cel) for item in promise.conditions],
        variables=[VariableArgs(name=item.name, expression=item.cel) for item in promise.variables],
        param_kind=(
            ParamKindArgs(api_version=promise.parameters.api_version, kind=promise.parameters.kind)
            if promise.parameters is not None
            else None
        ),
        validations=[
            ValidationArgs(
                expression=check.cel, message=check.message, message_expression=check.explanation, reason="Forbidden"
            )
            for check in promise.checks
        ],
    )


def _rule(resource: Resource) -> NamedRuleWithOperationsArgs:
    return NamedRuleWithOperationsArgs(
        api_groups=[resource.group],
        api_versions=[resource.version],
        resources=list(resource.names),
        operations=list(resource.operations),
        scope="Namespaced",
    )


def _every_parameter() -> ParamRefArgs:
    # Not Deny, which would refuse everybody's objects, before any condition, where there is no parameter.
    return ParamRefArgs(selector=LabelSelectorArgs(), parameter_not_found_action="Allow")
