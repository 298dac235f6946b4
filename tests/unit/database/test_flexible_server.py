"""PostgreSQL Flexible Server: mistakes in its settings, and what the engine is told."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest
from pydantic import ValidationError

from components.backup.contract import Plan, VolumeTarget
from components.cloud.azure.contract import AzureFoundation
from components.database.contract import DatabaseConnection
from components.database.flexible_server_settings import FlexibleServerDatabase
from components.database.kinds import create_database
from components.network.contract import CidrPeer
from components.secrets.contract import Credential, ExternalReference, ExternalStore
from components.settings.workloads import Resources, Storage
from tests.support.mocks import Graph, cluster_access, credential
from tests.unit.cloud.azure.support import OTHER_NETWORK, by_name, cloud_settings, network_peer, on_azure

PASSWORD = "Correct-horse-1"
SOURCE = (
    "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-jarvis-production"
    "/providers/Microsoft.DBforPostgreSQL/flexibleServers/psql-jarvis-production"
)


def geo_restore(**changed: Any) -> dict[str, Any]:
    return {"kind": "geo-restore", "serverId": SOURCE, "time": "2026-11-24T13:00:00Z", **changed}


def following(promotion: str | None = None, **changed: Any) -> dict[str, Any]:
    """A server of a second region's stack."""
    source = {"kind": "replica", "serverId": SOURCE, "promotion": promotion}
    given = {"name": "psql-jarvis-recovery", "geoRedundantBackup": False, "highAvailability": None, "source": source}
    return {**given, **changed}


def server_settings(**changed: Any) -> FlexibleServerDatabase:
    return FlexibleServerDatabase.model_validate({"kind": "flexible-server", **changed})


def database_graph(
    *,
    cloud: dict[str, Any] | None = None,
    seen: list[DatabaseConnection] | None = None,
    protect: bool = True,
    **changed: Any,
) -> Graph:
    def build(foundation: AzureFoundation) -> None:
        connection = create_database(
            server_settings(**changed),
            cluster=cluster_access(),
            password=credential(PASSWORD),
            protect=protect,
            cloud=foundation,
        )
        if seen is not None:
            seen.append(connection)

    return on_azure(build, cloud_settings(**(cloud or {})), protect=protect)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"name": "psql_jarvis"}, "3 to 63"),
        ({"name": "Psql-jarvis"}, "3 to 63"),
        ({"version": 14}, "15, 16, 17 or 18"),
        ({"storageGb": 100}, "128"),
        ({"size": "Standard_B2s"}, "burstable sizes have no"),
        ({"size": "GP_Standard_D4s_v3"}, "such as Standard_D4ds_v5"),
        ({"size": "Standard_D3ds_v5"}, "such as Standard_D4ds_v5"),
        ({"size": "Standard_D96s_v3"}, "such as Standard_D4ds_v5"),
        ({"size": "Standard_E20s_v3"}, "such as Standard_D4ds_v5"),
        ({"size": "Standard_D128ads_v6"}, "such as Standard_D4ds_v5"),
        ({"backupRetentionDays": 60}, "less than or equal to 35"),
        ({"backupRetentionDays": 3}, "greater than or equal to 7"),
        ({"username": "azure_superuser"}, "Azure keeps for itself"),
        ({"username": "pg_jarvis"}, "Azure keeps for itself"),
        ({"username": "admin"}, "Azure keeps for itself"),
        ({"database": "postgres"}, "every server has already"),
        ({"zone": "2"}, "standbyZone 2 must not be zone 2"),
        ({"highAvailability": {"mode": "same-zone"}}, "standbyZone 2 must be zone 1"),
        ({"replica": {"name": "psql-jarvis-production"}}, "must not be the server's own"),
        ({"minimumTls": "TLSv1.1"}, "'TLSv1.2' or 'TLSv1.3'"),
        ({"source": geo_restore(serverId="psql-jarvis")}, "a server's resource id"),
        ({"source": geo_restore(time="yesterday")}, "a time in UTC such as"),
        ({"source": geo_restore(promotion="forced")}, "promotion"),
        ({"source": {"kind": "copy", "serverId": SOURCE}}, "'replica', 'geo-restore', 'point-in-time'"),
        ({"source": geo_restore(), "name": "psql-jarvis-production"}, "source.serverId must be another server"),
        (following(geoRedundantBackup=True), "geoRedundantBackup must be false with source.kind replica"),
        (following(highAvailability={}), "highAvailability must be null until source.promotion is done"),
        (following("forced", highAvailability={}), "highAvailability must be null until source.promotion is done"),
        (following(replica={}), "replica must be null until source.promotion is done"),
        (following("now"), "'planned', 'forced' or 'done'"),
    ],
)
def test_each_mistake_has_its_sentence(changed: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError) as error:
        server_settings(**changed)
    assert sentence in str(error.value)


def test_the_size_says_the_tier() -> None:
    assert server_settings(size="Standard_D4s_v3").tier == "GeneralPurpose"
    assert server_settings(size="Standard_E4ds_v5").tier == "MemoryOptimized"
    assert server_settings(size="Standard_E192ds_v6").tier == "MemoryOptimized"
    assert server_settings(size="Standard_E20ads_v6").tier == "MemoryOptimized"
    assert server_settings(size="Standard_D4ads_v6").tier == "GeneralPurpose"


def test_the_server_is_the_guide_s_with_a_standby_in_another_zone() -> None:
    (server,) = database_graph().of_kind("Server")
    assert server.inputs["serverName"] == "psql-jarvis-production"
    assert server.inputs["version"] == "17"
    assert server.inputs["sku"] == {"name": "Standard_D4ds_v5", "tier": "GeneralPurpose"}
    assert server.inputs["storage"]["storageSizeGB"] == 128
    assert server.inputs["storage"]["autoGrow"] == "Enabled"
    assert server.inputs["availabilityZone"] == "1"
    assert server.inputs["highAvailability"] == {"mode": "ZoneRedundant", "standbyAvailabilityZone": "2"}
    assert server.inputs["backup"] == {"backupRetentionDays": 30, "geoRedundantBackup": "Enabled"}
    assert server.inputs["maintenanceWindow"]["startHour"] == 4
    assert server.inputs["createMode"] == "Default"
    # A failover swaps the zones; what a server was made from never makes it anew.
    assert set(server.ignore_changes) == {
        "availabilityZone",
        "highAvailability.standbyAvailabilityZone",
        "createMode",
        "pointInTimeUTC",
        "sourceServerResourceId",
    }


def test_only_the_network_reaches_it() -> None:
    graph = database_graph()
    (server,) = graph.of_kind("Server")
    network = server.inputs["network"]
    assert network["publicNetworkAccess"] == "Disabled"
    assert "snet-postgresql" in network["delegatedSubnetResourceId"]
    assert network["privateDnsZoneArmResourceId"].endswith("/jarvis-westeurope.private.postgres.database.azure.com")
    link = by_name(graph, "VirtualNetworkLink")["database-zone-link"]
    assert link.urn in server.dependencies


def test_servers_of_a_peered_network_find_it_by_name() -> None:
    replicating = {"network": {"peers": [network_peer(database="10.30.16.0/27")]}}
    link = by_name(database_graph(cloud=replicating), "VirtualNetworkLink")["database-zone-recovery-link"]
    assert link.inputs["virtualNetwork"] == {"id": OTHER_NETWORK}
    others = by_name(database_graph(cloud={"network": {"peers": [network_peer()]}}), "VirtualNetworkLink")
    assert "database-zone-recovery-link" not in others


def test_tls_is_enforced_before_anybody_is_told_where_it_is() -> None:
    graph = database_graph(extensions=["pg_trgm"], minimumTls="TLSv1.3")
    found = {item.inputs["configurationName"]: item for item in graph.of_kind("Configuration")}
    assert {name: item.inputs["value"] for name, item in found.items()} == {
        "azure.extensions": "PG_TRGM",
        "ssl_min_protocol_version": "TLSv1.3",
        "require_secure_transport": "on",
    }
    order = list(found.values())
    assert order[0].urn in order[1].dependencies
    assert order[1].urn in order[2].dependencies


def test_the_connection_is_the_same_contract_as_everywhere() -> None:
    seen: list[DatabaseConnection] = []
    hosts: list[str] = []

    def build(foundation: AzureFoundation) -> None:
        connection = create_database(
            server_settings(), cluster=cluster_access(), password=credential(PASSWORD), protect=True, cloud=foundation
        )
        connection.host.apply(hosts.append)
        seen.append(connection)

    on_azure(build)
    (connection,) = seen
    assert hosts == ["psql-jarvis-production.postgres.database.azure.com"]
    assert connection.peer == CidrPeer("10.20.16.0/27")
    assert connection.peer_port == 5432
    assert connection.tls
    assert connection.trust is None


def test_the_password_is_a_secret_everywhere() -> None:
    (server,) = database_graph().of_kind("Server")
    assert server.inputs["administratorLoginPassword"] == PASSWORD
    assert "administratorLoginPassword" in server.secret_inputs


def test_a_password_that_only_the_cluster_knows_is_refused() -> None:
    reference = ExternalReference(ExternalStore("SecretStore", "vault", 60, 1), "postgresPassword")

    def build(foundation: AzureFoundation) -> None:
        create_database(
            server_settings(),
            cluster=cluster_access(),
            password=Credential("postgresPassword", reference),
            protect=True,
            cloud=foundation,
        )

    with pytest.raises(pulumi.RunError, match=r"jarvis:secrets\.postgresPassword is known only inside the cluster"):
        on_azure(build)


def test_data_is_kept_where_the_stack_protects_it() -> None:
    graph = database_graph()
    for kind in ("Server", "Database"):
        (found,) = graph.of_kind(kind)
        assert found.protect
        assert found.retain_on_delete
    assert "database-lock" in by_name(graph, "ManagementLockByScope")
    assert not any(item.protect for item in database_graph(protect=False).resources)


def test_a_replica_follows_from_a_third_zone() -> None:
    replica = by_name(database_graph(replica={}), "Server")["replica"]
    assert replica.inputs["createMode"] == "Replica"
    assert replica.inputs["availabilityZone"] == "3"
    assert replica.inputs["sourceServerResourceId"].endswith("/psql-jarvis-production")
    assert replica.inputs["network"]["publicNetworkAccess"] == "Disabled"
    assert replica.protect


def test_alerts_watch_it_and_its_logs_are_kept() -> None:
    graph = database_graph()
    alerts = {name for name in by_name(graph, "MetricAlert") if name.startswith("database-")}
    assert alerts == {"database-cpu", "database-memory", "database-storage", "database-down"}
    assert "database-logs" in by_name(graph, "DiagnosticSetting")
    assert not database_graph(cloud={"monitor": None}).of_kind("MetricAlert")


def test_a_region_without_a_pair_has_no_second_place_for_backups() -> None:
    with pytest.raises(pulumi.RunError, match=r"geoRedundantBackup must be false in polandcentral"):
        database_graph(cloud={"location": "polandcentral", "backupStorage": None})


def test_azure_makes_the_backups() -> None:
    backup = VolumeTarget(
        Plan("0 2 * * *", 30), Storage(size="50Gi"), 7200, Resources.of(("100m", "128Mi"), ("1", "512Mi"))
    )

    def build(foundation: AzureFoundation) -> None:
        create_database(
            server_settings(),
            cluster=cluster_access(),
            password=credential(PASSWORD),
            backup=backup,
            protect=True,
            cloud=foundation,
        )

    with pytest.raises(pulumi.RunError, match=r"jarvis:backup\.kind must be none"):
        on_azure(build)


@pytest.mark.parametrize(("kind", "mode"), [("point-in-time", "PointInTimeRestore"), ("geo-restore", "GeoRestore")])
def test_a_new_server_may_begin_with_the_data_of_a_lost_one(kind: str, mode: str) -> None:
    seen: list[DatabaseConnection] = []
    graph = database_graph(seen=seen, name="psql-jarvis-recovery", source=geo_restore(kind=kind))
    (server,) = graph.of_kind("Server")
    assert server.inputs["createMode"] == mode
    assert server.inputs["sourceServerResourceId"] == SOURCE
    assert server.inputs["pointInTimeUTC"] == "2026-11-24T13:00:00Z"
    # It came with the data: Azure's provider creates nothing that is there already.
    assert not graph.of_kind("Database")
    assert server.urn in graph.of_kind("Configuration")[0].dependencies


def test_a_replica_in_another_region_has_nothing_that_is_not_its_source_s() -> None:
    graph = database_graph(**following())
    (server,) = graph.of_kind("Server")
    assert server.inputs["createMode"] == "Replica"
    assert server.inputs["sourceServerResourceId"] == SOURCE
    assert server.inputs["network"]["publicNetworkAccess"] == "Disabled"
    refused = {
        "administratorLogin",
        "administratorLoginPassword",
        "authConfig",
        "backup",
        "highAvailability",
        "replica",
    }
    assert not refused & server.inputs.keys()
    assert not graph.of_kind("Database")
    assert server.protect
    assert by_name(graph, "MetricAlert")["database-lag"].inputs["severity"] == 1


@pytest.mark.parametrize(("promotion", "option"), [("planned", "Planned"), ("forced", "Forced")])
def test_a_promotion_changes_nothing_else(promotion: str, option: str) -> None:
    (before,), (server,) = (database_graph(**following(step)).of_kind("Server") for step in (None, promotion))
    promoted = {"promoteMode": "Standalone", "promoteOption": option, "role": "None"}
    assert server.inputs == {**before.inputs, "replica": promoted}


def test_a_promoted_server_stands_alone_without_being_made_anew() -> None:
    graph = database_graph(**following("done", highAvailability={}))
    (server,) = graph.of_kind("Server")
    assert "replica" not in server.inputs
    # Its administrator came with it, and another one would be another server.
    assert "administratorLogin" not in server.inputs
    assert server.inputs["administratorLoginPassword"] == PASSWORD
    assert server.inputs["highAvailability"]["mode"] == "ZoneRedundant"
    assert server.inputs["backup"] == {"backupRetentionDays": 30, "geoRedundantBackup": "Disabled"}
    assert "database-lag" not in by_name(graph, "MetricAlert")
