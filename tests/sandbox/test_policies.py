"""The policy pack under the real engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox.control_plane import ControlPlane
from tests.support.jarvis_project import JarvisProject


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
