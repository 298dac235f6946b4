"""Outputs of planned resources that other components use, in the form in which Azure gives them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from sandbox.providers.azure_native.identities import type_of
from sandbox.providers.azure_native.kubeconfig import host
from sandbox.providers.azure_native.subscription import Subscription
from sandbox.providers.plan.planned import Planned
from sandbox.providers.values import Properties, Value, as_list, as_object, as_text, reveal

Facts = Callable[[Planned, str, Subscription], Properties]


def facts_of(planned: Planned, id: str, subscription: Subscription) -> Mapping[str, Value]:
    """Outputs by path."""
    common: Properties = {
        "type": type_of(planned),
        "provisioningState": "Succeeded",
        "identity.principalId": planned.uuid("principal"),
        "identity.tenantId": subscription.tenant,
    }
    own = _FACTS.get(planned.type.token.removeprefix("azure-native:"))
    return {**common, **(own(planned, id, subscription) if own else {})}


def settled_of(planned: Planned, subscription: Subscription) -> Mapping[str, Value]:
    """Outputs that a preview knows already."""
    location = planned.text("location") or subscription.location
    return {"name": planned.name, **({"location": location} if location and "location" in planned.type.inputs else {})}


def text_of(planned: Planned, name: str, subscription: Subscription) -> str | None:
    """A text for an output of which only its name says what it is."""
    low = name.lower()
    if low in _OF_SUBSCRIPTION:
        return _OF_SUBSCRIPTION[low](subscription)
    if low.endswith(("principalid", "clientid", "objectid", "guid", "uuid")):
        return planned.uuid(name)
    if low.endswith("state") or low == "status":
        return "Succeeded"
    if low.endswith(("fqdn", "hostname", "domainname", "fullyqualifieddomainname")):
        return f"{planned.name}-{planned.digest(name, 8)}.{_location(planned, subscription)}.cloudapp.azure.com"
    if low.endswith(("uri", "url", "endpoint")):
        return f"https://{planned.name}-{planned.digest(name, 8)}.{_location(planned, subscription)}.azure.com/"
    return None


_OF_SUBSCRIPTION: Final[Mapping[str, Callable[[Subscription], str]]] = {
    "subscriptionid": lambda subscription: subscription.id,
    "tenantid": lambda subscription: subscription.tenant,
}


def _location(planned: Planned, subscription: Subscription) -> str:
    return (planned.text("location") or subscription.location or "global").lower().replace(" ", "")


def _cluster(planned: Planned, id: str, subscription: Subscription) -> Properties:
    del id
    location = _location(planned, subscription)
    group = planned.text("resourceGroupName") or "group"
    nodes = planned.text("nodeResourceGroup") or f"MC_{group}_{planned.name}_{location}"
    prefix = planned.text("dnsPrefix") or planned.name
    kubelet = f"{planned.name}-agentpool"
    identities = f"/subscriptions/{subscription.id}/resourceGroups/{nodes}/providers/Microsoft.ManagedIdentity"
    return {
        "fqdn": host(prefix, planned.digest("fqdn", 8), location),
        "nodeResourceGroup": nodes,
        "currentKubernetesVersion": planned.text("kubernetesVersion") or "",
        "oidcIssuerProfile.issuerURL": (
            f"https://{location}.oic.prod-aks.azure.com/{subscription.tenant}/{planned.uuid('issuer')}/"
        ),
        "powerState": {"code": "Running"},
        "identityProfile": {
            "kubeletidentity": {
                "clientId": planned.uuid("kubelet client"),
                "objectId": planned.uuid("kubelet object"),
                "resourceId": f"{identities}/userAssignedIdentities/{kubelet}",
            }
        },
    }


def _database_server(planned: Planned, id: str, subscription: Subscription) -> Properties:
    del id, subscription
    return {"fullyQualifiedDomainName": f"{planned.name}.postgres.database.azure.com", "state": "Ready"}


def _cache(planned: Planned, id: str, subscription: Subscription) -> Properties:
    del id
    return {
        "hostName": f"{planned.name}.{_location(planned, subscription)}.redis.azure.net",
        "resourceState": "Running",
        "redisVersion": "7.4",
    }


def _cache_database(planned: Planned, id: str, subscription: Subscription) -> Properties:
    del id, subscription
    return {"port": planned.whole("port", 10000), "resourceState": "Running", "redisVersion": "7.4"}


def _vault(planned: Planned, id: str, subscription: Subscription) -> Properties:
    del id, subscription
    return {"properties.vaultUri": f"https://{planned.name}.vault.azure.net/"}


def _vault_secret(planned: Planned, id: str, subscription: Subscription) -> Properties:
    del id, subscription
    uri = f"https://{planned.text('vaultName')}.vault.azure.net/secrets/{planned.name}"
    return {"properties.secretUri": uri, "properties.secretUriWithVersion": f"{uri}/{planned.digest(length=32)}"}


def _storage(planned: Planned, id: str, subscription: Subscription) -> Properties:
    del id
    kinds = {"blob": "blob", "dfs": "dfs", "file": "file", "queue": "queue", "table": "table", "web": "z28.web"}
    primary: Properties = {kind: f"https://{planned.name}.{part}.core.windows.net/" for kind, part in kinds.items()}
    secondary: Properties = {
        kind: f"https://{planned.name}-secondary.{part}.core.windows.net/" for kind, part in kinds.items()
    }
    return {
        "primaryEndpoints": primary,
        "secondaryEndpoints": secondary,
        "primaryLocation": _location(planned, subscription),
        "statusOfPrimary": "available",
    }


def _address(planned: Planned, id: str, subscription: Subscription) -> Properties:
    # 203.0.113.0/24 is for documentation (RFC 5737): no host has one.
    label = as_text(planned.part("dnsSettings", "domainNameLabel")) or planned.name
    return {
        "ipAddress": f"203.0.113.{int(planned.digest('ip', 2), 16)}",
        "dnsSettings.fqdn": f"{label}.{_location(planned, subscription)}.cloudapp.azure.com",
        "ipConfiguration": {"id": f"{id}/ipConfiguration"},
    }


def _virtual_network(planned: Planned, id: str, subscription: Subscription) -> Properties:
    del subscription
    subnets = [as_object(reveal(item)) for item in as_list(reveal(planned.inputs.get("subnets")))]
    return {f"subnets[{index}].id": f"{id}/subnets/{as_text(item.get('name'))}" for index, item in enumerate(subnets)}


def _zone(planned: Planned, id: str, subscription: Subscription) -> Properties:
    del id, subscription
    number = int(planned.digest("zone", 2), 16) % 100
    ends = ("com", "net", "org", "info")
    return {"nameServers": [f"ns{place}-{number:02}.azure-dns.{end}." for place, end in enumerate(ends, 1)]}


def _record(planned: Planned, id: str, subscription: Subscription) -> Properties:
    del id, subscription
    zone = planned.text("zoneName") or planned.text("privateZoneName")
    return {"fqdn": f"{zone}." if planned.name == "@" else f"{planned.name}.{zone}."}


def _workspace(planned: Planned, id: str, subscription: Subscription) -> Properties:
    del id, subscription
    return {"customerId": planned.uuid("customer")}


def _front_door(planned: Planned, id: str, subscription: Subscription) -> Properties:
    del id, subscription
    return {"frontDoorId": planned.uuid("front door"), "resourceState": "Active"}


def _front_door_endpoint(planned: Planned, id: str, subscription: Subscription) -> Properties:
    del id, subscription
    return {"hostName": f"{planned.name}-{planned.digest('host', 16)}.z01.azurefd.net"}


def _traffic_frontend(planned: Planned, id: str, subscription: Subscription) -> Properties:
    del id, subscription
    return {"fqdn": f"{planned.digest('host', 16)}.fz{planned.digest('zone', 2)}.alb.azure.com"}


def _traffic_manager(planned: Planned, id: str, subscription: Subscription) -> Properties:
    del id, subscription
    return {"dnsConfig.fqdn": f"{planned.name}.trafficmanager.net"}


_FACTS: Final[Mapping[str, Facts]] = {
    "cdn:AFDEndpoint": _front_door_endpoint,
    "cdn:Profile": _front_door,
    "containerservice:ManagedCluster": _cluster,
    "dbforpostgresql:Server": _database_server,
    "dns:RecordSet": _record,
    "dns:Zone": _zone,
    "keyvault:Secret": _vault_secret,
    "keyvault:Vault": _vault,
    "network:PublicIPAddress": _address,
    "network:VirtualNetwork": _virtual_network,
    "operationalinsights:Workspace": _workspace,
    "privatedns:PrivateRecordSet": _record,
    "redisenterprise:Database": _cache_database,
    "redisenterprise:RedisEnterprise": _cache,
    "servicenetworking:FrontendsInterface": _traffic_frontend,
    "storage:StorageAccount": _storage,
    "trafficmanager:Profile": _traffic_manager,
}
