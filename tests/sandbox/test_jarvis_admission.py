"""A real API server that enforces `restricted` accepts every object of the application (dry run, strict fields)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from kubernetes import config as kubeconfig
from kubernetes.client import ApiClient, ApiException, CoreV1Api
from kubernetes.dynamic import DynamicClient

from sandbox.control_plane import ControlPlane
from tests.unit.jarvis.support import app_settings, deployed
from tests.unit.jarvis.test_app import EVERYTHING


@pytest.fixture(scope="module")
def api(control_plane: ControlPlane) -> ApiClient:
    return kubeconfig.new_client_from_config(str(control_plane.kubeconfig))


@pytest.fixture(scope="module")
def namespace(api: ApiClient) -> Iterator[str]:
    name = f"admission-{uuid.uuid4().hex[:8]}"
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    CoreV1Api(api).create_namespace({"metadata": {"name": name, "labels": labels}})
    yield name
    CoreV1Api(api).delete_namespace(name)


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
    for resource in deployed(app_settings(**changes)).resources:
        if not resource.type.startswith("kubernetes:"):
            continue
        item = whole(resource.inputs)
        item["metadata"]["namespace"] = namespace
        found.append(item)
        if item["kind"] in {"Deployment", "Job"}:
            metadata = {"name": item["metadata"]["name"], "namespace": namespace}
            found.append(
                {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": item["spec"]["template"]["spec"]}
            )
    return found


def dry_run(api: ApiClient, item: dict[str, Any]) -> None:
    resource = DynamicClient(api).resources.get(api_version=item["apiVersion"], kind=item["kind"])
    query = [("dryRun", "All"), ("fieldValidation", "Strict")]
    resource.create(body=item, namespace=item["metadata"]["namespace"], query_params=query)


def make_accounts(api: ApiClient, items: list[dict[str, Any]], namespace: str) -> None:
    """Make the ServiceAccounts for good: admission looks a Pod's up."""
    there = {account.metadata.name for account in CoreV1Api(api).list_namespaced_service_account(namespace).items}
    for item in items:
        if item["kind"] == "ServiceAccount" and item["metadata"]["name"] not in there:
            CoreV1Api(api).create_namespaced_service_account(namespace, item)


@pytest.mark.parametrize("changes", [{}, EVERYTHING], ids=["smallest", "everything"])
def test_every_object_is_accepted(api: ApiClient, namespace: str, changes: dict[str, Any]) -> None:
    refused: dict[str, str] = {}
    items = objects(changes, namespace)
    make_accounts(api, items, namespace)
    for item in (item for item in items if item["kind"] != "ServiceAccount"):
        try:
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
