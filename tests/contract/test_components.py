"""What every component promises about the graph that it registers, on the graph that the real engine recorded."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from infra.program import deploy
from infra.settings.load import load_stack_file
from tests.contract.support import (
    NAMESPACE,
    STACK_TYPE,
    component_resources,
    custom_resources,
    kind_of,
    kubernetes_objects,
    object_name,
)
from tests.support.graph import Resource, name_of
from tests.support.jarvis_project import REPOSITORY, JarvisProject
from tests.support.mocks import registered

COMPONENT_TYPE = re.compile(
    r"jarvis:(cache|cluster|database|exposure|jarvis|monitoring|network|secrets):[A-Z][A-Za-z]+"
)
LONGEST_NAME = 40
STACK_FILE = REPOSITORY / "Pulumi.dev.yaml"
CLUSTER_WIDE = {
    "Namespace/jarvis-development",
    "ClusterRole/jarvis-development-prometheus-server-kubelets",
    "ClusterRoleBinding/jarvis-development-prometheus-server-kubelets",
}
"""A namespace has none; the metrics of kubelets belong to nodes, which have none either."""


@pytest.fixture
def resources(dev_stack: JarvisProject) -> list[Resource]:
    return dev_stack.resources("dev")


def test_every_component_has_a_type_of_its_family(resources: list[Resource]) -> None:
    components = component_resources(resources)
    assert len(components) >= 15
    assert not [item["type"] for item in components if not COMPONENT_TYPE.fullmatch(item["type"])]


def test_the_stack_is_made_of_one_component_of_each_family(resources: list[Resource]) -> None:
    [stack] = [item["urn"] for item in resources if item["type"] == STACK_TYPE]
    top = [item["type"].split(":")[1] for item in component_resources(resources) if item["parent"] == stack]
    assert sorted(top) == ["cache", "cluster", "database", "jarvis", "monitoring", "network", "secrets"]


def test_every_component_registered_its_outputs() -> None:
    """By mocks: the engine's checkpoint does not tell empty outputs from ones that were never registered."""
    settings = load_stack_file(STACK_FILE)
    graph = registered(lambda: deploy(settings))
    components = [item for item in graph.resources if item.type.startswith("jarvis:")]
    assert len(components) >= 15
    assert not [item.urn for item in components if item.urn not in graph.completed]


def test_components_hang_under_the_stack_or_each_other_and_objects_under_components(resources: list[Resource]) -> None:
    types = {item["urn"]: item["type"] for item in resources}
    for item in resources:
        if item["type"] == STACK_TYPE or name_of(item["urn"]).startswith("default_"):
            continue
        parent = types[item["parent"]]
        assert COMPONENT_TYPE.fullmatch(parent) or (parent == STACK_TYPE and not item.get("custom")), item["urn"]


def test_every_component_holds_something(resources: list[Resource]) -> None:
    parents = {item.get("parent") for item in resources}
    assert not [item["urn"] for item in component_resources(resources) if item["urn"] not in parents]


def test_kubernetes_objects_use_the_clusters_own_provider(resources: list[Resource]) -> None:
    providers = [item for item in resources if item["type"] == "pulumi:providers:kubernetes"]
    assert [name_of(item["urn"]) for item in providers] == ["kubernetes"]
    [expected] = [f"{item['urn']}::{item['id']}" for item in providers]
    assert not [item["urn"] for item in kubernetes_objects(resources) if item["provider"] != expected]


def test_names_are_short_and_unique_for_their_type(resources: list[Resource]) -> None:
    named = Counter((item["type"], name_of(item["urn"])) for item in resources)
    assert not [key for key, count in named.items() if count > 1]
    assert not [name for _, name in named if len(name) > LONGEST_NAME or name != name.lower()]


def test_objects_have_fixed_names_in_the_stacks_namespace(resources: list[Resource]) -> None:
    objects = kubernetes_objects(resources)
    assert len(objects) >= 60
    for item in objects:
        metadata = item["inputs"]["metadata"]
        assert metadata.get("name"), item["urn"]
        assert "generateName" not in metadata
        assert item["id"].rsplit("/", 1)[-1] == metadata["name"], "auto-named"
    cluster_wide = {object_name(item) for item in objects if "namespace" not in item["inputs"]["metadata"]}
    assert cluster_wide == CLUSTER_WIDE
    assert {item["inputs"]["metadata"].get("namespace", NAMESPACE) for item in objects} == {NAMESPACE}


def test_no_two_resources_are_the_same_object(resources: list[Resource]) -> None:
    objects = Counter((item["type"], item["id"]) for item in kubernetes_objects(resources))
    assert not [key for key, count in objects.items() if count > 1]


def test_objects_have_the_recommended_labels(resources: list[Resource]) -> None:
    for item in kubernetes_objects(resources):
        labels = item["inputs"]["metadata"].get("labels") or {}
        assert labels.get("app.kubernetes.io/part-of") == "jarvis", item["urn"]
        assert labels.get("app.kubernetes.io/managed-by") == "pulumi", item["urn"]
        assert labels.get("environment") == "development", item["urn"]
        assert labels.get("app.kubernetes.io/name"), item["urn"]
        assert labels.get("app.kubernetes.io/component"), item["urn"]


def test_pod_templates_have_the_labels_of_their_workload(resources: list[Resource]) -> None:
    """All of them, so that what is selected in a dashboard or by kubectl is the workload with its Pods."""
    for item in kubernetes_objects(resources, "Deployment", "StatefulSet", "Job"):
        labels = item["inputs"]["metadata"]["labels"]
        assert labels.items() <= item["inputs"]["spec"]["template"]["metadata"]["labels"].items(), item["urn"]


def test_every_object_waits_for_its_namespace(resources: list[Resource]) -> None:
    """Directly, or through something that waits for it: else a first deployment is a matter of luck."""
    by_urn = {item["urn"]: item for item in resources}
    [namespace] = [item["urn"] for item in kubernetes_objects(resources, "Namespace")]

    def waits(urn: str) -> bool:
        found, seen = [urn], set[str]()
        while found:
            current = found.pop()
            if current == namespace:
                return True
            if current not in seen:
                seen.add(current)
                found += by_urn[current].get("dependencies") or []
        return False

    namespaced = [item for item in kubernetes_objects(resources) if "namespace" in item["inputs"]["metadata"]]
    assert not [item["urn"] for item in namespaced if not waits(item["urn"])]


def test_the_backend_starts_after_its_schema_and_its_stores(resources: list[Resource]) -> None:
    [backend] = [item for item in kubernetes_objects(resources, "Deployment") if name_of(item["urn"]) == "backend"]
    assert ("Job", "migrate") in {(kind_of_urn(urn), name_of(urn)) for urn in backend["dependencies"]}
    [migrate] = [item for item in kubernetes_objects(resources, "Job") if name_of(item["urn"]) == "migrate"]
    assert ("StatefulSet", "postgres") in {(kind_of_urn(urn), name_of(urn)) for urn in migrate["dependencies"]}


def kind_of_urn(urn: str) -> str:
    return urn.split("::")[2].rsplit(":", 1)[-1]


def test_nothing_is_protected_in_development(resources: list[Resource]) -> None:
    kept = [item["urn"] for item in custom_resources(resources) if item.get("protect") or item.get("retainOnDelete")]
    assert not kept


def test_only_data_needs_a_volume(resources: list[Resource]) -> None:
    """Claims are resources of their own: they can grow in place, be protected, and go with the stack."""
    for item in kubernetes_objects(resources, "StatefulSet"):
        assert not item["inputs"]["spec"].get("volumeClaimTemplates"), item["urn"]
    claims = {item["inputs"]["metadata"]["name"] for item in kubernetes_objects(resources, "PersistentVolumeClaim")}
    mounted = {
        volume["persistentVolumeClaim"]["claimName"]
        for item in kubernetes_objects(resources)
        if kind_of(item) in ("Deployment", "StatefulSet")
        for volume in item["inputs"]["spec"]["template"]["spec"].get("volumes") or []
        if "persistentVolumeClaim" in volume
    }
    assert claims == mounted
