"""The policy pack under the real engine: what it refuses, what it advises, what it lets pass."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox.control_plane import ControlPlane
from sandbox.plugins import write_policy_pack
from sandbox.toolchain import Toolchain
from tests.support.inline_stack import InlineStack
from tests.support.jarvis_project import REPOSITORY, STACKS, JarvisProject
from tests.support.kubectl import Kubectl

CANARY = "canary-hunter22"
LABELS = {
    "app.kubernetes.io/name": "seeded",
    "app.kubernetes.io/part-of": "jarvis",
    "app.kubernetes.io/managed-by": "pulumi",
    "environment": "test",
}


@pytest.fixture
def project(tmp_path: Path, control_plane: ControlPlane) -> JarvisProject:
    return JarvisProject.create(tmp_path, control_plane)


def _configure(project: JarvisProject, stack: str, **sections: dict[str, Any]) -> None:
    file = project.root / f"Pulumi.{stack}.yaml"
    content = yaml.safe_load(file.read_text())
    for section, values in sections.items():
        content["config"][f"jarvis:{section}"] |= values
    file.write_text(yaml.safe_dump(content))


def test_a_moved_image_tag_is_refused_with_its_sentence(project: JarvisProject) -> None:
    _configure(project, "dev", app={"image": {"tag": "main"}}, security={"admission": {"imageTags": {"action": "Off"}}})
    done = project.run("preview", "dev", "--format", "markdown")
    assert done.returncode == 1
    sentence = (
        "Policy image-tags: Deployment jarvis-backend: container jarvis-backend (jarvis:main). An image has no tag or"
        " one that is moved from build to build: name a fixed version, or a digest."
    )
    assert sentence in done.stderr
    assert sentence in done.stdout


@pytest.mark.parametrize("stack", STACKS)
def test_the_stacks_keep_to_every_policy(project: JarvisProject, stack: str) -> None:
    """Advice included: what is advised against is either put right or said in the environment's configuration."""
    report = project.json("preview", stack)
    assert [item["message"] for item in report["diagnostics"] if item["message"].startswith("Policy ")] == []


@pytest.fixture
def stack(tmp_path: Path, control_plane: ControlPlane, toolchain: Toolchain) -> InlineStack:
    return InlineStack(tmp_path / "stack", toolchain.ensure("pulumi")["pulumi"], control_plane.kubeconfig)


@pytest.fixture
def judged(tmp_path: Path) -> dict[str, list[str]]:
    """Options of the Automation API."""
    return {"policy_packs": [str(write_policy_pack(tmp_path / "pack", Path(sys.executable), REPOSITORY / "policies"))]}


def _seeded() -> None:
    """A program with mistakes of several kinds; of one, only the stack as a whole shows it."""
    from pulumi_kubernetes.apps.v1 import Deployment
    from pulumi_kubernetes.core.v1 import ConfigMap, Namespace

    Namespace("namespace", metadata={"name": "jarvis-seeded", "labels": LABELS})
    metadata = {"name": "seeded", "namespace": "jarvis-seeded", "labels": LABELS}
    ConfigMap("config", metadata=metadata, data={"DB_PASSWORD": CANARY})
    Deployment(
        "deployment",
        metadata=metadata,
        spec={
            "replicas": 2,
            "selector": {"match_labels": {"app": "seeded"}},
            "template": {
                "metadata": {"labels": {"app": "seeded"}},
                "spec": {
                    "host_network": True,
                    "containers": [{"name": "api", "image": "docker.io/library/redis:latest"}],
                },
            },
        },
    )


def test_every_mistake_of_a_program_is_said_in_one_preview_and_no_secret_is(
    stack: InlineStack, judged: dict[str, list[str]]
) -> None:
    stack.failing("preview", _seeded, **judged)
    found = {
        (event.policy_event.policy_name, event.policy_event.enforcement_level): event.policy_event.message
        for event in stack.events
        if event.policy_event is not None
    }
    assert set(found) == {
        ("pod-security", "mandatory"),
        ("inline-secrets", "mandatory"),
        ("image-tags", "mandatory"),
        ("resources", "mandatory"),
        ("privileges", "mandatory"),
        ("default-deny", "mandatory"),
        ("disruption-budgets", "advisory"),
    }
    assert "ConfigMap seeded: data.DB_PASSWORD holds a secret in the clear" in found["inline-secrets", "mandatory"]
    assert "Namespace jarvis-seeded has workloads and no NetworkPolicy" in found["default-deny", "mandatory"]
    assert CANARY not in str(found)
    assert CANARY not in stack.text


def test_a_deployment_stops_before_what_is_refused(
    stack: InlineStack, judged: dict[str, list[str]], kubectl: Kubectl
) -> None:
    stack.failing("up", _seeded, **judged)
    # The engine stops at the first resource that is refused; which one, the program's tasks decide.
    levels = {event.policy_event.enforcement_level for event in stack.events if event.policy_event is not None}
    assert "mandatory" in levels
    assert kubectl.run("get", "deployment", "seeded", "-n", "jarvis-seeded").returncode != 0
    assert kubectl.run("get", "configmap", "seeded", "-n", "jarvis-seeded").returncode != 0


def test_advice_lets_a_deployment_pass(stack: InlineStack, judged: dict[str, list[str]]) -> None:
    def program() -> None:
        from pulumi_kubernetes.batch.v1 import Job

        bounds = {"cpu": "10m", "memory": "16Mi"}
        container = {
            "name": "job",
            "image": "registry.elsewhere.example/job:1.0",
            "resources": {"requests": bounds, "limits": bounds},
        }
        metadata = {"name": "advised", "namespace": "default", "labels": LABELS}
        Job(
            "job",
            metadata=metadata,
            spec={"template": {"spec": {"containers": [container], "restart_policy": "Never"}}},
        )

    configuration = stack.root / "policies.json"
    configuration.write_text('{"default-deny": "advisory"}')
    counts = stack.preview(program, **judged, policy_pack_configs=[str(configuration)])
    assert counts["create"] == 2
    found = {event.policy_event.policy_name for event in stack.events if event.policy_event is not None}
    assert found == {"registries", "default-deny"}
