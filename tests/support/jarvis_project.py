"""The real program in a project folder of a test's own, with the sandbox that the tests share.

`python -m tests.support.jarvis_project ROOT SANDBOX COMMAND STACK ...` is `python -m automation` there.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from automation.cli import leave, main
from automation.default_project import SandboxTools, default_project
from automation.layout import Layout
from automation.project import Project
from automation.rehearsal import SandboxCluster
from sandbox.control_plane import ControlPlane
from tests.support import one_day
from tests.support.graph import Resource

NO_PROVIDERS = ("images", "port-forward", "render", "status")
"""Commands that have no choice of them."""
REPOSITORY = Path(__file__).parents[2]


class SharedSandbox(SandboxTools):
    """The sandbox of the test session: it runs already and whoever started it stops it."""

    def __init__(self, layout: Layout, folder: Path) -> None:
        super().__init__(layout)
        self._plane = ControlPlane(folder)

    def start_sandbox(self, say: object) -> SandboxCluster:
        return SandboxCluster(self._plane.kubeconfig, self._plane.context)

    def running_sandbox(self) -> SandboxCluster | None:
        return self.start_sandbox(None)


def jarvis_project(root: Path, sandbox: Path) -> Project:
    """This repository's project in another folder."""
    layout = Layout(root)
    return replace(default_project(), layout=layout, tools=SharedSandbox(layout, sandbox), policies=root / "policies")


def _pin_today(environments: Path) -> None:
    """Have the policies of versions judge as of one day."""
    for file in environments.glob("*.json"):
        levels = json.loads(file.read_text())
        levels |= {rule: {**levels.get(rule, {}), **options} for rule, options in one_day.OPTIONS.items()}
        file.write_text(json.dumps(levels))


@dataclass(frozen=True)
class JarvisProject:
    """A project folder: stack files that a test may change, and state of its own."""

    root: Path
    plane: ControlPlane

    @classmethod
    def create(cls, root: Path, plane: ControlPlane) -> JarvisProject:
        """Copy the project's own files into `root`."""
        root.mkdir(parents=True, exist_ok=True)
        for path in [REPOSITORY / "Pulumi.yaml", *REPOSITORY.glob("Pulumi.*.yaml")]:
            shutil.copy(path, root)
        shutil.copytree(REPOSITORY / "policies", root / "policies", dirs_exist_ok=True)
        _pin_today(root / "policies" / "environments")
        (root / ".venv").symlink_to(REPOSITORY / ".venv")
        return cls(root, plane)

    def command(self, *arguments: str) -> list[str]:
        """The command line of `python -m automation` here; always in the sandbox and with the offline providers."""
        module = [sys.executable, "-m", "tests.support.jarvis_project"]
        # Without it each new project would try for seconds to fetch the official ones.
        offline = [] if arguments[0] in NO_PROVIDERS or "--offline" in arguments else ["--offline"]
        return [*module, str(self.root), str(self.plane.folder), *arguments, "--sandbox", *offline]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run it to its end."""
        return subprocess.run(
            self.command(*arguments), cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=550
        )

    def json(self, *arguments: str) -> dict[str, Any]:
        """The object that a run with --json prints, which has to succeed."""
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def state_file(self, stack: str) -> Path:
        """The engine's checkpoint."""
        return self.root / ".state" / "sandbox-stacks" / ".pulumi" / "stacks" / "jarvis" / f"{stack}.json"

    def resources(self, stack: str) -> list[dict[str, Any]]:
        """The resources of the checkpoint, secrets encrypted."""
        return json.loads(self.state_file(stack).read_text())["checkpoint"]["latest"].get("resources", [])

    def change(self, stack: str, changes: dict[str, Any]) -> None:
        """Set values of a stack file by dotted path: `{"jarvis:cluster.namespace": "jarvis-gone"}`."""
        file = self.root / f"Pulumi.{stack}.yaml"
        content = yaml.safe_load(file.read_text("utf-8"))
        for path, value in changes.items():
            *steps, last = path.split(".")
            holder = content["config"]
            for step in steps:
                holder = holder.setdefault(step, {})
            holder[last] = value
        file.write_text(yaml.safe_dump(content), "utf-8")


STACKS = {
    "dev": "development",
    "staging": "staging",
    "production": "production",
    "production-aws": "production",
    "production-azure": "production",
}
"""The stacks, and the environment of each."""
CLOUDS = {"production-aws": "aws", "production-azure": "azure-native"}
"""The stacks that live in a cloud, and the provider of its resources, which plans them here."""


def namespace_of(stack: str) -> str:
    """Where a stack's objects are in a sandbox."""
    return f"jarvis-{stack if stack in CLOUDS else STACKS[stack]}"


@dataclass(frozen=True)
class Deployed:
    """A stack that the real engine has deployed."""

    stack: str
    project: JarvisProject

    @property
    def environment(self) -> str:
        """As its objects' labels have it."""
        return STACKS[self.stack]

    @property
    def namespace(self) -> str:
        """Where its objects are."""
        return namespace_of(self.stack)

    @cached_property
    def resources(self) -> list[Resource]:
        """What the engine recorded, secrets encrypted."""
        return self.project.resources(self.stack)


if __name__ == "__main__":
    leave(main(sys.argv[3:], jarvis_project(Path(sys.argv[1]), Path(sys.argv[2]))))
