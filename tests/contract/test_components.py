"""What every component promises about the graph that it registers, on the graph that the real engine recorded."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Final

import pytest

from tests.contract.support import (
    STACK_TYPE,
    component_resources,
    kind_of,
    kubernetes_objects,
    object_name,
    pod_templates,
    registered_stack,
)
from tests.support.graph import Resource, name_of
from tests.support.jarvis_project import STACKS, Deployed

FAMILIES: Final[Mapping[str, Collection[str]]] = {
    "dev": {"cache", "cluster", "database", "jarvis", "monitoring", "network", "secrets", "security"},
    "staging": {
        *("cache", "certificates", "cluster", "database", "exposure", "jarvis", "monitoring", "network", "platform"),
        *("secrets", "security"),
    },
    "production": {
        *("cache", "certificates", "cluster", "database", "exposure", "jarvis", "monitoring", "network", "platform"),
        "security",
    },
    "production-aws": (
        *("backup", "cache", "certificates", "cloud", "cluster", "database", "exposure", "jarvis", "monitoring"),
        *("network", "platform", "security"),
        "cloud",  # its dashboard, which shows all the others
    ),
    "production-azure": {
        *("cache", "cloud", "cluster", "database", "exposure", "jarvis", "monitoring", "network", "security"),
    },
}
"""By stack. Secrets that people give, a port-forward and a backup's location are no resources."""
COMPONENT_TYPE = re.compile(
    rf"jarvis:({'|'.join(sorted({family for families in FAMILIES.values() for family in families}))}):[A-Z][A-Za-z]+"
)
LONGEST_NAME = 41
NAMED_BY_OTHERS = {"aws:iam/rolePolicyAttachment:RolePolicyAttachment"}
"""After a policy of AWS's own, capitals and all."""
PROMISES = (
    *("image-tags", "operator-job-pods", "operator-jobs", "operator-restarts", "privileges", "registries"),
    *("resources", "services"),
)
PRIORITIES = ("backend", "batch", "frontend")
NAMESPACES = {
    "dev": set[str](),
    "staging": {"cert-manager"},
    "production": {"cert-manager", "cnpg-system", "envoy-gateway-system"},
    "production-aws": {"cert-manager"},
    "production-azure": set[str](),
}
"""Those that add-ons bring, by stack."""
FEWEST = {
    "dev": (15, 80),
    "staging": (25, 150),
    "production": (25, 180),
    "production-aws": (35, 140),
    "production-azure": (30, 130),
}
"""By stack, how many components and objects there are at least: a test over none would pass."""


def cluster_wide(stack: str, namespace: str) -> set[str]:
    """The objects that a namespace cannot hold. Other stacks' may be beside them, so that all bear the namespace's name
    but the namespaces of add-ons, which serve the whole cluster."""
    of_kubelets = f"{namespace}-prometheus-server-kubelets"
    classes = [f"PriorityClass/{namespace}-{name}" for name in PRIORITIES] if stack != "dev" else []
    return {
        f"Namespace/{namespace}",
        *(f"Namespace/{name}" for name in NAMESPACES[stack]),
        *(f"ValidatingAdmissionPolicy/{namespace}-{promise}" for promise in PROMISES),
        *(f"ValidatingAdmissionPolicyBinding/{namespace}-{promise}" for promise in PROMISES),
        f"ClusterRole/{of_kubelets}",
        f"ClusterRoleBinding/{of_kubelets}",
        *classes,
        *([f"GatewayClass/{namespace}"] if stack == "production" else []),
        *(["StorageClass/gp3"] if stack == "production-aws" else []),
    }


STORES = {
    "dev": ("kubernetes:apps/v1:StatefulSet::postgres", "kubernetes:apps/v1:StatefulSet::redis"),
    "staging": ("kubernetes:apps/v1:StatefulSet::postgres", "kubernetes:apps/v1:StatefulSet::redis"),
    "production": (
        "kubernetes:postgresql.cnpg.io/v1:Cluster::postgres-cluster",
        "kubernetes:apps/v1:StatefulSet::redis",
    ),
    "production-aws": (
        "aws:rds/instance:Instance::postgres",
        "aws:elasticache/replicationGroup:ReplicationGroup::redis",
    ),
    "production-azure": (
        "azure-native:dbforpostgresql:Server::server",
        "azure-native:redisenterprise:Database::database",
    ),
}
"""The database and the cache of each stack, as their URNs end."""


def test_every_component_has_a_type_of_its_family(deployed: Deployed, resources: list[Resource]) -> None:
    components = component_resources(resources)
    assert len(components) >= FEWEST[deployed.stack][0]
    assert not [item["type"] for item in components if not COMPONENT_TYPE.fullmatch(item["type"])]


def test_the_stack_is_made_of_one_component_of_each_family(deployed: Deployed, resources: list[Resource]) -> None:
    [stack] = [item["urn"] for item in resources if item["type"] == STACK_TYPE]
    top = [item["type"].split(":")[1] for item in component_resources(resources) if item["parent"] == stack]
    assert sorted(top) == sorted(FAMILIES[deployed.stack])


@pytest.mark.parametrize("stack", STACKS)
def test_every_component_registered_its_outputs(stack: str) -> None:
    """By mocks: the engine's checkpoint does not tell empty outputs from ones that were never registered."""
    graph = registered_stack(stack)
    components = [item for item in graph.resources if item.type.startswith("jarvis:")]
    assert len(components) >= FEWEST[stack][0]
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
    own = {name for type_, name in named if type_ not in NAMED_BY_OTHERS}
    assert not [name for name in own if len(name) > LONGEST_NAME or name != name.lower()]


def namable(resources: list[Resource]) -> list[Resource]:
    """All objects but Helm releases, which are none of the API server's."""
    return [item for item in kubernetes_objects(resources) if kind_of(item) != "Release"]


def test_objects_have_fixed_names_in_the_stacks_namespace(deployed: Deployed, resources: list[Resource]) -> None:
    objects = namable(resources)
    assert len(objects) >= FEWEST[deployed.stack][1]
    for item in objects:
        metadata = item["inputs"]["metadata"]
        assert metadata.get("name"), item["urn"]
        assert "generateName" not in metadata
        assert item["id"].rsplit("/", 1)[-1] == metadata["name"], "auto-named"
    without = {object_name(item) for item in objects if "namespace" not in item["inputs"]["metadata"]}
    assert without == cluster_wide(deployed.stack, deployed.namespace)
    namespaces = {item["inputs"]["metadata"].get("namespace", deployed.namespace) for item in objects}
    assert namespaces == {deployed.namespace}


def test_no_two_resources_are_the_same_object(resources: list[Resource]) -> None:
    objects = Counter((item["type"], item["id"]) for item in kubernetes_objects(resources))
    assert not [key for key, count in objects.items() if count > 1]


def test_objects_have_the_recommended_labels(deployed: Deployed, resources: list[Resource]) -> None:
    shared = {f"Namespace/{name}" for name in NAMESPACES[deployed.stack]}
    for item in namable(resources):
        labels = item["inputs"]["metadata"].get("labels") or {}
        assert labels.get("app.kubernetes.io/part-of") == "jarvis", item["urn"]
        assert labels.get("app.kubernetes.io/managed-by") == "pulumi", item["urn"]
        if object_name(item) in shared:
            continue
        assert labels.get("environment") == deployed.environment, item["urn"]
        assert labels.get("app.kubernetes.io/name"), item["urn"]
        assert labels.get("app.kubernetes.io/component"), item["urn"]


def test_pod_templates_have_the_labels_of_their_workload(resources: list[Resource]) -> None:
    """All of them, so that what is selected in a dashboard or by kubectl is the workload with its Pods."""
    for item in kubernetes_objects(resources, "Deployment", "StatefulSet", "Job"):
        labels = item["inputs"]["metadata"]["labels"]
        assert labels.items() <= item["inputs"]["spec"]["template"]["metadata"]["labels"].items(), item["urn"]


def waits_for(resources: list[Resource], urn: str, awaited: str) -> bool:
    """Whether a resource depends on another, directly or through what it depends on."""
    by_urn = {item["urn"]: item for item in resources}
    found, seen = [urn], set[str]()
    while found:
        current = found.pop()
        if current == awaited:
            return True
        if current not in seen:
            seen.add(current)
            found += by_urn[current].get("dependencies") or []
    return False


def test_every_object_waits_for_its_namespace(deployed: Deployed, resources: list[Resource]) -> None:
    """Directly, or through something that waits for it: else a first deployment is a matter of luck."""
    namespaces = kubernetes_objects(resources, "Namespace")
    [namespace] = [item["urn"] for item in namespaces if item["inputs"]["metadata"]["name"] == deployed.namespace]
    namespaced = [item["urn"] for item in namable(resources) if "namespace" in item["inputs"]["metadata"]]
    assert not [urn for urn in namespaced if not waits_for(resources, urn, namespace)]


def test_the_backend_starts_after_its_schema_and_its_stores(deployed: Deployed, resources: list[Resource]) -> None:
    def one(ending: str) -> str:
        [urn] = [item["urn"] for item in resources if item["urn"].endswith(ending)]
        return urn

    database, cache = map(one, STORES[deployed.stack])
    backend, migrate = one("kubernetes:apps/v1:Deployment::backend"), one("kubernetes:batch/v1:Job::migrate")
    assert waits_for(resources, backend, migrate)
    assert waits_for(resources, backend, cache)
    assert waits_for(resources, migrate, database)


def test_claims_are_resources_of_the_stack_and_each_is_mounted(resources: list[Resource]) -> None:
    """A StatefulSet's template finds the claims that are there: those can grow in place, be protected, and go."""
    claims = {item["inputs"]["metadata"]["name"] for item in kubernetes_objects(resources, "PersistentVolumeClaim")}
    named = {
        volume["persistentVolumeClaim"]["claimName"]
        for template in pod_templates(resources)
        for volume in template.spec.get("volumes") or []
        if "persistentVolumeClaim" in volume
    }
    from_templates = {
        f"{claim['metadata']['name']}-{item['inputs']['metadata']['name']}-{ordinal}"
        for item in kubernetes_objects(resources, "StatefulSet")
        for claim in item["inputs"]["spec"].get("volumeClaimTemplates") or []
        for ordinal in range(item["inputs"]["spec"]["replicas"])
    }
    assert claims == named | from_templates
