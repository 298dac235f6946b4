"""Log Analytics, managed Prometheus where asked for, and whom alerts go to."""

from __future__ import annotations

import pulumi
from pulumi_azure_native import monitor, operationalinsights

from components.cloud.azure.contract import AzurePlace, Monitoring
from components.cloud.azure.settings import AzureMonitor


class MonitorWorkspaces(pulumi.ComponentResource):
    """What the rest of the stack sends its logs and its alerts to."""

    monitoring: Monitoring

    def __init__(
        self,
        name: str,
        settings: AzureMonitor,
        *,
        cloud: AzurePlace,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("jarvis:cloud:AzureMonitor", name, None, opts)
        self._settings, self._cloud = settings, cloud
        self.monitoring = Monitoring(
            workspace_id=self._logs().id,
            action_group_id=self._action_group().id,
            metrics_workspace_id=self._metrics(),
            cpu_percent=settings.cpu_percent,
            memory_percent=settings.memory_percent,
            storage_percent=settings.storage_percent,
        )
        self.register_outputs({"workspaceId": self.monitoring.workspace_id})

    def _logs(self) -> operationalinsights.Workspace:
        quota = self._settings.daily_quota_gb
        return operationalinsights.Workspace(
            "logs",
            features=operationalinsights.WorkspaceFeaturesArgs(
                disable_local_auth=True, enable_log_access_using_only_resource_permissions=True
            ),
            location=self._cloud.location,
            resource_group_name=self._cloud.resource_group,
            retention_in_days=self._settings.retention_days,
            sku=operationalinsights.WorkspaceSkuArgs(
                name=operationalinsights.WorkspaceSkuNameEnum.PER_GB2018,
            ),
            tags=self._cloud.tags(self._settings.workspace),
            workspace_capping=None
            if quota is None
            else operationalinsights.WorkspaceCappingArgs(daily_quota_gb=float(quota)),
            workspace_name=self._settings.workspace,
            opts=self._cloud.child_of(self),
        )

    def _action_group(self) -> monitor.ActionGroup:
        return monitor.ActionGroup(
            "alerts",
            action_group_name="ag-jarvis",
            email_receivers=[
                monitor.MicrosoftCommonEmailReceiverArgs(name=email, email_address=email, use_common_alert_schema=True)
                for email in self._settings.emails
            ],
            enabled=True,
            group_short_name="jarvis",
            location="global",
            resource_group_name=self._cloud.resource_group,
            tags=self._cloud.tags("ag-jarvis"),
            opts=self._cloud.child_of(self),
        )

    def _metrics(self) -> pulumi.Output[str] | None:
        if self._settings.metrics is None:
            return None
        return monitor.AzureMonitorWorkspace(
            "metrics",
            azure_monitor_workspace_name=self._settings.metrics.name,
            location=self._cloud.location,
            resource_group_name=self._cloud.resource_group,
            tags=self._cloud.tags(self._settings.metrics.name),
            opts=self._cloud.child_of(self),
        ).id
