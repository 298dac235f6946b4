"""The resource group and what hangs on it, as the engine is told."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pulumi
import pytest

from components.cloud.contract import require_azure
from components.cloud.kinds import create_cloud
from components.cloud.settings import NoCloud
from tests.support.mocks import Graph
from tests.unit.cloud.azure.support import (
    OTHER_NETWORK,
    SUBSCRIPTION,
    TENANT,
    by_name,
    cloud_settings,
    network_peer,
    on_azure,
    tagged,
)


def cloud_graph(*, protect: bool = True, **changed: Any) -> Graph:
    return on_azure(lambda _: None, cloud_settings(**changed), protect=protect)


def test_everything_lies_in_the_guide_s_group_of_one_subscription() -> None:
    graph = cloud_graph()
    (group,) = graph.of_kind("ResourceGroup")
    assert group.inputs["resourceGroupName"] == "rg-jarvis-production"
    assert group.protect
    (provider,) = [item for item in graph.resources if item.type == "pulumi:providers:azure-native"]
    assert (provider.inputs["subscriptionId"], provider.inputs["tenantId"]) == (SUBSCRIPTION, TENANT)
    groups = {item.inputs["resourceGroupName"] for item in graph.resources if "resourceGroupName" in item.inputs}
    assert groups == {"rg-jarvis-production"}


def test_every_resource_carries_the_guide_s_tags() -> None:
    found = tagged(cloud_graph(monitor={"metrics": {}}))
    assert len(found) > 10
    for item in found:
        assert item.inputs["tags"]["Environment"] == "production", item.name
        assert item.inputs["tags"]["Application"] == "jarvis", item.name


def test_subnets_are_made_one_after_the_other_each_behind_rules() -> None:
    subnets = by_name(cloud_graph(), "Subnet")
    assert {name: subnet.inputs["addressPrefix"] for name, subnet in subnets.items()} == {
        "nodes-subnet": "10.20.0.0/20",
        "database-subnet": "10.20.16.0/27",
        "private-endpoints-subnet": "10.20.17.0/26",
        "gateway-subnet": "10.20.18.0/24",
    }
    order = list(subnets.values())
    for before, after in pairwise(order):
        assert before.urn in after.dependencies
    for subnet in order:
        assert subnet.inputs["networkSecurityGroup"]["id"]
        assert subnet.inputs["defaultOutboundAccess"] is False
    delegated = [name for name, subnet in subnets.items() if "delegations" in subnet.inputs]
    assert delegated == ["database-subnet"]


def rules(graph: Graph, subnet: str) -> list[tuple[str, str, tuple[str, ...], tuple[str, ...]]]:
    group = by_name(graph, "NetworkSecurityGroup")[f"{subnet}-rules"]

    def several(rule: dict[str, Any], one: str) -> tuple[str, ...]:
        return tuple(rule.get(f"{one}es") or rule.get(f"{one}s") or [rule[one]])

    return [
        (
            rule["access"],
            rule["direction"],
            several(rule, "sourceAddressPrefix"),
            several(rule, "destinationPortRange"),
        )
        for rule in sorted(group.inputs["securityRules"], key=lambda rule: rule["priority"])
    ]


def test_the_database_answers_nodes_and_itself_alone() -> None:
    assert rules(cloud_graph(), "database") == [
        ("Allow", "Inbound", ("10.20.0.0/20",), ("5432", "6432")),
        ("Allow", "Inbound", ("10.20.16.0/27",), ("5432", "6432")),
        ("Deny", "Inbound", ("VirtualNetwork",), ("*",)),
    ]


def test_of_a_joined_network_only_replication_is_let_in() -> None:
    graph = cloud_graph(network={"peers": [network_peer(database="10.30.16.0/27")]})
    (peering,) = graph.of_kind("VirtualNetworkPeering")
    assert peering.inputs["remoteVirtualNetwork"] == {"id": OTHER_NETWORK}
    assert peering.inputs["allowVirtualNetworkAccess"]
    assert not any(peering.inputs[key] for key in ("allowForwardedTraffic", "allowGatewayTransit", "useRemoteGateways"))
    assert by_name(graph, "Subnet")["gateway-subnet"].urn in peering.dependencies
    assert rules(graph, "database")[-2:] == [
        ("Allow", "Inbound", ("10.30.16.0/27",), ("5432",)),
        ("Deny", "Inbound", ("VirtualNetwork",), ("*",)),
    ]
    for subnet in ("nodes", "gateway"):
        assert rules(graph, subnet)[-1] == ("Deny", "Inbound", ("10.30.0.0/16",), ("*",))


def test_the_internet_reaches_the_gateway_s_web_ports_alone() -> None:
    graph = cloud_graph()
    open_to_all = {
        (subnet, ports)
        for subnet in ("nodes", "database", "private-endpoints", "gateway")
        for access, direction, sources, ports in rules(graph, subnet)
        if access == "Allow" and direction == "Inbound" and set(sources) & {"Internet", "*", "0.0.0.0/0"}
    }
    assert open_to_all == {("gateway", ("80", "443"))}


def test_the_vault_is_private_and_cannot_be_purged() -> None:
    graph = cloud_graph()
    (vault,) = graph.of_kind("Vault")
    properties = vault.inputs["properties"]
    assert vault.protect
    assert vault.retain_on_delete
    assert properties["publicNetworkAccess"] == "Disabled"
    assert properties["enablePurgeProtection"] is True
    assert properties["enableRbacAuthorization"] is True
    assert properties["networkAcls"]["defaultAction"] == "Deny"
    zone = by_name(graph, "PrivateZone")["vault-zone"]
    assert zone.inputs["privateZoneName"] == "privatelink.vaultcore.azure.net"
    endpoint = by_name(graph, "PrivateEndpoint")["vault-endpoint"]
    assert endpoint.inputs["privateLinkServiceConnections"][0]["groupIds"] == ["vault"]


def test_backups_are_private_keyless_in_two_regions_and_expire() -> None:
    graph = cloud_graph(backupStorage={"immutable": True})
    (account,) = graph.of_kind("StorageAccount")
    assert account.inputs["sku"]["name"] == "Standard_GZRS"
    assert account.inputs["allowSharedKeyAccess"] is False
    assert account.inputs["allowBlobPublicAccess"] is False
    assert account.inputs["enableHttpsTrafficOnly"] is True
    assert account.inputs["minimumTlsVersion"] == "TLS1_2"
    assert account.inputs["publicNetworkAccess"] == "Disabled"
    (expiry,) = graph.of_kind("ManagementPolicy")
    (rule,) = expiry.inputs["policy"]["rules"]
    assert rule["definition"]["actions"]["baseBlob"]["delete"] == {"daysAfterModificationGreaterThan": 30}
    (immutability,) = graph.of_kind("BlobContainerImmutabilityPolicy")
    assert immutability.inputs["immutabilityPeriodSinceCreationInDays"] == 30
    assert immutability.inputs["immutabilityPolicyName"] == "default", "the only name that Azure has for it"


def test_what_holds_data_is_locked_where_the_stack_protects_it() -> None:
    locks = by_name(cloud_graph(), "ManagementLockByScope")
    assert set(locks) == {"vault-lock", "backup-lock"}
    assert {item.inputs["level"] for item in locks.values()} == {"CanNotDelete"}
    unprotected = cloud_graph(protect=False)
    assert not by_name(unprotected, "ManagementLockByScope")
    assert not any(item.protect for item in unprotected.resources)


def test_logs_go_to_the_workspace_and_alerts_to_the_people_named() -> None:
    graph = cloud_graph(monitor={"emails": ["ops@jarvis.com"], "metrics": {}})
    (workspace,) = graph.of_kind("Workspace")
    assert workspace.inputs["retentionInDays"] == 30
    (group,) = graph.of_kind("ActionGroup")
    assert [receiver["emailAddress"] for receiver in group.inputs["emailReceivers"]] == ["ops@jarvis.com"]
    assert len(graph.of_kind("AzureMonitorWorkspace")) == 1
    assert set(by_name(graph, "DiagnosticSetting")) == {"vault-logs", "backup-storage-logs"}


def test_a_stack_may_have_no_monitor_no_backups_and_no_budget() -> None:
    graph = cloud_graph(monitor=None, backupStorage=None)
    assert not graph.of_kind("Workspace")
    assert not graph.of_kind("DiagnosticSetting")
    assert not graph.of_kind("StorageAccount")
    assert not graph.of_kind("Budget")


def test_the_budget_tells_what_was_and_what_will_be_spent() -> None:
    graph = cloud_graph(budget={"monthlyAmount": 2500, "emails": ["ops@jarvis.com"]})
    (budget,) = graph.of_kind("Budget")
    told = {(item["threshold"], item["thresholdType"]) for item in budget.inputs["notifications"].values()}
    assert told == {(80, "Actual"), (100, "Actual"), (100, "Forecasted")}
    assert budget.inputs["timePeriod"]["startDate"] == "2026-12-01T00:00:00Z"


def test_without_a_cloud_whatever_needs_azure_says_so() -> None:
    assert create_cloud(NoCloud(), environment="production", protect=True) is None
    with pytest.raises(pulumi.RunError, match=r"jarvis:database needs jarvis:cloud of kind azure\."):
        require_azure(None, "jarvis:database")


def test_people_put_certificates_into_the_vault_from_named_networks_only() -> None:
    group = "55555555-5555-5555-5555-555555555555"
    graph = cloud_graph(keyVault={"allowedRanges": ["203.0.113.0/24"], "certificateOfficers": [group]})
    (vault,) = graph.of_kind("Vault")
    acls = vault.inputs["properties"]["networkAcls"]
    assert (acls["defaultAction"], acls["ipRules"]) == ("Deny", [{"value": "203.0.113.0/24"}])
    right = by_name(graph, "RoleAssignment")["certificate-officer-0"]
    assert (right.inputs["principalId"], right.inputs["principalType"]) == (group, "Group")
    assert right.inputs["roleDefinitionId"].endswith("a4417e6f-fecd-4de8-b567-7b0420556985")
