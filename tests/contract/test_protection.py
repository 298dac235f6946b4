"""What `jarvis:protect: true` keeps: all that holds data or cannot be made again, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.program import deploy
from infra.settings.load import load_stack_file
from tests.support.mocks import Graph, Registered, registered

STACK_FILE = Path(__file__).parents[2] / "Pulumi.dev.yaml"
KEPT = {
    "Namespace/jarvis-development",
    "PersistentVolumeClaim/data-postgres-0",
    "PersistentVolumeClaim/data-redis-0",
    "PersistentVolumeClaim/ollama-models",
    "PersistentVolumeClaim/data-prometheus-server-0",
    "StatefulSet/postgres",
    "StatefulSet/redis",
}
"""A namespace takes everything in it along; models are tens of gigabytes of downloads."""


def dev_graph(*, protect: bool) -> Graph:
    settings = load_stack_file(STACK_FILE).model_copy(update={"protect": protect})
    return registered(lambda: deploy(settings))


def label(resource: Registered) -> str:
    kind = resource.type.rsplit(":", 1)[-1]
    return f"{kind}/{resource.object_name if 'metadata' in resource.inputs else resource.name}"


@pytest.fixture(scope="module")
def protected() -> Graph:
    return dev_graph(protect=True)


def test_what_holds_data_is_protected_and_retained(protected: Graph) -> None:
    kubernetes = [item for item in protected.resources if item.type.startswith("kubernetes:")]
    assert {label(item) for item in kubernetes if item.protect} == KEPT
    assert {label(item) for item in kubernetes if item.retain_on_delete} == KEPT


def test_every_claim_but_the_source_code_is_kept(protected: Graph) -> None:
    """A claim that is added later has to be decided upon."""
    claims = {label(item) for item in protected.of_kind("PersistentVolumeClaim")}
    assert claims - KEPT == {
        "PersistentVolumeClaim/jarvis-backend-source",
        "PersistentVolumeClaim/jarvis-frontend-source",
    }


def test_generated_passwords_can_still_be_rotated(protected: Graph) -> None:
    """A new `version` replaces them, which protection would refuse; the protected rest already stops a destroy."""
    passwords = protected.of_kind("RandomPassword")
    assert len(passwords) == 5
    assert not [item.name for item in passwords if item.protect]


def test_protection_changes_nothing_but_protection(protected: Graph) -> None:
    open_to_all = dev_graph(protect=False)
    assert {label(item): item.inputs for item in protected.resources} == {
        label(item): item.inputs for item in open_to_all.resources
    }
    assert not [label(item) for item in open_to_all.resources if item.protect or item.retain_on_delete]
