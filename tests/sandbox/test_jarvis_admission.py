"""A real API server that enforces `restricted` accepts every object of the application (dry run, strict fields)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from kubernetes import config as kubeconfig
from kubernetes.client import ApiClient, ApiException, CoreV1Api, SchedulingV1Api
from kubernetes.dynamic import DynamicClient

from sandbox.control_plane import ControlPlane
from tests.unit.jarvis.support import app_settings, deployed
from tests.unit.jarvis.test_app import EVERYTHING

LOOKED_UP = {"ServiceAccount", "PriorityClass"}
"""Kinds that are made for good, since the admission of Pods looks them up."""
STACK = "app.kubernetes.io/part-of=jarvis,environment=test"


@pytest.fixture(scope="module")
def api(control_plane: ControlPlane) -> ApiClient:
    return kubeconfig.new_client_from_config(str(control_plane.kubeconfig))


@pytest.fixture
def namespace(api: ApiClient) -> Iterator[str]:
    name = f"admission-{uuid.uuid4().hex[:8]}"
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    CoreV1Api(api).create_namespace({"metadata": {"name": name, "labels": labels}})
    yield name
    CoreV1Api(api).delete_namespace(name)
    SchedulingV1Api(api).delete_collection_priority_class(label_selector=STACK)


def whole(value: Any) -> Any:
    """Whole numbers as integers: the mocks' transport knows only floats."""
    if isinstance(value, dict):
        return {key: whole(item) for key, item in value.items()}
    if isinstance(value, list):
        return [whole(item) for item in value]
    return int(value) if isinstance(value, float) else value


def objects(changes: dict[str, Any], namespace: str) -> list[dict[str, Any]]:
    """Every object of the application, and the Pod that each Deployment and Job would make."""
    found: list[dict[str, Any]] = []
    for resource in deployed(app_settings(**changes), tls="own authority", high_availability=True).resources:
        if not resource.type.startswith("kubernetes:"):
            continue
        item = whole(resource.inputs)
        if "namespace" in item["metadata"]:
            item["metadata"]["namespace"] = namespace
        found.append(item)
        if item["kind"] in {"Deployment", "Job"}:
            metadata = {"name": item["metadata"]["name"], "namespace": namespace}
            found.append(
                {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": item["spec"]["template"]["spec"]}
            )
    return found


def create(api: ApiClient, item: dict[str, Any], **options: str) -> None:
    resource = DynamicClient(api).resources.get(api_version=item["apiVersion"], kind=item["kind"])
    query = list({"fieldValidation": "Strict", **options}.items())
    resource.create(body=item, namespace=item["metadata"].get("namespace"), query_params=query)


def dry_run(api: ApiClient, item: dict[str, Any]) -> None:
    create(api, item, dryRun="All")


@pytest.mark.parametrize("changes", [{}, EVERYTHING], ids=["smallest", "everything"])
def test_every_object_is_accepted(api: ApiClient, namespace: str, changes: dict[str, Any]) -> None:
    refused: dict[str, str] = {}
    items = objects(changes, namespace)
    for item in sorted(items, key=lambda item: item["kind"] not in LOOKED_UP):
        try:
            if item["kind"] in LOOKED_UP:
                create(api, item)
            else:
                dry_run(api, item)
        except ApiException as error:
            refused[f"{item['kind']}/{item['metadata']['name']}"] = str(error.body)
    assert refused == {}


def test_the_server_does_judge(api: ApiClient, namespace: str) -> None:
    metadata = {"name": "bare", "namespace": namespace}
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": metadata,
        "spec": {"containers": [{"name": "a", "image": "a"}]},
    }
    with pytest.raises(ApiException, match="violates PodSecurity"):
        dry_run(api, pod)


def test_misspelt_fields_are_refused(api: ApiClient, namespace: str) -> None:
    (config,) = [item for item in objects({}, namespace) if item["kind"] == "ConfigMap"]
    with pytest.raises(ApiException, match="unknown field"):
        dry_run(api, {**config, "dada": {}})
