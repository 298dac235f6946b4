"""Every kind of database through the real engine into an API server that enforces `restricted`."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pulumi_kubernetes as k8s
import pytest
import yaml

from components.backup.settings import BackupSettings
from components.cluster.contract import ClusterAccess
from components.database.kinds import create_database
from components.database.settings import CloudNativePgDatabase, ContainerDatabase, DatabaseSettings
from components.settings.workloads import Storage
from sandbox.control_plane import ControlPlane
from sandbox.toolchain import Toolchain
from tests.support.inline_stack import InlineStack
from tests.support.kinds import install_published_kinds
from tests.support.kubectl import Kubectl
from tests.support.mocks import credential
from tests.unit.database.support import PASSWORD, TWO_STORAGES, VOLUME, Authority, target

EVERYTHING = CloudNativePgDatabase.model_validate(
    {
        "walStorage": {"size": "20Gi", "storageClass": "fast-ssd"},
        "zones": "required",
        "synchronous": "preferred",
        "primaryUpdate": "supervised",
        "archive": "postgres-cluster-2",
        "bootstrap": {"kind": "recovery", "location": "second", "targetTime": "2026-08-24T12:00:00Z"},
    }
)


def program(settings: DatabaseSettings, backup: BackupSettings, namespace: str) -> Callable[[], None]:
    def build() -> None:
        cluster = ClusterAccess(k8s.Provider("cluster"), pulumi.Output.from_input(namespace), "test")
        connection = create_database(
            settings,
            cluster=cluster,
            password=credential(PASSWORD),
            certificates=Authority(),
            backup=target(backup),
            protect=False,
        )
        pulumi.export("host", connection.host)

    return build


@pytest.fixture
def namespace(kubectl: Kubectl) -> str:
    name = f"database-{uuid.uuid4().hex[:8]}"
    metadata = {"name": name, "labels": {"pod-security.kubernetes.io/enforce": "restricted"}}
    kubectl("create", "-f", "-", manifest={"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})
    return name


@pytest.fixture
def stack(tmp_path: Path, toolchain: Toolchain, control_plane: ControlPlane) -> InlineStack:
    return InlineStack(tmp_path / "project", toolchain.ensure("pulumi")["pulumi"], control_plane.kubeconfig)


def lives(stack: InlineStack, build: Callable[[], None]) -> None:
    """From preview to a second run that changes nothing."""
    planned = stack.preview(build)
    assert stack.up(build) == planned
    again = stack.up(build)
    assert set(again) == {"same"}, again


@pytest.mark.parametrize("settings", [CloudNativePgDatabase(), EVERYTHING], ids=["the guide's", "everything"])
def test_cloudnative_pg_as_its_own_schemas_have_it(
    stack: InlineStack, kubectl: Kubectl, namespace: str, settings: CloudNativePgDatabase
) -> None:
    """Strict fields: what the published definitions do not know would fail."""
    install_published_kinds(kubectl, "cloudnative-pg", "plugin-barman-cloud")
    build = program(settings, TWO_STORAGES, namespace)
    lives(stack, build)
    assert stack.outputs["host"] == f"postgres-pooler-rw.{namespace}.svc"
    asked = stack.resource("postgres-cluster")["inputs"]["spec"]
    [cluster] = [
        item for item in kubectl.get("clusters.postgresql.cnpg.io", "-n", namespace)["items"]
        if item["metadata"]["name"] == "postgres-cluster"
    ]  # fmt: skip
    assert missing(asked, cluster["spec"]) == []
    for kind, name in (
        ("objectstores.barmancloud.cnpg.io", "postgres-backups"),
        ("poolers.postgresql.cnpg.io", "postgres-pooler-rw"),
        ("scheduledbackups.postgresql.cnpg.io", "postgres-cluster-second-backup"),
    ):
        resource = f"{name}-pooler" if name.startswith("postgres-pooler") else name
        stored = kubectl.get(kind, name, "-n", namespace)["spec"]
        assert missing(stack.resource(resource)["inputs"]["spec"], stored) == []
    stack.destroy(build)


def missing(asked: Any, stored: Any, path: str = "spec") -> list[str]:
    """What was asked for and is not stored: fields that a schema does not know are dropped."""
    if isinstance(asked, dict):
        if not isinstance(stored, dict):
            return [path]
        return [
            text for key, value in asked.items() if not key.startswith("__")
            for text in (missing(value, stored[key], f"{path}.{key}") if key in stored else [f"{path}.{key}"])
        ]  # fmt: skip
    if isinstance(asked, list):
        if not isinstance(stored, list) or len(stored) != len(asked):
            return [path]
        return [
            text for i, (a, b) in enumerate(zip(asked, stored, strict=True)) for text in missing(a, b, f"{path}.{i}")
        ]
    return [] if asked == stored else [f"{path}: {asked} became {stored}"]


def test_container_with_tls_and_dumps(stack: InlineStack, kubectl: Kubectl, namespace: str) -> None:
    build = program(ContainerDatabase(storage=Storage(size="1Gi")), VOLUME, namespace)
    lives(stack, build)
    kubectl("create", "job", "backup-now", "--from=cronjob/postgres-backup", "-n", namespace)
    # A restore of a backup that is named: the Job of the template with another choice.
    template = kubectl(
        "create", "job", "restore-now", "--from=cronjob/postgres-restore", "-n", namespace, "--dry-run=client", "-o",
        "yaml",
    )  # fmt: skip
    chosen = kubectl("set", "env", "--local", "-f", "-", "BACKUP=jarvis-20260824T020000Z", "DISCONNECT=--disconnect",
                     "-o", "json", manifest=yaml.safe_load(template))  # fmt: skip
    kubectl("create", "-f", "-", manifest=yaml.safe_load(chosen))
    for job in ("backup-now", "restore-now"):
        kubectl("wait", "--for=condition=Complete", f"job/{job}", "-n", namespace, "--timeout=60s")
    job = kubectl.get("job", "restore-now", "-n", namespace)
    [container] = job["spec"]["template"]["spec"]["containers"]
    variables = {item["name"]: item.get("value") for item in container["env"]}
    assert (variables["BACKUP"], variables["DISCONNECT"]) == ("jarvis-20260824T020000Z", "--disconnect")
    assert variables["PGSSLMODE"] == "verify-full"
    kubectl("delete", "job", "backup-now", "restore-now", "-n", namespace)
    stack.destroy(build)
