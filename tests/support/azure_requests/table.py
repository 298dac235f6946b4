"""Which model of which SDK is the request for each type of the provider `azure-native`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final


@dataclass(frozen=True)
class Request:
    """How a resource of one type is asked for."""

    module: str
    """Below `azure.mgmt`; of an SDK that has several versions of an API, the one that is called."""
    model: str
    """Of the body. Inputs that are not in the address are in it."""
    builder: str
    """Module and function, below the first one's `operations`, that builds the address."""
    fixed: Mapping[str, str] = field(default_factory=dict[str, str])
    """Inputs that the address has one value of."""
    open: frozenset[str] = frozenset()
    """Values that the API takes beside those that its SDK names."""

    @property
    def address(self) -> str:
        """The function that builds the address."""
        return f"{self.module}.operations.{self.builder}"


_ALERTS: Final = "monitor.v2018_03_01"
_COLLECTION: Final = "monitor.v2022_06_01"
_DNS: Final = "dns.v2023_07_01_preview"
_IDENTITY: Final = "msi.v2024_11_30"
_DEFAULT: Final = "default"
_STREAMS: Final = frozenset({"Microsoft-ContainerInsights-Group-Default", "Microsoft-PrometheusMetrics"})
"""Streams of Container Insights and of managed Prometheus; the SDK calls its own list the known ones."""


def _network(model: str, operations: str) -> Request:
    return Request("network", model, f"_operations:build_{operations}_create_or_update_request")


def _containers(model: str, operations: str) -> Request:
    return Request("servicenetworking", model, f"_operations:build_{operations}_interface_create_or_update_request")


def _cdn(model: str, operations: str) -> Request:
    return Request("cdn", model, f"_{operations}_operations:build_create_request")


def _put(module: str, model: str, operations: str, verb: str = "create_or_update") -> Request:
    return Request(module, model, f"_{operations}_operations:build_{verb}_request")


REQUESTS: Final[Mapping[str, Request]] = {
    "authorization:ManagementLockByScope": Request(
        "resource.locks",
        "ManagementLockObject",
        "_operations:build_management_locks_create_or_update_by_scope_request",
    ),
    "authorization:RoleAssignment": _put(
        "authorization.v2022_04_01", "RoleAssignmentCreateParameters", "role_assignments", "create"
    ),
    "cdn:AFDCustomDomain": _cdn("AFDDomain", "afd_custom_domains"),
    "cdn:AFDEndpoint": _cdn("AFDEndpoint", "afd_endpoints"),
    "cdn:AFDOrigin": _cdn("AFDOrigin", "afd_origins"),
    "cdn:AFDOriginGroup": _cdn("AFDOriginGroup", "afd_origin_groups"),
    "cdn:Profile": _cdn("Profile", "profiles"),
    "cdn:Route": _cdn("Route", "routes"),
    "consumption:Budget": _put("consumption", "Budget", "budgets"),
    "containerservice:MaintenanceConfiguration": _put(
        "containerservice", "MaintenanceConfiguration", "maintenance_configurations"
    ),
    "containerservice:ManagedCluster": _put("containerservice", "ManagedCluster", "managed_clusters"),
    "dbforpostgresql:Configuration": _put(
        "postgresqlflexibleservers", "ConfigurationForUpdate", "configurations", "put"
    ),
    "dbforpostgresql:Database": _put("postgresqlflexibleservers", "Database", "databases", "create"),
    "dbforpostgresql:Server": _put("postgresqlflexibleservers", "Server", "servers"),
    "dns:RecordSet": _put(_DNS, "RecordSet", "record_sets"),
    "dns:Zone": _put(_DNS, "Zone", "zones"),
    "keyvault:Vault": _put("keyvault", "VaultCreateOrUpdateParameters", "vaults"),
    "managedidentity:FederatedIdentityCredential": _put(
        _IDENTITY, "FederatedIdentityCredential", "federated_identity_credentials"
    ),
    "managedidentity:UserAssignedIdentity": _put(_IDENTITY, "Identity", "user_assigned_identities"),
    "monitor:ActionGroup": _put("monitor.v2023_01_01", "ActionGroupResource", "action_groups"),
    "monitor:AzureMonitorWorkspace": _put(
        "monitor.v2021_06_03_preview", "AzureMonitorWorkspaceResource", "azure_monitor_workspaces", "create"
    ),
    "monitor:DataCollectionEndpoint": _put(
        _COLLECTION, "DataCollectionEndpointResource", "data_collection_endpoints", "create"
    ),
    "monitor:DataCollectionRule": replace(
        _put(_COLLECTION, "DataCollectionRuleResource", "data_collection_rules", "create"), open=_STREAMS
    ),
    "monitor:DataCollectionRuleAssociation": _put(
        _COLLECTION,
        "DataCollectionRuleAssociationProxyOnlyResource",
        "data_collection_rule_associations",
        "create",
    ),
    "monitor:DiagnosticSetting": _put(
        "monitor.v2021_05_01_preview", "DiagnosticSettingsResource", "diagnostic_settings"
    ),
    "monitor:MetricAlert": _put(_ALERTS, "MetricAlertResource", "metric_alerts"),
    "network:ApplicationGateway": _network("ApplicationGateway", "application_gateways"),
    "network:NetworkSecurityGroup": _network("NetworkSecurityGroup", "network_security_groups"),
    "network:PrivateDnsZoneGroup": _network("PrivateDnsZoneGroup", "private_dns_zone_groups"),
    "network:PrivateEndpoint": _network("PrivateEndpoint", "private_endpoints"),
    "network:PublicIPAddress": _network("PublicIPAddress", "public_ip_addresses"),
    "network:Subnet": _network("Subnet", "subnets"),
    "network:VirtualNetwork": _network("VirtualNetwork", "virtual_networks"),
    "network:VirtualNetworkPeering": _network("VirtualNetworkPeering", "virtual_network_peerings"),
    "network:WebApplicationFirewallPolicy": _network(
        "WebApplicationFirewallPolicy", "web_application_firewall_policies"
    ),
    "operationalinsights:Workspace": _put("loganalytics", "Workspace", "workspaces"),
    "privatedns:PrivateZone": _put("privatedns", "PrivateZone", "private_zones"),
    "privatedns:VirtualNetworkLink": _put("privatedns", "VirtualNetworkLink", "virtual_network_links"),
    "redisenterprise:Database": _put("redisenterprise", "Database", "databases", "create"),
    "redisenterprise:RedisEnterprise": _put("redisenterprise", "Cluster", "redis_enterprise", "create"),
    "servicenetworking:AssociationsInterface": _containers("Association", "associations"),
    "servicenetworking:FrontendsInterface": _containers("Frontend", "frontends"),
    "servicenetworking:SecurityPoliciesInterface": _containers("SecurityPolicy", "security_policies"),
    "servicenetworking:TrafficControllerInterface": _containers("TrafficController", "traffic_controller"),
    "storage:BlobContainer": _put("storage", "BlobContainer", "blob_containers", "create"),
    "storage:BlobContainerImmutabilityPolicy": Request(
        "storage",
        "ImmutabilityPolicy",
        "_blob_containers_operations:build_create_or_update_immutability_policy_request",
        {"immutabilityPolicyName": _DEFAULT},
    ),
    "storage:BlobServiceProperties": Request(
        "storage",
        "BlobServiceProperties",
        "_blob_services_operations:build_set_service_properties_request",
        {"blobServicesName": _DEFAULT},
    ),
    "storage:ManagementPolicy": _put("storage", "ManagementPolicy", "management_policies"),
    "storage:StorageAccount": _put("storage", "StorageAccountCreateParameters", "storage_accounts", "create"),
    "trafficmanager:Profile": _put("trafficmanager", "Profile", "profiles"),
}
"""By type token without the provider's name."""

UNCHECKED: Final[Mapping[str, str]] = {
    "resources:ResourceGroup": "Its SDK has every version of every API of Azure's core, for a location and tags.",
}
"""Types that are not held against a model, and why."""
