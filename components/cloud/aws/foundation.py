"""What a stack on AWS stands on: network, key, alarms and budget."""

from __future__ import annotations

import pulumi

from components.cloud.aws.account import Account, open_account
from components.cloud.aws.alarms import AlarmTopic
from components.cloud.aws.budget import watch_costs
from components.cloud.aws.contract import AwsCloud
from components.cloud.aws.endpoints import Endpoints
from components.cloud.aws.flow_logs import FlowLogs
from components.cloud.aws.keys import DataKey
from components.cloud.aws.network import AwsNetwork
from components.cloud.aws.settings import AwsCloudSettings


class AwsFoundation(pulumi.ComponentResource):
    """The account's provider, the network, the key for data, and who is told of alarms and costs.

    `protect` keeps the network and the key from being deleted.
    """

    cloud: AwsCloud

    def __init__(
        self,
        name: str,
        settings: AwsCloudSettings,
        *,
        environment: str,
        protect: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("jarvis:cloud:AwsFoundation", name, None, opts)
        own = pulumi.ResourceOptions(parent=self)
        account = open_account(settings, environment=environment, protect=protect, parent=self)
        network = AwsNetwork("network", settings.vpc, account=account, opts=own)
        Endpoints("endpoints", settings.vpc, account=account, network=network, opts=own)
        key = DataKey("data-key", account=account, opts=own)
        FlowLogs(
            "flow-logs",
            account=account,
            vpc_id=network.vpc_id,
            key_arn=key.arn,
            retention_days=settings.vpc.flow_log_retention_days,
            opts=own,
        )
        topic = AlarmTopic("alarms", account=account, key_arn=key.arn, emails=settings.alarm_emails, opts=own)
        if settings.budget is not None:
            watch_costs(
                settings.budget, account=account, topic_arn=topic.arn, emails=settings.alarm_emails, parent=self
            )
        region = settings.recovery_region
        recovery_key = None if region is None else DataKey("recovery-key", account=account, region=region, opts=own)
        self.cloud = _cloud(
            settings, account, network, environment=environment, key=key, recovery_key=recovery_key, topic=topic
        )
        self.register_outputs({"vpcId": network.vpc_id})


def _cloud(
    settings: AwsCloudSettings,
    account: Account,
    network: AwsNetwork,
    *,
    environment: str,
    key: DataKey,
    recovery_key: DataKey | None,
    topic: AlarmTopic,
) -> AwsCloud:
    """What those who are put into the account are told of it."""
    return AwsCloud(
        provider=account.provider,
        account_id=account.account_id,
        partition=account.partition,
        region=account.region,
        recovery_region=settings.recovery_region,
        name=account.name,
        environment=environment,
        vpc_id=network.vpc_id,
        public_range=settings.vpc.public_range,
        database_range=settings.vpc.database_range,
        public_subnet_ids=network.public_subnet_ids,
        private_subnet_ids=network.private_subnet_ids,
        database_subnet_ids=network.database_subnet_ids,
        node_group_id=network.node_group_id,
        key_arn=key.arn,
        recovery_key_arn=None if recovery_key is None else recovery_key.arn,
        log_retention_days=settings.log_retention_days,
        alarms=topic,
        profile=settings.profile,
        tags=account.tags,
    )
