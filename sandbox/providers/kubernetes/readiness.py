"""When an object is ready, judged from the object alone; the kinds that need others are in `waiting`.

Source: the official provider's rules for each kind.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sandbox.providers.kubernetes.discovery import group_of
from sandbox.providers.kubernetes.objects import metadata
from sandbox.providers.values import Properties, as_list, as_number, as_object, as_text


@dataclass(frozen=True)
class Readiness:
    """Whether an object is ready, and what is missing where it isn't."""

    ready: bool
    message: str = ""
    failed: bool = False
    """Waiting longer won't help."""


READY: Final = Readiness(ready=True)


def waiting(message: str) -> Readiness:
    """Not ready yet."""
    return Readiness(ready=False, message=message)


def failed(message: str) -> Readiness:
    """Never going to be ready."""
    return Readiness(ready=False, message=message, failed=True)


def number(obj: Properties, key: str, default: int = 0) -> int:
    """A whole number of the object, or the default."""
    found = as_number(obj.get(key))
    return default if found is None else found


def condition(obj: Properties, type: str) -> Properties:
    """The condition of the status, empty where it is not there."""
    for item in as_list(as_object(obj.get("status")).get("conditions")):
        entry = as_object(item)
        if entry.get("type") == type:
            return entry
    return {}


def _observed(obj: Properties) -> bool:
    return number(as_object(obj.get("status")), "observedGeneration") >= number(metadata(obj), "generation")


def _deployment(obj: Properties) -> Readiness:
    spec, status = as_object(obj.get("spec")), as_object(obj.get("status"))
    progressing = condition(obj, "Progressing")
    if spec.get("paused") is True:
        return READY
    if not _observed(obj):
        return waiting("the rollout has not begun")
    if progressing.get("reason") == "ProgressDeadlineExceeded":
        return failed(as_text(progressing.get("message")) or "the rollout exceeded its progress deadline")
    wanted, updated = number(spec, "replicas", 1), number(status, "updatedReplicas")
    if updated < wanted:
        return waiting(f"{updated} of {wanted} replicas updated")
    if number(status, "replicas") > updated:
        return waiting(f"{number(status, 'replicas') - updated} old replicas are still running")
    available = number(status, "availableReplicas")
    return READY if available >= updated else waiting(f"{available} of {wanted} replicas available")


def _stateful_set(obj: Properties) -> Readiness:
    spec, status = as_object(obj.get("spec")), as_object(obj.get("status"))
    if not _observed(obj):
        return waiting("the rollout has not begun")
    wanted, ready = number(spec, "replicas", 1), number(status, "readyReplicas")
    if ready < wanted:
        return waiting(f"{ready} of {wanted} replicas ready")
    strategy = as_object(spec.get("updateStrategy"))
    partition = number(as_object(strategy.get("rollingUpdate")), "partition")
    if strategy.get("type") == "OnDelete":
        return READY
    updated = number(status, "updatedReplicas")
    if updated < wanted - partition:
        return waiting(f"{updated} of {wanted - partition} replicas updated")
    if not partition and status.get("currentRevision") != status.get("updateRevision"):
        return waiting("the last replica is being updated")
    return READY


def _daemon_set(obj: Properties) -> Readiness:
    status = as_object(obj.get("status"))
    if not _observed(obj):
        return waiting("the rollout has not begun")
    wanted = number(status, "desiredNumberScheduled")
    updated, available = number(status, "updatedNumberScheduled"), number(status, "numberAvailable")
    strategy = as_object(as_object(obj.get("spec")).get("updateStrategy"))
    if strategy.get("type") != "OnDelete" and updated < wanted:
        return waiting(f"{updated} of {wanted} nodes updated")
    return READY if available >= wanted else waiting(f"available on {available} of {wanted} nodes")


def _job(obj: Properties) -> Readiness:
    if condition(obj, "Complete").get("status") == "True":
        return READY
    failure = condition(obj, "Failed")
    if failure.get("status") == "True":
        return failed(as_text(failure.get("message")) or "the job failed")
    if as_object(obj.get("spec")).get("suspend") is True:
        return READY
    status = as_object(obj.get("status"))
    wanted = number(as_object(obj.get("spec")), "completions", 1)
    done, broken = number(status, "succeeded"), number(status, "failed")
    return waiting(f"{done} of {wanted} pods succeeded" + (f", {broken} failed" if broken else ""))


def pod(obj: Properties) -> Readiness:
    """Readiness of a Pod, with what holds its containers up."""
    status = as_object(obj.get("status"))
    phase = as_text(status.get("phase")) or "Pending"
    if phase == "Succeeded" or condition(obj, "Ready").get("status") == "True":
        return READY
    if phase == "Failed":
        return failed(as_text(status.get("message")) or "the pod failed")
    reasons = pod_problems(obj)
    return waiting("; ".join(reasons) or f"the pod is {phase}")


def pod_problems(obj: Properties) -> list[str]:
    """What holds a Pod up: its scheduling and the reasons why its containers wait."""
    status = as_object(obj.get("status"))
    found: list[str] = []
    scheduled = condition(obj, "PodScheduled")
    if scheduled.get("status") == "False":
        found.append(as_text(scheduled.get("message")) or "not scheduled")
    for key in ("initContainerStatuses", "containerStatuses"):
        for item in map(as_object, as_list(status.get(key))):
            why = as_object(as_object(item.get("state")).get("waiting"))
            reason = as_text(why.get("reason"))
            if reason and reason not in {"ContainerCreating", "PodInitializing"}:
                detail = as_text(why.get("message"))
                found.append(f"container {item.get('name')}: {reason}" + (f" ({detail})" if detail else ""))
    return found


def _replica_set(obj: Properties) -> Readiness:
    wanted = number(as_object(obj.get("spec")), "replicas", 1)
    available = number(as_object(obj.get("status")), "availableReplicas")
    if not _observed(obj):
        return waiting("the controller has not seen it")
    return READY if available >= wanted else waiting(f"{available} of {wanted} replicas available")


def _custom_resource_definition(obj: Properties) -> Readiness:
    accepted = condition(obj, "NamesAccepted")
    if accepted.get("status") == "False":
        return failed(as_text(accepted.get("message")) or "its names are taken")
    established = condition(obj, "Established").get("status") == "True"
    return READY if established else waiting("the API server does not serve it yet")


def _load_balancer(obj: Properties) -> Readiness:
    addresses = as_list(as_object(as_object(obj.get("status")).get("loadBalancer")).get("ingress"))
    return READY if addresses else waiting("no address has been assigned")


def _service(obj: Properties) -> Readiness:
    return _load_balancer(obj) if as_object(obj.get("spec")).get("type") == "LoadBalancer" else READY


def _persistent_volume_claim(obj: Properties) -> Readiness:
    phase = as_text(as_object(obj.get("status")).get("phase")) or "Pending"
    if phase == "Lost":
        return failed("its volume is lost")
    return READY if phase == "Bound" else waiting(f"the claim is {phase}")


_JUDGES: Final[dict[tuple[str, str], Callable[[Properties], Readiness]]] = {
    ("apps", "Deployment"): _deployment,
    ("apps", "StatefulSet"): _stateful_set,
    ("apps", "DaemonSet"): _daemon_set,
    ("apps", "ReplicaSet"): _replica_set,
    ("", "ReplicationController"): _replica_set,
    ("batch", "Job"): _job,
    ("", "Pod"): pod,
    ("", "Service"): _service,
    ("", "PersistentVolumeClaim"): _persistent_volume_claim,
    ("networking.k8s.io", "Ingress"): _load_balancer,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): _custom_resource_definition,
}


def judge(obj: Properties) -> Readiness:
    """Readiness as far as the object itself shows it; kinds with no rule are ready once they exist."""
    rule = _JUDGES.get((group_of(as_text(obj.get("apiVersion")) or ""), as_text(obj.get("kind")) or ""))
    return rule(obj) if rule else READY
