"""The offline provider `azure-native` under the real engine: checked, planned, the same again, refused in earnest."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pulumi
import pulumi_azure_native as azure
import pulumi_kubernetes as kubernetes
import pytest

from sandbox.control_plane import ControlPlane
from sandbox.providers import rehearsal
from sandbox.toolchain import Toolchain
from tests.support.inline_stack import InlineStack
from tests.support.kubectl import Kubectl

SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000000"
GROUP = "rg-jarvis-production"


def stack_of(tmp_path: Path, toolchain: Toolchain, environment: dict[str, str]) -> InlineStack:
    cli = toolchain.ensure("pulumi")["pulumi"]
    return InlineStack(tmp_path / "stack", cli, tmp_path / "no-kubeconfig", environment)


@pytest.fixture
def rehearsed(tmp_path: Path, toolchain: Toolchain) -> InlineStack:
    """In a rehearsal that uses no Kubernetes."""
    return stack_of(tmp_path, toolchain, rehearsal.environment(tmp_path / "no-kubeconfig", None))


def foundation() -> None:
    group = azure.resources.ResourceGroup("group", resource_group_name=GROUP, location="francecentral")
    server = azure.dbforpostgresql.Server(
        "database",
        resource_group_name=group.name,
        server_name="psql-jarvis-production",
        location=group.location,
        administrator_login_password=pulumi.Output.secret("hidden-password"),
    )
    azure.dbforpostgresql.Database("jarvis", resource_group_name=group.name, server_name=server.name)
    client = azure.authorization.get_client_config_output()
    azure.keyvault.Vault(
        "vault",
        resource_group_name=group.name,
        properties={"tenant_id": client.tenant_id, "sku": {"family": "A", "name": azure.keyvault.SkuName.STANDARD}},
    )
    pulumi.export("group", group.id)
    pulumi.export("host", server.fully_qualified_domain_name)


def test_a_plan_is_made_once_and_kept(rehearsed: InlineStack) -> None:
    assert rehearsed.preview(foundation) == {"create": 5}
    assert rehearsed.up(foundation) == {"create": 5}
    outputs = rehearsed.outputs
    assert outputs == {
        "group": f"{SUBSCRIPTION}/resourceGroups/{GROUP}",
        "host": "psql-jarvis-production.postgres.database.azure.com",
    }
    assert "hidden-password" not in rehearsed.state + rehearsed.text
    assert rehearsed.up(foundation, refresh=True) == {"same": 5}
    assert rehearsed.destroy(foundation) == {"delete": 5}


def test_a_nested_mistake_stops_the_preview_with_its_sentence(rehearsed: InlineStack) -> None:
    def wrong() -> None:
        sku: Any = {"name": "Standard_D4ds_v5"}
        azure.dbforpostgresql.Server(
            "database", resource_group_name=GROUP, high_availability={"mode": "ZoneRedundent"}, version="9", sku=sku
        )

    text = rehearsed.failing("preview", wrong)
    assert "Did you mean 'ZoneRedundant'?" in text
    assert "`version` is one of" in text
    assert "`sku.tier` is missing" in text


def test_outside_a_rehearsal_it_creates_nothing(tmp_path: Path, toolchain: Toolchain) -> None:
    text = stack_of(tmp_path, toolchain, {}).failing("up", foundation)
    assert "The offline provider `azure-native` only plans: nothing was created" in text


def test_objects_for_a_planned_cluster_go_into_the_sandbox(
    tmp_path: Path, toolchain: Toolchain, control_plane: ControlPlane, kubectl: Kubectl
) -> None:
    def program() -> None:
        cluster = azure.containerservice.ManagedCluster(
            "cluster", resource_group_name=GROUP, resource_name_="aks", oidc_issuer_profile={"enabled": True}
        )
        given = azure.containerservice.list_managed_cluster_user_credentials_output(
            resource_group_name=GROUP, resource_name=cluster.name
        )
        kubeconfig = given.kubeconfigs[0].value.apply(lambda text: base64.b64decode(text).decode())
        provider = kubernetes.Provider("kubernetes", kubeconfig=kubeconfig)
        kubernetes.core.v1.ConfigMap(
            "map",
            metadata={"name": "rehearsed-azure", "namespace": "default"},
            data={"host": cluster.fqdn},
            opts=pulumi.ResourceOptions(provider=provider),
        )

    stack = stack_of(tmp_path, toolchain, rehearsal.environment(control_plane.kubeconfig, control_plane.context))
    assert stack.preview(program) == {"create": 4}
    assert stack.up(program) == {"create": 4}
    host = kubectl("get", "configmap", "rehearsed-azure", "-o", "jsonpath={.data.host}")
    assert host.endswith(".azmk8s.io")
    assert stack.up(program) == {"same": 4}
    assert stack.destroy(program) == {"delete": 4}
