"""Every stack through the real engine into the sandbox: complete, unchanged by a second run, its secrets secret."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.definitions import PUBLISHED_VARIABLE, definitions, operators, published_folder
from tests.support.graph import Resource
from tests.support.jarvis_project import CLOUDS, Deployed
from tests.support.kubectl import Kubectl

PODS = {"dev": 12, "staging": 19, "production": 34, "production-aws": 28, "production-azure": 28}
"""How many Pods a stack has at least; those of the production's database are its operator's, which does not run."""
SECRETS = {"dev": 5, "staging": 5, "production": 7, "production-aws": 5, "production-azure": 5}
"""How many values of a stack are secret."""
CUSTOM = {"dev": 0, "staging": 5, "production": 15, "production-aws": 4, "production-azure": 0}
"""How many objects of a stack are of kinds whose definitions are published, at least."""
TOO_SHORT = 16
"""Characters: shorter values of Secrets are names and regions."""


def test_every_workload_is_ready_and_every_pod_admitted(deployed: Deployed, kubectl: Kubectl) -> None:
    items = kubectl.get("deployments,statefulsets", "-n", deployed.namespace)["items"]
    assert len(items) >= 10
    for item in items:
        assert item["status"].get("readyReplicas") == item["spec"]["replicas"] >= 1, item["metadata"]["name"]
    jobs = kubectl.get("jobs", "-n", deployed.namespace)["items"]
    assert len(jobs) == 2
    assert all(job["status"].get("succeeded") == 1 for job in jobs)
    pods = kubectl.get("pods", "-n", deployed.namespace)["items"]
    assert len(pods) >= PODS[deployed.stack]
    assert {pod["status"]["phase"] for pod in pods} <= {"Running", "Succeeded"}
    refused = "--field-selector=type=Warning,reason=FailedCreate"
    assert not kubectl.get("events", "-n", deployed.namespace, refused)["items"]


def test_the_namespace_enforces_restricted(deployed: Deployed, kubectl: Kubectl) -> None:
    labels = kubectl.get("namespace", deployed.namespace)["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


def test_the_namespace_has_room_for_the_whole_stack_at_its_largest(deployed: Deployed, kubectl: Kubectl) -> None:
    """Beside what there is now, as many Pods as the autoscalers may add."""
    [quota] = kubectl.get("resourcequotas", "-n", deployed.namespace)["items"]
    scales = kubectl.get("hpa", "-n", deployed.namespace)["items"]
    more = sum(item["spec"]["maxReplicas"] - item["spec"]["minReplicas"] for item in scales)
    assert int(quota["status"]["used"]["pods"]) + more <= int(quota["status"]["hard"]["pods"])


@pytest.fixture(scope="module")
def second_up(deployed: Deployed) -> subprocess.CompletedProcess[str]:
    """A second run, which reads what there really is first."""
    return deployed.project.run("up", deployed.stack, "--expect-no-changes", "--json")


def test_a_second_up_finds_neither_changes_nor_drift(
    deployed: Deployed, second_up: subprocess.CompletedProcess[str]
) -> None:
    assert second_up.returncode == 0, second_up.stderr
    report = json.loads(second_up.stdout)
    assert report["changes"].pop("same") > 80
    assert set(report["changes"].values()) == {0}
    assert set(report["offline"]) <= {"kubernetes", "random", CLOUDS.get(deployed.stack)}


def test_no_secret_is_anywhere_in_the_clear(
    deployed: Deployed, kubectl: Kubectl, second_up: subprocess.CompletedProcess[str]
) -> None:
    secrets = secret_values(kubectl, deployed.namespace)
    assert len(secrets) == SECRETS[deployed.stack]
    encoded = {base64.b64encode(value.encode()).decode() for value in secrets}
    root = deployed.project.root
    texts = {str(path): path.read_text(errors="replace") for path in files_under(root / ".state")}
    texts |= {str(path): path.read_text(errors="replace") for path in root.glob("Pulumi*")}
    texts["a second up"] = second_up.stdout + second_up.stderr
    for command in ("outputs", "status"):
        done = deployed.project.run(command, deployed.stack)
        assert done.returncode == 0, done.stderr
        texts[command] = done.stdout + done.stderr
    stored = "configmaps,pods,deployments,statefulsets,jobs,cronjobs,services,events"
    texts["objects"] = kubectl("get", stored, "-n", deployed.namespace, "-o", "json")
    leaks = {place for place, text in texts.items() for value in secrets | encoded if value in text}
    assert len(texts) > 8
    assert not leaks


def secret_values(kubectl: Kubectl, namespace: str) -> set[str]:
    """Every value of every Secret of the namespace that a person would call secret, each word of a file by itself."""
    values: set[str] = set()
    for secret in kubectl.get("secrets", "-n", namespace)["items"]:
        for key, value in secret["data"].items():
            if key.lower().endswith(("password", "key", "key_id", "auth.conf")):
                values |= set(base64.b64decode(value).decode().split())
    return {value for value in values if len(value) >= TOO_SHORT}


def files_under(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and path.suffix not in (".gz",))


def published_kinds() -> set[tuple[str, str]]:
    """Group and plural of every kind whose published definition is at hand."""
    found = (item.name.partition(".") for name in operators() for item in definitions(name) if item.published)
    return {(group, plural) for plural, _, group in found}


def custom_objects(resources: list[Resource]) -> list[dict[str, Any]]:
    """The custom resources of a stack whose published definitions are at hand, as they were given to the engine."""
    groups = {group for group, _ in published_kinds()}
    return [
        {key: item["inputs"][key] for key in ("apiVersion", "kind", "metadata", "spec") if key in item["inputs"]}
        for item in resources
        if item["type"].startswith("kubernetes:") and item["inputs"].get("apiVersion", "").partition("/")[0] in groups
    ]


def test_custom_resources_are_what_their_published_definitions_say(
    deployed: Deployed, resources: list[Resource], kubectl: Kubectl
) -> None:
    """Asked for strictly, the API server refuses fields that a definition does not name."""
    if published_folder() is None:
        pytest.skip(f"no folder with published definitions of custom kinds; {PUBLISHED_VARIABLE} names one")
    objects = custom_objects(resources)
    if not CUSTOM[deployed.stack]:
        assert objects == []
        return
    assert len(objects) >= CUSTOM[deployed.stack]
    strictly = ("apply", "--server-side", "--force-conflicts", "--dry-run=server", "--validate=strict", "-f", "-")
    kubectl(*strictly, manifest={"apiVersion": "v1", "kind": "List", "items": objects})
    # One of each kind is enough to see that its fields are judged at all.
    for item in json.loads(json.dumps({item["kind"]: item for item in objects})).values():
        item["spec"]["noSuchField"] = 1
        refused = kubectl.run(*strictly, manifest=item)
        assert "noSuchField" in refused.stderr, item["kind"]
