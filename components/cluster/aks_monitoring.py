"""Container Insights and managed Prometheus: which of a cluster's logs and metrics go where."""

from __future__ import annotations

import pulumi
from pulumi_azure_native import containerservice, monitor

from components.azure.alerts import Threshold, alert_on, keep_logs
from components.cloud.azure.contract import AzureFoundation, Monitoring

_NAMESPACE = "Microsoft.ContainerService/managedClusters"


def observe(
    cluster: containerservice.ManagedCluster, name: str, *, cloud: AzureFoundation, parent: pulumi.Resource
) -> None:
    """Collect the cluster's logs, its metrics where asked for, and tell when its nodes are full."""
    if cloud.monitoring is None:
        return
    keep_logs("cluster", cluster, cloud=cloud, parent=parent)
    alert_on(_thresholds(cloud.monitoring), cluster, cloud=cloud, parent=parent)
    _container_insights(cluster, name, cloud.monitoring, cloud=cloud, parent=parent)
    if cloud.monitoring.metrics_workspace_id is not None:
        _prometheus(cluster, name, cloud.monitoring.metrics_workspace_id, cloud=cloud, parent=parent)


def _thresholds(monitoring: Monitoring) -> tuple[Threshold, ...]:
    above = monitor.Operator.GREATER_THAN
    return (
        Threshold(
            "cluster-cpu",
            "The nodes' CPU is nearly used up.",
            "node_cpu_usage_percentage",
            _NAMESPACE,
            above,
            float(monitoring.cpu_percent),
        ),
        Threshold(
            "cluster-memory",
            "The nodes' memory is nearly used up.",
            "node_memory_working_set_percentage",
            _NAMESPACE,
            above,
            float(monitoring.memory_percent),
        ),
    )


def _container_insights(
    cluster: containerservice.ManagedCluster,
    name: str,
    monitoring: Monitoring,
    *,
    cloud: AzureFoundation,
    parent: pulumi.Resource,
) -> None:
    """Stream, extension and association have the names that the add-on's agent looks for, as published templates of it
    have them; no page of Microsoft's that was read (2026-11-24) lists them."""
    stream = "Microsoft-ContainerInsights-Group-Default"
    rule = monitor.DataCollectionRule(
        "container-insights",
        data_collection_rule_name=f"dcr-{name}-logs",
        data_flows=[monitor.DataFlowArgs(destinations=["logs"], streams=[stream])],
        data_sources=monitor.DataCollectionRuleDataSourcesArgs(extensions=[_agent(stream)]),
        destinations=monitor.DataCollectionRuleDestinationsArgs(
            log_analytics=[
                monitor.LogAnalyticsDestinationArgs(name="logs", workspace_resource_id=monitoring.workspace_id)
            ]
        ),
        kind="Linux",
        location=cloud.location,
        resource_group_name=cloud.resource_group,
        tags=cloud.tags(f"dcr-{name}-logs"),
        opts=cloud.child_of(parent),
    )
    monitor.DataCollectionRuleAssociation(
        "container-insights-on-cluster",
        association_name="ContainerInsightsExtension",
        data_collection_rule_id=rule.id,
        resource_uri=cluster.id,
        opts=cloud.child_of(parent),
    )


def _agent(stream: str) -> monitor.ExtensionDataSourceArgs:
    """Every namespace's logs and metrics, each minute."""
    return monitor.ExtensionDataSourceArgs(
        extension_name="ContainerInsights",
        extension_settings={
            "dataCollectionSettings": {
                "enableContainerLogV2": True,
                "interval": "1m",
                "namespaceFilteringMode": "Off",
            }
        },
        name="ContainerInsightsExtension",
        streams=[stream],
    )


def _prometheus(
    cluster: containerservice.ManagedCluster,
    name: str,
    workspace_id: pulumi.Output[str],
    *,
    cloud: AzureFoundation,
    parent: pulumi.Resource,
) -> None:
    """Likewise."""
    stream = "Microsoft-PrometheusMetrics"
    endpoint = _endpoint(f"dce-{name}"[:44].rstrip("-_"), cloud=cloud, parent=parent)
    rule = monitor.DataCollectionRule(
        "prometheus",
        data_collection_endpoint_id=endpoint.id,
        data_collection_rule_name=f"dcr-{name}-metrics",
        data_flows=[monitor.DataFlowArgs(destinations=["metrics"], streams=[stream])],
        data_sources=monitor.DataCollectionRuleDataSourcesArgs(
            prometheus_forwarder=[
                monitor.PrometheusForwarderDataSourceArgs(name="PrometheusDataSource", streams=[stream])
            ]
        ),
        destinations=monitor.DataCollectionRuleDestinationsArgs(
            monitoring_accounts=[
                monitor.MonitoringAccountDestinationArgs(account_resource_id=workspace_id, name="metrics")
            ]
        ),
        kind="Linux",
        location=cloud.location,
        resource_group_name=cloud.resource_group,
        tags=cloud.tags(f"dcr-{name}-metrics"),
        opts=cloud.child_of(parent),
    )
    monitor.DataCollectionRuleAssociation(
        "prometheus-on-cluster",
        association_name="jarvis-metrics",
        data_collection_rule_id=rule.id,
        resource_uri=cluster.id,
        opts=cloud.child_of(parent),
    )


def _endpoint(name: str, *, cloud: AzureFoundation, parent: pulumi.Resource) -> monitor.DataCollectionEndpoint:
    return monitor.DataCollectionEndpoint(
        "prometheus-endpoint",
        data_collection_endpoint_name=name,
        kind="Linux",
        location=cloud.location,
        resource_group_name=cloud.resource_group,
        tags=cloud.tags(name),
        opts=cloud.child_of(parent),
    )
