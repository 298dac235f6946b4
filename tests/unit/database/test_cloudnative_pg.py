"""PostgreSQL under the CloudNativePG operator."""

from __future__ import annotations

import base64
import json
from typing import Any

import pulumi
import pytest
from pydantic import ValidationError

from components.certificates.contract import TrustAnchor
from components.database.cluster_settings import CloudNativePgDatabase
from components.database.settings import ContainerDatabase
from components.network.contract import ApiServerPeer, CidrPeer, Flow, NamespacePeer, PodPeer
from tests.support.mocks import Graph
from tests.unit.database.support import (
    ACCESS_KEY,
    PASSWORD,
    SECRET_KEY,
    STORAGE,
    TWO_STORAGES,
    VOLUME,
    database_graph,
)

SETTINGS = CloudNativePgDatabase()


def changed(**changes: Any) -> CloudNativePgDatabase:
    return CloudNativePgDatabase.model_validate(changes)


@pytest.fixture(scope="module")
def graph() -> Graph:
    return database_graph(SETTINGS, backup=TWO_STORAGES)[0]


def spec(graph: Graph, kind: str = "Cluster", name: str = "postgres-cluster") -> dict[str, Any]:
    return graph.one(kind, name).inputs["spec"]


def test_the_cluster_is_the_guides(graph: Graph) -> None:
    cluster = spec(graph)
    assert graph.one("Cluster", "postgres-cluster").type == "kubernetes:postgresql.cnpg.io/v1:Cluster"
    assert cluster["instances"] == 3
    figures = {name: cluster["postgresql"]["parameters"][name] for name in (
        "max_connections", "shared_buffers", "effective_cache_size")}  # fmt: skip
    assert figures == {"max_connections": "200", "shared_buffers": "256MB", "effective_cache_size": "1GB"}
    assert (cluster["storage"]["size"], cluster["storage"]["storageClass"]) == ("100Gi", "fast-ssd")
    initdb = cluster["bootstrap"]["initdb"]
    assert (initdb["database"], initdb["owner"]) == ("jarvis_production", "jarvis_prod")
    assert initdb["secret"] == {"name": "postgres-credentials"}
    assert initdb["dataChecksums"] is True


def test_it_is_pinned_bounded_and_no_superuser_is_offered(graph: Graph) -> None:
    for name in ("postgres-cluster", "postgres-cluster-second"):
        cluster = spec(graph, name=name)
        assert cluster["imageName"].startswith("ghcr.io/cloudnative-pg/postgresql:17.")
        assert cluster["enableSuperuserAccess"] is False
        assert set(cluster["resources"]) == {"requests", "limits"}
        assert cluster["seccompProfile"] == {"type": "RuntimeDefault"}
        assert cluster["ephemeralVolumesSizeLimit"] == {"shm": "256Mi", "temporaryData": "1Gi"}


def test_no_node_has_two_instances_and_zones_share_them(graph: Graph) -> None:
    cluster = spec(graph)
    assert cluster["enablePDB"] is True
    assert spec(graph, name="postgres-cluster-second")["enablePDB"] is False, "a node could never be drained"
    assert cluster["affinity"]["podAntiAffinityType"] == "required"
    assert cluster["affinity"]["topologyKey"] == "kubernetes.io/hostname"
    [zones] = cluster["topologySpreadConstraints"]
    assert (zones["topologyKey"], zones["whenUnsatisfiable"]) == ("topology.kubernetes.io/zone", "ScheduleAnyway")
    [strict] = spec(database_graph(changed(zones="required"))[0])["topologySpreadConstraints"]
    assert strict["whenUnsatisfiable"] == "DoNotSchedule"


def test_a_commit_waits_for_one_standby_and_only_such_a_one_is_promoted(graph: Graph) -> None:
    synchronous = spec(graph)["postgresql"]["synchronous"]
    assert synchronous == {"method": "any", "number": 1, "dataDurability": "required", "failoverQuorum": True}
    preferred = spec(database_graph(changed(synchronous="preferred"))[0])["postgresql"]["synchronous"]
    assert (preferred["dataDurability"], preferred["failoverQuorum"]) == ("preferred", False)
    assert "synchronous" not in spec(database_graph(changed(synchronous="off"))[0])["postgresql"]


def test_nobody_connects_without_tls(graph: Graph) -> None:
    assert spec(graph)["postgresql"]["pg_hba"] == [
        "hostnossl all all all reject",
        "hostssl all all all scram-sha-256",
    ]
    pooler = spec(graph, "Pooler", "postgres-pooler-rw")
    assert pooler["pgbouncer"]["parameters"]["client_tls_sslmode"] == "require"


def test_the_certificate_has_the_poolers_names_and_the_guides(graph: Graph) -> None:
    pooler = "postgres-pooler-rw.jarvis-test"
    assert spec(graph)["certificates"]["serverAltDNSNames"] == [
        "postgres-pooler-rw", pooler, f"{pooler}.svc", f"{pooler}.svc.cluster.local",
        "postgres-cluster.jarvis.local", "postgres-replica.jarvis.local",
    ]  # fmt: skip


def test_pods_bear_the_label_that_flows_and_scrapes_select_by(graph: Graph) -> None:
    for name in ("postgres-cluster", "postgres-cluster-second"):
        assert spec(graph, name=name)["inheritedMetadata"]["labels"]["app"] == name
    assert spec(graph, "Pooler", "postgres-pooler-rw")["template"]["metadata"]["labels"]["app"] == "postgres-pooler-rw"


def test_the_engine_waits_until_the_database_serves(graph: Graph) -> None:
    cluster, pooler = graph.one("Cluster", "postgres-cluster"), graph.one("Pooler", "postgres-pooler-rw")
    assert cluster.inputs["metadata"]["annotations"] == {"pulumi.com/waitFor": "condition=Ready"}
    assert cluster.create_timeout == "1800s"
    assert pooler.inputs["metadata"]["annotations"] == {"pulumi.com/waitFor": "jsonpath={.status.instances}=2"}
    assert cluster.urn in pooler.dependencies
    assert graph.one("Secret", "postgres-credentials").urn in cluster.dependencies


def test_the_pooler_serves_drivers_that_prepare_statements(graph: Graph) -> None:
    pooler = spec(graph, "Pooler", "postgres-pooler-rw")
    assert (pooler["type"], pooler["instances"], pooler["cluster"]) == ("rw", 2, {"name": "postgres-cluster"})
    assert pooler["pgbouncer"]["poolMode"] == "transaction"
    assert int(pooler["pgbouncer"]["parameters"]["max_prepared_statements"]) > 100
    [container] = pooler["template"]["spec"]["containers"]
    assert container["name"] == "pgbouncer"
    assert set(container["resources"]) == {"requests", "limits"}
    budget = graph.one("PodDisruptionBudget", "postgres-pooler-rw").inputs["spec"]
    assert (budget["maxUnavailable"], budget["selector"]) == (1, {"matchLabels": {"app": "postgres-pooler-rw"}})


def test_secrets_are_in_secrets_and_nowhere_else(graph: Graph) -> None:
    for secret, holder in ((PASSWORD, "postgres-credentials"), (ACCESS_KEY, "postgres-backups-credentials"),
                           (SECRET_KEY, "postgres-backups-credentials")):  # fmt: skip
        texts = (secret, base64.b64encode(secret.encode()).decode())
        holders = {r.name for r in graph.resources if any(text in json.dumps(r.inputs) for text in texts)}
        assert holders in ({holder}, {holder, "postgres-backups-second-credentials"})
    labels = graph.one("Secret", "postgres-credentials").inputs["metadata"]["labels"]
    assert labels["cnpg.io/reload"] == "true", "else a rotated password has no effect"


def test_every_change_is_archived_within_five_minutes(graph: Graph) -> None:
    cluster = spec(graph)
    assert cluster["postgresql"]["parameters"]["archive_timeout"] == "5min"
    assert cluster["plugins"] == [
        {
            "name": "barman-cloud.cloudnative-pg.io",
            "isWALArchiver": True,
            "parameters": {"barmanObjectName": "postgres-backups", "serverName": "postgres-cluster"},
        }
    ]
    store = graph.one("ObjectStore", "postgres-backups")
    assert store.type == "kubernetes:barmancloud.cnpg.io/v1:ObjectStore"
    assert store.urn in graph.one("Cluster", "postgres-cluster").dependencies


def test_the_store(graph: Graph) -> None:
    store = spec(graph, "ObjectStore", "postgres-backups")
    configuration = store["configuration"]
    assert store["retentionPolicy"] == "30d"
    assert configuration["destinationPath"] == "s3://jarvis-backups/jarvis/production"
    assert configuration["endpointURL"] == "https://s3.paris.example:9000"
    assert configuration["endpointCA"] == {"name": "storage-ca", "key": "ca.crt"}
    assert configuration["wal"]["encryption"] == configuration["data"]["encryption"] == "AES256"
    assert configuration["wal"]["compression"] and configuration["data"]["compression"]
    assert store["instanceSidecarConfiguration"]["resources"].keys() == {"requests", "limits"}
    secret = graph.one("Secret", "postgres-backups-credentials").inputs["data"]
    data = {key: base64.b64decode(value).decode() for key, value in secret.items()}
    named = {name: data[reference["key"]] for name, reference in configuration["s3Credentials"].items()}
    assert named == {"accessKeyId": ACCESS_KEY, "secretAccessKey": SECRET_KEY, "region": "us-east-1"}
    assert {reference["name"] for reference in configuration["s3Credentials"].values()} == {
        "postgres-backups-credentials"
    }


def test_base_backups_are_made_every_six_hours_beginning_now(graph: Graph) -> None:
    for name in ("postgres-cluster", "postgres-cluster-second"):
        backup = spec(graph, "ScheduledBackup", f"{name}-backup")
        assert backup["schedule"] == "0 0 */6 * * *", "six fields: the operator's begin with the second"
        assert (backup["immediate"], backup["method"]) == (True, "plugin")
        assert backup["cluster"] == {"name": name}
        assert graph.one("Cluster", name).urn in graph.one("ScheduledBackup", f"{name}-backup").dependencies


def test_a_second_place_has_an_archive_of_its_own(graph: Graph) -> None:
    second = spec(graph, name="postgres-cluster-second")
    assert second["instances"] == 1
    assert second["replica"] == {"enabled": True, "source": "postgres-cluster"}
    [plugin] = second["plugins"]
    assert plugin["isWALArchiver"] is True
    assert plugin["parameters"] == {
        "barmanObjectName": "postgres-backups-second",
        "serverName": "postgres-cluster-second",
    }
    [source] = second["externalClusters"]
    assert source["name"] == second["replica"]["source"] == second["bootstrap"]["pg_basebackup"]["source"]
    assert source["plugin"]["parameters"]["barmanObjectName"] == "postgres-backups"
    assert source["connectionParameters"]["host"] == "postgres-cluster-rw.jarvis-test.svc"
    assert source["connectionParameters"]["sslmode"] == "verify-full"
    store = spec(graph, "ObjectStore", "postgres-backups-second")["configuration"]
    assert store["destinationPath"] == "s3://jarvis-copies/jarvis/production"
    assert not {"endpointURL", "endpointCA"} & store.keys()
    assert graph.one("Cluster", "postgres-cluster").urn in graph.one("Cluster", "postgres-cluster-second").dependencies


def test_the_second_cluster_is_watched_too() -> None:
    """What fails in it, the second place lacks."""
    _, connection = database_graph(SETTINGS, backup=TWO_STORAGES)
    assert connection.standby_app == "postgres-cluster-second"


def test_one_place_needs_no_second_cluster() -> None:
    graph, connection = database_graph(SETTINGS, backup=STORAGE)
    assert connection.standby_app is None
    assert [cluster.object_name for cluster in graph.of_kind("Cluster")] == ["postgres-cluster"]
    assert [store.object_name for store in graph.of_kind("ObjectStore")] == ["postgres-backups"]


def test_no_backup_needs_no_plugin() -> None:
    graph, connection = database_graph(SETTINGS)
    assert "plugins" not in spec(graph)
    assert not graph.of_kind("ObjectStore") + graph.of_kind("ScheduledBackup")
    assert not [flow for flow in connection.flows if isinstance(flow.target, CidrPeer)]


@pytest.mark.parametrize("protect", [True, False])
def test_protect_keeps_the_clusters(protect: bool) -> None:
    graph, _ = database_graph(SETTINGS, backup=TWO_STORAGES, protect=protect)
    kept = {r.name for r in graph.resources if r.protect and r.retain_on_delete}
    assert kept == ({"postgres-cluster", "postgres-cluster-second"} if protect else set())


def test_the_connection() -> None:
    resolved: dict[str, Any] = {}
    _, connection = database_graph(SETTINGS, resolved=resolved)
    assert resolved == {
        "host": "postgres-pooler-rw.jarvis-test.svc",
        "port": 5432,
        "replica_host": "postgres-cluster-ro.jarvis-test.svc",
        "direct_host": "postgres-cluster-rw.jarvis-test.svc",
    }
    assert (connection.tls, connection.trust) == (True, TrustAnchor("postgres-cluster-ca", "ca.crt"))
    assert (connection.peer, connection.direct_peer) == (PodPeer("postgres-pooler-rw"), PodPeer("postgres-cluster"))
    assert (connection.exporter_app, connection.exporter_port) == ("postgres-cluster", 9187)
    assert connection.exporter_kind == "cloudnative-pg"
    assert (connection.pooler_app, connection.pooler_exporter_port) == ("postgres-pooler-rw", 9127)


def test_without_a_pooler_the_primary_is_the_host() -> None:
    resolved: dict[str, Any] = {}
    graph, connection = database_graph(changed(pooler=None), resolved=resolved)
    assert resolved["host"] == "postgres-cluster-rw.jarvis-test.svc"
    assert (connection.peer, connection.direct_host) == (PodPeer("postgres-cluster"), None)
    assert connection.pooler_app is None
    assert not graph.of_kind("Pooler")


def test_the_flows() -> None:
    instances, second, pooler = (
        PodPeer(n) for n in ("postgres-cluster", "postgres-cluster-second", "postgres-pooler-rw")
    )
    operator, anywhere = NamespacePeer("cnpg-system"), [CidrPeer("0.0.0.0/0"), CidrPeer("::/0")]
    expected = {
        *(Flow(source, target, port) for port in (5432, 8000) for target in (instances, second)
          for source in (operator, target)),
        *(Flow(source, ApiServerPeer(), port) for port in (443, 6443) for source in (instances, second, pooler)),
        *(Flow(source, peer, 9000) for peer in anywhere for source in (instances, second)),
        Flow(second, CidrPeer("203.0.113.0/24"), 443),
        Flow(second, instances, 5432),
        Flow(pooler, instances, 5432),
    }  # fmt: skip
    assert set(database_graph(SETTINGS, backup=TWO_STORAGES)[1].flows) == expected


RECOVERY = {"archive": "postgres-cluster-2", "bootstrap": {"kind": "recovery", "targetTime": "2026-08-24T12:00:00Z"}}


def test_a_lost_cluster_is_recovered_from_its_archive() -> None:
    graph, _ = database_graph(changed(**RECOVERY), backup=TWO_STORAGES)
    cluster = spec(graph)
    recovery = cluster["bootstrap"]["recovery"]
    assert recovery["recoveryTarget"] == {"targetTime": "2026-08-24T12:00:00Z"}
    assert (recovery["database"], recovery["owner"]) == ("jarvis_production", "jarvis_prod")
    assert "initdb" not in cluster["bootstrap"]
    [source] = cluster["externalClusters"]
    assert source["name"] == recovery["source"]
    assert source["plugin"]["parameters"] == {"barmanObjectName": "postgres-backups", "serverName": "postgres-cluster"}
    written = cluster["plugins"][0]["parameters"]["serverName"]
    copied = spec(graph, name="postgres-cluster-second")["plugins"][0]["parameters"]["serverName"]
    assert (written, copied) == ("postgres-cluster-2", "postgres-cluster-2-second")


def test_the_second_place_can_be_recovered_from() -> None:
    settings = changed(archive="postgres-cluster-2", bootstrap={"kind": "recovery", "location": "second"})
    graph, connection = database_graph(settings, backup=TWO_STORAGES)
    [source] = spec(graph)["externalClusters"]
    assert source["plugin"]["parameters"] == {
        "barmanObjectName": "postgres-backups-second",
        "serverName": "postgres-cluster-second",
    }
    assert Flow(PodPeer("postgres-cluster"), CidrPeer("203.0.113.0/24"), 443) in connection.flows


@pytest.mark.parametrize(
    ("settings", "backup", "sentence"),
    [
        (
            SETTINGS,
            VOLUME,
            "jarvis:backup.kind must be object-storage or none with jarvis:database.kind cloudnative-pg",
        ),
        (ContainerDatabase(), STORAGE, "jarvis:backup.kind must be volume or none with jarvis:database.kind container"),
        (changed(**RECOVERY), None, "bootstrap of kind recovery needs jarvis:backup of kind object-storage"),
        (
            changed(archive="new", bootstrap={"kind": "recovery", "location": "second"}),
            STORAGE,
            "bootstrap.location second needs jarvis:backup.second",
        ),
    ],
)
def test_kinds_that_do_not_fit_are_refused(settings: Any, backup: Any, sentence: str) -> None:
    with pytest.raises(pulumi.RunError) as caught:
        database_graph(settings, backup=backup)
    assert sentence in str(caught.value)


WRONG = {
    "too few for a quorum": ({"instances": 2}, "synchronous required needs instances 3 or more, not 2"),
    "pools beyond the server": (
        {"pooler": {"instances": 4}},
        "pooler.instances 4 times pooler.poolSize 50 must leave 20 of parameters.maxConnections 200 to others",
    ),
    "too little memory": ({"parameters": {"sharedBuffers": "2GB"}}, "resources.limits.memory 2Gi must exceed"),
    "another version": ({"image": "mirror.local/cnpg/postgresql:16.1"}, "must begin with 17"),
    "recovery into its own source": (
        {"bootstrap": {"kind": "recovery"}},
        "archive postgres-cluster must be a new name",
    ),
    "a time without a zone": (
        {"archive": "a", "bootstrap": {"kind": "recovery", "targetTime": "2026-08-24 12:00:00"}},
        "a time with its zone, such as 2026-01-31T14:05:00Z",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_settings_are_refused(name: str) -> None:
    wrong, sentence = WRONG[name]
    with pytest.raises(ValidationError) as caught:
        changed(**wrong)
    assert sentence in str(caught.value)
