"""What `jarvis:protect: true` keeps: all that holds data or cannot be made again, and nothing else."""

from __future__ import annotations

import pytest

from tests.contract.support import custom_resources, kind_of, object_name, registered_stack
from tests.support.graph import Resource, name_of
from tests.support.jarvis_project import Deployed, namespace_of
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
_IN_TWOS_AND_THREES = {
    *(f"PersistentVolumeClaim/data-alertmanager-{ordinal}" for ordinal in range(1, 3)),
    "PersistentVolumeClaim/data-prometheus-server-1",
    "PersistentVolumeClaim/ollama-2-models",
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
        *_IN_TWOS_AND_THREES,
    },
    "production-aws": {"Namespace/jarvis-production", *_EVERYWHERE, *_LOGS_AND_TRACES, *_IN_TWOS_AND_THREES},
    "production-azure": {"Namespace/jarvis-production", *_EVERYWHERE, *_LOGS_AND_TRACES, *_IN_TWOS_AND_THREES},
}
"""A namespace takes everything in it along; models are tens of gigabytes of downloads."""
GENERATED = {"dev": 5, "staging": 5, "production": 0, "production-aws": 0, "production-azure": 0}
"""How many passwords Pulumi makes up."""
_AWS = {
    *("Bucket/backups", "Bucket/backups-copy", "Bucket/load-balancer-logs", "Instance/postgres", "Key/data-key"),
    *("Key/recovery-key", "ReplicationGroup/redis", "Zone/zone"),
    # holds no data: its loss would be the stack's
    *("Cluster/cluster", "LoadBalancer/load-balancer", "Vpc/vpc"),
}
_AZURE = {
    *("BlobContainer/container", "Database/database", "RedisEnterprise/cluster", "ResourceGroup/group"),
    *("Server/replica", "Server/server", "StorageAccount/account", "Vault/vault", "Zone/dns-zone"),
    *("ManagedCluster/cluster",),
    *(f"ManagementLockByScope/{name}-lock" for name in ("backup", "cache", "cluster", "database", "dns-zone", "vault")),
}
IN_CLOUD = {"production-aws": _AWS, "production-azure": _AZURE}
"""What the engine protects of a cloud's own."""
KEPT_IN_CLOUD = {
    stack: KEPT[stack] - {"Namespace/jarvis-production"} | {f"Namespace/{namespace_of(stack)}"} for stack in IN_CLOUD
}
"""And of its objects, in the namespace that they have in the tests' sandbox."""
RETAINED = {"production-aws": {"Bucket", "Key", "Zone"}, "production-azure": {item.split("/")[0] for item in _AZURE}}
"""Kinds of it that a destroyed stack leaves behind: a database of AWS leaves its last snapshot."""
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
    """Of Kubernetes' objects; a cloud protects its resources by settings of theirs and by locks."""
    open_to_all = registered_stack(stack, protect=False)
    assert inputs(protected, "kubernetes:") == inputs(open_to_all, "kubernetes:")
    assert not [label(item) for item in open_to_all.resources if item.protect or item.retain_on_delete]


def inputs(graph: Graph, provider: str) -> dict[str, object]:
    return {label(item): item.inputs for item in graph.resources if item.type.startswith(provider)}


def test_the_engine_keeps_the_data_of_production_and_nothing_elsewhere(
    deployed: Deployed, resources: list[Resource]
) -> None:
    own = KEPT["production"] if deployed.stack == "production" else KEPT_IN_CLOUD.get(deployed.stack, set[str]())
    cloud = IN_CLOUD.get(deployed.stack, set[str]())
    retained = {item for item in cloud if item.split("/")[0] in RETAINED[deployed.stack]}
    for flag, expected in (("protect", own | cloud), ("retainOnDelete", own | retained)):
        assert {known_as(item) for item in custom_resources(resources) if item.get(flag)} == expected, flag


def known_as(item: Resource) -> str:
    """Kubernetes objects by their own names, which claims are known by; the rest by the program's."""
    kubernetes = item["type"].startswith("kubernetes:")
    return object_name(item) if kubernetes else f"{kind_of(item)}/{name_of(item['urn'])}"
