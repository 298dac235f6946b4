"""The program under plain `pulumi`, as people who don't use `python -m automation` run it."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox.control_plane import ControlPlane
from tests.support.jarvis_project import REPOSITORY, JarvisProject
from tests.support.kubectl import Kubectl

NAMESPACE = "jarvis-plain"
PROGRAM = ("__main__.py", "infra", "components")


@dataclass(frozen=True)
class Clone:
    """The repository's program in another folder, and the shell lines that `env` printed there."""

    project: JarvisProject
    exports: str

    @property
    def stack_file(self) -> Path:
        return self.project.root / "Pulumi.dev.yaml"

    def pulumi(self, *arguments: str, backend: Path | None = None) -> subprocess.CompletedProcess[str]:
        """`pulumi` in the clone's folder, in a shell that evaluated the lines; with another file backend if given."""
        lines = [self.exports]
        if backend is not None:
            lines.append(f"export PULUMI_BACKEND_URL={shlex.quote(backend.as_uri())}")
        return subprocess.run(
            ["bash", "-c", "\n".join([*lines, 'exec pulumi "$@"']), "pulumi", *arguments],
            cwd=self.project.root,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=300,
        )


@pytest.fixture
def clone(tmp_path: Path, control_plane: ControlPlane) -> Clone:
    """A clone of the repository with a namespace of its own."""
    project = JarvisProject.create(tmp_path / "clone", control_plane)
    for name in PROGRAM:
        source, target = REPOSITORY / name, project.root / name
        _ = shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
    file = project.root / "Pulumi.dev.yaml"
    content: dict[str, Any] = yaml.safe_load(file.read_text())
    content["config"]["jarvis:cluster"]["namespace"] = NAMESPACE
    file.write_text(yaml.safe_dump(content))
    done = project.run("env", "dev")
    assert done.returncode == 0, done.stderr
    return Clone(project, done.stdout)


def test_a_stack_lives_and_goes_by_plain_pulumi(clone: Clone, tmp_path: Path, kubectl: Kubectl) -> None:
    backend = tmp_path / "state"
    backend.mkdir()

    def pulumi(*arguments: str) -> str:
        done = clone.pulumi(*arguments, backend=backend)
        assert done.returncode == 0, done.stdout
        assert "Traceback" not in done.stdout
        return done.stdout

    pulumi("stack", "init", "dev", "--no-select")
    assert "to create" in pulumi("preview", "-s", "dev")
    assert kubectl.run("get", "namespace", NAMESPACE).returncode != 0, "a preview made something"
    assert " created" in pulumi("up", "-y", "-s", "dev")
    deployment = kubectl.get("deployment", "jarvis-backend", "-n", NAMESPACE)
    assert deployment["status"]["readyReplicas"] == 1
    assert pulumi("stack", "output", "namespace", "-s", "dev").strip() == NAMESPACE
    resources = pulumi("up", "-y", "-s", "dev", "--expect-no-changes").split("Resources:")[1]
    assert "unchanged" in resources.splitlines()[1]
    pulumi("destroy", "-y", "-s", "dev")
    assert kubectl.run("get", "namespace", NAMESPACE).returncode != 0, "the namespace is left"


def test_a_wrong_setting_is_said_once_and_nothing_is_made(clone: Clone, tmp_path: Path, kubectl: Kubectl) -> None:
    backend = tmp_path / "state"
    backend.mkdir()
    assert clone.pulumi("stack", "init", "dev", "--no-select", backend=backend).returncode == 0
    content = yaml.safe_load(clone.stack_file.read_text())
    content["config"]["jarvis:app"]["logLevel"] = "LOUD"
    content["config"]["jarvis:app"]["jwtExpireMinute"] = 5
    clone.stack_file.write_text(yaml.safe_dump(content))
    done = clone.pulumi("up", "-y", "-s", "dev", backend=backend)
    assert done.returncode != 0
    diagnostics = done.stdout.split("Diagnostics:")[1]  # above it, the CLI's progress shows the first line too
    assert diagnostics.count('jarvis:app.logLevel is "LOUD"') == 1, diagnostics
    assert diagnostics.count("jarvis:app.jwtExpireMinute ") == 1, diagnostics
    assert "Traceback" not in done.stdout
    assert "unhandled" not in done.stdout
    assert kubectl.run("get", "namespace", NAMESPACE).returncode != 0


def test_plain_pulumi_works_on_the_stack_that_automation_made(clone: Clone) -> None:
    """As the README says: `env` names the folder of the derived project, whose state the rehearsals share."""
    clone.project.json("up", "dev")
    folder = clone.project.root / ".state" / "rehearsals" / "dev"
    tracked = clone.stack_file.read_text()
    assert f"# pulumi up --cwd {folder} --stack dev" in clone.exports
    done = clone.pulumi("preview", "--cwd", str(folder), "--stack", "dev", "--expect-no-changes")
    assert done.returncode == 0, done.stdout
    assert "unchanged" in done.stdout
    assert clone.stack_file.read_text() == tracked
    clone.project.json("destroy", "dev")


def test_the_policy_pack_judges_plain_pulumi_too(clone: Clone, tmp_path: Path) -> None:
    backend = tmp_path / "state"
    backend.mkdir()
    assert clone.pulumi("stack", "init", "dev", "--no-select", backend=backend).returncode == 0
    flags = shlex.split(clone.exports.partition("--stack dev ")[2])
    assert flags[::2] == ["--policy-pack", "--policy-pack-config"]
    done = clone.pulumi("preview", "-s", "dev", *flags, backend=backend)
    assert done.returncode == 0, done.stdout
    assert "jarvis@v1.0.0 (local: " in done.stdout
    content = yaml.safe_load(clone.stack_file.read_text())
    content["config"]["jarvis:app"]["image"] = {"tag": "main"}
    content["config"]["jarvis:security"]["admission"]["imageTags"] = {"action": "Off"}
    clone.stack_file.write_text(yaml.safe_dump(content))
    done = clone.pulumi("preview", "-s", "dev", *flags, backend=backend)
    assert done.returncode != 0
    assert "container jarvis-backend (jarvis:main). An image has no tag" in done.stdout
