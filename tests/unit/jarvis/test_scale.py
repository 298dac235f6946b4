"""Scale and availability: autoscalers, disruption budgets, spread, priorities, the pace of rollouts."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from components.jarvis.services import BackendSettings
from tests.support.mocks import Graph
from tests.unit.jarvis.support import APPS, MINIMAL, app_settings, deployed, job, pod_of

STAGING: dict[str, Any] = {service: {"autoscaling": {}} for service in ("backend", "frontend", "interface")}
PRIORITIES: dict[str, Any] = {"availability": {"priorities": {}}, "ollama": {"models": ["a"]}}


@pytest.fixture(scope="module")
def scaled() -> Graph:
    return deployed(app_settings(**STAGING))


def test_guides_bounds_and_target_are_the_defaults(scaled: Graph) -> None:
    spec = scaled.one("HorizontalPodAutoscaler", "jarvis-backend").inputs["spec"]
    assert spec["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": "jarvis-backend"}
    assert (spec["minReplicas"], spec["maxReplicas"]) == (2, 10)
    targets = {m["resource"]["name"]: m["resource"]["target"] for m in spec["metrics"]}
    assert targets == {
        "cpu": {"type": "Utilization", "averageUtilization": 70},
        "memory": {"type": "Utilization", "averageUtilization": 80},
    }


def test_it_goes_up_at_once_and_down_slowly(scaled: Graph) -> None:
    behavior = scaled.one("HorizontalPodAutoscaler", "jarvis-frontend").inputs["spec"]["behavior"]
    assert behavior["scaleUp"]["stabilizationWindowSeconds"] == 0
    assert behavior["scaleDown"] == {
        "stabilizationWindowSeconds": 300,
        "selectPolicy": "Max",
        "policies": [{"type": "Percent", "value": 25, "periodSeconds": 60}],
    }


def test_settings_reach_the_autoscaler() -> None:
    policy = {"type": "Pods", "value": 1, "periodSeconds": 30}
    autoscaling = {
        "minReplicas": 3,
        "maxReplicas": 20,
        "cpuUtilization": 60,
        "memoryUtilization": None,
        "scaleDown": {"stabilizationSeconds": 600, "policies": [policy]},
    }
    graph = deployed(app_settings(backend={"autoscaling": autoscaling}))
    spec = graph.one("HorizontalPodAutoscaler", "jarvis-backend").inputs["spec"]
    assert (spec["minReplicas"], spec["maxReplicas"]) == (3, 20)
    assert [m["resource"]["target"]["averageUtilization"] for m in spec["metrics"]] == [60]
    assert spec["behavior"]["scaleDown"]["policies"] == [policy]
    assert spec["behavior"]["scaleDown"]["stabilizationWindowSeconds"] == 600


def test_only_who_asks_for_it_is_scaled(scaled: Graph) -> None:
    names = {item.object_name for item in scaled.of_kind("HorizontalPodAutoscaler")}
    assert names == {"jarvis-backend", "jarvis-frontend", "jarvis-interface"}
    assert not deployed().of_kind("HorizontalPodAutoscaler")


def test_a_scaled_service_starts_with_its_minimum(scaled: Graph) -> None:
    assert scaled.one("Deployment", "jarvis-backend").inputs["spec"]["replicas"] == 2
    assert scaled.one("Deployment", "jarvis-stt").inputs["spec"]["replicas"] == 1


def test_the_program_lets_go_of_the_replicas_of_scaled_services_only(scaled: Graph) -> None:
    left = {item.object_name: item.ignore_changes for item in scaled.of_kind("Deployment")}
    assert left["jarvis-backend"] == left["jarvis-frontend"] == ("spec.replicas",)
    assert left["jarvis-stt"] == left["ollama"] == ()


def test_the_autoscaler_waits_for_what_it_scales(scaled: Graph) -> None:
    scaler = scaled.one("HorizontalPodAutoscaler", "jarvis-backend")
    assert scaled.one("Deployment", "jarvis-backend").urn in scaler.dependencies


@pytest.mark.parametrize(
    ("settings", "bounds"),
    [({}, (1, 1)), ({"replicas": 3}, (3, 3)), ({"autoscaling": {"minReplicas": 3, "maxReplicas": 12}}, (3, 12))],
)
def test_bounds_of_a_service(settings: dict[str, Any], bounds: tuple[int, int]) -> None:
    backend = BackendSettings.model_validate(settings)
    assert (backend.least_replicas, backend.most_replicas) == bounds


def test_services_of_several_pods_have_a_budget() -> None:
    graph = deployed(app_settings(backend={"replicas": 2}, frontend={"autoscaling": {}}))
    budgets = {item.object_name: item.inputs["spec"] for item in graph.of_kind("PodDisruptionBudget")}
    assert budgets == {
        app: {
            "maxUnavailable": 1,
            "selector": {"matchLabels": {"app": app}},
            "unhealthyPodEvictionPolicy": "AlwaysAllow",
        }
        for app in ("jarvis-backend", "jarvis-frontend")
    }
    assert not deployed().of_kind("PodDisruptionBudget"), "a budget of one Pod only gets in the way of a drain"


def test_models_servers_share_a_budget_and_keep_apart() -> None:
    graph = deployed(app_settings(ollama={"instances": 2}))
    among = {"matchExpressions": [{"key": "app", "operator": "In", "values": ["ollama", "ollama-2"]}]}
    assert graph.one("PodDisruptionBudget", "ollama").inputs["spec"]["selector"] == among
    for name in ("ollama", "ollama-2"):
        constraints = pod_of(graph.one("Deployment", name))["topologySpreadConstraints"]
        assert [c["labelSelector"] for c in constraints] == [among, among]
        assert not [c for c in constraints if "matchLabelKeys" in c], "they are of different Deployments"
    assert "topologySpreadConstraints" not in pod_of(deployed().one("Deployment", "ollama"))


def constraints(**spread: Any) -> dict[str, dict[str, Any]]:
    graph = deployed(app_settings(availability={"spread": spread}))
    found = pod_of(graph.one("Deployment", "jarvis-backend"))["topologySpreadConstraints"]
    return {item["topologyKey"].rsplit("/", 1)[-1]: item for item in found}


def test_spread_is_a_wish_by_default() -> None:
    assert {c["whenUnsatisfiable"] for c in constraints().values()} == {"ScheduleAnyway"}
    assert all("minDomains" not in c for c in constraints().values()), "the API server refuses it there"


def test_spread_can_be_required() -> None:
    found = constraints(zones="required", minZones=3)
    assert found["zone"]["whenUnsatisfiable"] == "DoNotSchedule"
    assert found["zone"]["minDomains"] == 3
    assert found["zone"]["nodeTaintsPolicy"] == "Honor"
    assert found["zone"]["matchLabelKeys"] == ["pod-template-hash"]
    assert found["hostname"]["whenUnsatisfiable"] == "ScheduleAnyway"


def test_there_is_no_priority_unless_wanted() -> None:
    graph = deployed()
    assert not graph.of_kind("PriorityClass")
    assert not [d for d in graph.of_kind("Deployment") if "priorityClassName" in pod_of(d)]


def test_every_pod_has_its_class() -> None:
    graph = deployed(app_settings(**PRIORITIES))
    classes = {d.object_name: pod_of(d)["priorityClassName"] for d in graph.of_kind("Deployment")}
    assert classes == {
        **dict.fromkeys((*APPS, "ollama"), "jarvis-test-backend"),
        "jarvis-frontend": "jarvis-test-frontend",
    }
    for app in ("jarvis-migrate", "jarvis-create-admin", "ollama-pull"):
        assert pod_of(job(graph, app))["priorityClassName"] == "jarvis-test-batch"


def test_classes_are_named_after_the_stack_and_fall_in_order() -> None:
    classes = {item.object_name: item.inputs for item in deployed(app_settings(**PRIORITIES)).of_kind("PriorityClass")}
    values = [classes[f"jarvis-test-{role}"]["value"] for role in ("backend", "frontend", "batch")]
    assert values == sorted(values, reverse=True)
    assert len(set(values)) == 3
    assert {item["preemptionPolicy"] for item in classes.values()} == {"Never"}
    assert not [item for item in classes.values() if item["globalDefault"]]
    assert not [item for item in classes.values() if "namespace" in item["metadata"]]


def test_tasks_never_displace_anything() -> None:
    settings = app_settings(availability={"priorities": {"preemption": True}})
    policies = {
        item.object_name: item.inputs["preemptionPolicy"] for item in deployed(settings).of_kind("PriorityClass")
    }
    assert policies == {
        "jarvis-test-backend": "PreemptLowerPriority",
        "jarvis-test-frontend": "PreemptLowerPriority",
        "jarvis-test-batch": "Never",
    }


def test_pods_wait_for_their_class() -> None:
    graph = deployed(app_settings(**PRIORITIES))
    classes = {item.urn for item in graph.of_kind("PriorityClass")}
    assert not [d.object_name for d in graph.of_kind("Deployment") if not classes <= d.dependencies]
    assert not [j.object_name for j in graph.of_kind("Job") if not classes <= j.dependencies]


def test_rollout_takes_its_time_and_says_when_it_is_stuck() -> None:
    slow = app_settings(availability={"minReadySeconds": 15}, stt={"startupSeconds": 1200})
    graph = deployed(slow)
    backend, stt = graph.one("Deployment", "jarvis-backend"), graph.one("Deployment", "jarvis-stt")
    assert backend.inputs["spec"]["minReadySeconds"] == stt.inputs["spec"]["minReadySeconds"] == 15
    assert backend.inputs["spec"]["progressDeadlineSeconds"] == 600
    assert stt.inputs["spec"]["progressDeadlineSeconds"] > 1200 + 15
    assert backend.create_timeout == "660s", "the provider must not give up before the rollout does"


WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    "both": ({"backend": {"replicas": 2, "autoscaling": {}}}, "backend", "exclude each other"),
    "bounds": ({"stt": {"autoscaling": {"minReplicas": 11}}}, "stt.autoscaling", "below minReplicas 11"),
    "no target": ({"stt": {"autoscaling": {"cpuUtilization": 0}}}, "stt.autoscaling.cpuUtilization", "greater"),
    "no policy": (
        {"tts": {"autoscaling": {"scaleUp": {"policies": []}}}},
        "tts.autoscaling.scaleUp.policies",
        "at least 1",
    ),
    "reload": ({"backend": {"hotReload": {}, "autoscaling": {}}}, "backend", "one Pod at a time"),
    "minimum of a wish": ({"availability": {"spread": {"minZones": 3}}}, "availability.spread", "needs zones required"),
    "order": ({"availability": {"priorities": {"batch": 400000}}}, "availability.priorities", "fall in this order"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_settings_name_their_place_and_reason(case: str) -> None:
    changes, place, reason = WRONG[case]
    with pytest.raises(ValidationError, match=reason) as caught:
        type(app_settings()).model_validate({**MINIMAL, **changes})
    assert place in {".".join(str(part) for part in error["loc"]) for error in caught.value.errors()}
