"""A database of a second region of AWS, under the real engine: what it begins with never makes it be replaced."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
import pytest

from components.cloud.aws.settings import AwsCloudSettings
from components.cloud.contract import require_aws
from components.cloud.kinds import create_cloud
from components.cluster.contract import ClusterAccess
from components.database.kinds import create_database
from components.database.rds_settings import RdsDatabase
from components.secrets.contract import Credential
from sandbox.control_plane import ControlPlane
from sandbox.providers import rehearsal
from sandbox.toolchain import Toolchain
from tests.support.inline_stack import InlineStack

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the SDK's own modules
CLOUD = {
    "accountId": "123456789012",
    "name": "jarvis-recovery",
    "region": "us-west-2",
    "recoveryRegion": None,
    "budget": None,
}
FOLLOWED = {"kind": "replica", "arn": "arn:aws:rds:us-east-1:123456789012:db:jarvis-postgres-prod"}
BACKUPS = {
    "kind": "point-in-time",
    "backupArn": "arn:aws:rds:us-west-2:123456789012:auto-backup:ab-L2IJCEXJP7XQ7HOJ4",
}


def recovery(kubeconfig: Path, source: dict[str, str] | None) -> Callable[[], None]:
    """The program of a second region with a database that has that source."""

    def program() -> None:
        settings = AwsCloudSettings.model_validate(CLOUD)
        cloud = require_aws(create_cloud(settings, environment="production", protect=False), "the test")
        provider = kubernetes.Provider("kubernetes", kubeconfig=str(kubeconfig))
        cluster = ClusterAccess(provider, pulumi.Output.from_input("default"), "production")
        database = RdsDatabase.model_validate({"identifier": "jarvis-postgres-recovery", "source": source})
        password = Credential("postgresPassword", pulumi.Output.secret("correct-horse-battery"))
        made = create_database(database, cluster=cluster, password=password, protect=False, cloud=cloud)
        pulumi.export("host", made.host)

    return program


def of_the_instance(stack: InlineStack) -> dict[str, Any]:
    """What the last run did to the database: the operation and its differing properties."""
    (found,) = [
        event.resource_pre_event.metadata
        for event in stack.events
        if event.resource_pre_event and event.resource_pre_event.metadata.type == "aws:rds/instance:Instance"
    ]
    return {"did": found.op.value, "differs": set(found.diffs or [])}


@pytest.fixture
def stack(tmp_path: Path, toolchain: Toolchain, control_plane: ControlPlane) -> InlineStack:
    environment = rehearsal.environment(control_plane.kubeconfig, control_plane.context)
    return InlineStack(tmp_path / "stack", toolchain.ensure("pulumi")["pulumi"], control_plane.kubeconfig, environment)


@pytest.mark.parametrize("source", [FOLLOWED, BACKUPS], ids=["replica", "point-in-time"])
def test_it_is_promoted_or_parted_from_its_backups_in_place(
    stack: InlineStack, control_plane: ControlPlane, source: dict[str, str]
) -> None:
    begun, alone = recovery(control_plane.kubeconfig, source), recovery(control_plane.kubeconfig, None)
    assert set(stack.up(begun)) == {"create"}
    host = stack.outputs["host"]
    assert host.startswith("jarvis-postgres-recovery.")
    assert set(stack.up(begun)) == {"same"}
    assert "replace" not in stack.up(alone)
    did = of_the_instance(stack)
    assert did["did"] == "update"
    assert "kmsKeyId" not in did["differs"]
    assert ("replicateSourceDb" in did["differs"]) == (source is FOLLOWED)
    assert stack.outputs["host"] == host
    assert set(stack.up(alone)) == {"same"}
    assert set(stack.destroy(alone)) == {"delete"}
