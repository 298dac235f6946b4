"""Who is told when the resource group costs more than was meant."""

from __future__ import annotations

import pulumi
from pulumi_azure_native import consumption

from components.cloud.azure.contract import AzurePlace
from components.cloud.azure.settings import AzureBudget


def create_budget(settings: AzureBudget, *, cloud: AzurePlace, parent: pulumi.Resource) -> consumption.Budget:
    """The monthly budget of the resource group; it warns and stops nothing."""
    notifications = {
        f"actual-{percent}": _notification(settings, percent, consumption.ThresholdType.ACTUAL)
        for percent in settings.actual_percent
    }
    if settings.forecast_percent is not None:
        notifications[f"forecast-{settings.forecast_percent}"] = _notification(
            settings, settings.forecast_percent, consumption.ThresholdType.FORECASTED
        )
    return consumption.Budget(
        "budget",
        amount=settings.monthly_amount,
        budget_name="jarvis-monthly",
        category=consumption.CategoryType.COST,
        notifications=notifications,
        scope=cloud.resource_group_id,
        time_grain=consumption.TimeGrainType.MONTHLY,
        time_period=consumption.BudgetTimePeriodArgs(start_date=f"{settings.start}T00:00:00Z"),
        opts=cloud.child_of(parent),
    )


def _notification(settings: AzureBudget, percent: int, kind: consumption.ThresholdType) -> consumption.NotificationArgs:
    return consumption.NotificationArgs(
        contact_emails=list(settings.emails),
        enabled=True,
        operator=consumption.OperatorType.GREATER_THAN_OR_EQUAL_TO,
        threshold=float(percent),
        threshold_type=kind,
    )
