"""What a month may cost before somebody is told."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
from pulumi_aws import budgets

from components.cloud.aws.account import Account
from components.cloud.aws.settings import BudgetSettings


def watch_costs(
    settings: BudgetSettings,
    *,
    account: Account,
    topic_arn: pulumi.Input[str],
    emails: Sequence[str],
    parent: pulumi.Resource,
) -> budgets.Budget:
    """A monthly budget of everything tagged Application jarvis.

    That the tag counts has to be switched on once for the account: it is then a cost allocation tag
    (https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/activating-tags.html, 2026-11-24).
    """
    spent = [("ACTUAL", percent) for percent in settings.thresholds_percent]
    return budgets.Budget(
        "budget",
        name=account.name,
        budget_type="COST",
        time_unit="MONTHLY",
        limit_amount=str(settings.monthly_limit_usd),
        limit_unit="USD",
        cost_filters=[budgets.BudgetCostFilterArgs(name="TagKeyValue", values=["user:Application$jarvis"])],
        notifications=[
            budgets.BudgetNotificationArgs(
                comparison_operator="GREATER_THAN",
                notification_type=sort,
                threshold=percent,
                threshold_type="PERCENTAGE",
                subscriber_sns_topic_arns=[topic_arn],
                subscriber_email_addresses=list(emails),
            )
            for sort, percent in [*spent, ("FORECASTED", 100)]
        ],
        tags=account.named(account.name),
        opts=account.child_of(parent),
    )
