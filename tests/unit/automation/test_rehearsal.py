"""A stack put into the sandbox: the derived project, and that the tracked one is left alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from automation.errors import BadInputError
from automation.layout import Layout
from automation.rehearsal import SandboxCluster, derive

NAMES = ("postgresPassword", "redisPassword")
TRACKED = """\
secretsprovider: awskms://key
encryptedkey: abc
config:
  jarvis:environment: production
  jarvis:cluster: {kind: existing, context: real, kubeconfig: ~/.kube/real, namespace: jarvis-production}
  jarvis:secrets:
    kind: config
    postgresPassword: {secure: real-ciphertext}
  jarvis:app:
    tokens: [{secure: other-ciphertext}]
"""


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    (tmp_path / "Pulumi.yaml").write_text("name: jarvis\nruntime: {name: python, options: {virtualenv: .venv}}\n")
    (tmp_path / "Pulumi.production.yaml").write_text(TRACKED)
    return Layout(tmp_path)


def _needed(config: Mapping[str, Any]) -> tuple[str, ...]:
    """As the real program's: kind `generated` needs none."""
    return () if config["jarvis:secrets"].get("kind", "generated") == "generated" else NAMES


def _derived(layout: Layout) -> dict[str, object]:
    return yaml.safe_load((layout.rehearsal("production") / "Pulumi.production.yaml").read_text())


def _derive(layout: Layout):
    return derive(layout, "production", SandboxCluster(layout.state / "kubeconfig", "sandbox"), _needed)


def test_the_cluster_is_the_sandbox_and_the_namespace_is_kept(layout: Layout) -> None:
    _derive(layout)
    assert _derived(layout)["config"]["jarvis:cluster"] == {  # type: ignore[index]
        "kind": "existing",
        "kubeconfig": str((layout.state / "kubeconfig").resolve()),
        "namespace": "jarvis-production",
        "context": "sandbox",
    }


def test_a_cluster_that_the_stack_makes_is_planned_as_it_is(layout: Layout) -> None:
    """Its Kubernetes objects are put into the sandbox by the offline provider, not by the stack file."""
    made = {"kind": "eks", "version": "1.35", "namespace": "jarvis-production"}
    layout.stack_file("production").write_text(yaml.safe_dump({"config": {"jarvis:cluster": made}}))
    _derive(layout)
    assert _derived(layout)["config"]["jarvis:cluster"] == made  # type: ignore[index]


def test_a_planned_clusters_namespace_is_called_after_the_stack(layout: Layout) -> None:
    """In clusters of their own several stacks have one name for it, which they cannot have in one sandbox."""
    layout.stack_file("production").write_text(yaml.safe_dump({"config": {"jarvis:cluster": {"kind": "aks"}}}))
    _derive(layout)
    section = _derived(layout)["config"]["jarvis:cluster"]  # type: ignore[index]
    assert section == {"kind": "aks", "namespace": "jarvis-production"}


def test_the_tracked_file_is_not_written(layout: Layout) -> None:
    _derive(layout)
    assert layout.stack_file("production").read_text() == TRACKED
    assert sorted(path.name for path in layout.root.iterdir()) == [".state", "Pulumi.production.yaml", "Pulumi.yaml"]


def test_no_secret_of_the_real_environment_is_taken_along(layout: Layout) -> None:
    rehearsal = _derive(layout)
    text = (rehearsal.folder / "Pulumi.production.yaml").read_text()
    for real in ("real-ciphertext", "other-ciphertext", "awskms", "encryptedkey"):
        assert real not in text
    wanted = {"jarvis:secrets.postgresPassword", "jarvis:secrets.redisPassword", "jarvis:app.tokens[0]"}
    assert set(rehearsal.placeholders) == wanted == set(rehearsal.replaced)
    assert all(len(value) >= 32 for value in rehearsal.placeholders.values())
    assert len(set(rehearsal.placeholders.values())) == 3
    assert not any(value in text for value in rehearsal.placeholders.values())


def test_encrypted_placeholders_and_the_salt_are_kept_for_the_next_run(layout: Layout) -> None:
    file = _derive(layout).folder / "Pulumi.production.yaml"
    derived = _derived(layout)
    config = derived["config"]
    config["jarvis:secrets"] |= {name: {"secure": f"sandbox-{name}"} for name in NAMES}  # type: ignore[index]
    config["jarvis:app"]["tokens"] = [{"secure": "sandbox-token"}]  # type: ignore[index]
    file.write_text(yaml.safe_dump({**derived, "encryptionsalt": "v1:salt"}))
    again = _derive(layout)
    assert again.placeholders == {}
    assert _derived(layout)["encryptionsalt"] == "v1:salt"
    assert _derived(layout)["config"] == config


def test_a_changed_setting_reaches_the_next_run(layout: Layout) -> None:
    _derive(layout)
    layout.stack_file("production").write_text(TRACKED.replace("jarvis:app:", "jarvis:protect: true\n  jarvis:app:"))
    _derive(layout)
    assert _derived(layout)["config"]["jarvis:protect"] is True  # type: ignore[index]


def test_the_derived_project_runs_the_repositorys_program(layout: Layout) -> None:
    project = yaml.safe_load((_derive(layout).folder / "Pulumi.yaml").read_text())
    assert project["name"] == "jarvis"
    assert project["main"] == str(layout.root.resolve())
    assert Path(project["runtime"]["options"]["virtualenv"]).is_absolute()


def test_generated_secrets_need_no_placeholders(layout: Layout) -> None:
    layout.stack_file("production").write_text("config:\n  jarvis:secrets: {kind: generated, version: 2}\n")
    assert _derive(layout).placeholders == {}
    assert _derived(layout)["config"]["jarvis:secrets"] == {"kind": "generated", "version": 2}  # type: ignore[index]


@pytest.mark.parametrize("text", ["- a", "just text", "a: [", "\t"])
def test_a_file_that_is_no_mapping_is_refused(layout: Layout, text: str) -> None:
    layout.stack_file("production").write_text(text)
    with pytest.raises(BadInputError, match=r"Pulumi\.production\.yaml"):
        _derive(layout)
