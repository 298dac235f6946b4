"""What every managed service has: its logs kept, and alerts on its own metrics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pulumi
from pulumi_azure_native import monitor

from components.cloud.azure.contract import AzureFoundation

Severity = Literal[0, 1, 2, 3]
"""0 is critical, 1 an error, 2 a warning, 3 informational."""


@dataclass(frozen=True)
class Threshold:
    """An alert on one metric.

    Source of the names and of how each is aggregated (2026-11-24): the page of the kind of resource below
    https://learn.microsoft.com/azure/azure-monitor/reference/metrics-index; of PostgreSQL's,
    https://learn.microsoft.com/azure/postgresql/monitor/concepts-monitoring; of Managed Redis', whose page has had no
    table of late, Microsoft's list of 2024-02-19 for Microsoft.Cache/redisEnterprise (azure-monitor-ref/supported-
    metrics/includes/microsoft-cache-redisenterprise-metrics-include.md of
    https://github.com/MicrosoftDocs/azure-reference-other).
    """

    name: str
    """The alert's own, such as database-cpu."""
    description: str
    metric: str
    namespace: str
    """The kind of resource that has the metric."""
    operator: monitor.Operator
    value: float
    aggregation: monitor.AggregationTypeEnum = monitor.AggregationTypeEnum.AVERAGE
    severity: Severity = 2
    window: str = "PT15M"
    """How long the metric is looked back at (ISO 8601)."""


def keep_logs(
    name: str,
    target: pulumi.CustomResource,
    *,
    cloud: AzureFoundation,
    parent: pulumi.Resource,
    group: Literal["allLogs", "audit"] | None = "allLogs",
) -> None:
    """Send the logs of that category group, and every metric, to Log Analytics, where the stack has it."""
    if cloud.monitoring is None:
        return
    monitor.DiagnosticSetting(
        f"{name}-logs",
        log_analytics_destination_type="Dedicated",
        logs=None if group is None else [monitor.DiagnosticsLogSettingsArgs(category_group=group, enabled=True)],
        metrics=[monitor.DiagnosticsMetricSettingsArgs(category="AllMetrics", enabled=True)],
        name="jarvis",
        resource_uri=target.id,
        workspace_id=cloud.monitoring.workspace_id,
        opts=cloud.child_of(parent),
    )


def alert_on(
    thresholds: Sequence[Threshold], target: pulumi.CustomResource, *, cloud: AzureFoundation, parent: pulumi.Resource
) -> None:
    """Tell the action group when a metric of `target` passes its threshold, where the stack has one."""
    if cloud.monitoring is None:
        return
    for threshold in thresholds:
        monitor.MetricAlert(
            threshold.name,
            actions=[monitor.MetricAlertActionArgs(action_group_id=cloud.monitoring.action_group_id)],
            auto_mitigate=True,
            criteria=monitor.MetricAlertSingleResourceMultipleMetricCriteriaArgs(
                odata_type="Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
                all_of=[
                    monitor.MetricCriteriaArgs(
                        criterion_type="StaticThresholdCriterion",
                        metric_name=threshold.metric,
                        metric_namespace=threshold.namespace,
                        name=threshold.metric,
                        operator=threshold.operator,
                        threshold=threshold.value,
                        time_aggregation=threshold.aggregation,
                    )
                ],
            ),
            description=threshold.description,
            enabled=True,
            evaluation_frequency="PT5M",
            location="global",
            resource_group_name=cloud.resource_group,
            rule_name=f"jarvis-{threshold.name}",
            scopes=[target.id],
            severity=threshold.severity,
            tags=cloud.tags(f"jarvis-{threshold.name}"),
            window_size=threshold.window,
            opts=cloud.child_of(parent),
        )
