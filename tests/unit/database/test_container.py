"""PostgreSQL in a container."""

from __future__ import annotations

import base64
import json
from typing import Any

import pulumi
import pytest
from pydantic import ValidationError

from components.database.configuration import postgresql_conf
from components.database.contract import DatabaseConnection
from components.database.kinds import create_database
from components.database.server_settings import PostgresParameters, postgres_bytes
from components.database.settings import ContainerDatabase
from components.network.contract import PodPeer
from components.settings.workloads import Resources, Storage
from tests.support.mocks import Graph, cluster_access, credential, registered
from tests.support.pod_security import house_violations, restricted_violations

PASSWORD = "database-password-of-the-test"


def database_graph(
    settings: ContainerDatabase | None = None, *, protect: bool = False, password: str = PASSWORD
) -> tuple[Graph, DatabaseConnection]:
    given: list[DatabaseConnection] = []

    def build() -> None:
        given.append(
            create_database(
                settings or ContainerDatabase(),
                cluster=cluster_access(),
                password=credential(password),
                protect=protect,
            )
        )

    return registered(build), given[0]


@pytest.fixture(scope="module")
def graph() -> Graph:
    return database_graph()[0]


def pod_of(graph: Graph) -> dict[str, Any]:
    return graph.one("StatefulSet", "postgres").inputs["spec"]["template"]["spec"]


def server_of(graph: Graph) -> dict[str, Any]:
    return next(container for container in pod_of(graph)["containers"] if container["name"] == "postgres")


def test_the_pod_is_restricted(graph: Graph) -> None:
    assert not restricted_violations(pod_of(graph))
    assert not house_violations(pod_of(graph))


def test_the_pod_is_postgres_0_of_one_replica(graph: Graph) -> None:
    spec = graph.one("StatefulSet", "postgres").inputs["spec"]
    assert spec["replicas"] == 1
    assert spec["serviceName"] == graph.one("Service", "postgres-headless").object_name
    assert spec["selector"]["matchLabels"] == {"app": "postgres"}


def test_services_reach_the_server_by_its_ports_name(graph: Graph) -> None:
    (port,) = server_of(graph)["ports"]
    for name in ("postgres", "postgres-headless"):
        spec = graph.one("Service", name).inputs["spec"]
        (entry,) = spec["ports"]
        assert (entry["port"], entry["targetPort"]) == (5432, port["name"])
        assert spec["selector"] == {"app": "postgres"}
    assert graph.one("Service", "postgres-headless").inputs["spec"]["clusterIP"] == "None"


def test_no_service_is_waited_for_by_the_pod_that_it_waits_for(graph: Graph) -> None:
    service, stateful_set = graph.one("Service", "postgres"), graph.one("StatefulSet", "postgres")
    assert service.urn not in stateful_set.dependencies
    needed = {graph.one("Secret", "postgres-credentials").urn, graph.one("ConfigMap", "postgres-config").urn}
    needed.add(graph.one("PersistentVolumeClaim", "data-postgres-0").urn)
    assert needed <= stateful_set.dependencies & service.dependencies


def test_the_password_is_in_the_secret_and_nowhere_else(graph: Graph) -> None:
    encoded = base64.b64encode(PASSWORD.encode()).decode()
    holders = {r.name for r in graph.resources if any(text in json.dumps(r.inputs) for text in (PASSWORD, encoded))}
    assert holders == {"postgres-credentials"}
    secret = graph.one("Secret", "postgres-credentials")
    assert "data" in secret.secret_inputs
    assert secret.inputs["type"] == "kubernetes.io/basic-auth"
    data = {key: base64.b64decode(value).decode() for key, value in secret.inputs["data"].items()}
    assert data == {"username": "jarvis", "password": PASSWORD, "database": "jarvis"}


def test_the_server_is_configured_by_the_file_that_is_mounted(graph: Graph) -> None:
    text = graph.one("ConfigMap", "postgres-config").inputs["data"]["postgresql.conf"]
    assert text == postgresql_conf(PostgresParameters())
    assert "max_connections = 200\nshared_buffers = '256MB'\neffective_cache_size = '1GB'\n" in text
    server = server_of(graph)
    assert server["args"] == ["postgres", "-c", "config_file=/etc/postgresql/postgresql.conf"]
    mounts = {mount["mountPath"]: mount["name"] for mount in server["volumeMounts"]}
    assert mounts["/etc/postgresql"] == "config"
    assert mounts["/var/lib/postgresql/data"] == "data"
    volumes = {volume["name"]: volume for volume in pod_of(graph)["volumes"]}
    assert volumes["config"]["configMap"]["name"] == "postgres-config"
    assert volumes["data"]["persistentVolumeClaim"]["claimName"] == "data-postgres-0"
    assert volumes["shared-memory"]["emptyDir"] == {"medium": "Memory", "sizeLimit": "256Mi"}
    environment = {item["name"]: item["value"] for item in server["env"]}
    assert environment["PGDATA"].startswith("/var/lib/postgresql/data/")


def test_the_probes_ask_over_tcp_and_give_the_first_start_its_time(graph: Graph) -> None:
    server = server_of(graph)
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        command = server[probe]["exec"]["command"]
        assert command[0] == "pg_isready"
        assert "--host=127.0.0.1" in command
    assert server["startupProbe"]["periodSeconds"] * server["startupProbe"]["failureThreshold"] == 300


def test_it_leaves_by_a_fast_shutdown_in_the_time_that_it_has(graph: Graph) -> None:
    assert server_of(graph)["lifecycle"]["preStop"]["exec"]["command"] == ["pg_ctl", "stop", "--mode=fast", "--no-wait"]
    assert pod_of(graph)["terminationGracePeriodSeconds"] == 120


def test_the_exporter_does_not_decide_whether_the_database_serves(graph: Graph) -> None:
    (exporter,) = [container for container in pod_of(graph)["containers"] if container["name"] == "exporter"]
    assert "readinessProbe" not in exporter
    assert [port["containerPort"] for port in exporter["ports"]] == [9187]


def test_any_change_of_configuration_or_password_rolls_the_pod(graph: Graph) -> None:
    def checksum(graph: Graph) -> str:
        template = graph.one("StatefulSet", "postgres").inputs["spec"]["template"]
        return template["metadata"]["annotations"]["jarvis.io/config-checksum"]

    tuned = ContainerDatabase(parameters=PostgresParameters(max_connections=100))
    checksums = [
        checksum(graph),
        checksum(database_graph(tuned)[0]),
        checksum(database_graph(password="another-password-of-the-test")[0]),
    ]
    assert checksum(database_graph()[0]) == checksums[0]
    assert len(set(checksums)) == 3


@pytest.mark.parametrize("protect", [True, False])
def test_protect_keeps_what_holds_data_and_nothing_else(protect: bool) -> None:
    graph, _ = database_graph(protect=protect)
    kept = {r.name for r in graph.resources if r.protect and r.retain_on_delete}
    assert kept == ({"postgres", "data-postgres-0"} if protect else set())


def test_the_connection() -> None:
    settings = ContainerDatabase(database="jarvis_dev")
    resolved: dict[str, Any] = {}

    def build() -> None:
        connection = create_database(settings, cluster=cluster_access(), password=credential(PASSWORD), protect=False)
        secret = pulumi.Output.from_input(connection.password.value.is_secret())
        fields = {"host": connection.host, "port": connection.port, "database": connection.database, "secret": secret}
        pulumi.Output.all(**fields).apply(resolved.update)
        assert (connection.peer, connection.peer_port) == (PodPeer("postgres"), 5432)
        assert (connection.exporter_app, connection.exporter_port) == ("postgres", 9187)

    registered(build)
    assert resolved == {"host": "postgres.jarvis-test.svc", "port": 5432, "database": "jarvis_dev", "secret": True}


def test_the_volume_is_what_the_settings_say() -> None:
    settings = ContainerDatabase(version=16, storage=Storage(size="50Gi", storage_class="fast-ssd"))
    claim = database_graph(settings)[0].one("PersistentVolumeClaim", "data-postgres-0").inputs
    assert claim["spec"]["resources"]["requests"] == {"storage": "50Gi"}
    assert claim["spec"]["storageClassName"] == "fast-ssd"
    assert claim["metadata"]["annotations"] == {"jarvis.io/postgres-major": "16"}


@pytest.mark.parametrize("version", [15, 16, 17, 18])
def test_each_version_has_its_release(version: Any) -> None:
    image = ContainerDatabase(version=version).image_reference
    assert image.startswith(f"docker.io/library/postgres:{version}.")


@pytest.mark.parametrize("tag", ["17", "17.12", "17-alpine", "17.12-trixie"])
def test_an_image_of_another_registry(tag: str) -> None:
    image = f"mirror.local:5000/library/postgres:{tag}"
    graph, _ = database_graph(ContainerDatabase(image=image))
    assert server_of(graph)["image"] == image


WRONG = {
    "of another version": (
        {"image": "mirror.local/postgres:16.4"},
        "the tag of image mirror.local/postgres:16.4 must begin with 17",
    ),
    "of a longer version": ({"image": "mirror.local/postgres:170"}, "must begin with 17"),
    "unknown version": ({"version": 14}, "15, 16, 17 or 18"),
    "too little memory": (
        {"parameters": {"sharedBuffers": "2GB"}},
        "resources.limits.memory 2Gi must exceed parameters.sharedBuffers 2GB and sharedMemory 256Mi together",
    ),
    "memory in Kubernetes' words": ({"parameters": {"sharedBuffers": "256Mi"}}, "a whole number with kB, MB, GB or TB"),
    "a name with a hyphen": ({"database": "jarvis-dev"}, "lower-case letters, digits and underscores"),
    "too little time to leave": ({"terminationGraceSeconds": 30}, "greater than or equal to 60"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_settings_are_refused(name: str) -> None:
    wrong, sentence = WRONG[name]
    with pytest.raises(ValidationError) as caught:
        ContainerDatabase.model_validate(wrong)
    assert sentence in str(caught.value)


def test_the_limit_may_be_raised_with_the_buffers() -> None:
    resources = Resources.of(requests=("1", "4Gi"), limits=("2", "8Gi"))
    ContainerDatabase(parameters=PostgresParameters(shared_buffers="4GB"), resources=resources)
    assert postgres_bytes("4GB") == 4 * 2**30
