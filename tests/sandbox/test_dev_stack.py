"""The dev stack through the real engine into the sandbox: drifted, updated, protected, destroyed.

What all stacks have in common is in test_stacks.py.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sandbox.control_plane import ControlPlane
from tests.support.jarvis_project import JarvisProject
from tests.support.kubectl import Kubectl

NAMESPACE = "jarvis-development"


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
    dev_stack.change("dev", {"jarvis:app.jwtExpireMinutes": 999})
    try:
        dev_stack.json("up", "dev")
        assert kubectl.get("configmap", "jarvis-config", "-n", NAMESPACE)["data"]["JWT_EXPIRE_MINUTES"] == "999"
        after = checksums()
        assert {name for name in before if before[name] != after[name]} == {"jarvis-backend"}
    finally:
        file.write_text(text)
        dev_stack.json("up", "dev")


def test_a_destroy_that_protected_resources_would_stop_is_refused_whole(
    dev_stack: JarvisProject, kubectl: Kubectl
) -> None:
    file = dev_stack.root / "Pulumi.dev.yaml"
    text = file.read_text()
    dev_stack.change("dev", {"jarvis:protect": True})
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
    project.change("dev", {"jarvis:cluster.namespace": "jarvis-gone"})
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
