"""The AppProject and the Applications of a stack, against Argo CD's own published definitions where these are."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from components.gitops.contract import ChartRelease, OwnedField, SyncedObject
from components.gitops.settings import GitopsSettings
from components.gitops.stack import StackDelivery
from sandbox.definitions import published_folder

NAMESPACE = "jarvis-production"
OBJECTS = [
    SyncedObject("", "Namespace", NAMESPACE, None),
    SyncedObject("rbac.authorization.k8s.io", "ClusterRole", "jarvis-production-prometheus", None),
    SyncedObject("", "ConfigMap", "jarvis-config", NAMESPACE),
    SyncedObject("", "ConfigMap", "grafana", NAMESPACE),
    SyncedObject("apps", "Deployment", "jarvis-backend", NAMESPACE),
    SyncedObject("apps", "DaemonSet", "node-exporter", "jarvis-production-nodes"),
]
RELEASES = [
    ChartRelease("cnpg", "cnpg-system", "https://cnpg.example.com/charts", "cloudnative-pg", "0.27.0", -10),
    ChartRelease(
        "argo-rollouts", "argo-rollouts", "ghcr.io/argoproj/argo-helm", "argo-rollouts", "2.40.5", -10,
        {"controller": {"replicas": 2}}, skip_crds=True, create_namespace=True,
    ),
]  # fmt: skip
OWNED = [
    OwnedField(NAMESPACE, "argoproj.io", "Rollout", "jarvis-backend", "/spec/replicas"),
    OwnedField(NAMESPACE, "apps", "Deployment", "jarvis-interface", "/spec/replicas"),
    OwnedField(NAMESPACE, "", "Service", "jarvis-backend", "/spec/selector/rollouts-pod-template-hash"),
]


def delivery(**changes: Any) -> StackDelivery:
    section = {"repoUrl": "git@git.example.com:jarvis.git", "path": "clusters/production", **changes}
    return StackDelivery(GitopsSettings.model_validate(section), "production", NAMESPACE)


def everything(made: StackDelivery) -> Iterator[dict[str, Any]]:
    yield made.project(OBJECTS).as_manifest()
    yield made.addons_project(RELEASES).as_manifest()
    yield made.application("manifests", OWNED).as_manifest()
    for release in RELEASES:
        yield made.addon(release).as_manifest()


def strict(schema: Any) -> Any:
    """The schema, which refuses fields that it does not list: the API server would drop them."""
    if not isinstance(schema, dict):
        return [strict(item) for item in schema] if isinstance(schema, list) else schema
    closed = {key: strict(value) for key, value in schema.items()}
    if "properties" in schema and not schema.get("x-kubernetes-preserve-unknown-fields"):
        closed.setdefault("additionalProperties", False)
    return closed


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"destination": {"name": "production"}, "syncPolicy": {"automated": False}, "cascadeDelete": True},
        {"destination": {"server": "https://k8s.example.com:6443"}, "project": "jarvis", "targetRevision": "v1.9.0"},
    ],
)
def test_argo_cd_s_definitions_admit_every_object(changes: dict[str, Any]) -> None:
    schemas = published_schemas()
    if not schemas:
        pytest.skip("Argo CD's published definitions are not here (JARVIS_CRDS names their folder)")
    for body in everything(delivery(**changes)):
        jsonschema.validate(body, schemas[body["apiVersion"], body["kind"]])


@cache
def published_schemas() -> dict[tuple[str, str], Any]:
    """Strict schemas of the kinds that are made here, by API version and kind."""
    folder = published_folder()
    found: dict[tuple[str, str], Any] = {}
    for name in ("application-crd.yaml", "appproject-crd.yaml"):
        for path in folder.glob(f"argo-cd-*/{name}") if folder is not None else ():
            read(path, found)
    return found


def read(path: Path, found: dict[tuple[str, str], Any]) -> None:
    definition = yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)
    spec = definition["spec"]
    for version in spec["versions"]:
        schema = strict(version["schema"]["openAPIV3Schema"])
        schema["properties"]["metadata"] = {"type": "object"}
        found[f"{spec['group']}/{version['name']}", spec["names"]["kind"]] = schema


def test_the_project_allows_one_repository_its_namespaces_and_what_is_synced_and_made_of_it() -> None:
    spec = delivery().project(OBJECTS).as_manifest()["spec"]
    assert spec["sourceRepos"] == ["git@git.example.com:jarvis.git"]
    server = "https://kubernetes.default.svc"
    assert spec["destinations"] == [
        {"namespace": NAMESPACE, "server": server},
        {"namespace": "jarvis-production-nodes", "server": server},
    ]
    assert spec["clusterResourceWhitelist"] == [
        {"group": "", "kind": "Namespace", "name": NAMESPACE},
        {"group": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "jarvis-production-prometheus"},
    ]
    assert spec["namespaceResourceWhitelist"] == [
        {"group": "", "kind": "ConfigMap"},
        {"group": "", "kind": "Pod"},
        {"group": "apps", "kind": "DaemonSet"},
        {"group": "apps", "kind": "Deployment"},
        {"group": "apps", "kind": "ReplicaSet"},
    ]
    assert "*" not in str(spec)


def test_the_application_applies_on_the_server_and_leaves_controllers_fields_alone() -> None:
    body = delivery().application("manifests", OWNED).as_manifest()
    spec = body["spec"]
    assert spec["project"] == body["metadata"]["name"] == NAMESPACE
    assert spec["source"] == {
        "repoURL": "git@git.example.com:jarvis.git",
        "path": "clusters/production/manifests",
        "targetRevision": "main",
    }
    assert {"ServerSideApply=true", "RespectIgnoreDifferences=true"} <= set(spec["syncPolicy"]["syncOptions"])
    assert spec["syncPolicy"]["automated"] == {"prune": True, "selfHeal": True}
    assert spec["syncPolicy"]["retry"] == {
        "limit": 5,
        "backoff": {"duration": "5s", "factor": 2, "maxDuration": "180s"},
    }
    assert [(item["kind"], item["name"], item["jsonPointers"]) for item in spec["ignoreDifferences"]] == [
        ("Service", "jarvis-backend", ["/spec/selector/rollouts-pod-template-hash"]),
        ("Deployment", "jarvis-interface", ["/spec/replicas"]),
        ("Rollout", "jarvis-backend", ["/spec/replicas"]),
    ]
    assert "finalizers" not in body["metadata"]
    assert body["metadata"]["annotations"] == {"argocd.argoproj.io/compare-options": "ServerSideDiff=true"}


def test_settings_reach_the_objects() -> None:
    made = delivery(
        project="jarvis",
        namespace="gitops",
        destination={"name": "production"},
        syncPolicy={"prune": False, "selfHeal": False},
        cascadeDelete=True,
    )
    body = made.application("manifests", []).as_manifest()
    assert (body["metadata"]["name"], body["metadata"]["namespace"]) == ("jarvis", "gitops")
    assert body["metadata"]["finalizers"] == ["resources-finalizer.argocd.argoproj.io"]
    assert body["spec"]["destination"] == {"namespace": NAMESPACE, "name": "production"}
    assert body["spec"]["syncPolicy"]["automated"] == {"prune": False, "selfHeal": False}
    assert "ignoreDifferences" not in body["spec"]
    quiet = delivery(syncPolicy={"automated": False}).application("manifests", []).as_manifest()
    assert "automated" not in quiet["spec"]["syncPolicy"]


def test_releases_have_a_project_of_their_own_that_only_fetches_their_charts() -> None:
    made = delivery()
    project = made.addons_project(RELEASES).as_manifest()
    assert project["metadata"]["name"] == "jarvis-production-addons"
    assert project["spec"]["sourceRepos"] == ["ghcr.io/argoproj/argo-helm", "https://cnpg.example.com/charts"]
    namespaces = {item["namespace"] for item in project["spec"]["destinations"]}
    assert namespaces == {"argo-rollouts", "cnpg-system", "kube-system"}
    assert NAMESPACE not in namespaces
    addon = made.addon(RELEASES[1]).as_manifest()
    assert addon["spec"]["project"] == "jarvis-production-addons"
    assert addon["spec"]["source"]["helm"] == {
        "releaseName": "argo-rollouts",
        "valuesObject": {"controller": {"replicas": 2}},
        "skipCrds": True,
    }
    assert addon["spec"]["syncPolicy"]["syncOptions"] == ["ServerSideApply=true", "CreateNamespace=true"]
    plain = made.addon(RELEASES[0]).as_manifest()["spec"]
    assert plain["source"]["helm"] == {"releaseName": "cnpg"}
    assert plain["syncPolicy"]["syncOptions"] == ["ServerSideApply=true"]
