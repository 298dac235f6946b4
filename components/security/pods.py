"""How policies see Pods: by themselves, and in the templates of whatever makes them.

The templates are judged too, so that a refusal reaches whoever sends a Deployment and not the log of a controller.
"""

from __future__ import annotations

from typing import Final

from components.security.promise import Expression, Resource

POD_MAKERS: Final = (
    Resource("", "v1", ("pods",)),
    Resource("", "v1", ("pods/ephemeralcontainers",), ("UPDATE",)),
    Resource("apps", "v1", ("deployments", "statefulsets", "daemonsets", "replicasets")),
    Resource("batch", "v1", ("jobs", "cronjobs")),
    Resource("argoproj.io", "v1alpha1", ("rollouts",)),
)


def _pod_of(object_name: str) -> str:
    """CEL for the Pod that an object is or makes. A Rollout may leave its template to a Deployment."""
    whole = f"dyn({object_name})"
    return (
        f"({object_name}.kind == 'Pod' ? {whole}.spec"
        f" : {object_name}.kind == 'CronJob' ? {whole}.spec.jobTemplate.spec.template.spec"
        f" : {whole}.spec.?template.?spec.orValue({{}}))"
    )


CHANGES: Final = Expression(
    "changes-the-pods", f"request.operation == 'CREATE' || {_pod_of('object')} != {_pod_of('oldObject')}"
)
"""What stood before the policies can still be scaled, labelled and removed."""
OWN_TEMPLATE: Final = Expression(
    "is-not-made-by-a-controller",
    "object.kind == 'Pod'"
    " || !object.metadata.?ownerReferences.orValue([]).exists(owner, owner.?controller.orValue(false))",
)
"""What a controller makes of another object (ReplicaSets, CloudNativePG's Jobs and the Deployments of its Poolers) is
judged by its Pods alone, which have got the namespace's default limits by then."""
CONDITIONS: Final = (OWN_TEMPLATE, CHANGES)

POD: Final = Expression("pod", _pod_of("object"))
_KINDS: Final = {
    "containers": "container",
    "initContainers": "init container",
    "ephemeralContainers": "debug container",
}


def containers(*kinds: str) -> Expression:
    """The variable `containers`: each one's `name`, with its kind, and its `spec`."""
    lists = [
        f"variables.pod.?{kind}.orValue([]).map(c, {{'name': dyn('{_KINDS[kind]} ' + c.name), 'spec': c}})"
        for kind in kinds
    ]
    return Expression("containers", " + ".join(lists))


ALL_CONTAINERS: Final = containers(*_KINDS)
RUNNING_CONTAINERS: Final = containers("containers", "initContainers")
"""Without debug containers, which Kubernetes gives no resources."""
