"""Scale and availability on a real API server, with its own autoscaler, scheduler and disruption controller."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pulumi_kubernetes as k8s
import pytest

from sandbox.control_plane import ControlPlane
from sandbox.toolchain import Toolchain
from tests.support.inline_stack import InlineStack, Program
from tests.support.kubectl import Kubectl

NUMBERS = itertools.count(1)
APP = "jarvis-backend"


@pytest.fixture
def stack(tmp_path: Path, toolchain: Toolchain, control_plane: ControlPlane) -> InlineStack:
    return InlineStack(tmp_path, toolchain.ensure("pulumi")["pulumi"], control_plane.kubeconfig)


@pytest.fixture
def namespace(kubectl: Kubectl) -> str:
    name = f"scaling-{next(NUMBERS)}"
    kubectl("create", "namespace", name)
    kubectl("label", "namespace", name, "pod-security.kubernetes.io/enforce=restricted")
    return name


def service(
    namespace: str,
    *,
    tag: str = "1",
    availability: dict[str, Any] | None = None,
    force: bool = False,
    **settings: Any,
) -> Program:
    """The backend alone, as the application makes it; its variables and tasks left out."""

    def program() -> None:
        from components.cluster.contract import ClusterAccess
        from components.jarvis.environment import NO_VARIABLES
        from components.jarvis.images import Image
        from components.jarvis.placement import priority_classes
        from components.jarvis.scale import Availability
        from components.jarvis.services import BackendSettings
        from components.jarvis.workload import Workload, WorkloadSpec

        provider = k8s.Provider("kubernetes", enable_server_side_apply=True, enable_patch_force=force)
        cluster = ClusterAccess(provider, pulumi.Output.from_input(namespace), "test")
        wanted = Availability.model_validate(availability or {})
        parent = pulumi.ComponentResource("jarvis:test:Root", "root")
        classes = priority_classes(wanted.priorities, cluster=cluster, parent=parent)
        spec = WorkloadSpec(
            app=APP,
            role="api",
            settings=BackendSettings.model_validate(settings),
            image=Image(repository="jarvis", tag=tag),
            environment=NO_VARIABLES,
            availability=wanted,
            priority_class=classes.backend,
        )
        Workload("backend", spec, cluster=cluster, after=classes.resources, opts=pulumi.ResourceOptions(parent=parent))

    return program


def eventually(check: Callable[[], bool], seconds: float = 40) -> bool:
    end = time.monotonic() + seconds
    while not check():
        if time.monotonic() > end:
            return False
        time.sleep(0.5)
    return True


def test_the_number_of_pods_is_the_autoscaler_s(stack: InlineStack, namespace: str, kubectl: Kubectl) -> None:
    def replicas() -> int:
        return kubectl.get("deployment", APP, "-n", namespace)["spec"]["replicas"]

    def image() -> str:
        return kubectl.get("deployment", APP, "-n", namespace)["spec"]["template"]["spec"]["containers"][0]["image"]

    stack.up(service(namespace, replicas=3))
    stack.up(service(namespace, autoscaling={"minReplicas": 2}))
    assert replicas() == 3, "switching autoscaling on must not drop Pods of a running service"
    stack.up(service(namespace, autoscaling={"minReplicas": 5}))
    assert eventually(lambda: replicas() == 5), "the controller manager's autoscaler must raise it to the minimum"
    changes = stack.up(service(namespace, tag="2", autoscaling={"minReplicas": 2}))
    assert (replicas(), image()) == (5, "jarvis:2"), "a release must not touch what the autoscaler decided"
    assert "update" in changes
    assert set(stack.refresh(service(namespace))) == {"same"}, "the autoscaler's work is no drift"
    assert set(stack.up(service(namespace, tag="2", autoscaling={"minReplicas": 2}))) == {"same"}
    assert replicas() == 5
    assert ".spec.replicas" in stack.failing("up", service(namespace, tag="2", replicas=3)), "nothing is taken silently"
    stack.up(service(namespace, tag="2", replicas=3, force=True))
    assert replicas() == 3


def test_a_scaled_service_starts_with_its_minimum_in_three_zones(
    stack: InlineStack, namespace: str, kubectl: Kubectl
) -> None:
    availability = {"spread": {"zones": "required", "nodes": "required", "minZones": 3}, "priorities": {}}
    program = service(namespace, autoscaling={"minReplicas": 3}, availability=availability)
    stack.up(program)
    pods = kubectl.get("pods", "-n", namespace)["items"]
    assert len({pod["spec"]["nodeName"] for pod in pods}) == len(pods) == 3
    assert {pod["spec"]["priority"] for pod in pods} == {300_000}
    assert {pod["spec"]["preemptionPolicy"] for pod in pods} == {"Never"}
    assert eventually(
        lambda: kubectl.get("poddisruptionbudget", APP, "-n", namespace)["status"]["disruptionsAllowed"] == 1
    )
    kept = [pod["metadata"]["uid"] for pod in pods]
    higher = service(
        namespace,
        autoscaling={"minReplicas": 3},
        availability={**availability, "priorities": {"backend": 400_000}},
    )
    stack.up(higher)
    assert kubectl.get("priorityclass", f"{namespace}-backend")["value"] == 400_000
    assert [pod["metadata"]["uid"] for pod in kubectl.get("pods", "-n", namespace)["items"]] == kept
    stack.destroy(higher)
    assert namespace not in kubectl("get", "priorityclasses", "-o", "name")
