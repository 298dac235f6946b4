"""Exports of the snapshots of a database of kind `rds`."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pulumi
import pytest

from components.backup.contract import ManagedTarget, Plan
from components.cloud.aws.contract import AwsCloud
from components.database.kinds import create_database
from components.database.rds_settings import RdsDatabase
from tests.support.mocks import Graph, cluster_access, credential
from tests.unit.cloud.aws.support import by_name, on_aws

FOLLOWED = "arn:aws:rds:eu-west-1:123456789012:db:jarvis-postgres-prod"
MACHINE = "sfn/stateMachine:StateMachine"


def target() -> ManagedTarget:
    bucket, role = "jarvis-backups", "arn:aws:iam::123456789012:role/snapshot-export"
    return ManagedTarget(
        Plan("0 3 * * *", 30), pulumi.Output.from_input(bucket), pulumi.Output.from_input(role), every_snapshot=True
    )


def exports_graph(*, every_snapshot: bool = True, **database: Any) -> Graph:
    """A database with a bucket for its exports."""

    def build(account: AwsCloud) -> None:
        create_database(
            RdsDatabase.model_validate({"kind": "rds", **database}),
            cluster=cluster_access(),
            password=credential("correct-horse-battery"),
            backup=replace(target(), every_snapshot=every_snapshot),
            protect=True,
            cloud=account,
        )

    return on_aws(build)


@pytest.fixture(scope="module")
def graph() -> Graph:
    return exports_graph()


def rights(graph: Graph, name: str) -> list[dict[str, Any]]:
    return json.loads(by_name(graph, ":RolePolicy")[name].inputs["policy"])["Statement"]


def test_each_snapshot_starts_the_state_machine(graph: Graph) -> None:
    (machine,) = by_name(graph, MACHINE).values()
    target = by_name(graph, ":EventTarget")["snapshot-exports"].inputs
    assert target["rule"] == "jarvis-production-snapshot-exports"
    assert target["arn"].endswith(":snapshot-exports")
    assert rights(graph, "snapshot-exports-start") == [
        {"Effect": "Allow", "Action": "states:StartExecution", "Resource": target["arn"]}
    ]
    assert machine.inputs["roleArn"].endswith(":snapshot-exports")


def test_the_state_machine_may_only_pass_the_role_that_writes_into_the_bucket(graph: Graph) -> None:
    allowed = {str(statement["Action"]): statement for statement in rights(graph, "snapshot-exports")}
    passed = allowed["iam:PassRole"]
    assert passed["Resource"] == "arn:aws:iam::123456789012:role/snapshot-export"
    assert passed["Condition"] == {"StringEquals": {"iam:PassedToService": "export.rds.amazonaws.com"}}
    assert allowed["kms:CreateGrant"]["Condition"] == {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    assert [action for action, statement in allowed.items() if statement["Resource"] == "*"] == [
        "['rds:StartExportTask', 'rds:DescribeExportTasks']"
    ]


def test_somebody_is_told_of_an_export_that_does_not_succeed(graph: Graph) -> None:
    alarms = [
        item.inputs for item in by_name(graph, ":MetricAlarm").values() if item.inputs["namespace"] == "AWS/States"
    ]
    assert {alarm["metricName"] for alarm in alarms} == {"ExecutionsFailed", "ExecutionsTimedOut"}
    for alarm in alarms:
        assert alarm["dimensions"]["StateMachineArn"].endswith(":snapshot-exports")
        assert alarm["alarmActions"]


@pytest.mark.parametrize(
    "changed",
    [{"every_snapshot": False}, {"source": {"kind": "replica", "arn": FOLLOWED}}],
    ids=["not wanted", "a follower takes no snapshots"],
)
def test_there_may_be_none(changed: dict[str, Any]) -> None:
    assert not by_name(exports_graph(**changed), MACHINE)
