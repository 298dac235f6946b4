"""What `jarvis:protect: true` keeps: all that holds data or cannot be made again, and nothing else."""

from __future__ import annotations

import pytest

from tests.contract.support import custom_resources, object_name, registered_stack
from tests.support.graph import Resource
from tests.support.jarvis_project import Deployed
from tests.support.mocks import Graph, Registered

_EVERYWHERE = {"PersistentVolumeClaim/ollama-models", "PersistentVolumeClaim/data-prometheus-server-0"}
_SINGLE_STORES = {
    "PersistentVolumeClaim/data-postgres-0",
    "PersistentVolumeClaim/data-redis-0",
    "StatefulSet/postgres",
    "StatefulSet/redis",
}
_LOGS_AND_TRACES = {
    "PersistentVolumeClaim/data-alertmanager-0",
    "PersistentVolumeClaim/loki-data",
    "PersistentVolumeClaim/tempo-data",
}
KEPT = {
    "dev": {"Namespace/jarvis-development", *_EVERYWHERE, *_SINGLE_STORES},
    "staging": {
        "Namespace/jarvis-staging",
        *_EVERYWHERE,
        *_SINGLE_STORES,
        *_LOGS_AND_TRACES,
        "PersistentVolumeClaim/postgres-backups",
    },
    "production": {
        "Namespace/jarvis-production",
        *_EVERYWHERE,
        *_LOGS_AND_TRACES,
        "Cluster/postgres-cluster",
        "Cluster/postgres-cluster-second",
        *(f"PersistentVolumeClaim/data-redis-{ordinal}" for ordinal in range(3)),
        *(f"PersistentVolumeClaim/data-redis-sentinel-{ordinal}" for ordinal in range(3)),
        *(f"PersistentVolumeClaim/data-alertmanager-{ordinal}" for ordinal in range(1, 3)),
        "PersistentVolumeClaim/data-prometheus-server-1",
        "PersistentVolumeClaim/ollama-2-models",
    },
}
"""A namespace takes everything in it along; models are tens of gigabytes of downloads."""
GENERATED = {"dev": 5, "staging": 5, "production": 0}
"""How many passwords Pulumi makes up."""
NOT_DATA = {"PersistentVolumeClaim/jarvis-backend-source", "PersistentVolumeClaim/jarvis-frontend-source"}
"""Source code under development, a copy of what a developer has."""


def label(resource: Registered) -> str:
    kind = resource.type.rsplit(":", 1)[-1]
    return f"{kind}/{resource.object_name if 'metadata' in resource.inputs else resource.name}"


@pytest.fixture(scope="module", params=sorted(KEPT))
def stack(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def protected(stack: str) -> Graph:
    return registered_stack(stack, protect=True)


def test_what_holds_data_is_protected_and_retained(stack: str, protected: Graph) -> None:
    kubernetes = [item for item in protected.resources if item.type.startswith("kubernetes:")]
    assert {label(item) for item in kubernetes if item.protect} == KEPT[stack]
    assert {label(item) for item in kubernetes if item.retain_on_delete} == KEPT[stack]


def test_every_claim_but_the_source_code_is_kept(stack: str, protected: Graph) -> None:
    """A claim that is added later has to be decided upon."""
    claims = {label(item) for item in protected.of_kind("PersistentVolumeClaim")}
    assert claims - KEPT[stack] == (NOT_DATA if stack == "dev" else set())


def test_generated_passwords_can_still_be_rotated(stack: str, protected: Graph) -> None:
    """A new `version` replaces them, which protection would refuse; the protected rest already stops a destroy."""
    passwords = protected.of_kind("RandomPassword")
    assert len(passwords) == GENERATED[stack]
    assert not [item.name for item in passwords if item.protect]


def test_protection_changes_nothing_but_protection(stack: str, protected: Graph) -> None:
    open_to_all = registered_stack(stack, protect=False)
    assert {label(item): item.inputs for item in protected.resources} == {
        label(item): item.inputs for item in open_to_all.resources
    }
    assert not [label(item) for item in open_to_all.resources if item.protect or item.retain_on_delete]


def test_the_engine_keeps_the_data_of_production_and_nothing_elsewhere(
    deployed: Deployed, resources: list[Resource]
) -> None:
    expected = KEPT["production"] if deployed.stack == "production" else set[str]()
    for flag in ("protect", "retainOnDelete"):
        assert {object_name(item) for item in custom_resources(resources) if item.get(flag)} == expected, flag
