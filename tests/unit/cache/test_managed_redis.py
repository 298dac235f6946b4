"""Azure Managed Redis: mistakes in its settings, and what the engine is told."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest
from pydantic import ValidationError

from components.cache.contract import CacheConnection
from components.cache.kinds import create_cache
from components.cache.managed_redis_settings import ManagedRedisCache
from components.cloud.azure.contract import AzureFoundation
from components.network.contract import CidrPeer
from tests.support.mocks import Graph, cluster_access, credential, registered
from tests.unit.cloud.azure.support import REDIS_KEY, by_name, on_azure


def redis_settings(**changed: Any) -> ManagedRedisCache:
    return ManagedRedisCache.model_validate({"kind": "managed-redis", **changed})


def create(cloud: AzureFoundation | None, **changed: Any) -> CacheConnection:
    return create_cache(
        redis_settings(**changed), cluster=cluster_access(), password=credential("unused"), protect=True, cloud=cloud
    )


def redis_graph(*, protect: bool = True, **changed: Any) -> Graph:
    return on_azure(lambda cloud: create(cloud, **changed), protect=protect)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"name": "redis--jarvis"}, "no two together"),
        ({"name": "-redis"}, "no hyphen first"),
        ({"name": "r" * 61}, "1 to 60"),
        ({"sku": "Standard"}, "are retired"),
        ({"sku": "C2"}, "are retired"),
        ({"sku": "Enterprise_E10"}, "are retired"),
        ({"sku": "Balanced_B2"}, "such as Balanced_B3"),
        ({"sku": "Balanced_B50"}, "clustering must be enterprise with sku Balanced_B50"),
        ({"maxMemoryPolicy": "lru"}, "allkeys-lru"),
        ({"clustering": "oss"}, "'none' or 'enterprise'"),
        ({"persistence": "rdb-24h"}, "rdb-12h"),
        ({"accessKey": "tertiary"}, "'primary' or 'secondary'"),
    ],
)
def test_each_mistake_has_its_sentence(changed: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError) as error:
        redis_settings(**changed)
    assert sentence in str(error.value)


def test_the_cluster_is_private_highly_available_and_modern() -> None:
    graph = redis_graph()
    (cluster,) = graph.of_kind("RedisEnterprise")
    assert cluster.inputs["clusterName"] == "redis-jarvis-production"
    assert cluster.inputs["sku"] == {"name": "Balanced_B3"}
    assert cluster.inputs["highAvailability"] == "Enabled"
    assert cluster.inputs["publicNetworkAccess"] == "Disabled"
    assert cluster.inputs["minimumTlsVersion"] == "1.2"
    endpoint = by_name(graph, "PrivateEndpoint")["redis-endpoint"]
    assert endpoint.inputs["privateLinkServiceConnections"][0]["groupIds"] == ["redisEnterprise"]
    zone = by_name(graph, "PrivateZone")["redis-zone"]
    assert zone.inputs["privateZoneName"] == "privatelink.redis.azure.net"


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("rdb-1h", {"aofEnabled": False, "rdbEnabled": True, "rdbFrequency": "1h"}),
        ("aof-1s", {"aofEnabled": True, "aofFrequency": "1s", "rdbEnabled": False}),
        (None, {"aofEnabled": False, "rdbEnabled": False}),
    ],
)
def test_the_database_speaks_tls_evicts_and_persists(setting: str | None, expected: dict[str, Any]) -> None:
    (database,) = redis_graph(persistence=setting).of_kind("Database")
    assert database.inputs["clientProtocol"] == "Encrypted"
    assert database.inputs["port"] == 10000
    assert database.inputs["evictionPolicy"] == "AllKeysLRU"
    assert database.inputs["clusteringPolicy"] == "NoCluster"
    assert database.inputs["persistence"] == expected


def test_every_policy_of_redis_has_azure_s_word() -> None:
    found = {
        redis_graph(maxMemoryPolicy=policy).of_kind("Database")[0].inputs["evictionPolicy"]
        for policy in ("noeviction", "volatile-ttl")
    }
    assert found == {"NoEviction", "VolatileTTL"}


def test_the_connection_is_the_same_contract_as_everywhere() -> None:
    hosts: list[str] = []
    keys: list[str] = []
    secret: list[bool] = []

    async def note(output: pulumi.Output[str]) -> None:
        secret.append(await output.is_secret())

    def build(cloud: AzureFoundation) -> object:
        connection = create(cloud)
        connection.host.apply(hosts.append)
        connection.password.value.apply(keys.append)
        assert connection.peer == CidrPeer("10.20.17.0/26")
        assert connection.peer_port == 10000
        assert connection.tls
        assert connection.trust is None
        assert connection.sentinel_hosts is None
        return pulumi.Output.from_input(note(connection.password.value))

    on_azure(build)
    assert hosts == ["redis-jarvis-production.westeurope.redis.azure.net"]
    assert keys == [REDIS_KEY]
    assert secret == [True]


def test_clients_may_be_given_the_second_key_while_the_first_is_renewed() -> None:
    keys: list[str] = []
    on_azure(lambda cloud: create(cloud, accessKey="secondary").password.value.apply(keys.append))
    assert keys == ["other"]


def test_data_is_kept_where_the_stack_protects_it() -> None:
    graph = redis_graph()
    for kind in ("RedisEnterprise", "Database"):
        (found,) = graph.of_kind(kind)
        assert found.protect
        assert found.retain_on_delete
    assert "cache-lock" in by_name(graph, "ManagementLockByScope")
    assert not any(item.protect for item in redis_graph(protect=False).resources)


def test_alerts_watch_it() -> None:
    alerts = {name: item for name, item in by_name(redis_graph(), "MetricAlert").items() if name.startswith("cache-")}
    assert set(alerts) == {"cache-cpu", "cache-memory"}
    for item in alerts.values():
        (criterion,) = item.inputs["criteria"]["allOf"]
        assert criterion["timeAggregation"] == "Maximum", "the only one that Azure lists for these metrics"


def test_it_needs_an_azure_cloud() -> None:
    with pytest.raises(pulumi.RunError, match=r"jarvis:cache of kind managed-redis needs jarvis:cloud of kind azure\."):
        registered(lambda: create(None))
