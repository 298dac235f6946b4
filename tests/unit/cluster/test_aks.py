"""An AKS cluster, as the engine is told."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pytest
from pulumi_azure_native import containerservice

from components.cluster.kinds import create_cluster
from tests.support.mocks import Graph
from tests.unit.cloud.azure.support import AUTHORITY, SUBSCRIPTION, TENANT, by_name, cloud_settings, on_azure
from tests.unit.cluster.test_aks_settings import GROUP, aks_settings


def aks_graph(*, cloud: dict[str, Any] | None = None, protect: bool = True, **changed: Any) -> Graph:
    return on_azure(
        lambda foundation: create_cluster(
            aks_settings(**changed), environment="production", protect=protect, cloud=foundation
        ),
        cloud_settings(**(cloud or {})),
        protect=protect,
    )


@pytest.fixture(scope="module")
def graph() -> Graph:
    return aks_graph(cloud={"monitor": {"metrics": {}}})


@pytest.fixture(scope="module")
def cluster(graph: Graph) -> dict[str, Any]:
    (found,) = graph.of_kind("ManagedCluster")
    return found.inputs


def test_names_and_tags_are_the_guide_s(cluster: dict[str, Any]) -> None:
    assert cluster["resourceName"] == "aks-jarvis-production"
    assert cluster["dnsPrefix"] == "jarvis-prod"
    assert cluster["tags"] == {"Name": "aks-jarvis-production", "Environment": "production", "Application": "jarvis"}


def test_three_to_ten_nodes_lie_in_three_zones(cluster: dict[str, Any]) -> None:
    (pool,) = cluster["agentPoolProfiles"]
    assert (pool["minCount"], pool["maxCount"], pool["count"]) == (3, 10, 3)
    assert pool["enableAutoScaling"] is True
    assert pool["availabilityZones"] == ["1", "2", "3"]
    assert pool["nodeLabels"] == {"Environment": "production", "Application": "jarvis"}
    assert pool["enableEncryptionAtHost"] is True
    assert pool["enableNodePublicIP"] is False


def test_the_autoscaler_s_count_is_left_to_it(graph: Graph) -> None:
    (found,) = graph.of_kind("ManagedCluster")
    assert found.ignore_changes == ("agentPoolProfiles[0].count",)


def test_nobody_gets_in_but_by_entra_and_azure_s_roles(graph: Graph, cluster: dict[str, Any]) -> None:
    assert cluster["disableLocalAccounts"] is True
    assert cluster["aadProfile"] == {"managed": True, "enableAzureRBAC": True, "tenantID": TENANT}
    assert cluster["apiServerAccessProfile"]["authorizedIPRanges"] == ["203.0.113.0/24"]
    assert cluster["apiServerAccessProfile"]["disableRunCommand"] is True
    given = {
        (item.inputs["principalId"], item.inputs["principalType"], item.inputs["roleDefinitionId"].rsplit("/", 1)[-1])
        for name, item in by_name(graph, "RoleAssignment").items()
        if name.startswith("aks-")
    }
    assert given == {
        (GROUP, "Group", "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b"),
        (GROUP, "Group", "4abbcc35-e782-43d8-92c5-2d3f1bd2253f"),
    }


def test_pods_have_an_overlay_and_policies_are_enforced(cluster: dict[str, Any]) -> None:
    network = cluster["networkProfile"]
    assert (network["networkPlugin"], network["networkPluginMode"]) == ("azure", "overlay")
    assert (network["networkPolicy"], network["networkDataplane"]) == ("cilium", "cilium")
    assert (network["podCidr"], network["serviceCidr"]) == ("10.244.0.0/16", "10.245.0.0/16")
    assert network["dnsServiceIP"] == "10.245.0.10"


def test_the_cluster_s_identity_may_use_the_nodes_subnet_beforehand(graph: Graph, cluster: dict[str, Any]) -> None:
    right = by_name(graph, "RoleAssignment")["identity-on-nodes"]
    (found,) = graph.of_kind("ManagedCluster")
    assert right.urn in found.dependencies
    assert "snet-aks-nodes" in right.inputs["scope"]
    assert cluster["identity"]["type"] == "UserAssigned"


def test_add_ons_and_defender_report_to_the_workspace(cluster: dict[str, Any]) -> None:
    profiles = cluster["addonProfiles"]
    assert set(profiles) == {"azurepolicy", "azureKeyvaultSecretsProvider", "omsagent"}
    assert all(profile["enabled"] for profile in profiles.values())
    assert profiles["azureKeyvaultSecretsProvider"]["config"]["rotationPollInterval"] == "120s"
    security = cluster["securityProfile"]
    assert security["defender"]["securityMonitoring"]["enabled"] is True
    assert security["workloadIdentity"]["enabled"] is True
    assert cluster["oidcIssuerProfile"]["enabled"] is True
    assert cluster["azureMonitorProfile"]["metrics"]["enabled"] is True


def test_logs_and_metrics_are_collected(graph: Graph) -> None:
    rules = by_name(graph, "DataCollectionRule")
    assert set(rules) == {"container-insights", "prometheus"}
    on = by_name(graph, "DataCollectionRuleAssociation")
    assert on["container-insights-on-cluster"].inputs["associationName"] == "ContainerInsightsExtension"
    alerts = by_name(graph, "MetricAlert")
    assert alerts["cluster-cpu"].inputs["criteria"]["allOf"][0]["threshold"] == 80
    assert alerts["cluster-memory"].inputs["criteria"]["allOf"][0]["threshold"] == 85


def test_upgrades_wait_for_sunday(graph: Graph) -> None:
    found = {
        item.inputs["configName"]: item.inputs["maintenanceWindow"]
        for item in graph.of_kind("MaintenanceConfiguration")
    }
    assert set(found) == {"aksManagedAutoUpgradeSchedule", "aksManagedNodeOSUpgradeSchedule"}
    for window in found.values():
        assert window["schedule"] == {"weekly": {"dayOfWeek": "Sunday", "intervalWeeks": 1}}
        assert (window["startTime"], window["durationHours"]) == ("02:00", 4)


def test_the_kubeconfig_holds_no_credential(graph: Graph) -> None:
    (provider,) = [item for item in graph.resources if item.type == "pulumi:providers:kubernetes"]
    config = json.loads(provider.inputs["kubeconfig"])
    (cluster,) = config["clusters"]
    assert cluster["cluster"] == {
        "server": "https://jarvis-prod-1234.hcp.westeurope.azmk8s.io:443",
        "certificate-authority-data": AUTHORITY,
    }
    (user,) = config["users"]
    assert set(user["user"]) == {"exec"}
    assert user["user"]["exec"]["command"] == "kubelogin"
    arguments = user["user"]["exec"]["args"]
    assert arguments[arguments.index("--login") + 1] == "azurecli"
    assert arguments[arguments.index("--tenant-id") + 1] == TENANT


def test_the_namespace_is_the_same_as_everywhere(graph: Graph) -> None:
    assert graph.one("Namespace", "jarvis-production").protect
    assert graph.one("ResourceQuota", "jarvis")
    assert graph.one("LimitRange", "jarvis")


def test_the_cluster_is_locked_where_the_stack_protects_its_data(graph: Graph) -> None:
    (found,) = graph.of_kind("ManagedCluster")
    assert found.protect
    assert "cluster-lock" in by_name(graph, "ManagementLockByScope")
    assert "cluster-lock" not in by_name(aks_graph(protect=False), "ManagementLockByScope")


def test_the_alb_controller_has_an_identity_that_only_sees_the_nodes_group() -> None:
    graph = aks_graph(albController=True)
    trust = by_name(graph, "FederatedIdentityCredential")["alb-controller-trust"]
    assert trust.inputs["subject"] == "system:serviceaccount:azure-alb-system:alb-controller-sa"
    rights = {name: item.inputs for name, item in by_name(graph, "RoleAssignment").items() if name.startswith("alb")}
    assert set(rights) == {"alb-controller-reads-nodes"}
    right = rights["alb-controller-reads-nodes"]
    assert right["scope"].endswith("/resourceGroups/aks-jarvis-production-nodes")
    assert right["roleDefinitionId"].endswith("acdd72a7-3385-48ef-bd42-f606fba81ae7")
    assert "alb-controller-trust" not in by_name(aks_graph(), "FederatedIdentityCredential")


def test_a_service_account_reads_the_vault_without_a_password() -> None:
    graph = aks_graph(
        serviceAccountIdentities=[
            {"name": "external-secrets", "namespace": "external-secrets", "serviceAccount": "external-secrets"}
        ]
    )
    (trust,) = graph.of_kind("FederatedIdentityCredential")
    assert trust.inputs["subject"] == "system:serviceaccount:external-secrets:external-secrets"
    assert trust.inputs["audiences"] == ["api://AzureADTokenExchange"]
    right = by_name(graph, "RoleAssignment")["external-secrets-reads-vault"]
    assert right.inputs["roleDefinitionId"].startswith(f"/subscriptions/{SUBSCRIPTION}/providers/")
    assert right.inputs["roleDefinitionId"].endswith("4633458b-17de-408a-b874-0445c86b69e6")


def test_a_private_api_server_has_no_public_name() -> None:
    (cluster,) = aks_graph(apiServer={"kind": "private"}).of_kind("ManagedCluster")
    profile = cluster.inputs["apiServerAccessProfile"]
    assert profile["enablePrivateCluster"] is True
    assert profile["enablePrivateClusterPublicFQDN"] is False


def test_defender_needs_somewhere_to_report_to() -> None:
    with pytest.raises(pulumi.RunError, match=r"jarvis:cluster\.defender reports to Log Analytics"):
        aks_graph(cloud={"monitor": None})


def test_it_needs_an_azure_cloud() -> None:
    from tests.support.mocks import registered

    with pytest.raises(pulumi.RunError, match=r"jarvis:cluster of kind aks needs jarvis:cloud of kind azure\."):
        registered(lambda: create_cluster(aks_settings(), environment="production", protect=True))


def test_the_kubeconfig_is_no_secret_whatever_azure_marks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks the cluster reads it in the state; what Azure answers may be marked, but is not taken over."""
    ask = containerservice.list_managed_cluster_user_credentials_output

    def marked(**given: Any) -> object:
        return pulumi.Output.secret(ask(**given))

    monkeypatch.setattr(containerservice, "list_managed_cluster_user_credentials_output", marked)
    (provider,) = [item for item in aks_graph().resources if item.type == "pulumi:providers:kubernetes"]
    assert "kubeconfig" in provider.inputs
    assert "kubeconfig" not in provider.secret_inputs
