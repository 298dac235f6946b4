"""What an AKS cluster is made of, as Azure writes it."""

from __future__ import annotations

import pulumi
from pulumi_azure_native import containerservice as aks

from components.cloud.azure.contract import AzureFoundation
from components.cluster.aks_settings import AksCluster, PrivateApiServer, PublicApiServer


def node_pool(settings: AksCluster, cloud: AzureFoundation) -> aks.ManagedClusterAgentPoolProfileArgs:
    """The one pool of nodes, with the guide's labels."""
    pool = settings.pool
    return aks.ManagedClusterAgentPoolProfileArgs(
        name=pool.name,
        availability_zones=list(pool.zones),
        count=pool.initial_count,
        enable_auto_scaling=True,
        enable_encryption_at_host=pool.encryption_at_host,
        enable_node_public_ip=False,
        max_count=pool.max_count,
        max_pods=pool.max_pods,
        min_count=pool.min_count,
        mode=aks.AgentPoolMode.SYSTEM,
        node_labels={"Environment": cloud.environment, "Application": "jarvis"},
        orchestrator_version=settings.version,
        os_disk_size_gb=pool.os_disk_gb,
        os_disk_type=aks.OSDiskType.MANAGED,
        os_sku=aks.OSSKU.AZURE_LINUX,
        os_type=aks.OSType.LINUX,
        tags=cloud.tags(settings.name),
        type=aks.AgentPoolType.VIRTUAL_MACHINE_SCALE_SETS,
        upgrade_settings=aks.AgentPoolUpgradeSettingsArgs(
            drain_timeout_in_minutes=30, max_surge="33%", node_soak_duration_in_minutes=0
        ),
        vm_size=pool.vm_size,
        vnet_subnet_id=cloud.network.subnets.nodes,
    )


def network_profile(settings: AksCluster, cloud: AzureFoundation) -> aks.ContainerServiceNetworkProfileArgs:
    """Azure CNI overlay: Pods have addresses of their own, which the virtual network does not know."""
    ranges = cloud.network.ranges
    cilium = settings.network_policy == "cilium"
    return aks.ContainerServiceNetworkProfileArgs(
        dns_service_ip=ranges.dns_service_ip,
        load_balancer_profile=aks.ManagedClusterLoadBalancerProfileArgs(
            managed_outbound_ips=aks.ManagedClusterLoadBalancerProfileManagedOutboundIPsArgs(
                count=settings.outbound_ips
            )
        ),
        load_balancer_sku=aks.LoadBalancerSku.STANDARD,
        network_dataplane=aks.NetworkDataplane.CILIUM if cilium else aks.NetworkDataplane.AZURE,
        network_plugin=aks.NetworkPlugin.AZURE,
        network_plugin_mode=aks.NetworkPluginMode.OVERLAY,
        network_policy=aks.NetworkPolicy.CILIUM if cilium else aks.NetworkPolicy.CALICO,
        outbound_type=aks.OutboundType.LOAD_BALANCER,
        pod_cidr=ranges.pods,
        service_cidr=ranges.services,
    )


def api_server(settings: AksCluster) -> aks.ManagedClusterAPIServerAccessProfileArgs:
    """Who reaches the API server; nobody runs commands in the cluster by way of Azure's own API."""
    match settings.api_server:
        case PublicApiServer(authorized_ranges=ranges):
            return aks.ManagedClusterAPIServerAccessProfileArgs(
                authorized_ip_ranges=list(ranges), disable_run_command=True, enable_private_cluster=False
            )
        case PrivateApiServer():
            return aks.ManagedClusterAPIServerAccessProfileArgs(
                disable_run_command=True,
                enable_private_cluster=True,
                enable_private_cluster_public_fqdn=False,
                private_dns_zone="system",
            )


def security_profile(settings: AksCluster, cloud: AzureFoundation) -> aks.ManagedClusterSecurityProfileArgs:
    """Workload identity, removal of stale images, and Defender.

    Raises pulumi.RunError where Defender has nowhere to report to.
    """
    defender = None
    if settings.defender:
        if cloud.monitoring is None:
            raise pulumi.RunError(
                "jarvis:cluster.defender reports to Log Analytics: give jarvis:cloud.monitor, or set it to false."
            )
        defender = aks.ManagedClusterSecurityProfileDefenderArgs(
            log_analytics_workspace_resource_id=cloud.monitoring.workspace_id,
            security_monitoring=aks.ManagedClusterSecurityProfileDefenderSecurityMonitoringArgs(enabled=True),
        )
    return aks.ManagedClusterSecurityProfileArgs(
        defender=defender,
        image_cleaner=aks.ManagedClusterSecurityProfileImageCleanerArgs(enabled=True, interval_hours=168),
        workload_identity=aks.ManagedClusterSecurityProfileWorkloadIdentityArgs(enabled=True),
    )


def add_ons(settings: AksCluster, cloud: AzureFoundation) -> dict[str, aks.ManagedClusterAddonProfileArgs]:
    """Azure Policy, the Key Vault provider and Container Insights."""
    profiles = {
        "azurepolicy": aks.ManagedClusterAddonProfileArgs(enabled=settings.azure_policy),
        "azureKeyvaultSecretsProvider": aks.ManagedClusterAddonProfileArgs(
            enabled=True,
            config={
                "enableSecretRotation": "true",
                "rotationPollInterval": f"{settings.key_vault_rotation_seconds}s",
            },
        ),
    }
    if cloud.monitoring is not None:
        profiles["omsagent"] = aks.ManagedClusterAddonProfileArgs(
            enabled=True,
            config={
                "logAnalyticsWorkspaceResourceID": cloud.monitoring.workspace_id,
                "useAADAuth": "true",
            },
        )
    return profiles


def azure_monitor(cloud: AzureFoundation) -> aks.ManagedClusterAzureMonitorProfileArgs:
    """Managed Prometheus, where there is a workspace for its metrics."""
    has_metrics = cloud.monitoring is not None and cloud.monitoring.metrics_workspace_id is not None
    return aks.ManagedClusterAzureMonitorProfileArgs(
        metrics=aks.ManagedClusterAzureMonitorProfileMetricsArgs(enabled=has_metrics)
    )


def upgrades(settings: AksCluster) -> aks.ManagedClusterAutoUpgradeProfileArgs:
    """What Azure renews by itself: Kubernetes as far as settings say, and the nodes' images."""
    return aks.ManagedClusterAutoUpgradeProfileArgs(
        node_os_upgrade_channel=aks.NodeOSUpgradeChannel.NODE_IMAGE, upgrade_channel=settings.upgrade_channel
    )


def maintenance_window(settings: AksCluster) -> aks.MaintenanceWindowArgs:
    """Four hours on Sunday."""
    return aks.MaintenanceWindowArgs(
        duration_hours=4,
        schedule=aks.ScheduleArgs(weekly=aks.WeeklyScheduleArgs(day_of_week=aks.WeekDay.SUNDAY, interval_weeks=1)),
        start_time=f"{settings.maintenance_start_hour:02}:00",
        utc_offset="+00:00",
    )
