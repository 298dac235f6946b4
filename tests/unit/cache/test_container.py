"""Redis in a container."""

from __future__ import annotations

import base64
import json
from typing import Any

import pulumi
import pytest
from pydantic import ValidationError

from components.cache.contract import CacheConnection
from components.cache.kinds import create_cache
from components.cache.redis_conf import redis_conf
from components.cache.settings import ContainerCache, redis_bytes
from components.network.contract import PodPeer
from components.settings.workloads import Resources
from tests.support.mocks import Graph, cluster_access, credential, registered
from tests.support.pod_security import house_violations, restricted_violations

PASSWORD = "cache-password-of-the-test"


def cache_graph(
    settings: ContainerCache | None = None, *, protect: bool = False, password: str = PASSWORD
) -> tuple[Graph, CacheConnection]:
    given: list[CacheConnection] = []

    def build() -> None:
        given.append(
            create_cache(
                settings or ContainerCache(), cluster=cluster_access(), password=credential(password), protect=protect
            )
        )

    return registered(build), given[0]


@pytest.fixture(scope="module")
def graph() -> Graph:
    return cache_graph()[0]


def pod_of(graph: Graph) -> dict[str, Any]:
    return graph.one("StatefulSet", "redis").inputs["spec"]["template"]["spec"]


def container_of(graph: Graph, name: str) -> dict[str, Any]:
    return next(container for container in pod_of(graph)["containers"] if container["name"] == name)


def test_the_configuration_is_the_guides_without_the_password(graph: Graph) -> None:
    text = graph.one("ConfigMap", "redis-config").inputs["data"]["redis.conf"]
    assert text == redis_conf(ContainerCache())
    assert set(text.splitlines()) == {
        "bind 0.0.0.0",
        "port 6379",
        "include /run/secrets/redis/auth.conf",
        "dir /data",
        "maxmemory 2gb",
        "maxmemory-policy allkeys-lru",
        "save 900 1",
        "save 300 10",
        "save 60 10000",
    }
    assert text.splitlines()[-1].startswith("include "), "Redis 7 forgets save points that follow an include"


def test_without_save_points_nothing_is_saved() -> None:
    assert [line for line in redis_conf(ContainerCache(save_points=())).splitlines() if "save" in line] == ['save ""']


def test_the_pod_is_restricted(graph: Graph) -> None:
    assert not restricted_violations(pod_of(graph))
    assert not house_violations(pod_of(graph))


def test_the_password_is_in_the_secret_and_nowhere_else(graph: Graph) -> None:
    secret = graph.one("Secret", "redis-credentials")
    data = {key: base64.b64decode(value).decode() for key, value in secret.inputs["data"].items()}
    assert data == {"password": PASSWORD, "auth.conf": f"requirepass {PASSWORD}\nmasterauth {PASSWORD}\n"}
    assert "data" in secret.secret_inputs
    texts = (PASSWORD, *secret.inputs["data"].values())
    assert {r.name for r in graph.resources if any(t in json.dumps(r.inputs) for t in texts)} == {"redis-credentials"}


def test_what_the_server_reads_is_mounted(graph: Graph) -> None:
    server = container_of(graph, "redis")
    assert server["command"] == ["redis-server", "/etc/redis/redis.conf"]
    mounts = {mount["mountPath"]: mount["name"] for mount in server["volumeMounts"]}
    assert mounts == {"/data": "data", "/etc/redis": "config", "/run/secrets/redis": "auth", "/tmp": "tmp"}  # noqa: S108
    volumes = {volume["name"]: volume for volume in pod_of(graph)["volumes"]}
    assert volumes["auth"]["secret"]["items"] == [{"key": "auth.conf", "path": "auth.conf"}]
    assert volumes["data"]["persistentVolumeClaim"]["claimName"] == "data-redis-0"


def test_probes_and_exporter_get_the_password_from_the_secret(graph: Graph) -> None:
    reference = {"secretKeyRef": {"name": "redis-credentials", "key": "password"}}
    for name, variable in (("redis", "REDISCLI_AUTH"), ("exporter", "REDIS_PASSWORD")):
        environment = {item["name"]: item for item in container_of(graph, name)["env"]}
        assert environment[variable]["valueFrom"] == reference
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        command = container_of(graph, "redis")[probe]["exec"]["command"]
        assert command[:2] == ["redis-cli", "-e"]
        assert command[-1] == "ping"


def test_the_exporter_does_not_decide_whether_the_cache_serves(graph: Graph) -> None:
    exporter = container_of(graph, "exporter")
    assert "readinessProbe" not in exporter
    assert [port["containerPort"] for port in exporter["ports"]] == [9121]


def test_the_service_does_not_hold_up_the_pod_that_it_waits_for(graph: Graph) -> None:
    service, stateful_set = graph.one("Service", "redis"), graph.one("StatefulSet", "redis")
    assert stateful_set.inputs["spec"]["serviceName"] == "redis"
    assert service.urn not in stateful_set.dependencies
    (port,) = service.inputs["spec"]["ports"]
    assert (port["port"], port["targetPort"]) == (6379, container_of(graph, "redis")["ports"][0]["name"])


def test_any_change_of_configuration_or_password_rolls_the_pod(graph: Graph) -> None:
    def checksum(graph: Graph) -> str:
        template = graph.one("StatefulSet", "redis").inputs["spec"]["template"]
        return template["metadata"]["annotations"]["jarvis.io/config-checksum"]

    checksums = [
        checksum(graph),
        checksum(cache_graph(ContainerCache(max_memory="1gb"))[0]),
        checksum(cache_graph(password="another-password-of-the-test")[0]),
    ]
    assert checksum(cache_graph()[0]) == checksums[0]
    assert len(set(checksums)) == 3


@pytest.mark.parametrize("protect", [True, False])
def test_protect_keeps_what_holds_data_and_nothing_else(protect: bool) -> None:
    graph, _ = cache_graph(protect=protect)
    kept = {r.name for r in graph.resources if r.protect and r.retain_on_delete}
    assert kept == ({"redis", "data-redis-0"} if protect else set())


def test_the_connection() -> None:
    resolved: dict[str, Any] = {}

    def build() -> None:
        connection = create_cache(
            ContainerCache(), cluster=cluster_access(), password=credential(PASSWORD), protect=False
        )
        secret = pulumi.Output.from_input(connection.password.value.is_secret())
        pulumi.Output.all(host=connection.host, port=connection.port, secret=secret).apply(resolved.update)
        assert (connection.peer, connection.peer_port) == (PodPeer("redis"), 6379)
        assert (connection.exporter_app, connection.exporter_port) == ("redis", 9121)

    registered(build)
    assert resolved == {"host": "redis.jarvis-test.svc", "port": 6379, "secret": True}


WRONG = {
    "memory limit too low": (
        {"resources": {"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"cpu": "1", "memory": "2Gi"}}},
        "resources.limits.memory 2Gi must exceed maxMemory 2gb",
    ),
    "memory in Kubernetes' words": ({"maxMemory": "2Gi"}, "a whole number with kb, mb or gb"),
    "memory without a unit": ({"maxMemory": "2000000000"}, "a whole number with kb, mb or gb"),
    "unknown policy": ({"maxMemoryPolicy": "lru"}, "allkeys-lru"),
    "save point of no seconds": ({"savePoints": [{"seconds": 0, "changes": 1}]}, "greater than or equal to 1"),
    "image without a tag": ({"image": "redis"}, "an image with its registry and its tag"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_settings_are_refused(name: str) -> None:
    wrong, sentence = WRONG[name]
    with pytest.raises(ValidationError) as caught:
        ContainerCache.model_validate(wrong)
    assert sentence in str(caught.value)


def test_the_limit_may_be_lowered_with_the_data() -> None:
    resources = Resources.of(requests=("100m", "256Mi"), limits=("500m", "512Mi"))
    ContainerCache(max_memory="256mb", resources=resources)
    assert redis_bytes("256mb") == 256 * 2**20
