"""A small project without providers, for tests of the automation through the real engine.

`python -m tests.support.tiny_project ROOT PULUMI COMMAND STACK ...` is `python -m automation` over it. Its stack file
may set `jarvis:parts` (number of components), `jarvis:sleep` (seconds that the program takes), `jarvis:fail` (how it
fails) and `jarvis:token` (a secret, which it exports and logs).
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from automation.cli import leave, main
from automation.errors import BadInputError
from automation.layout import Layout
from automation.project import Project
from automation.rehearsal import SandboxCluster
from sandbox.plugins import write_policy_pack


class TinyTools:
    """No sandbox: the CLI is given, and there is nothing to start."""

    def __init__(self, root: Path, pulumi: Path) -> None:
        self._root = root
        self._pulumi = pulumi

    def pulumi(self, say: object) -> Path:
        return self._pulumi

    def kubectl(self, say: object) -> Path:
        return self._root / "kubectl"

    def write_plugins(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def write_language_host(self, folder: Path) -> Path:
        return folder

    def write_policy_pack(self, folder: Path, pack: Path) -> Path:
        return write_policy_pack(folder, Path(sys.executable), pack)

    def start_sandbox(self, say: object) -> SandboxCluster:
        return SandboxCluster(self._root / "kubeconfig", "sandbox")

    def running_sandbox(self) -> SandboxCluster | None:
        return None

    def install_kinds(self, cluster: SandboxCluster, projects: tuple[str, ...]) -> None:
        raise AssertionError("there is no sandbox")


def program() -> None:
    """The program of the tiny project."""
    import pulumi

    config = pulumi.Config("jarvis")
    print("the program prints this")
    if config.get("fail") == "sentence":
        raise pulumi.RunError("jarvis:fail asks for a failure.")
    if config.get("fail") == "error":
        raise ValueError("something unforeseen")
    if config.get("fail") == "later":
        pulumi.export("broken", pulumi.Output.from_input(1).apply(lambda one: one // 0))
    for index in range(config.get_int("parts") or 1):
        pulumi.ComponentResource("jarvis:tiny:Part", f"part-{index}")
    token = config.get_secret("token")
    if token is not None:
        pulumi.export("token", token)
        token.apply(lambda value: pulumi.log.warn(f"the token is {value}"))
    pulumi.export("slept", pulumi.Output.from_input(asyncio.sleep(config.get_float("sleep") or 0, "long")))
    pulumi.export("endpoints", {"frontend": "http://localhost:3000"})


def check(stack_file: Path, placeholders: bool) -> None:
    """Refuses what says `jarvis:wrong`."""
    if "jarvis:wrong" in stack_file.read_text():
        raise BadInputError(f"{stack_file.name}: jarvis:wrong is wrong.\n{stack_file.name}: and so is the rest.")


def needed_secrets(config: Mapping[str, Any]) -> tuple[str, ...]:
    """As this repository's own project: what only kind `config` needs."""
    return ("postgresPassword",) if (config.get("jarvis:secrets") or {}).get("kind") == "config" else ()


def tiny_project(root: Path, pulumi: Path) -> Project:
    """The project, in a folder that holds its Pulumi.yaml and stack files."""
    return Project(Layout(root), TinyTools(root, pulumi), program, check, needed_secrets=needed_secrets, providers=())


if __name__ == "__main__":
    leave(main(sys.argv[3:], tiny_project(Path(sys.argv[1]), Path(sys.argv[2]))))
