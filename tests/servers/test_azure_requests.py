"""Every resource of production on Azure against Azure's own management SDKs: what its API would refuse or overlook.

The offline provider checks types by Pulumi's SDK; limits, patterns and required properties are only in Azure's.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from automation.rendering.plan import Hidden, Planned
from sandbox.providers.azure_native import identities
from sandbox.providers.azure_native.provider import AzureProvider
from sandbox.providers.azure_native.subscription import Subscription
from sandbox.providers.plan import planned as plan
from sandbox.providers.resource import Resource
from tests.support.azure_requests.addresses import SUBSCRIPTION
from tests.support.azure_requests.checking import Checker
from tests.support.azure_requests.requests import PROVIDER, own_type, request_address, request_problems, with_known_ids
from tests.support.azure_requests.table import REQUESTS, UNCHECKED
from tests.support.planned_stack import planned_stack

VARIED: dict[str, dict[str, Any]] = {
    "production-azure": {
        "jarvis:cluster.tier": "Premium",
        "jarvis:cluster.upgradeChannel": "none",
        "jarvis:cluster.serviceAccountIdentities": [
            {"name": "external-secrets", "namespace": "external-secrets", "serviceAccount": "external-secrets"}
        ],
        "jarvis:database.extensions": ["pg_trgm"],
        "jarvis:database.maxConnections": 300,
        "jarvis:database.storageGb": 4095,
        "jarvis:cache.clustering": "enterprise",
        "jarvis:cache.persistence": "aof-1s",
        "jarvis:exposure.cdn.recoveryOrigin": "origin-northeurope.jarvis.com",
        "jarvis:exposure.failover": {
            "kind": "primary",
            "origin": "api-westeurope.jarvis.com",
            "recoveryOrigin": "api-northeurope.jarvis.com",
        },
    },
    "recovery-azure": {
        "jarvis:cloud.network.gatewayKind": "application-gateway-for-containers",
        "jarvis:cluster.albController": True,
        "jarvis:platform.albController": {"kind": "helm"},
        "jarvis:exposure": {
            "kind": "application-gateway-for-containers",
            "hosts": {"frontend": "app.jarvis.com", "backend": "api.jarvis.com"},
            "tls": {"kind": "secret", "secretName": "jarvis-tls"},
        },
        "jarvis:cluster.apiServer": {"kind": "private"},
        "jarvis:cluster.networkPolicy": "calico",
        "jarvis:cloud.keyVault.allowedRanges": [],
        "jarvis:cloud.monitor.dailyQuotaGb": None,
        "jarvis:cache.persistence": None,
        "jarvis:cache.highAvailability": False,
    },
}
"""What the stack files leave as it is by default, otherwise."""


def azure_of(planned: list[Planned]) -> list[Planned]:
    return [item for item in planned if item.type.startswith(PROVIDER)]


@pytest.fixture(scope="module")
def resources(tmp_path_factory: pytest.TempPathFactory) -> list[Planned]:
    """What the engine plans of Azure for production as its stack file is."""
    return azure_of(planned_stack(tmp_path_factory.mktemp("stack"), "production-azure"))


@pytest.fixture(scope="module", params=["as it is", *VARIED])
def plan_of_azure(
    request: pytest.FixtureRequest, resources: list[Planned], tmp_path_factory: pytest.TempPathFactory
) -> list[Planned]:
    """That, and two more with other settings."""
    if request.param not in VARIED:
        return resources
    return azure_of(planned_stack(tmp_path_factory.mktemp("varied"), request.param, VARIED[request.param]))


def checked(planned: list[Planned]) -> list[Planned]:
    return [item for item in planned if own_type(item) not in UNCHECKED]


def test_every_property_is_one_that_azure_takes(plan_of_azure: list[Planned]) -> None:
    unknown = {own_type(item) for item in plan_of_azure} - REQUESTS.keys() - UNCHECKED.keys()
    assert not unknown, "types without a row in the table"
    assert len(plan_of_azure) > 60
    found = [
        f"{own_type(item)} {item.name}: {problem}"
        for item in checked(plan_of_azure)
        for problem in request_problems(item)
    ]
    assert not found, "\n".join(found)


def test_ids_are_where_the_sdk_sends_requests_to(plan_of_azure: list[Planned]) -> None:
    provider = AzureProvider()
    different = {
        own_type(item): (made_up, address)
        for item in checked(plan_of_azure)
        if (made_up := offline_id(provider, item)).casefold() != (address := request_address(item).path).casefold()
    }
    assert not different


def test_the_table_has_a_row_or_a_reason_for_a_type() -> None:
    assert not REQUESTS.keys() & UNCHECKED.keys()


def offline_id(provider: AzureProvider, item: Planned) -> str:
    """What the offline provider would call the resource."""
    kind = provider.types.resource(item.type)
    inputs = with_known_ids(item.inputs)
    name = inputs.get(identities.name_property(kind) or "", item.name)
    planned = plan.Planned(Resource(item.urn, item.type, item.name), kind, inputs, name)
    return identities.id_of(planned, Subscription(SUBSCRIPTION))


def put(*path: str | int, value: Any = None) -> Callable[[dict[str, Any]], None]:
    """A change of what lies at the path; a value of None takes it away."""

    def change(inputs: dict[str, Any]) -> None:
        *steps, last = path
        holder: Any = inputs
        for step in steps:
            holder = holder[step]
        if value is None:
            del holder[last]
        else:
            holder[last] = value

    return change


MISTAKES: list[tuple[str, Callable[[dict[str, Any]], None], str]] = [
    # a property that there is not, at the top, nested, in a list, and in a kind that another property tells
    ("dbforpostgresql:Server", put("enableTls", value=True), "enableTls: Server has no such property"),
    ("dbforpostgresql:Server", put("storage", "sizeGB", value=128), "storage.sizeGB: Storage has no such property"),
    (
        "network:NetworkSecurityGroup",
        put("securityRules", 0, "port", value="443"),
        "securityRules[0].port: SecurityRule has no such property",
    ),
    (
        "monitor:MetricAlert",
        put("criteria", "allOf", 0, "alertSensitivity", value="High"),
        "criteria.allOf[0].alertSensitivity: MetricCriteria has no such property",
    ),
    # what only Azure tells
    ("containerservice:ManagedCluster", put("currentKubernetesVersion", value="1.36"), "only tells it"),
    ("storage:StorageAccount", put("primaryLocation", value="westeurope"), "has no such property"),
    # types
    ("storage:StorageAccount", put("allowBlobPublicAccess", value="false"), "must be bool, not str"),
    ("containerservice:ManagedCluster", put("agentPoolProfiles", 0, "count", value=2.5), "must be a whole number"),
    ("containerservice:ManagedCluster", put("agentPoolProfiles", 0, "count", value=True), "must be int, not bool"),
    ("network:VirtualNetwork", put("addressSpace", value="10.20.0.0/16"), "must be AddressSpace, not str"),
    ("network:PublicIPAddress", put("zones", value="1"), "zones: must be a list"),
    ("monitor:MetricAlert", put("windowSize", value="15m"), "is no duration such as PT5M"),
    ("consumption:Budget", put("timePeriod", "startDate", value="next month"), "is no time such as"),
    # values that the API has not
    ("storage:StorageAccount", put("sku", "name", value="Standard_ZGRS"), "'Standard_ZGRS' is none of"),
    ("redisenterprise:Database", put("evictionPolicy", value="allkeys-lru"), "'allkeys-lru' is none of"),
    ("monitor:DataCollectionRule", put("dataFlows", 0, "streams", value=["Microsoft-Metrics"]), "is none of"),
    # required
    ("redisenterprise:RedisEnterprise", put("sku"), "sku: Cluster requires it"),
    ("keyvault:Vault", put("properties", "tenantId"), "properties.tenantId: VaultProperties requires it"),
    ("monitor:MetricAlert", put("severity"), "severity: MetricAlertResource requires it"),
    # limits and patterns
    ("monitor:ActionGroup", put("groupShortName", value="jarvis-production"), "must have length less than 12"),
    ("storage:BlobServiceProperties", put("deleteRetentionPolicy", "days", value=366), "365"),
    ("operationalinsights:Workspace", put("workspaceName", value="-log"), "workspace_name"),
    ("keyvault:Vault", put("vaultName", value="kv_jarvis"), "vault_name"),
    ("storage:StorageAccount", put("accountName", value="st-jarvis-production-backups"), "account_name"),
    ("storage:BlobContainerImmutabilityPolicy", put("immutabilityPolicyName", value="mine"), "must be default"),
]


@pytest.mark.parametrize(("kind", "change", "sentence"), MISTAKES)
def test_a_mistake_is_found(
    kind: str, change: Callable[[dict[str, Any]], None], sentence: str, resources: list[Planned]
) -> None:
    right = next(item for item in resources if own_type(item) == kind)
    inputs = copy.deepcopy(dict(right.inputs))
    change(inputs)
    found = request_problems(replace(right, inputs=inputs))
    assert [problem for problem in found if sentence in problem], found


def test_what_is_not_known_yet_or_secret_is_no_mistake(resources: list[Planned]) -> None:
    (server,) = [item for item in resources if own_type(item) == "dbforpostgresql:Server" and item.name == "server"]
    assert server.inputs["administratorLoginPassword"] is Hidden.SECRET
    assert not request_problems(replace(server, inputs={**server.inputs, "storage": Hidden.UNKNOWN}))


def test_newer_models_are_read_too() -> None:
    given = {"associationType": "subnet", "subnet": {"id": 1}, "gateway": "a", "provisioningState": "Succeeded"}
    assert list(Checker("servicenetworking").problems("Association", given)) == [
        "associationType: 'subnet' is none of subnets",
        "subnet.id: must be str, not int",
        "gateway: Association has no such property",
        "provisioningState: Association only tells it",
        "location: Association requires it",
    ]
