"""The example stacks through the real engine, the offline providers and the policy pack."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sandbox.control_plane import ControlPlane
from tests.support.jarvis_project import REPOSITORY, JarvisProject

EXAMPLES = sorted((REPOSITORY / "examples").glob("Pulumi.*.yaml"))


@pytest.mark.parametrize("example", EXAMPLES, ids=[path.name for path in EXAMPLES])
def test_an_example_previews_once_it_is_beside_the_stacks(
    example: Path, tmp_path: Path, control_plane: ControlPlane
) -> None:
    project = JarvisProject.create(tmp_path / "project", control_plane)
    shutil.copy(example, project.root)
    report = project.json("preview", example.name.split(".")[1])
    assert report["changes"]["create"] > 150
    assert {key for key, count in report["changes"].items() if count} == {"create"}
