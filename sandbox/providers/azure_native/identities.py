"""Names and ids of planned resources: an id is the path of the resource in Azure's REST API."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from sandbox.providers.azure_native.subscription import Subscription
from sandbox.providers.plan.planned import Planned
from sandbox.providers.plan.sdk import ResourceType
from sandbox.providers.plan.shapes import Scalar

_SCOPES: Final = ("scope", "resourceUri")
"""Inputs that name the resource that another one is attached to, by its id."""
_BLOBS: Final = "Microsoft.Storage/storageAccounts/{accountName}/blobServices/default"
_POSTGRES: Final = "Microsoft.DBforPostgreSQL/flexibleServers/{serverName}"
_FRONT_DOOR: Final = "Microsoft.Cdn/profiles/{profileName}"
_TRAFFIC_CONTROLLER: Final = "Microsoft.ServiceNetworking/trafficControllers/{trafficControllerName}"
_PATHS: Final[Mapping[str, str]] = {
    "authorization:ManagementLockByScope": "Microsoft.Authorization/locks/{lockName}",
    "cdn:AFDCustomDomain": _FRONT_DOOR + "/customDomains/{customDomainName}",
    "cdn:AFDEndpoint": _FRONT_DOOR + "/afdEndpoints/{endpointName}",
    "cdn:AFDOrigin": _FRONT_DOOR + "/originGroups/{originGroupName}/origins/{originName}",
    "cdn:AFDOriginGroup": _FRONT_DOOR + "/originGroups/{originGroupName}",
    "cdn:Policy": "Microsoft.Network/frontDoorWebApplicationFirewallPolicies/{policyName}",
    "cdn:Profile": _FRONT_DOOR,
    "cdn:Route": _FRONT_DOOR + "/afdEndpoints/{endpointName}/routes/{routeName}",
    "containerservice:AgentPool": (
        "Microsoft.ContainerService/managedClusters/{resourceName}/agentPools/{agentPoolName}"
    ),
    "containerservice:MaintenanceConfiguration": (
        "Microsoft.ContainerService/managedClusters/{resourceName}/maintenanceConfigurations/{configName}"
    ),
    "containerservice:ManagedCluster": "Microsoft.ContainerService/managedClusters/{resourceName}",
    "dbforpostgresql:Configuration": _POSTGRES + "/configurations/{configurationName}",
    "dbforpostgresql:Database": _POSTGRES + "/databases/{databaseName}",
    "dbforpostgresql:FirewallRule": _POSTGRES + "/firewallRules/{firewallRuleName}",
    "dbforpostgresql:Server": _POSTGRES,
    "dbforpostgresql:VirtualEndpoint": _POSTGRES + "/virtualendpoints/{virtualEndpointName}",
    "dns:RecordSet": "Microsoft.Network/dnsZones/{zoneName}/{recordType}/{relativeRecordSetName}",
    "dns:Zone": "Microsoft.Network/dnsZones/{zoneName}",
    "managedidentity:FederatedIdentityCredential": (
        "Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}"
        "/federatedIdentityCredentials/{federatedIdentityCredentialResourceName}"
    ),
    "managedidentity:UserAssignedIdentity": "Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}",
    "monitor:ActionGroup": "Microsoft.Insights/actionGroups/{actionGroupName}",
    "monitor:AzureMonitorWorkspace": "Microsoft.Monitor/accounts/{azureMonitorWorkspaceName}",
    "monitor:DataCollectionEndpoint": "Microsoft.Insights/dataCollectionEndpoints/{dataCollectionEndpointName}",
    "monitor:DataCollectionRule": "Microsoft.Insights/dataCollectionRules/{dataCollectionRuleName}",
    "monitor:DataCollectionRuleAssociation": "Microsoft.Insights/dataCollectionRuleAssociations/{associationName}",
    "monitor:DiagnosticSetting": "Microsoft.Insights/diagnosticSettings/{name}",
    "monitor:MetricAlert": "Microsoft.Insights/metricAlerts/{ruleName}",
    "network:PublicIPAddress": "Microsoft.Network/publicIPAddresses/{publicIpAddressName}",
    "network:WebApplicationFirewallPolicy": (
        "Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies/{policyName}"
    ),
    "privatedns:PrivateRecordSet": (
        "Microsoft.Network/privateDnsZones/{privateZoneName}/{recordType}/{relativeRecordSetName}"
    ),
    "privatedns:PrivateZone": "Microsoft.Network/privateDnsZones/{privateZoneName}",
    "privatedns:VirtualNetworkLink": (
        "Microsoft.Network/privateDnsZones/{privateZoneName}/virtualNetworkLinks/{virtualNetworkLinkName}"
    ),
    "redisenterprise:Database": "Microsoft.Cache/redisEnterprise/{clusterName}/databases/{databaseName}",
    "redisenterprise:RedisEnterprise": "Microsoft.Cache/redisEnterprise/{clusterName}",
    "servicenetworking:AssociationsInterface": _TRAFFIC_CONTROLLER + "/associations/{associationName}",
    "servicenetworking:FrontendsInterface": _TRAFFIC_CONTROLLER + "/frontends/{frontendName}",
    "servicenetworking:SecurityPoliciesInterface": _TRAFFIC_CONTROLLER + "/securityPolicies/{securityPolicyName}",
    "servicenetworking:TrafficControllerInterface": _TRAFFIC_CONTROLLER,
    "storage:BlobContainer": _BLOBS + "/containers/{containerName}",
    "storage:BlobContainerImmutabilityPolicy": (
        _BLOBS + "/containers/{containerName}/immutabilityPolicies/{immutabilityPolicyName}"
    ),
    "storage:BlobServiceProperties": "Microsoft.Storage/storageAccounts/{accountName}/blobServices/{blobServicesName}",
    "storage:ManagementPolicy": "Microsoft.Storage/storageAccounts/{accountName}/managementPolicies/default",
    "storage:StorageAccount": "Microsoft.Storage/storageAccounts/{accountName}",
    "trafficmanager:Profile": "Microsoft.Network/trafficManagerProfiles/{profileName}",
}
"""Paths that the names of a type's inputs do not tell. `tests/servers/test_azure_requests.py` holds those of the stacks
against the addresses that Azure's own SDKs build."""
_PROVIDERS: Final[Mapping[str, str]] = {
    "alertsmanagement": "AlertsManagement",
    "consumption": "Consumption",
    "dataprotection": "DataProtection",
    "insights": "Insights",
    "keyvault": "KeyVault",
    "operationalinsights": "OperationalInsights",
    "recoveryservices": "RecoveryServices",
    "servicenetworking": "ServiceNetworking",
}
"""How Microsoft writes what the SDK writes in lower case."""


def name_property(kind: ResourceType) -> str | None:
    """The input that names a resource: the only part of its path that may be left out."""
    own = (key for key in path_properties(kind) if key.endswith("Name") and not kind.inputs[key].required)
    return next(own, "name" if "name" in kind.inputs else None)


def path_properties(kind: ResourceType) -> tuple[str, ...]:
    """Inputs that are part of the resource's path: none of them can change without its becoming another."""
    return tuple(
        key
        for key, field in kind.inputs.items()
        if field.shape is Scalar.TEXT
        and ((key.endswith("Name") and (field.required or key not in kind.outputs)) or key in (*_SCOPES, "recordType"))
    )


def type_of(planned: Planned) -> str:
    """The type in Azure's words: `Microsoft.Network/virtualNetworks/subnets`."""
    provider, _, rest = _template(planned.type).partition("/")
    return "/".join([provider, *(part for part in rest.split("/")[::2])])


def id_of(planned: Planned, subscription: Subscription) -> str:
    """The id."""
    if planned.type.token == "azure-native:resources:ResourceGroup":  # noqa: S105 (a type token)
        return f"/subscriptions/{subscription.id}/resourceGroups/{planned.name}"
    own = name_property(planned.type)
    names = {key: planned.text(key) or planned.name for key in path_properties(planned.type)}
    if own is not None:
        names[own] = planned.name
    path = re.sub(r"\{(\w+)\}", lambda part: names.get(part.group(1), "default"), _template(planned.type))
    scope = next((text for key in _SCOPES if (text := planned.text(key))), None)
    if scope is None:
        group = planned.text("resourceGroupName")
        scope = f"/subscriptions/{subscription.id}" + (f"/resourceGroups/{group}" if group else "")
    return f"{scope if scope.startswith('/') else '/' + scope}/providers/{path}"


def _template(kind: ResourceType) -> str:
    """The path below the resource group, with the inputs' names in braces."""
    _, module, name = kind.token.split(":")
    known = _PATHS.get(f"{module}:{name}")
    if known is not None:
        return known
    own = name_property(kind)
    parents = [key for key in path_properties(kind) if key not in {own, "resourceGroupName", *_SCOPES, "recordType"}]
    parts = [f"{_plural(key.removesuffix('Name'))}/{{{key}}}" for key in parents]
    parts.append(f"{_plural(name[0].lower() + name[1:])}/{{{own or 'name'}}}")
    return "/".join([f"Microsoft.{_PROVIDERS.get(module, module.capitalize())}", *parts])


def _plural(name: str) -> str:
    if name.endswith("y") and not name.endswith(("ay", "ey", "oy")):
        return f"{name[:-1]}ies"
    return (
        name if name.endswith("s") and not name.endswith("ss") else f"{name}es" if name.endswith("ss") else f"{name}s"
    )
