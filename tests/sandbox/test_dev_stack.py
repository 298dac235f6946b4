"""The dev stack through the real engine into the sandbox: deployed, unchanged, drifted, updated, destroyed."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox.control_plane import ControlPlane
from tests.support.jarvis_project import JarvisProject
from tests.support.kubectl import Kubectl

NAMESPACE = "jarvis-development"
WORKLOADS = {
    "Deployment": {
        "grafana",
        "jarvis-backend",
        "jarvis-frontend",
        "jarvis-interface",
        "jarvis-stt",
        "jarvis-tts",
    },
    "StatefulSet": {"postgres", "redis"},
}


def secret_values(kubectl: Kubectl) -> set[str]:
    """Every value of every Secret of the namespace that a person would call secret."""
    values: set[str] = set()
    for secret in kubectl.get("secrets", "-n", NAMESPACE)["items"]:
        for key, value in secret["data"].items():
            if key.lower().endswith(("password", "secret_key", "secretkey", "auth.conf")):
                values |= set(base64.b64decode(value).decode().split())
    return {value for value in values if len(value) >= 16}


def test_every_workload_is_ready(dev_stack: JarvisProject, kubectl: Kubectl) -> None:
    for kind, names in WORKLOADS.items():
        found = {item["metadata"]["name"]: item for item in kubectl.get(kind, "-n", NAMESPACE)["items"]}
        assert names <= set(found)
        for name, item in found.items():
            assert item["status"].get("readyReplicas") == item["spec"]["replicas"], name
    jobs = kubectl.get("jobs", "-n", NAMESPACE)["items"]
    assert jobs
    assert all(job["status"].get("succeeded") == 1 for job in jobs)


def test_the_namespace_enforces_restricted_and_every_pod_was_admitted(
    dev_stack: JarvisProject, kubectl: Kubectl
) -> None:
    labels = kubectl.get("namespace", NAMESPACE)["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    pods = kubectl.get("pods", "-n", NAMESPACE)["items"]
    assert len(pods) >= 10
    assert {pod["status"]["phase"] for pod in pods} <= {"Running", "Succeeded"}
    warnings = kubectl.get("events", "-n", NAMESPACE, "--field-selector=type=Warning,reason=FailedCreate")["items"]
    assert not warnings


def test_a_second_up_changes_nothing(dev_stack: JarvisProject) -> None:
    report = dev_stack.json("up", "dev")
    assert {kind: report["changes"][kind] for kind in ("create", "update", "delete", "replace")} == {
        "create": 0,
        "update": 0,
        "delete": 0,
        "replace": 0,
    }
    assert report["changes"]["same"] > 50
    assert sorted(report["offline"]) == ["kubernetes", "random"]


def test_nothing_has_drifted_right_after_the_deployment(dev_stack: JarvisProject) -> None:
    done = dev_stack.run("refresh", "dev", "--expect-no-changes")
    assert done.returncode == 0, done.stderr


def test_drift_is_found_and_mended(dev_stack: JarvisProject, kubectl: Kubectl) -> None:
    original = kubectl.get("configmap", "jarvis-config", "-n", NAMESPACE)["data"]
    patch = json.dumps({"data": {"LOG_LEVEL": "TRACE"}})
    kubectl("patch", "configmap", "jarvis-config", "-n", NAMESPACE, "--type=merge", "-p", patch)
    kubectl("delete", "service", "jarvis-tts", "-n", NAMESPACE)
    assert dev_stack.run("up", "dev", "--expect-no-changes").returncode == 3
    dev_stack.json("up", "dev", "--refresh")
    assert kubectl.get("configmap", "jarvis-config", "-n", NAMESPACE)["data"] == original
    kubectl.get("service", "jarvis-tts", "-n", NAMESPACE)
    assert dev_stack.run("up", "dev", "--expect-no-changes").returncode == 0


def test_a_changed_setting_rolls_what_reads_it_and_nothing_else(dev_stack: JarvisProject, kubectl: Kubectl) -> None:
    def checksums() -> dict[str, str]:
        items = kubectl.get("deployments", "-n", NAMESPACE)["items"]
        return {item["metadata"]["name"]: json.dumps(item["spec"]["template"]["metadata"]) for item in items}

    file = dev_stack.root / "Pulumi.dev.yaml"
    text = file.read_text()
    before = checksums()
    content = yaml.safe_load(text)
    content["config"]["jarvis:app"]["jwtExpireMinutes"] = 999
    file.write_text(yaml.safe_dump(content))
    try:
        dev_stack.json("up", "dev")
        assert kubectl.get("configmap", "jarvis-config", "-n", NAMESPACE)["data"]["JWT_EXPIRE_MINUTES"] == "999"
        after = checksums()
        assert {name for name in before if before[name] != after[name]} == {"jarvis-backend"}
    finally:
        file.write_text(text)
        dev_stack.json("up", "dev")


def test_no_secret_is_anywhere_in_the_clear(dev_stack: JarvisProject, kubectl: Kubectl) -> None:
    secrets = secret_values(kubectl)
    assert len(secrets) >= 4
    encoded = {base64.b64encode(value.encode()).decode() for value in secrets}
    texts = {str(path): path.read_text(errors="replace") for path in files_under(dev_stack.root / ".state")}
    texts |= {str(path): path.read_text(errors="replace") for path in dev_stack.root.glob("Pulumi*")}
    for arguments in (["preview", "dev", "--json"], ["outputs", "dev"], ["status", "dev"], ["up", "dev"]):
        done = dev_stack.run(*arguments)
        texts[" ".join(arguments)] = done.stdout + done.stderr
    texts["ConfigMaps"] = kubectl("get", "configmaps", "-n", NAMESPACE, "-o", "json")
    texts["Pods"] = kubectl("get", "pods", "-n", NAMESPACE, "-o", "json")
    leaks = {place for place, text in texts.items() for value in secrets | encoded if value in text}
    assert len(texts) > 10
    assert not leaks


def files_under(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and path.suffix not in (".gz",))


def test_a_destroy_that_protected_resources_would_stop_is_refused_whole(
    dev_stack: JarvisProject, kubectl: Kubectl
) -> None:
    file = dev_stack.root / "Pulumi.dev.yaml"
    text = file.read_text()
    content = yaml.safe_load(text)
    content["config"]["jarvis:protect"] = True
    file.write_text(yaml.safe_dump(content))
    try:
        dev_stack.json("up", "dev")
        before = len(dev_stack.resources("dev"))
        refused = dev_stack.run("destroy", "dev")
        assert refused.returncode == 1
        assert "so nothing is destroyed" in refused.stderr
        assert "data-postgres-0" in refused.stderr
        assert len(dev_stack.resources("dev")) == before
        kubectl.get("deployment", "jarvis-backend", "-n", NAMESPACE)
    finally:
        file.write_text(text)
        dev_stack.json("up", "dev")


@pytest.fixture
def other_project(tmp_path: Path, control_plane: ControlPlane) -> JarvisProject:
    """The dev stack in a namespace of its own, to be destroyed."""
    project = JarvisProject.create(tmp_path / "project", control_plane)
    file = project.root / "Pulumi.dev.yaml"
    content: dict[str, Any] = yaml.safe_load(file.read_text())
    content["config"]["jarvis:cluster"]["namespace"] = "jarvis-gone"
    file.write_text(yaml.safe_dump(content))
    return project


def test_destroy_leaves_no_object(other_project: JarvisProject, kubectl: Kubectl) -> None:
    def everything() -> set[str]:
        kinds = "namespaces,clusterroles,clusterrolebindings,persistentvolumes"
        return set(kubectl("get", kinds, "-o", "name").split())

    before = everything()
    other_project.json("up", "dev")
    assert "namespace/jarvis-gone" in everything()
    other_project.json("destroy", "dev")
    assert everything() == before
    assert not other_project.resources("dev")
