"""The state machine that exports snapshots of RDS, run by moto's Step Functions against moto's RDS."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from typing import Any, cast

import boto3
import pytest
from moto import mock_aws
from moto.events.models import EventPattern, EventPatternParser
from moto.rds.models import ExportTask, RDSBackend

from components.cloud.aws.contract import AwsCloud
from components.database.rds_exports import SnapshotExports
from tests.unit.cloud.aws.support import by_name, on_aws
from tests.unit.database.test_aws_kind_rds_exports import target

REGION = "us-east-1"
IDENTIFIER = "jarvis-postgres-prod"
SNAPSHOT = f"{IDENTIFIER}-2026-11-24-03-05"
QUICK = {
    '"Seconds": 300': '"Seconds": 1',
    '"IntervalSeconds": 60': '"IntervalSeconds": 1',
    '"MaxAttempts": 6': '"MaxAttempts": 1',
}
"""Waiting is all that is otherwise in the test."""


@pytest.fixture(scope="module")
def inputs() -> dict[str, dict[str, Any]]:
    """Of the state machine and of the rule."""

    def build(account: AwsCloud) -> None:
        SnapshotExports("exports", IDENTIFIER, target(), cloud=account)

    graph = on_aws(build)
    kinds = (":StateMachine", ":EventRule")
    return {kind: by_name(graph, kind)["snapshot-exports"].inputs for kind in kinds}


@pytest.fixture
def clients(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Any, Any]]:
    """Of RDS, which has a snapshot, and of Step Functions."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "none")
    makers: Any = boto3
    with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
        rds = makers.client("rds", region_name=REGION)
        rds.create_db_instance(DBInstanceIdentifier=IDENTIFIER, DBInstanceClass="db.m6g.large", Engine="postgres")
        rds.create_db_snapshot(DBInstanceIdentifier=IDENTIFIER, DBSnapshotIdentifier=SNAPSHOT)
        yield rds, makers.client("stepfunctions", region_name=REGION)


def event(snapshot: str = SNAPSHOT, **changed: Any) -> dict[str, Any]:
    """What EventBridge tells of an automated snapshot, whose name in RDS has rds: before it; moto's has not."""
    detail = {
        "EventID": "RDS-EVENT-0091",
        "SourceType": "SNAPSHOT",
        "SourceIdentifier": f"rds:{snapshot}",
        "SourceArn": f"arn:aws:rds:{REGION}:123456789012:snapshot:{snapshot}",
        **changed,
    }
    return {"source": "aws.rds", "detail-type": "RDS DB Snapshot Event", "detail": detail}


def run(states: Any, definition: str, sent: dict[str, Any]) -> dict[str, Any]:
    """How an execution ends."""
    for slow, quick in QUICK.items():
        assert slow in definition
        definition = definition.replace(slow, quick)
    role = "arn:aws:iam::123456789012:role/snapshot-exports"
    machine = states.create_state_machine(name="exports", definition=definition, roleArn=role)["stateMachineArn"]
    execution = states.start_execution(stateMachineArn=machine, input=json.dumps(sent))["executionArn"]
    deadline = time.monotonic() + 60
    while (found := states.describe_execution(executionArn=execution))["status"] == "RUNNING":
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return found


def progress(monkeypatch: pytest.MonkeyPatch, *statuses: str) -> list[str]:
    """Have an export go through these, one a look, as RDS spells them: moto's is complete at once, in small letters."""
    left = list(statuses)
    look = RDSBackend.describe_export_tasks

    def describe(backend: RDSBackend, export_task_identifier: str) -> Iterable[ExportTask]:
        (task,) = look(backend, export_task_identifier)
        task.status = left.pop(0)
        return [task]

    monkeypatch.setattr(RDSBackend, "describe_export_tasks", describe)
    return left


def test_an_export_is_followed_to_its_end(
    clients: tuple[Any, Any], inputs: dict[str, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    rds, states = clients
    left = progress(monkeypatch, "STARTING", "IN_PROGRESS", "COMPLETE", "the last question is the test's")
    assert run(states, inputs[":StateMachine"]["definition"], event())["status"] == "SUCCEEDED"
    assert len(left) == 1
    (task,) = rds.describe_export_tasks()["ExportTasks"]
    assert task["SourceArn"] == f"arn:aws:rds:{REGION}:123456789012:snapshot:{SNAPSHOT}"
    assert (task["S3Bucket"], task["S3Prefix"]) == ("jarvis-backups", SNAPSHOT)
    assert task["IamRoleArn"] == "arn:aws:iam::123456789012:role/snapshot-export"
    assert task["KmsKeyId"].endswith(":data-key")
    assert 1 <= len(task["ExportTaskIdentifier"]) <= 60


@pytest.mark.parametrize("status", ["FAILED", "CANCELED"])
def test_an_export_that_fails_fails_the_execution(
    clients: tuple[Any, Any], inputs: dict[str, dict[str, Any]], monkeypatch: pytest.MonkeyPatch, status: str
) -> None:
    progress(monkeypatch, "IN_PROGRESS", status)
    ended = run(clients[1], inputs[":StateMachine"]["definition"], event())
    assert (ended["status"], ended["error"]) == ("FAILED", "ExportFailed")


def test_an_export_that_rds_refuses_fails_the_execution(
    clients: tuple[Any, Any], inputs: dict[str, dict[str, Any]]
) -> None:
    ended = run(clients[1], inputs[":StateMachine"]["definition"], event(f"{IDENTIFIER}-2020-01-01-03-05"))
    assert ended["status"] == "FAILED"
    assert "DBSnapshotNotFound" in ended["error"]


@pytest.mark.parametrize(
    ("sent", "starts"),
    [
        (event(), True),
        (event("jarvis-postgres-prod-replica-1-2026-11-24-03-05"), False),
        (event("other-2026-11-24-03-05"), False),
        (event(EventID="RDS-EVENT-0042", SourceIdentifier=f"{IDENTIFIER}-2026-by-hand"), False),
    ],
    ids=["automated", "of a replica", "of another instance", "by hand"],
)
def test_only_automated_snapshots_of_the_instance_start_it(
    inputs: dict[str, dict[str, Any]], sent: dict[str, Any], starts: bool
) -> None:
    text = inputs[":EventRule"]["eventPattern"]
    assert EventPattern(text, EventPatternParser(text).parse()).matches_event(cast("Any", sent)) is starts
