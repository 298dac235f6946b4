"""Who is told, and of what: an SNS topic and CloudWatch's alarms."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
from pulumi_aws import cloudwatch, sns

from components.aws.iam import Statement, policy
from components.cloud.aws.account import Account
from components.cloud.aws.contract import Alarm, Chart, Line


class AlarmTopic(pulumi.ComponentResource):
    """The topic that alarms and the budget are published to, encrypted, and those who read it."""

    arn: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        account: Account,
        key_arn: pulumi.Input[str],
        emails: Sequence[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("jarvis:cloud:AlarmTopic", name, None, opts)
        self._account = account
        self._charts: list[Chart] = []
        self._alarm_arns: list[pulumi.Output[str]] = []
        topic = sns.Topic(
            "alarms",
            name=f"{account.name}-alarms",
            kms_master_key_id=key_arn,
            tags=account.named(f"{account.name}-alarms"),
            opts=account.child_of(self),
        )
        rights = sns.TopicPolicy(
            "alarms",
            arn=topic.arn,
            policy=policy(*_publishers(topic.arn, account.account_id)),
            opts=account.child_of(self),
        )
        for email in emails:
            sns.TopicSubscription(email, topic=topic.arn, protocol="email", endpoint=email, opts=account.child_of(self))
        # Whoever publishes to it needs the right to.
        self.arn = pulumi.Output.all(topic.arn, rights.id).apply(lambda both: both[0])
        self.register_outputs({"arn": topic.arn})

    def watch(self, alarm: Alarm, *, parent: pulumi.Resource) -> None:
        """Have an alarm, owned by `parent`; its end is told of too."""
        account = self._account
        name = f"{account.name}-{alarm.name}"
        above = alarm.comparison == "above"
        made = cloudwatch.MetricAlarm(
            alarm.name,
            name=name,
            alarm_description=alarm.description,
            namespace=alarm.namespace,
            metric_name=alarm.metric,
            dimensions=dict(alarm.dimensions),
            comparison_operator="GreaterThanThreshold" if above else "LessThanThreshold",
            threshold=alarm.threshold,
            statistic=alarm.statistic,
            period=alarm.period_seconds,
            evaluation_periods=alarm.periods,
            datapoints_to_alarm=alarm.periods,
            treat_missing_data=alarm.missing,
            alarm_actions=[self.arn],
            ok_actions=[self.arn],
            tags=account.named(name),
            opts=account.child_of(parent),
        )
        self._alarm_arns.append(made.arn)
        line = Line(alarm.metric, alarm.dimensions)
        self.show(
            Chart(alarm.metric, alarm.namespace, (line,), alarm.statistic, alarm.period_seconds, limit=alarm.threshold)
        )

    def show(self, *charts: Chart) -> None:
        """Have metrics on the dashboard that nobody is told of."""
        self._charts.extend(charts)

    @property
    def charts(self) -> Sequence[Chart]:
        """What has been shown so far."""
        return self._charts

    @property
    def alarm_arns(self) -> Sequence[pulumi.Output[str]]:
        """The alarms that there are so far."""
        return self._alarm_arns


def _publishers(topic_arn: pulumi.Input[str], account_id: str) -> tuple[Statement, ...]:
    """CloudWatch and AWS Budgets for this account only, and nobody in plain text."""
    return (
        {
            "Sid": "Publishers",
            "Effect": "Allow",
            "Principal": {"Service": ["cloudwatch.amazonaws.com", "budgets.amazonaws.com"]},
            "Action": "sns:Publish",
            "Resource": topic_arn,
            "Condition": {"StringEquals": {"aws:SourceAccount": account_id}},
        },
        {
            "Sid": "EncryptedOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "sns:Publish",
            "Resource": topic_arn,
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
    )
