"""Redis with Sentinel."""

from __future__ import annotations

import base64
import json
from typing import Any

import pulumi
import pytest
from pydantic import TypeAdapter, ValidationError

from components.cache.contract import CacheConnection
from components.cache.kinds import create_cache
from components.cache.redis_conf import redis_conf
from components.cache.settings import CacheSettings, ContainerCache, SentinelCache, SentinelServers
from components.certificates.contract import TrustAnchor
from components.certificates.kinds import create_certificates
from components.certificates.settings import CertManagerCertificates
from components.network.contract import Flow, PodPeer
from tests.support.mocks import Graph, cluster_access, credential, registered
from tests.support.pod_security import house_violations, restricted_violations

PASSWORD = "cache-password-of-the-test"
SENTINEL, CONTAINER = SentinelCache(), ContainerCache()


def deployed(
    settings: SentinelCache | ContainerCache = SENTINEL,
    *,
    protect: bool = False,
    password: str = PASSWORD,
    tls: bool = False,
) -> tuple[Graph, CacheConnection]:
    given: list[CacheConnection] = []

    def build() -> None:
        cluster = cluster_access()
        connection = create_cache(
            settings,
            cluster=cluster,
            password=credential(password),
            certificates=create_certificates(CertManagerCertificates(), cluster=cluster) if tls else None,
            protect=protect,
        )
        given.append(connection)

    return registered(build), given[0]


@pytest.fixture(scope="module")
def graph() -> Graph:
    return deployed()[0]


@pytest.fixture(scope="module")
def encrypted() -> Graph:
    return deployed(tls=True)[0]


def pod_of(graph: Graph, part: str) -> dict[str, Any]:
    return graph.one("StatefulSet", part).inputs["spec"]["template"]["spec"]


def container_of(graph: Graph, part: str, name: str) -> dict[str, Any]:
    return next(container for container in pod_of(graph, part)["containers"] if container["name"] == name)


def variables(container: dict[str, Any]) -> dict[str, Any]:
    return {item["name"]: item.get("value", item.get("valueFrom")) for item in container["env"]}


def configuration(graph: Graph) -> dict[str, str]:
    return graph.one("ConfigMap", "redis-config").inputs["data"]


PARTS = {"redis": "redis", "redis-sentinel": "sentinel"}


def test_three_servers_and_three_sentinels_that_start_side_by_side(graph: Graph) -> None:
    sets = {item.object_name: item for item in graph.of_kind("StatefulSet")}
    assert set(sets) == set(PARTS)
    for item in sets.values():
        assert item.inputs["spec"]["replicas"] == 3
        assert item.inputs["spec"]["podManagementPolicy"] == "Parallel"
        others = {other.urn for other in sets.values()} - {item.urn}
        assert not item.dependencies & others, "servers wait for Sentinels in their Pods, and these know them by name"


def test_the_servers_read_the_guides_figures_and_refuse_writes_that_no_replica_gets(graph: Graph) -> None:
    lines = configuration(graph)["redis.conf"].splitlines()
    assert set(redis_conf(CONTAINER).splitlines()) < set(lines)
    assert {"min-replicas-to-write 1", "min-replicas-max-lag 10"} < set(lines)
    assert lines[-1].startswith("include "), "Redis 7 forgets save points that follow an include"


def test_the_sentinels_read_the_settings() -> None:
    sentinel = SentinelServers(
        replicas=5, quorum=4, down_after_seconds=7, failover_timeout_seconds=90, parallel_syncs=2
    )
    graph = deployed(SentinelCache(sentinel=sentinel))[0]
    lines = configuration(graph)["sentinel.conf"].splitlines()
    assert {
        "port 26379",
        "sentinel resolve-hostnames yes",
        "sentinel announce-hostnames yes",
        "sentinel down-after-milliseconds jarvis 7000",
        "sentinel failover-timeout jarvis 90000",
        "sentinel parallel-syncs jarvis 2",
    } < set(lines)
    assert graph.one("StatefulSet", "redis-sentinel").inputs["spec"]["replicas"] == 5
    given = variables(container_of(graph, "redis-sentinel", "sentinel"))
    assert given["QUORUM"] == "4"
    assert len(given["SENTINELS"].split()) == 5
    assert variables(container_of(graph, "redis", "redis"))["HANDOVER_SECONDS"] == "187"


@pytest.mark.parametrize("part", PARTS)
def test_pods_know_themselves_and_each_other_by_names_that_outlive_them(graph: Graph, part: str) -> None:
    given = variables(container_of(graph, part, PARTS[part]))
    assert given["SELF"] == f"$(POD_NAME).{part}.$(POD_NAMESPACE).svc"
    assert given["NODES"].split()[2] == "redis-2.redis.$(POD_NAMESPACE).svc"
    assert given["SENTINELS"].split()[0] == "redis-sentinel-0.redis-sentinel.$(POD_NAMESPACE).svc"
    names = list(given)
    assert max(names.index("POD_NAME"), names.index("POD_NAMESPACE")) < names.index("SELF"), "else not expanded"
    service = graph.one("Service", part)
    assert service.inputs["spec"]["clusterIP"] == "None"
    assert service.inputs["spec"]["publishNotReadyAddresses"] is True
    assert graph.one("StatefulSet", part).inputs["spec"]["serviceName"] == part


@pytest.mark.parametrize("tls", [False, True])
@pytest.mark.parametrize("part", PARTS)
def test_the_pods_are_restricted(part: str, tls: bool, graph: Graph, encrypted: Graph) -> None:
    pod = pod_of(encrypted if tls else graph, part)
    assert not restricted_violations(pod)
    assert not house_violations(pod)
    mounted = {mount["name"] for container in pod["containers"] for mount in container.get("volumeMounts") or []}
    assert mounted == {volume["name"] for volume in pod["volumes"]} | {"data"}


@pytest.mark.parametrize("part", PARTS)
def test_the_loss_of_a_node_takes_one_of_each(graph: Graph, part: str) -> None:
    (term,) = pod_of(graph, part)["affinity"]["podAntiAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    assert term["topologyKey"] == "kubernetes.io/hostname"
    assert term["labelSelector"]["matchLabels"] == {"app": part}
    assert graph.one("PodDisruptionBudget", part).inputs["spec"]["maxUnavailable"] == 1


def test_a_server_hands_over_before_it_ends_and_is_not_killed_while_it_copies(graph: Graph) -> None:
    server = container_of(graph, "redis", "redis")
    assert server["command"] == ["sh", "/etc/redis/start-redis.sh"]
    assert server["lifecycle"]["preStop"]["exec"]["command"] == ["sh", "/etc/redis/stop-redis.sh"]
    assert server["readinessProbe"]["exec"]["command"] == ["sh", "/etc/redis/ready.sh"]
    assert "-e" not in server["livenessProbe"]["exec"]["command"], "an error, such as LOADING, is an answer"
    startup = server["startupProbe"]
    assert startup["failureThreshold"] * startup["periodSeconds"] >= 120 + 5 + 2 * 60
    assert {"start-redis.sh", "stop-redis.sh", "ready.sh", "common.sh", "start-sentinel.sh"} < set(configuration(graph))


def test_the_password_is_in_the_secret_and_nowhere_else(graph: Graph) -> None:
    secret = graph.one("Secret", "redis-credentials")
    data = {key: base64.b64decode(value).decode() for key, value in secret.inputs["data"].items()}
    assert data == {
        "password": PASSWORD,
        "auth.conf": f"requirepass {PASSWORD}\nmasterauth {PASSWORD}\n",
        "sentinel-auth.conf": (
            f"sentinel auth-pass jarvis {PASSWORD}\nrequirepass {PASSWORD}\nsentinel sentinel-pass {PASSWORD}\n"
        ),
    }
    assert "data" in secret.secret_inputs
    texts = (PASSWORD, *secret.inputs["data"].values())
    assert {r.name for r in graph.resources if any(t in json.dumps(r.inputs) for t in texts)} == {"redis-credentials"}


def test_any_change_rolls_servers_and_sentinels() -> None:
    def checksums(graph: Graph) -> list[str]:
        sets = graph.of_kind("StatefulSet")
        return [
            item.inputs["spec"]["template"]["metadata"]["annotations"]["jarvis.io/config-checksum"] for item in sets
        ]

    found = [
        *checksums(deployed()[0]),
        *checksums(deployed(SentinelCache(max_memory="1gb"))[0]),
        *checksums(deployed(password="another-password-of-the-test")[0]),
        *checksums(deployed(tls=True)[0]),
    ]
    assert len(found) == 8
    assert len(set(found)) == 4


@pytest.mark.parametrize("protect", [True, False])
def test_protect_keeps_the_volumes(protect: bool) -> None:
    graph = deployed(protect=protect)[0]
    kept = {r.name for r in graph.resources if r.protect and r.retain_on_delete}
    claims = {f"data-{part}-{index}" for part in PARTS for index in range(3)}
    assert {r.object_name for r in graph.of_kind("PersistentVolumeClaim")} == claims
    assert kept == (claims if protect else set())


def test_the_connection() -> None:
    resolved: dict[str, Any] = {}

    def build() -> None:
        made = create_cache(SENTINEL, cluster=cluster_access(), password=credential(PASSWORD), protect=False)
        outputs = {"host": made.host, "nodes": made.cluster_hosts, "sentinels": made.sentinel_hosts, "port": made.port}
        pulumi.Output.all(**outputs).apply(resolved.update)

    registered(build)
    assert resolved == {
        "host": "redis.jarvis-test.svc",
        "nodes": ",".join(f"redis-{index}.redis.jarvis-test.svc:6379" for index in range(3)),
        "sentinels": ",".join(f"redis-sentinel-{i}.redis-sentinel.jarvis-test.svc:26379" for i in range(3)),
        "port": 6379,
    }


def test_who_talks_to_whom() -> None:
    connection = deployed()[1]
    backend, servers, sentinels = PodPeer("jarvis-backend"), PodPeer("redis"), PodPeer("redis-sentinel")
    assert connection.flows_from(backend) == (Flow(backend, servers, 6379), Flow(backend, sentinels, 26379))
    assert set(connection.flows) == {
        Flow(source, target, port)
        for source in (servers, sentinels)
        for target, port in ((servers, 6379), (sentinels, 26379))
    }
    assert connection.sentinel_master == "jarvis"
    single = deployed(CONTAINER)[1]
    assert single.flows_from(backend) == (Flow(backend, servers, 6379),)
    assert (single.flows, single.sentinel_hosts, single.cluster_hosts) == ((), None, None)


def test_with_certificates_nothing_speaks_plain_text(encrypted: Graph) -> None:
    for file, port in (("redis.conf", 6379), ("sentinel.conf", 26379)):
        lines = set(configuration(encrypted)[file].splitlines())
        assert {"port 0", f"tls-port {port}", "tls-replication yes", "tls-auth-clients no"} < lines
        assert f"port {port}" not in lines
    for part, name in PARTS.items():
        assert variables(container_of(encrypted, part, name))["CA_FILE"] == "/run/secrets/redis-tls/ca.crt"
        assert {"--tls", "--cacert"} < set(container_of(encrypted, part, name)["livenessProbe"]["exec"]["command"])
        exporter = variables(container_of(encrypted, part, "exporter"))
        assert exporter["REDIS_ADDR"].startswith("rediss://localhost:")
        assert exporter["REDIS_EXPORTER_TLS_CA_CERT_FILE"] == "/run/secrets/redis-tls/ca.crt"


def test_the_certificate_has_every_name_that_clients_use(encrypted: Graph) -> None:
    certificate = encrypted.one("Certificate", "redis-tls")
    names = set(certificate.inputs["spec"]["dnsNames"])
    assert names == {
        "localhost",
        *(f"{part}.jarvis-test.svc" for part in PARTS),
        *(f"{part}-{index}.{part}.jarvis-test.svc" for part in PARTS for index in range(3)),
        *(f"redis-{number}.jarvis.local" for number in (1, 2, 3)),
    }
    for part in PARTS:
        assert certificate.urn in encrypted.one("StatefulSet", part).dependencies


def test_only_servers_and_sentinels_have_the_key(encrypted: Graph) -> None:
    for part in PARTS:
        volumes = {volume["name"]: volume for volume in pod_of(encrypted, part)["volumes"]}
        (mount,) = container_of(encrypted, part, "exporter")["volumeMounts"]
        assert [item["key"] for item in volumes[mount["name"]]["secret"]["items"]] == ["ca.crt"]


def test_a_single_server_with_a_certificate() -> None:
    graph, connection = deployed(CONTAINER, tls=True)
    assert (connection.tls, connection.trust) == (True, TrustAnchor("redis-tls"))
    server = container_of(graph, "redis", "redis")
    assert server["command"] == ["sh", "/etc/redis/start.sh"]
    assert {"start.sh", "common.sh", "redis.conf"} == set(configuration(graph))
    assert "tls-port 6379" in configuration(graph)["redis.conf"]
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert {"-e", "--tls", "--cacert"} < set(server[probe]["exec"]["command"])
    assert graph.one("Certificate", "redis-tls").urn in graph.one("StatefulSet", "redis").dependencies
    assert not restricted_violations(pod_of(graph, "redis"))
    assert not house_violations(pod_of(graph, "redis"))


def test_a_container_s_certificate_has_the_names_of_clients_outside_too() -> None:
    graph, _ = deployed(ContainerCache(dns_names=("redis-staging.jarvis.local",)), tls=True)
    names = graph.one("Certificate", "redis-tls").inputs["spec"]["dnsNames"]
    assert names == ["redis.jarvis-test.svc", "redis", "localhost", "redis-staging.jarvis.local"]


def test_without_certificates_clients_are_told_so() -> None:
    for settings in (SENTINEL, CONTAINER):
        connection = deployed(settings)[1]
        assert (connection.tls, connection.trust) == (False, None)


WRONG = {
    "an even number of Sentinels": ({"sentinel": {"replicas": 4, "quorum": 3}}, "replicas 4 must be odd"),
    "too few Sentinels": ({"sentinel": {"replicas": 1, "quorum": 1}}, "greater than or equal to 3"),
    "a quorum of the lesser part": ({"sentinel": {"replicas": 5, "quorum": 2}}, "quorum 2 must be more than half"),
    "a quorum of more than all": ({"sentinel": {"replicas": 3, "quorum": 4}}, "no more than all"),
    "two servers": ({"replicas": 2}, "greater than or equal to 3"),
    "writes that the loss of one server would stop": ({"minReplicasToWrite": 2}, "must be at most 1"),
    "no time to hand over": ({"terminationGraceSeconds": 30}, "greater than or equal to 60"),
    "a setting of the other kind's": ({"cluster": True}, "Extra inputs are not permitted"),
    "memory limit too low": ({"maxMemory": "4gb"}, "resources.limits.memory 3Gi must exceed maxMemory 4gb"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_settings_are_refused(name: str) -> None:
    wrong, sentence = WRONG[name]
    with pytest.raises(ValidationError) as caught:
        SentinelCache.model_validate(wrong)
    assert sentence in str(caught.value)


def test_the_kind_chooses_the_model() -> None:
    adapter = TypeAdapter[Any](CacheSettings)
    assert isinstance(adapter.validate_python({"kind": "sentinel"}), SentinelCache)
    assert isinstance(adapter.validate_python({"kind": "container"}), ContainerCache)
