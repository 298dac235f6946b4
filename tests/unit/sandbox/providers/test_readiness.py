"""When objects of each kind are ready, by their status."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.providers.kubernetes.dependants import Dependants
from sandbox.providers.kubernetes.readiness import READY, judge


def obj(version: str, kind: str, spec: dict[str, Any], status: dict[str, Any]) -> Any:
    metadata = {"name": "x", "namespace": "n", "generation": 2}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec, "status": status}


def condition(type: str, status: str = "True", **more: str) -> dict[str, Any]:
    return {"conditions": [{"type": type, "status": status, **more}]}


ROLLED = {"observedGeneration": 2, "replicas": 2, "updatedReplicas": 2, "availableReplicas": 2}
STATEFUL = {"observedGeneration": 2, "readyReplicas": 2, "updatedReplicas": 2}
REVISIONS = {"currentRevision": "a", "updateRevision": "a"}
DAEMON = {"observedGeneration": 2, "desiredNumberScheduled": 2, "updatedNumberScheduled": 2, "numberAvailable": 2}


@pytest.mark.parametrize(
    ("version", "kind", "spec", "status"),
    [
        ("apps/v1", "Deployment", {"replicas": 2}, ROLLED),
        ("apps/v1", "Deployment", {"replicas": 0}, {"observedGeneration": 2}),
        ("apps/v1", "Deployment", {"paused": True}, {}),
        ("apps/v1", "StatefulSet", {"replicas": 2}, {**STATEFUL, **REVISIONS}),
        ("apps/v1", "StatefulSet", {"replicas": 0}, {"observedGeneration": 2}),
        (
            "apps/v1",
            "StatefulSet",
            {"replicas": 2, "updateStrategy": {"type": "OnDelete"}},
            {**STATEFUL, "updatedReplicas": 0},
        ),
        (
            *("apps/v1", "StatefulSet", {"replicas": 2, "updateStrategy": {"rollingUpdate": {"partition": 1}}}),
            {**STATEFUL, "updatedReplicas": 1, "currentRevision": "a", "updateRevision": "b"},
        ),
        ("apps/v1", "DaemonSet", {}, DAEMON),
        ("batch/v1", "Job", {}, condition("Complete")),
        ("batch/v1", "Job", {"suspend": True}, {}),
        ("v1", "Pod", {}, condition("Ready")),
        ("v1", "Pod", {}, {"phase": "Succeeded"}),
        ("v1", "Service", {}, {}),
        ("v1", "Service", {"type": "LoadBalancer"}, {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}}),
        ("v1", "PersistentVolumeClaim", {}, {"phase": "Bound"}),
        ("networking.k8s.io/v1", "Ingress", {}, {"loadBalancer": {"ingress": [{"hostname": "h"}]}}),
        ("apiextensions.k8s.io/v1", "CustomResourceDefinition", {}, condition("Established")),
        ("v1", "ConfigMap", {}, {}),
        ("example.org/v1", "Deployment", {}, {}),
    ],
)
def test_ready(version: str, kind: str, spec: dict[str, Any], status: dict[str, Any]) -> None:
    assert judge(obj(version, kind, spec, status)).ready


@pytest.mark.parametrize(
    ("version", "kind", "spec", "status", "message"),
    [
        ("apps/v1", "Deployment", {"replicas": 2}, {}, "has not begun"),
        ("apps/v1", "Deployment", {"replicas": 2}, {**ROLLED, "observedGeneration": 1}, "has not begun"),
        ("apps/v1", "Deployment", {"replicas": 2}, {**ROLLED, "updatedReplicas": 1}, "1 of 2 replicas updated"),
        ("apps/v1", "Deployment", {"replicas": 2}, {**ROLLED, "replicas": 3}, "1 old replicas are still running"),
        ("apps/v1", "Deployment", {"replicas": 2}, {**ROLLED, "availableReplicas": 1}, "1 of 2 replicas available"),
        ("apps/v1", "StatefulSet", {"replicas": 2}, {**STATEFUL, "readyReplicas": 1}, "1 of 2 replicas ready"),
        ("apps/v1", "StatefulSet", {"replicas": 2}, {**STATEFUL, "updatedReplicas": 1}, "1 of 2 replicas updated"),
        ("apps/v1", "StatefulSet", {"replicas": 2}, {**STATEFUL, "updateRevision": "b"}, "last replica"),
        ("apps/v1", "DaemonSet", {}, {**DAEMON, "updatedNumberScheduled": 1}, "1 of 2 nodes updated"),
        ("apps/v1", "DaemonSet", {}, {**DAEMON, "numberAvailable": 1}, "available on 1 of 2 nodes"),
        ("batch/v1", "Job", {"completions": 3}, {"succeeded": 1, "failed": 2}, "1 of 3 pods succeeded, 2 failed"),
        ("v1", "Pod", {}, {"phase": "Pending"}, "the pod is Pending"),
        ("v1", "Service", {"type": "LoadBalancer"}, {}, "no address"),
        ("v1", "PersistentVolumeClaim", {}, {"phase": "Pending"}, "the claim is Pending"),
        ("networking.k8s.io/v1", "Ingress", {}, {}, "no address"),
        ("apiextensions.k8s.io/v1", "CustomResourceDefinition", {}, {}, "does not serve it yet"),
    ],
)
def test_waiting(version: str, kind: str, spec: dict[str, Any], status: dict[str, Any], message: str) -> None:
    verdict = judge(obj(version, kind, spec, status))
    assert not verdict.ready
    assert not verdict.failed
    assert message in verdict.message


@pytest.mark.parametrize(
    ("version", "kind", "status", "message"),
    [
        (
            *("apps/v1", "Deployment"),
            {**ROLLED, **condition("Progressing", "False", reason="ProgressDeadlineExceeded", message="too late")},
            "too late",
        ),
        ("batch/v1", "Job", condition("Failed", message="backoff limit"), "backoff limit"),
        ("v1", "Pod", {"phase": "Failed", "message": "evicted"}, "evicted"),
        ("v1", "PersistentVolumeClaim", {"phase": "Lost"}, "lost"),
        (
            *("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
            condition("NamesAccepted", "False", message="taken"),
            "taken",
        ),
    ],
)
def test_failed(version: str, kind: str, status: dict[str, Any], message: str) -> None:
    verdict = judge(obj(version, kind, {"replicas": 2}, status))
    assert verdict.failed
    assert message in verdict.message


def test_what_holds_a_pod_up_is_named() -> None:
    waiting = {"waiting": {"reason": "ImagePullBackOff", "message": "no such image"}}
    status = {
        "phase": "Pending",
        **condition("PodScheduled", "False", message="0/1 nodes are available"),
        "containerStatuses": [
            {"name": "web", "state": waiting},
            {"name": "fine", "state": {"waiting": {"reason": "ContainerCreating"}}},
        ],
    }
    message = judge(obj("v1", "Pod", {}, status)).message
    assert message == "0/1 nodes are available; container web: ImagePullBackOff (no such image)"


class FakeApi:
    """Answers by path."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = answers

    def get(self, path: str, query: Any = None) -> Any:
        return self.answers[path]


SLICES = "/apis/discovery.k8s.io/v1/namespaces/n/endpointslices"
ENDPOINT = {"items": [{"endpoints": [{"conditions": {"ready": True}}]}]}
NOT_READY = {"items": [{"endpoints": [{"conditions": {"ready": False}}]}]}


@pytest.mark.parametrize(("answer", "ready"), [(ENDPOINT, True), (NOT_READY, False), ({"items": []}, False)])
def test_a_service_is_ready_with_an_endpoint(answer: Any, ready: bool) -> None:
    service = obj("v1", "Service", {"selector": {"a": "b"}, "clusterIP": "10.0.0.1"}, {})
    dependants: Any = Dependants(FakeApi({SLICES: answer}))  # pyright: ignore[reportArgumentType]
    assert dependants.judge(service, READY).ready is ready


def test_an_ingress_is_ready_with_its_services() -> None:
    backend = {"backend": {"service": {"name": "web"}}}
    ingress = obj("networking.k8s.io/v1", "Ingress", {"rules": [{"http": {"paths": [backend]}}]}, {})
    service = obj("v1", "Service", {"selector": {"a": "b"}}, {})
    for answer, ready in ((ENDPOINT, True), (NOT_READY, False)):
        answers = {SLICES: answer, "/api/v1/namespaces/n/services/web": service}
        dependants: Any = Dependants(FakeApi(answers))  # pyright: ignore[reportArgumentType]
        assert dependants.judge(ingress, READY).ready is ready


@pytest.mark.parametrize(("mode", "ready"), [("WaitForFirstConsumer", True), ("Immediate", False)])
def test_a_claim_that_waits_for_a_pod_is_not_waited_for(mode: str, ready: bool) -> None:
    claim = obj("v1", "PersistentVolumeClaim", {"storageClassName": "fast"}, {"phase": "Pending"})
    answers = {"/apis/storage.k8s.io/v1/storageclasses/fast": {"volumeBindingMode": mode}}
    dependants: Any = Dependants(FakeApi(answers))  # pyright: ignore[reportArgumentType]
    assert dependants.judge(claim, judge(claim)).ready is ready
