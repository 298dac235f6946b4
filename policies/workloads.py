"""The Pods that Kubernetes objects are or make, and their containers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from policies.seen import Seen, at, each

_TEMPLATE: Final = ("spec", "template", "spec")
_PODS: Final[dict[tuple[str, str], tuple[str, ...]]] = {
    ("v1", "Pod"): ("spec",),
    ("apps/v1", "Deployment"): _TEMPLATE,
    ("apps/v1", "StatefulSet"): _TEMPLATE,
    ("apps/v1", "DaemonSet"): _TEMPLATE,
    ("apps/v1", "ReplicaSet"): _TEMPLATE,
    ("batch/v1", "Job"): _TEMPLATE,
    ("batch/v1", "CronJob"): ("spec", "jobTemplate", *_TEMPLATE),
    ("argoproj.io/v1alpha1", "Rollout"): _TEMPLATE,
}
_CONTAINERS: Final = {"containers": "container", "initContainers": "init container"}


@dataclass(frozen=True)
class Container:
    """One container of a Pod."""

    label: str
    spec: object


def makes_pods(type_: str) -> bool:
    """Whether objects of the type are or make Pods."""
    module, _, kind = type_.rpartition(":")
    return (module.removeprefix("kubernetes:").removeprefix("core/"), kind) in _PODS


def pod_of(resource: Seen) -> object:
    """The Pod's spec; None where the object makes none."""
    path = _PODS.get((resource.api, resource.kind))
    return None if path is None else resource.get(*path)


def containers(pod: object) -> Iterator[Container]:
    """The containers of a Pod's spec."""
    for field, word in _CONTAINERS.items():
        for spec in each(at(pod, field)):
            yield Container(f"{word} {at(spec, 'name')}", spec)
