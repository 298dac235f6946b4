"""Copies of an RDS instance's snapshots in S3: what outlives the instance, its snapshots and its region."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pulumi
from pulumi_aws import cloudwatch, sfn

from components.aws.iam import grant, service_role
from components.backup.contract import ManagedTarget
from components.cloud.aws.contract import Alarm, AwsCloud

_NAME: Final = "snapshot-exports"
_CREATED: Final = "RDS-EVENT-0091"
"""An automated snapshot is there.

Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html (2026-11-24).
"""
_POLL_SECONDS: Final = 300
_TIMEOUT_SECONDS: Final = 12 * 3600
"""RDS restores the snapshot before it exports it: hours where there are many data, and never the next day's."""


class SnapshotExports(pulumi.ComponentResource):
    """Has RDS export each automated snapshot, as Apache Parquet, and follows the export to its end.

    EventBridge tells of the snapshot; a state machine of Step Functions starts the export and asks every five minutes
    how it goes. Somebody is told where it fails. Parquet is read by Athena or any data tool; a database is restored
    from snapshots and the log of changes, not from it.
    """

    def __init__(
        self,
        name: str,
        identifier: str,
        target: ManagedTarget,
        *,
        cloud: AwsCloud,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`identifier` is the instance's."""
        super().__init__("jarvis:database:SnapshotExports", name, None, opts)
        self._identifier, self._target, self._cloud = identifier, target, cloud
        machine = self._machine()
        self._start_at_each_snapshot(machine)
        self._watch(machine)
        self.register_outputs({"stateMachine": machine.arn})

    def _machine(self) -> sfn.StateMachine:
        cloud = self._cloud
        role = service_role(_NAME, "states.amazonaws.com", cloud=cloud, parent=self)
        rights = grant(_NAME, role, [], self._rights(), cloud=cloud, parent=self)
        name = f"{cloud.name}-{_NAME}"
        return sfn.StateMachine(
            _NAME,
            name=name,
            role_arn=role.arn,
            definition=_definition(self._target, cloud.key_arn),
            tags=cloud.named(name),
            opts=cloud.child_of(self, *rights),
        )

    def _rights(self) -> list[dict[str, object]]:
        """Source: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_StartExportTask.html, whose KmsKeyId
        wants the key's grants of the caller too (2026-11-24).
        """
        passed = {"StringEquals": {"iam:PassedToService": "export.rds.amazonaws.com"}}
        for_service = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
        return [
            # Not by resource: what can be exported, and where to, is limited by the role that may be passed.
            {"Effect": "Allow", "Action": ["rds:StartExportTask", "rds:DescribeExportTasks"], "Resource": "*"},
            _allow("iam:PassRole", self._target.export_role_arn, passed),
            _allow("kms:DescribeKey", self._cloud.key_arn),
            _allow("kms:CreateGrant", self._cloud.key_arn, for_service),
        ]

    def _start_at_each_snapshot(self, machine: sfn.StateMachine) -> None:
        cloud, key = self._cloud, f"{_NAME}-start"
        role = service_role(key, "events.amazonaws.com", cloud=cloud, parent=self)
        rights = grant(key, role, [], [_allow("states:StartExecution", machine.arn)], cloud=cloud, parent=self)
        name = f"{cloud.name}-{_NAME}"
        rule = cloudwatch.EventRule(
            _NAME,
            name=name,
            description=f"Starts the export of each automated snapshot of {self._identifier}",
            event_pattern=pulumi.Output.json_dumps(_pattern(self._identifier)),
            tags=cloud.named(name),
            opts=cloud.child_of(self),
        )
        cloudwatch.EventTarget(
            _NAME,
            rule=rule.name,
            target_id=name,
            arn=machine.arn,
            role_arn=role.arn,
            opts=cloud.child_of(self, *rights),
        )

    def _watch(self, machine: sfn.StateMachine) -> None:
        for key, metric, end in (
            ("failed", "ExecutionsFailed", "failed"),
            ("timed-out", "ExecutionsTimedOut", f"did not end in {_TIMEOUT_SECONDS // 3600} hours"),
        ):
            alarm = Alarm(
                f"{_NAME}-{key}",
                f"The export of a snapshot of {self._identifier} {end}: the execution in Step Functions says why. "
                "Backups are not affected.",
                "AWS/States",
                metric,
                {"StateMachineArn": machine.arn},
                threshold=0,
                statistic="Sum",
                periods=1,
                missing="notBreaching",
            )
            self._cloud.alarms.watch(alarm, parent=self)


def _allow(
    action: str, resource: pulumi.Input[str], condition: Mapping[str, object] | None = None
) -> dict[str, object]:
    statement: dict[str, object] = {"Effect": "Allow", "Action": action, "Resource": resource}
    return statement if condition is None else {**statement, "Condition": condition}


def _pattern(identifier: str) -> dict[str, object]:
    """Of automated snapshots of this instance: rds:IDENTIFIER-2026-11-24-03-05, and none of IDENTIFIER-replica-1."""
    return {
        "source": ["aws.rds"],
        "detail-type": ["RDS DB Snapshot Event"],
        "detail": {"EventID": [_CREATED], "SourceIdentifier": [{"prefix": f"rds:{identifier}-2"}]},
    }


def _definition(target: ManagedTarget, key_arn: pulumi.Input[str]) -> pulumi.Output[str]:
    """The state machine in Amazon States Language.

    Source: https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html (2026-11-24).
    """
    return pulumi.Output.json_dumps(
        {
            "Comment": "Exports a snapshot to S3",
            "StartAt": "Export",
            "TimeoutSeconds": _TIMEOUT_SECONDS,
            "States": {
                "Export": _export(target, key_arn),
                "Wait": {"Type": "Wait", "Seconds": _POLL_SECONDS, "Next": "Look"},
                "Look": _look(),
                "Ended?": _ended(),
                "Exported": {"Type": "Succeed"},
                "Failed": {"Type": "Fail", "Error": "ExportFailed", "Cause": "aws rds describe-export-tasks says why"},
            },
        }
    )


def _export(target: ManagedTarget, key_arn: pulumi.Input[str]) -> dict[str, object]:
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:rds:startExportTask",
        "Parameters": {
            "ExportTaskIdentifier.$": "States.Format('snapshot-{}', States.UUID())",
            "SourceArn.$": "$.detail.SourceArn",
            "S3BucketName": target.bucket,
            # The snapshot's name, which has its time, without the rds: before it.
            "S3Prefix.$": "States.ArrayGetItem(States.StringSplit($.detail.SourceIdentifier, ':'), 1)",
            "IamRoleArn": target.export_role_arn,
            "KmsKeyId": key_arn,
        },
        # An account may have five exports at once.
        "Retry": _again(first_seconds=60),
        "ResultSelector": {"Task.$": "$.ExportTaskIdentifier"},
        "Next": "Wait",
    }


def _look() -> dict[str, object]:
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:rds:describeExportTasks",
        "Parameters": {"ExportTaskIdentifier.$": "$.Task"},
        "Retry": _again(first_seconds=30),
        "ResultSelector": {"Status.$": "States.ArrayGetItem($.ExportTasks[*].Status, 0)"},
        "ResultPath": "$.Progress",
        "Next": "Ended?",
    }


def _ended() -> dict[str, object]:
    following = {"STARTING": "Wait", "IN_PROGRESS": "Wait", "COMPLETE": "Exported"}
    choices = [
        {"Variable": "$.Progress.Status", "StringEquals": status, "Next": state} for status, state in following.items()
    ]
    return {"Type": "Choice", "Choices": choices, "Default": "Failed"}


def _again(*, first_seconds: int) -> list[dict[str, object]]:
    """Six times, each after twice as long: for an hour where the first comes after a minute."""
    return [
        {"ErrorEquals": ["States.TaskFailed"], "IntervalSeconds": first_seconds, "MaxAttempts": 6, "BackoffRate": 2}
    ]
