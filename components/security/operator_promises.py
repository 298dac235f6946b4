"""What operators keep to where RBAC knows only whole objects: a patch of a workload, a new Job.

Without these, whoever may restart a Deployment or start a Job could run any image there, with any Secret mounted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from components.security.promise import Check, Expression, Parameters, Promise, Resource
from components.security.roles import OPERATOR_MARK

_RESTARTED: Final = "kubectl.kubernetes.io/restartedAt"
"""The annotation of a Pod template that `kubectl rollout restart` sets."""


def _right(group: str, resource: str, verb: str) -> str:
    return f"authorizer.group('{group}').resource('{resource}').namespace(request.namespace).check('{verb}').allowed()"


IS_OPERATOR: Final = Expression(
    "is-an-operator-and-no-more", f"{_right(*OPERATOR_MARK)} && !{_right('apps', 'deployments', 'create')}"
)
"""By what the sender may do, so that it holds for bindings that others make, too; whoever deploys the stack is free."""


def restarts_only() -> Promise:
    """A patch of a workload changes when it was restarted, and nothing else of what runs."""
    spec = "variables.now.all(key, key == 'template' || variables.now[key] == variables.before[?key].orValue(null))"
    template = (
        "variables.now.template.spec == variables.before.template.spec"
        " && variables.now.template.metadata.?labels == variables.before.template.metadata.?labels"
    )
    annotations = (
        f"variables.notes.all(key, key == '{_RESTARTED}'"
        " || variables.notes[key] == variables.noted[?key].orValue(null))"
        f" && variables.noted.all(key, key == '{_RESTARTED}' || key in variables.notes)"
    )
    owners = (
        "object.metadata.?ownerReferences == oldObject.metadata.?ownerReferences"
        " && object.metadata.?finalizers == oldObject.metadata.?finalizers"
    )
    return Promise(
        name="operator-restarts",
        title="Operators restart workloads as they are.",
        reason="Whoever can change a workload can run any program with any Secret of the namespace.",
        resources=(Resource("apps", "v1", ("deployments", "statefulsets", "daemonsets"), ("UPDATE",)),),
        conditions=(IS_OPERATOR,),
        variables=(
            Expression("now", "dyn(object.spec)"),
            Expression("before", "dyn(oldObject.spec)"),
            Expression("notes", "variables.now.template.metadata.?annotations.orValue({})"),
            Expression("noted", "variables.before.template.metadata.?annotations.orValue({})"),
        ),
        checks=(
            Check(
                f"{spec} && variables.before.all(key, key in variables.now) && {template} && {annotations} && {owners}",
                "An operator may restart and scale a workload, not change it: use `kubectl rollout restart` or "
                "`kubectl scale`, and the stack's program for anything else.",
            ),
        ),
    )


_ORIGINS: Final = Expression(
    "origins", "object.metadata.?ownerReferences.orValue([]).filter(o, o.kind == 'CronJob').map(o, o.name)"
)
_NEW_JOBS: Final = (Resource("batch", "v1", ("jobs",), ("CREATE",)),)
_WHY_NO_JOBS: Final = "Whoever can write a Job can run any program with any Secret of the namespace."


def listed_cron_jobs(names: Sequence[str]) -> Promise:
    """A new Job is owned by one of these CronJobs."""
    quoted = ", ".join(f"'{name}'" for name in names)
    which = f"and only one of these: {', '.join(names)}." if names else "and this stack has none."
    return Promise(
        name="operator-jobs",
        title="Operators start only the stack's own CronJobs.",
        reason=_WHY_NO_JOBS,
        resources=_NEW_JOBS,
        conditions=(IS_OPERATOR,),
        variables=(_ORIGINS,),
        checks=(
            Check(
                f"variables.origins.size() == 1 && variables.origins[0] in [{quoted}]",
                f"An operator may start a CronJob (`kubectl create job NAME --from=cronjob/CRONJOB`), {which}",
            ),
        ),
    )


def unchanged_cron_jobs() -> Promise:
    """A new Job has its CronJob's Pod to the letter.

    A promise of its own, for a policy with parameters is not asked at all where there are none.
    """
    sentence = "An operator may start a CronJob as it is, with no change to its Pod."
    return Promise(
        name="operator-job-pods",
        title="Operators start CronJobs as they are.",
        reason=_WHY_NO_JOBS,
        resources=_NEW_JOBS,
        conditions=(IS_OPERATOR,),
        parameters=Parameters("batch/v1", "CronJob"),
        variables=(_ORIGINS,),
        checks=(
            Check(
                "!(params.metadata.name in variables.origins)"
                " || dyn(object.spec.template.spec) == params.spec.jobTemplate.spec.template.spec",
                sentence,
                f"'The Job differs from CronJob ' + params.metadata.name + '. {sentence}'",
            ),
        ),
    )
