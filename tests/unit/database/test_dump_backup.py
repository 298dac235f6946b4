"""Dumps to a volume, and TLS, of a database in a container."""

from __future__ import annotations

import json
from typing import Any

import pytest

from components.database.settings import ContainerDatabase
from components.network.contract import Flow, PodPeer
from tests.support.mocks import Graph
from tests.support.pod_security import house_violations, restricted_violations
from tests.unit.database.support import PASSWORD, VOLUME, database_graph

SETTINGS = ContainerDatabase(
    database="jarvis_staging", username="jarvis_staging", dns_names=("postgres-staging.jarvis.local",)
)
JOBS = ["postgres-backup", "postgres-restore"]


@pytest.fixture(scope="module")
def graph() -> Graph:
    return database_graph(SETTINGS, backup=VOLUME, tls=True)[0]


def spec_of(graph: Graph, job: str) -> dict[str, Any]:
    return graph.one("CronJob", job).inputs["spec"]


def pod_of(graph: Graph, job: str) -> dict[str, Any]:
    return spec_of(graph, job)["jobTemplate"]["spec"]["template"]["spec"]


def environment(graph: Graph, job: str) -> dict[str, str]:
    [container] = pod_of(graph, job)["containers"]
    return {item["name"]: item["value"] for item in container["env"] if "value" in item}


def server_pod(graph: Graph) -> dict[str, Any]:
    return graph.one("StatefulSet", "postgres").inputs["spec"]["template"]["spec"]


@pytest.mark.parametrize("job", JOBS)
def test_the_pods_are_restricted(graph: Graph, job: str) -> None:
    assert not restricted_violations(pod_of(graph, job))
    assert not house_violations(pod_of(graph, job))
    assert not restricted_violations(server_pod(graph))
    assert not house_violations(server_pod(graph))


def test_dumps_are_made_daily_one_at_a_time(graph: Graph) -> None:
    spec = spec_of(graph, "postgres-backup")
    assert (spec["schedule"], spec["timeZone"]) == ("0 2 * * *", "Etc/UTC")
    assert (spec["suspend"], spec["concurrencyPolicy"]) == (False, "Forbid")
    assert (spec["successfulJobsHistoryLimit"], spec["failedJobsHistoryLimit"]) == (3, 3)
    assert spec["jobTemplate"]["spec"]["activeDeadlineSeconds"] == 7200
    assert environment(graph, "postgres-backup")["RETENTION_DAYS"] == "30"


def test_a_restore_never_starts_by_itself_nor_twice(graph: Graph) -> None:
    spec = spec_of(graph, "postgres-restore")
    assert spec["suspend"] is True
    assert spec["jobTemplate"]["spec"]["backoffLimit"] == 0
    [container] = pod_of(graph, "postgres-restore")["containers"]
    assert container["command"][2:] == ["$(BACKUP)", "$(DISCONNECT)"]
    assert environment(graph, "postgres-restore")["BACKUP"] == "latest"


@pytest.mark.parametrize("job", JOBS)
def test_it_runs_the_scripts_that_are_mounted(graph: Graph, job: str) -> None:
    pod = pod_of(graph, job)
    [container] = pod["containers"]
    mounts = {mount["mountPath"]: mount["name"] for mount in container["volumeMounts"]}
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    folder, _, name = container["command"][1].rpartition("/")
    scripts = graph.one("ConfigMap", volumes[mounts[folder]]["configMap"]["name"])
    assert set(scripts.inputs["data"]) == {"backup.sh", "restore.sh", "tables.sql"}
    assert name in scripts.inputs["data"]
    claim = volumes[mounts[environment(graph, job)["BACKUP_DIRECTORY"]]]["persistentVolumeClaim"]["claimName"]
    assert graph.one("PersistentVolumeClaim", claim).urn in graph.one("CronJob", job).dependencies


@pytest.mark.parametrize("job", JOBS)
def test_the_password_comes_from_the_secret(graph: Graph, job: str) -> None:
    [container] = pod_of(graph, job)["containers"]
    [password] = [item for item in container["env"] if item["name"] == "PGPASSWORD"]
    assert password["valueFrom"]["secretKeyRef"] == {"name": "postgres-credentials", "key": "password"}
    assert PASSWORD not in json.dumps(graph.one("CronJob", job).inputs)


@pytest.mark.parametrize("job", JOBS)
def test_it_verifies_the_server_by_name(graph: Graph, job: str) -> None:
    variables = environment(graph, job)
    assert (variables["PGSSLMODE"], variables["PGHOST"]) == ("verify-full", "postgres.jarvis-test.svc")
    trust = next(volume for volume in pod_of(graph, job)["volumes"] if volume["name"] == "trust")
    assert trust["secret"] == {"secretName": "postgres-tls", "items": [{"key": "ca.crt", "path": "ca.crt"}]}


def test_without_tls_it_says_so() -> None:
    graph, connection = database_graph(SETTINGS, backup=VOLUME)
    assert environment(graph, "postgres-backup")["PGSSLMODE"] == "disable"
    assert "PGSSLROOTCERT" not in environment(graph, "postgres-backup")
    assert (connection.tls, connection.trust) == (False, None)


def test_the_dumps_are_protected_too() -> None:
    graph, _ = database_graph(SETTINGS, backup=VOLUME, protect=True)
    kept = {r.name for r in graph.resources if r.protect and r.retain_on_delete}
    assert kept == {"postgres", "data-postgres-0", "postgres-backups"}


def test_only_the_jobs_get_a_way_to_the_server() -> None:
    assert database_graph(SETTINGS)[1].flows == ()
    flows = database_graph(SETTINGS, backup=VOLUME)[1].flows
    assert flows == (Flow(PodPeer("postgres-backup"), PodPeer("postgres"), 5432),)


def test_nothing_changes_where_neither_is_asked_for() -> None:
    graph, connection = database_graph(SETTINGS)
    assert not graph.of_kind("CronJob")
    assert set(graph.one("ConfigMap", "postgres-config").inputs["data"]) == {"postgresql.conf", "apply-password.sh"}
    assert "ssl" not in graph.one("ConfigMap", "postgres-config").inputs["data"]["postgresql.conf"]
    assert [container["name"] for container in server_pod(graph)["containers"]] == ["postgres", "exporter"]
    [uri] = [e["value"] for e in server_pod(graph)["containers"][1]["env"] if e["name"] == "DATA_SOURCE_URI"]
    assert uri == "127.0.0.1:5432/jarvis_staging?sslmode=disable"
    assert not connection.tls


def test_the_certificate_has_the_services_names_and_the_guides(graph: Graph) -> None:
    names = graph.one("Secret", "postgres-tls").inputs["stringData"]["tls.crt"].split(",")
    service = "postgres.jarvis-test"
    assert names == ["postgres", service, f"{service}.svc", f"{service}.svc.cluster.local",
                     "postgres-staging.jarvis.local"]  # fmt: skip


def test_the_server_refuses_who_comes_without_tls(graph: Graph) -> None:
    data = graph.one("ConfigMap", "postgres-config").inputs["data"]
    assert "ssl = 'on'" in data["postgresql.conf"]
    assert "hba_file = '/etc/postgresql/pg_hba.conf'" in data["postgresql.conf"]
    rules = [line.split()[0] for line in data["pg_hba.conf"].splitlines() if line and not line.startswith("#")]
    assert rules == ["local", "hostssl"]
    [uri] = [e["value"] for e in server_pod(graph)["containers"][1]["env"] if e["name"] == "DATA_SOURCE_URI"]
    assert "sslmode=require" in uri


def test_the_key_is_readable_by_the_servers_group_alone(graph: Graph) -> None:
    tls = next(volume for volume in server_pod(graph)["volumes"] if volume["name"] == "tls")
    assert tls["secret"] == {"secretName": "postgres-tls", "defaultMode": 0o440}
    assert server_pod(graph)["securityContext"]["fsGroup"] == 999
    assert graph.one("Secret", "postgres-tls").urn in graph.one("StatefulSet", "postgres").dependencies


def test_a_renewed_certificate_is_watched_for(graph: Graph) -> None:
    [watcher] = [c for c in server_pod(graph)["containers"] if c["name"] == "reload-certificate"]
    assert watcher["command"][1].rpartition("/")[2] in graph.one("ConfigMap", "postgres-config").inputs["data"]
    mounts = {mount["mountPath"] for mount in watcher["volumeMounts"]}
    assert {watcher["command"][2], "/var/run/postgresql"} <= mounts
