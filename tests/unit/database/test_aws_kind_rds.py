"""A database of kind `rds`."""

from __future__ import annotations

import json
from base64 import b64decode
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pulumi
import pytest
from cryptography import x509
from pydantic import ValidationError

from components.backup.contract import Plan, VolumeTarget
from components.backup.settings import VolumeBackup
from components.cloud.aws.contract import AwsCloud
from components.database import rds_authorities
from components.database.contract import DatabaseConnection
from components.database.kinds import create_database
from components.database.rds import RdsPostgres
from components.database.rds_authorities import authorities
from components.database.rds_settings import RdsDatabase
from components.network.contract import CidrPeer
from components.settings.workloads import Storage
from tests.support.mocks import Graph, Registered, cluster_access, credential
from tests.unit.cloud.aws.support import by_name, cloud_settings, on_aws, tagless

PASSWORD = "correct-horse-battery"
FOLDER = Path(rds_authorities.__file__).parent / "rds_ca"


def rds(**changed: Any) -> RdsDatabase:
    return RdsDatabase.model_validate({"kind": "rds", **changed})


def rds_graph(
    settings: RdsDatabase | None = None,
    *,
    protect: bool = True,
    password: str = PASSWORD,
    connections: list[DatabaseConnection] | None = None,
    **cloud: Any,
) -> Graph:
    def build(account: AwsCloud) -> None:
        database = RdsPostgres(
            "database",
            settings or rds(),
            cloud=account,
            cluster=cluster_access(),
            password=credential(password),
            protect=protect,
        )
        (connections if connections is not None else []).append(database.connection)

    return on_aws(build, cloud_settings(**cloud))


@pytest.fixture(scope="module")
def graph() -> Graph:
    return rds_graph()


def instance(graph: Graph, name: str = "postgres") -> Registered:
    return by_name(graph, "rds/instance:Instance")[name]


def test_the_instance_is_the_guides(graph: Graph) -> None:
    inputs = instance(graph).inputs
    wanted = {
        "identifier": "jarvis-postgres-prod",
        "engine": "postgres",
        "engineVersion": "17",
        "instanceClass": "db.r6g.xlarge",
        "allocatedStorage": 100,
        "maxAllocatedStorage": 500,
        "storageType": "gp3",
        "storageEncrypted": True,
        "dbName": "jarvis_production",
        "username": "jarvis_prod",
        "multiAz": True,
        "publiclyAccessible": False,
        "backupWindow": "03:00-04:00",
        "maintenanceWindow": "sun:04:00-sun:05:00",
        "backupRetentionPeriod": 30,
        "skipFinalSnapshot": False,
        "finalSnapshotIdentifier": "jarvis-postgres-final-snapshot",
        "deletionProtection": True,
        "deleteAutomatedBackups": False,
        "copyTagsToSnapshot": True,
        "performanceInsightsEnabled": True,
        "performanceInsightsRetentionPeriod": 7,
        "monitoringInterval": 60,
        "caCertIdentifier": "rds-ca-rsa2048-g1",
    }
    assert {key: inputs[key] for key in wanted} == wanted
    assert inputs["tags"]["Name"] == "jarvis-postgres-production"
    assert inputs["kmsKeyId"].endswith(":data-key")
    assert instance(graph).protect


def test_the_password_is_a_secret_wherever_it_goes(graph: Graph) -> None:
    assert instance(graph).inputs["password"] == PASSWORD
    holders = [item for item in graph.resources if PASSWORD in json.dumps(item.inputs)]
    assert {item.type for item in holders} == {
        "aws:rds/instance:Instance",
        "aws:secretsmanager/secretVersion:SecretVersion",
    }
    assert instance(graph).secret_inputs == {"password"}
    (version,) = by_name(graph, ":SecretVersion").values()
    assert version.secret_inputs == {"secretString"}


def test_the_entry_in_secrets_manager_is_encrypted_and_copied(graph: Graph) -> None:
    (secret,) = by_name(graph, "secretsmanager/secret:Secret").values()
    assert secret.inputs["name"] == "jarvis-production/postgres"
    assert secret.inputs["kmsKeyId"].endswith(":data-key")
    (copy,) = secret.inputs["replicas"]
    assert copy["region"] == "us-west-2"
    assert copy["kmsKeyId"].endswith(":recovery-key")
    (version,) = by_name(graph, ":SecretVersion").values()
    entry = json.loads(version.inputs["secretString"])
    assert entry["host"] == "jarvis-postgres-prod.example.us-east-1.rds.amazonaws.com"
    assert entry["dbname"] == "jarvis_production"


def test_clients_must_use_tls(graph: Graph) -> None:
    (group,) = graph.of_kind("ParameterGroup")
    assert group.inputs["family"] == "postgres17"
    values = {item["name"]: item["value"] for item in group.inputs["parameters"]}
    assert values["rds.force_ssl"] == "1"
    assert values["ssl_min_protocol_version"] == "TLSv1.2"
    assert values["max_connections"] == "200"
    assert instance(graph).inputs["parameterGroupName"] == group.inputs["name"]


def test_pods_get_the_authorities_of_the_region() -> None:
    connections: list[DatabaseConnection] = []
    graph = rds_graph(connections=connections, region="eu-west-3")
    secret = by_name(graph, "core/v1:Secret")["postgres-ca"]
    text = b64decode(secret.inputs["data"]["ca.crt"]).decode()
    assert text == (FOLDER / "eu-west-3.pem").read_text()
    (connection,) = connections
    assert connection.tls
    assert connection.trust is not None
    assert connection.trust.secret_name == "postgres-ca"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.pem")), ids=lambda path: path.stem)
def test_each_regions_authorities_are_its_own_whole_and_valid(path: Path) -> None:
    found = x509.load_pem_x509_certificates(path.read_bytes())
    names = {item.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value for item in found}
    assert names == {f"Amazon RDS {path.stem} Root CA {sort} G1" for sort in ("RSA2048", "RSA4096", "ECC384")}
    for item in found:
        item.verify_directly_issued_by(item)
        assert item.not_valid_after_utc > datetime(2060, 1, 1, tzinfo=UTC)
        assert item.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_authorities_may_come_from_a_file(tmp_path: Path) -> None:
    with pytest.raises(pulumi.RunError, match="The authorities of RDS in mx-central-1 are not known here"):
        authorities("mx-central-1", None)
    own = tmp_path / "own.pem"
    with pytest.raises(pulumi.RunError, match=r"jarvis:database\.caFile .* is no file with PEM certificates\."):
        authorities("mx-central-1", str(own))
    own.write_text((FOLDER / "us-east-1.pem").read_text())
    assert authorities("mx-central-1", str(own)) == own.read_text()


def test_only_nodes_are_let_in(graph: Graph) -> None:
    rule = by_name(graph, ":SecurityGroupIngressRule")["database-from-nodes"].inputs
    assert rule["referencedSecurityGroupId"] == "nodes-id"
    assert (rule["fromPort"], rule["toPort"], rule["ipProtocol"]) == (5432, 5432, "tcp")
    assert "cidrIpv4" not in rule
    assert instance(graph).inputs["vpcSecurityGroupIds"] == ["database-id"]
    (subnets,) = by_name(graph, "rds/subnetGroup:SubnetGroup").values()
    assert subnets.inputs["subnetIds"] == [f"database-{zone}-id" for zone in "abc"]


def test_policies_know_where_its_traffic_goes() -> None:
    connections: list[DatabaseConnection] = []
    rds_graph(connections=connections)
    assert connections[0].peer == CidrPeer("10.40.208.0/20")
    assert connections[0].peer_port == 5432
    assert connections[0].replica_host is None


def test_logs_are_kept_encrypted_for_a_time(graph: Graph) -> None:
    groups = {item.inputs["name"]: item for item in by_name(graph, ":LogGroup").values()}
    for sort in ("postgresql", "upgrade"):
        group = groups[f"/aws/rds/instance/jarvis-postgres-prod/{sort}"]
        assert group.inputs["retentionInDays"] == 90
        assert group.urn in instance(graph).dependencies
    assert instance(graph).inputs["enabledCloudwatchLogsExports"] == ["postgresql", "upgrade"]


def test_the_operating_systems_metrics_may_be_written(graph: Graph) -> None:
    (attached,) = [
        item
        for item in by_name(graph, ":RolePolicyAttachment").values()
        if item.inputs["role"] == "jarvis-production-database-monitoring"
    ]
    assert attached.inputs["policyArn"] == "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
    assert attached.urn in instance(graph).dependencies


def test_backups_are_kept_in_the_other_region_too(graph: Graph) -> None:
    (copies,) = graph.of_kind("InstanceAutomatedBackupsReplication")
    assert copies.inputs["region"] == "us-west-2"
    assert copies.inputs["kmsKeyId"].endswith(":recovery-key")
    assert copies.inputs["retentionPeriod"] == 30
    for none in (rds_graph(recoveryRegion=None), rds_graph(rds(replicateBackups=False))):
        assert not none.of_kind("InstanceAutomatedBackupsReplication")


def test_a_replica_answers_reads() -> None:
    connections: list[DatabaseConnection] = []
    graph = rds_graph(rds(replica={"count": 2, "instanceClass": "db.r6g.large"}), connections=connections)
    for index in (1, 2):
        inputs = instance(graph, f"replica-{index}").inputs
        assert inputs["identifier"] == f"jarvis-postgres-prod-replica-{index}"
        assert inputs["replicateSourceDb"] == "jarvis-postgres-prod"
        assert inputs["instanceClass"] == "db.r6g.large"
        assert (inputs["publiclyAccessible"], inputs["storageEncrypted"]) == (False, True)
        assert "password" not in inputs
    assert connections[0].replica_host is not None
    assert {"database-replica-1-lag", "database-replica-2-lag"} <= set(by_name(graph, ":MetricAlarm"))
    assert tagless(graph) == []


FOLLOWED = "arn:aws:rds:us-east-1:123456789012:db:jarvis-postgres-prod"
BACKUPS = "arn:aws:rds:us-west-2:123456789012:auto-backup:ab-L2IJCEXJP7XQ7HOJ4"
RECOVERY: dict[str, Any] = {"name": "jarvis-recovery", "region": "us-west-2", "recoveryRegion": None}


def test_a_follower_has_from_the_other_region_what_rds_takes_from_there_only() -> None:
    connections: list[DatabaseConnection] = []
    settings = rds(identifier="jarvis-postgres-recovery", source={"kind": "replica", "arn": FOLLOWED})
    graph = rds_graph(
        settings, connections=connections, name="jarvis-recovery", region="us-west-2", recoveryRegion="us-east-1"
    )
    inputs = instance(graph).inputs
    assert inputs["replicateSourceDb"] == FOLLOWED
    refused = {"engine", "engineVersion", "dbName", "username", "password", "allocatedStorage", "backupRetentionPeriod"}
    assert not refused & set(inputs)
    assert inputs["kmsKeyId"].endswith(":data-key")
    assert inputs["dbSubnetGroupName"] == "jarvis-recovery-database"
    assert inputs["parameterGroupName"] == "jarvis-postgres-recovery-postgres17"
    assert inputs["skipFinalSnapshot"] is True
    assert "finalSnapshotIdentifier" not in inputs
    assert (inputs["deletionProtection"], inputs["publiclyAccessible"]) == (True, False)
    assert instance(graph).protect
    assert not graph.of_kind("InstanceAutomatedBackupsReplication")
    assert {"database-lag", "database-cpu"} <= set(by_name(graph, ":MetricAlarm"))
    assert instance(graph).create_timeout == "12h"  # the first copy of much data takes hours
    assert instance(rds_graph()).create_timeout == ""
    assert connections[0].tls
    assert tagless(graph) == []


def test_a_promoted_follower_is_an_instance_as_any_other() -> None:
    follower = instance(rds_graph(rds(source={"kind": "replica", "arn": FOLLOWED}), **RECOVERY)).inputs
    alone = instance(rds_graph(rds(), **RECOVERY)).inputs
    assert "replicateSourceDb" not in alone
    assert alone["password"] == PASSWORD
    assert alone["backupRetentionPeriod"] == 30
    same = follower.keys() - {"replicateSourceDb", "skipFinalSnapshot"}
    assert {key: follower[key] for key in same} == {key: alone[key] for key in same}


@pytest.mark.parametrize(
    ("source", "given"),
    [
        (
            {"kind": "point-in-time", "backupArn": BACKUPS},
            {"sourceDbInstanceAutomatedBackupsArn": BACKUPS, "useLatestRestorableTime": True},
        ),
        (
            {"kind": "point-in-time", "backupArn": BACKUPS, "time": "2026-11-24T13:00:00Z"},
            {"sourceDbInstanceAutomatedBackupsArn": BACKUPS, "restoreTime": "2026-11-24T13:00:00Z"},
        ),
        ({"kind": "snapshot", "name": "jarvis-postgres-final-snapshot"}, "jarvis-postgres-final-snapshot"),
    ],
    ids=["latest", "moment", "snapshot"],
)
def test_backups_can_be_gone_back_to(source: dict[str, Any], given: Any) -> None:
    restored = instance(rds_graph(rds(source=source), **RECOVERY))
    inputs = restored.inputs
    assert inputs["snapshotIdentifier" if source["kind"] == "snapshot" else "restoreToPointInTime"] == given
    assert not {"allocatedStorage", "dbName", "username", "kmsKeyId", "replicateSourceDb"} & set(inputs)
    assert (inputs["engine"], inputs["engineVersion"], inputs["storageEncrypted"]) == ("postgres", "17", True)
    assert inputs["password"] == PASSWORD
    assert restored.secret_inputs == {"password"}
    # Taking the source away, or a key that its backups do not have, must never replace it.
    assert set(restored.ignore_changes) == {"kmsKeyId", "snapshotIdentifier", "restoreToPointInTime"}


def test_somebody_is_told_before_it_is_full(graph: Graph) -> None:
    alarms = by_name(graph, ":MetricAlarm")
    assert set(alarms) == {"database-cpu", "database-memory", "database-storage", "database-connections"}
    assert alarms["database-connections"].inputs["threshold"] == 160
    storage = alarms["database-storage"].inputs
    assert (storage["comparisonOperator"], storage["threshold"]) == ("LessThanThreshold", 10 * 2**30)
    assert storage["dimensions"] == {"DBInstanceIdentifier": "jarvis-postgres-prod"}


def test_advanced_insights_keep_what_they_must() -> None:
    inputs = instance(rds_graph(rds(insights="advanced"))).inputs
    assert (inputs["databaseInsightsMode"], inputs["performanceInsightsRetentionPeriod"]) == ("advanced", 465)


def test_without_protection_it_goes_without_a_trace() -> None:
    item = instance(rds_graph(protect=False))
    assert not item.protect
    assert item.inputs["deletionProtection"] is False
    assert item.inputs["skipFinalSnapshot"] is True
    assert "finalSnapshotIdentifier" not in item.inputs


def test_every_resource_says_whose_it_is(graph: Graph) -> None:
    assert tagless(graph) == []


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"identifier": "jarvis_postgres"}, "must be lower-case letters, digits and hyphens"),
        ({"identifier": "jarvis--postgres"}, "no two together"),
        ({"identifier": "1-jarvis"}, "a letter first"),
        ({"identifier": "j" * 64}, "63 at most"),
        ({"identifier": "j" * 60, "replica": {}}, "leaves no room for -replica-1"),
        ({"version": 14}, "15, 16, 17 or 18"),
        ({"instanceClass": "r6g.xlarge"}, "must be a class of RDS"),
        ({"instanceClass": "db.m4.large"}, "runs no supported version of PostgreSQL"),
        ({"replica": {"instanceClass": "db.t2.micro"}}, "replica.instanceClass db.t2.micro runs no supported"),
        ({"storageGib": 10}, "greater than or equal to 20"),
        ({"storageGib": 500}, "maxStorageGib 500 must be 550 or more"),
        ({"backupWindow": "3:00-4:00"}, "must be two times of the day"),
        ({"backupWindow": "03:00-03:10"}, "must last 30 minutes or more"),
        ({"backupWindow": "04:30-05:30"}, "overlaps backupWindow 04:30-05:30"),
        ({"backupWindow": "23:30-00:30", "maintenanceWindow": "mon:00:00-mon:01:00"}, "overlaps backupWindow"),
        ({"maintenanceWindow": "sun:04:00-sun:04:10"}, "must last between 30 minutes and a day"),
        ({"maintenanceWindow": "04:00-05:00"}, "must be two times of the week"),
        ({"backupRetentionDays": 0}, "greater than or equal to 1"),
        ({"backupRetentionDays": 36}, "less than or equal to 35"),
        ({"username": "rdsadmin"}, "username rdsadmin is reserved"),
        ({"username": "_jarvis"}, "must begin with a letter in RDS"),
        ({"monitoringSeconds": 20}, "1, 5, 10, 15, 30 or 60"),
        ({"certificateAuthority": "rds-ca-2019"}, "'rds-ca-rsa2048-g1'"),
        ({"source": {"kind": "replica", "arn": "jarvis-postgres-prod"}}, "must be an instance's ARN"),
        ({"source": {"kind": "replica", "arn": BACKUPS}}, "must be an instance's ARN"),
        ({"source": {"kind": "point-in-time", "backupArn": FOLLOWED}}, "must be the ARN of automated backups"),
        ({"source": {"kind": "point-in-time", "backupArn": BACKUPS, "time": "yesterday"}}, "must be a time in UTC"),
        ({"source": {"kind": "replica", "arn": FOLLOWED}, "replica": {}}, "replica must be null while source follows"),
        ({"source": {"kind": "snapshot", "name": "a snapshot"}}, "must be a snapshot's name"),
        ({"publiclyAccessible": True}, "Extra inputs are not permitted"),
    ],
)
def test_wrong_settings_are_refused(wrong: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        RdsDatabase.model_validate({"kind": "rds", **wrong})


def created(**changed: Any) -> object:
    """What `create_database` makes of RDS' settings without a cloud."""
    given: dict[str, Any] = {"cluster": None, "password": credential(), "protect": True, **changed}
    return create_database(rds(), **given)


def test_it_needs_an_account_and_backs_itself_up() -> None:
    with pytest.raises(pulumi.RunError, match=r"jarvis:database of kind rds needs jarvis:cloud of kind aws\."):
        created()
    volume = VolumeTarget(Plan("0 2 * * *", 30), Storage(size="1Gi"), 60, VolumeBackup().resources)
    with pytest.raises(pulumi.RunError, match=r"jarvis:backup\.kind must be s3 or none with jarvis:database\.kind rds"):
        created(backup=volume)
