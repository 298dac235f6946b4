"""A second region of Azure under the real engine: its database is promoted in place, its gateway's objects stand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
import pytest

from components.cloud.azure.contract import AzureFoundation
from components.cloud.azure.settings import AzureCloudSettings
from components.cloud.contract import require_azure
from components.cloud.kinds import create_cloud
from components.cluster.contract import AksAccess, ClusterAccess
from components.database.flexible_server import FlexibleServer
from components.database.flexible_server_settings import FlexibleServerDatabase
from components.exposure.kinds import create_exposure
from components.secrets.contract import Credential
from sandbox import kinds
from sandbox.control_plane import ControlPlane
from sandbox.providers import rehearsal
from sandbox.providers.azure_native.subscription import NONE
from sandbox.toolchain import Toolchain
from tests.support.inline_stack import InlineStack
from tests.support.kubectl import Kubectl
from tests.unit.exposure.support import ALL_HOSTS, SECRET, exposure, jarvis

KIND = "application-gateway-for-containers"
SERVER = f"/subscriptions/{NONE}/resourceGroups/rg/providers/Microsoft.DBforPostgreSQL/flexibleServers/psql-production"
CLOUD: dict[str, object] = {
    "kind": "azure",
    "subscriptionId": NONE,
    "tenantId": NONE,
    "location": "northeurope",
    "monitor": None,
    "backupStorage": None,
    "network": {"gatewayKind": KIND},
}


def cloud() -> AzureFoundation:
    settings = AzureCloudSettings.model_validate(CLOUD)
    return require_azure(create_cloud(settings, environment="production", protect=False), "the test")


def database(promotion: str | None, **changed: Any) -> Callable[[], None]:
    """The program of a database that follows another, at some stage of its promotion."""
    given = {
        "kind": "flexible-server",
        "name": "psql-recovery",
        "geoRedundantBackup": False,
        "highAvailability": None,
        "source": {"kind": "replica", "serverId": SERVER, "promotion": promotion},
        **changed,
    }

    def program() -> None:
        password = Credential("postgresPassword", pulumi.Output.secret("canary-hunter22"))
        made = FlexibleServer(
            "database", FlexibleServerDatabase.model_validate(given), cloud=cloud(), password=password
        )
        pulumi.export("host", made.connection.host)

    return program


@pytest.fixture
def stack(tmp_path: Path, toolchain: Toolchain, control_plane: ControlPlane) -> InlineStack:
    environment = rehearsal.environment(control_plane.kubeconfig, control_plane.context)
    return InlineStack(tmp_path / "stack", toolchain.ensure("pulumi")["pulumi"], control_plane.kubeconfig, environment)


def changed_by(stack: InlineStack) -> dict[str, str]:
    """What the last run did to whatever was not the same."""
    return {name: step for name, step in stack.steps().items() if step != "same"}


def test_the_database_is_promoted_in_place(stack: InlineStack) -> None:
    assert set(stack.up(database(None))) == {"create"}
    host = stack.outputs["host"]
    assert set(stack.up(database(None))) == {"same"}
    stack.up(database("forced"))
    assert changed_by(stack) == {"server": "update"}
    assert stack.resource("server")["inputs"]["replica"]["promoteOption"] == "Forced"
    stack.up(database("done", highAvailability={}))
    assert changed_by(stack) == {"server": "update"}
    server = stack.resource("server")["inputs"]
    assert "replica" not in server
    assert server["highAvailability"]["mode"] == "ZoneRedundant"
    assert "canary-hunter22" not in stack.state
    assert stack.outputs["host"] == host
    assert set(stack.up(database("done", highAvailability={}))) == {"same"}


def test_a_gateway_for_containers_is_told_of_its_hosts(
    stack: InlineStack, control_plane: ControlPlane, kubectl: Kubectl
) -> None:
    kinds.install(control_plane.kubeconfig, ("gateway-api", "alb-controller"))
    namespace = "azure-gateway"
    kubectl("create", "namespace", namespace)
    settings = exposure(kind=KIND, hosts={**ALL_HOSTS, "grafana": None}, tls=SECRET, dns={"zone": "jarvis.com"})

    def program() -> None:
        identity = pulumi.Output.from_input(NONE)
        cluster = ClusterAccess(
            kubernetes.Provider("kubernetes", kubeconfig=str(control_plane.kubeconfig)),
            pulumi.Output.from_input(namespace),
            "production",
            aks=AksAccess(identity, identity),
        )
        create_exposure(settings, cluster=cluster, jarvis=jarvis(), grafana=None, cloud=cloud())

    stack.up(program)
    assert set(stack.up(program)) == {"same"}
    gateway = kubectl.get("gateways.gateway.networking.k8s.io", "jarvis", "-n", namespace)
    assert gateway["metadata"]["annotations"]["alb.networking.azure.io/alb-id"].endswith(
        "/providers/Microsoft.ServiceNetworking/trafficControllers/agc-jarvis-production"
    )
    assert ("Programmed", "True") in {(item["type"], item["status"]) for item in gateway["status"]["conditions"]}
    firewall = kubectl.get("webapplicationfirewallpolicies.alb.networking.azure.io", "jarvis", "-n", namespace)
    assert firewall["spec"]["targetRef"]["namespace"] == namespace
    record = stack.resource("app.jarvis.com-record")["inputs"]
    assert record["cnameRecord"]["cname"].endswith(".alb.azure.com")
    assert set(stack.destroy(program)) == {"delete"}
