"""A stack file's plan, as the real engine and the offline providers make it: nothing runs and nothing is deployed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from automation.default_project import SandboxTools, default_project
from automation.display import Display
from automation.interrupts import Interrupts
from automation.layout import Layout
from automation.options import Options
from automation.project import Project
from automation.rendering.plan import Planned
from automation.rendering.preview import plan_of
from automation.session import Session
from sandbox.control_plane import ControlPlane
from tests.support.jarvis_project import REPOSITORY, JarvisProject


def session_in(root: Path, stack: str, program: Callable[[], None] | None = None) -> Session:
    """A session in that project folder, whose program runs in this very process."""
    display = Display()
    layout = Layout(root)
    project: Project = replace(default_project(), layout=layout, tools=SandboxTools(layout))
    if program is not None:
        project = replace(project, program=program)
    return Session(project, Options("render", stack), display, Interrupts(display.say), root / "log")


def planned_stack(root: Path, stack: str, changes: Mapping[str, Any] | None = None) -> list[Planned]:
    """Every resource of that stack or example, its secrets placeholders.

    `root` is a folder for a copy of the stack files, with these values changed (`JarvisProject.change`).
    """
    project = JarvisProject.create(root, ControlPlane(root / "no-sandbox"))
    example = REPOSITORY / "examples" / f"Pulumi.{stack}.yaml"
    if example.is_file():
        shutil.copy(example, root)
    if changes:
        project.change(stack, dict(changes))
    return plan_of(session_in(project.root, stack))
