"""An Azure subscription for unit tests."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from pulumi.runtime.mocks import MockCallArgs, MockResourceArgs

from components.cloud.azure.contract import AzureFoundation
from components.cloud.azure.settings import AzureCloudSettings
from components.cloud.contract import require_azure
from components.cloud.kinds import create_cloud
from tests.support.mocks import Graph, Registered, registered

SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"
TENANT = "22222222-2222-2222-2222-222222222222"
GIVEN: dict[str, Any] = {"kind": "azure", "subscriptionId": SUBSCRIPTION, "tenantId": TENANT}
OTHER_NETWORK = (
    f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-jarvis-recovery/providers/Microsoft.Network/virtualNetworks/vnet"
)
FRONT_DOOR = "66666666-6666-6666-6666-666666666666"
REDIS_KEY = "redis-primary-key-of-the-mock"
AUTHORITY = "bW9jayBhdXRob3JpdHk="
KUBECONFIG = f"""
clusters:
- name: aks
  cluster:
    server: https://jarvis-prod-1234.hcp.westeurope.azmk8s.io:443
    certificate-authority-data: {AUTHORITY}
users:
- name: clusterUser
  user:
    exec:
      command: kubelogin
      args: [get-token, --login, devicecode]
"""


def cloud_settings(**changed: Any) -> AzureCloudSettings:
    return AzureCloudSettings.model_validate({**GIVEN, **changed})


def network_peer(**changed: Any) -> dict[str, Any]:
    """The network of a stack in another region."""
    return {"name": "recovery", "networkId": OTHER_NETWORK, "addressSpace": "10.30.0.0/16", **changed}


def cloud_access(settings: AzureCloudSettings | None = None, *, protect: bool = True) -> AzureFoundation:
    """Call it inside `build`."""
    cloud = create_cloud(settings or cloud_settings(), environment="production", protect=protect)
    return require_azure(cloud, "the test")


def on_azure(
    build: Callable[[AzureFoundation], object], settings: AzureCloudSettings | None = None, *, protect: bool = True
) -> Graph:
    """What `build` registers in a subscription, with what the cloud itself is made of."""
    return registered(lambda: build(cloud_access(settings, protect=protect)), AzureGraph())


class AzureGraph(Graph):
    """Mocks that make up what Azure would, and answer what it would be asked."""

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        id_, outputs = super().new_resource(args)
        if not args.typ.startswith("azure-native:"):
            return id_, outputs
        made: dict[str, Any] = dict(COMPUTED.get(args.typ, {}))
        name = next((args.inputs[key] for key in NAMED if key in args.inputs), args.name)
        return f"/subscriptions/{SUBSCRIPTION}/{args.typ}/{name}", {**made, "name": name, **_answered(outputs)}

    def call(self, args: MockCallArgs) -> dict[str, Any]:
        match args.token:
            case "azure-native:containerservice:listManagedClusterUserCredentials":
                value = base64.b64encode(KUBECONFIG.encode()).decode()
                return {"kubeconfigs": [{"name": "clusterUser", "value": value}]}
            case "azure-native:redisenterprise:listDatabaseKeys":
                return {"primaryKey": REDIS_KEY, "secondaryKey": "other"}
            case _:
                return super().call(args)


def _answered(inputs: dict[str, Any]) -> dict[str, Any]:
    """Where Azure's answer has another shape than the request."""
    outputs = dict(inputs)
    if isinstance(ids := outputs.get("identity", {}).get("userAssignedIdentities"), list):
        outputs["identity"] = {**outputs["identity"], "userAssignedIdentities": {id_: {} for id_ in ids}}
    if "oidcIssuerProfile" in outputs:
        outputs["oidcIssuerProfile"] = {**outputs["oidcIssuerProfile"], "issuerURL": ISSUER}
    return outputs


ISSUER = "https://westeurope.oic.prod-aks.azure.com/tenant/cluster/"
NAMED = (
    "privateZoneName",
    "virtualNetworkLinkName",
    "subnetName",
    "virtualNetworkName",
    "vaultName",
    "accountName",
    "databaseName",
    "clusterName",
    "serverName",
    "privateEndpointName",
    "resourceName",
    "zoneName",
    "publicIpAddressName",
    "applicationGatewayName",
    "frontendName",
    "associationName",
    "securityPolicyName",
    "trafficControllerName",
    "policyName",
    "endpointName",
    "profileName",
    "resourceGroupName",
)
COMPUTED: dict[str, dict[str, Any]] = {
    "azure-native:managedidentity:UserAssignedIdentity": {
        "principalId": "33333333-3333-3333-3333-333333333333",
        "clientId": "44444444-4444-4444-4444-444444444444",
    },
    "azure-native:redisenterprise:RedisEnterprise": {"hostName": "redis-jarvis-production.westeurope.redis.azure.net"},
    "azure-native:dbforpostgresql:Server": {
        "fullyQualifiedDomainName": "psql-jarvis-production.postgres.database.azure.com"
    },
    "azure-native:network:PublicIPAddress": {"ipAddress": "203.0.113.80"},
    "azure-native:servicenetworking:FrontendsInterface": {"fqdn": "0123456789abcdef.fz01.alb.azure.com"},
    "azure-native:cdn:Profile": {"frontDoorId": FRONT_DOOR},
    "azure-native:cdn:AFDEndpoint": {"hostName": "jarvis-production-abc.z01.azurefd.net"},
    "azure-native:cdn:AFDCustomDomain": {
        "validationProperties": {"validationToken": "a-token", "expirationDate": "2026-12-01"}
    },
}
"""Outputs beside the id and the name, by type."""


def by_name(graph: Graph, type_: str) -> dict[str, Registered]:
    """Resources whose type token ends so, such as `network:Subnet`, by their Pulumi names."""
    return {item.name: item for item in graph.resources if item.type.endswith(f":{type_}")}


def tagged(graph: Graph) -> list[Registered]:
    """Every resource of Azure that can carry tags and is not part of another."""
    return [item for item in graph.resources if item.type.startswith("azure-native:") and "tags" in item.inputs]
