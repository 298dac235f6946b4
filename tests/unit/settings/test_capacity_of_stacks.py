"""What the settings are counted to ask for, against what the objects of the whole program ask for."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from components.settings.quantities import quantity_value
from infra.settings.capacity import (
    RESOURCES,
    SIDES,
    Resource,
    Side,
    number_of_claims,
    number_of_pods,
    total,
    total_storage,
)
from infra.settings.model import StackSettings
from tests.contract.support import registered_stack, stack_settings
from tests.support.mocks import Graph

LITTLE = Decimal("0.01")
"""Share of what is asked for that settings do not tell: sidecars that programs give themselves."""


@pytest.fixture(scope="module", params=["dev", "staging", "production"])
def stack(request: pytest.FixtureRequest) -> tuple[StackSettings, Graph, str]:
    settings = stack_settings(request.param)
    return settings, registered_stack(request.param), f"jarvis-{settings.environment}"


@pytest.mark.parametrize("resource", RESOURCES)
@pytest.mark.parametrize("side", SIDES)
def test_containers(side: Side, resource: Resource, stack: tuple[StackSettings, Graph, str]) -> None:
    settings, graph, namespace = stack
    asked = sum(copies * _quantity(container, side, resource) for copies, container in _containers(graph, namespace))
    counted = total(settings, side, resource)
    assert asked * (1 - LITTLE) <= counted <= asked, "no stack is refused that fits, and few others get through"


def test_claims(stack: tuple[StackSettings, Graph, str]) -> None:
    settings, graph, _ = stack
    claims = [
        quantity_value(claim.inputs["spec"]["resources"]["requests"]["storage"])
        for claim in graph.of_kind("PersistentVolumeClaim")
    ]
    of_operators = [
        quantity_value(cluster.inputs["spec"]["storage"]["size"]) * int(cluster.inputs["spec"]["instances"])
        for cluster in graph.of_kind("Cluster")
    ]
    assert sum(claims) + sum(of_operators) == total_storage(settings)
    instances = (int(cluster.inputs["spec"]["instances"]) for cluster in graph.of_kind("Cluster"))
    assert len(claims) + sum(instances) == number_of_claims(settings)


def test_pods(stack: tuple[StackSettings, Graph, str]) -> None:
    settings, graph, namespace = stack
    pods = sum(copies for copies, _ in _workloads(graph, namespace))
    of_operators = (*graph.of_kind("Cluster"), *graph.of_kind("Pooler"))
    assert pods + sum(int(one.inputs["spec"]["instances"]) for one in of_operators) == number_of_pods(settings)


def _workloads(graph: Graph, namespace: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Every Pod of the stack's own, and how many there may be of it."""
    most = {
        scaler.inputs["spec"]["scaleTargetRef"]["name"]: scaler.inputs["spec"]["maxReplicas"]
        for scaler in graph.of_kind("HorizontalPodAutoscaler")
    }
    for workload in (*graph.of_kind("Deployment"), *graph.of_kind("StatefulSet")):
        if workload.inputs["metadata"]["namespace"] == namespace:
            spec = workload.inputs["spec"]
            yield int(most.get(workload.object_name, spec.get("replicas", 1))), spec["template"]["spec"]


def _containers(graph: Graph, namespace: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Every container that runs as long as the stack does, and how many of it there may be at one time."""
    for copies, pod in _workloads(graph, namespace):
        sidecars = [one for one in pod.get("initContainers", []) if one.get("restartPolicy") == "Always"]
        for container in (*pod["containers"], *sidecars):
            yield copies, container
    for store, cluster in zip(graph.of_kind("ObjectStore"), graph.of_kind("Cluster"), strict=True):
        instances = int(cluster.inputs["spec"]["instances"])
        yield instances, cluster.inputs["spec"]
        yield instances, store.inputs["spec"]["instanceSidecarConfiguration"]
    for pooler in graph.of_kind("Pooler"):
        for container in pooler.inputs["spec"]["template"]["spec"]["containers"]:
            yield int(pooler.inputs["spec"]["instances"]), container


def _quantity(container: dict[str, Any], side: Side, resource: Resource) -> Decimal:
    return quantity_value(str(container["resources"][side][resource]))
