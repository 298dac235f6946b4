"""Who talked to whom in the VPC, in CloudWatch Logs."""

from __future__ import annotations

import pulumi
from pulumi_aws import cloudwatch, ec2

from components.aws.iam import grant, service_role
from components.cloud.aws.account import Account


class FlowLogs(pulumi.ComponentResource):
    """A flow log of all traffic of the VPC, its log group, and the role that writes into it."""

    def __init__(
        self,
        name: str,
        *,
        account: Account,
        vpc_id: pulumi.Input[str],
        key_arn: pulumi.Input[str],
        retention_days: int,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("jarvis:cloud:FlowLogs", name, None, opts)
        group_name = f"/aws/vpc/{account.name}/flow-logs"
        group = cloudwatch.LogGroup(
            "flow-logs",
            name=group_name,
            kms_key_id=key_arn,
            retention_in_days=retention_days,
            tags=account.named(group_name),
            opts=account.child_of(self),
        )
        role = service_role("flow-logs", "vpc-flow-logs.amazonaws.com", cloud=account, parent=self)
        writes = {
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
            "Resource": group.arn.apply(lambda arn: f"{arn}:*"),
        }
        rights = grant("flow-logs", role, [], [writes], cloud=account, parent=self)
        ec2.FlowLog(
            "flow-logs",
            vpc_id=vpc_id,
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_destination=group.arn,
            iam_role_arn=role.arn,
            max_aggregation_interval=60,
            tags=account.named(account.name),
            opts=account.child_of(self, *rights),
        )
        self.register_outputs({"logGroup": group.name})
