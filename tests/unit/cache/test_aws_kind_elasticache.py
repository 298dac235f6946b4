"""A cache of kind `elasticache`."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pytest
from pydantic import ValidationError

from components.cache.contract import CacheConnection
from components.cache.elasticache import ElastiCache
from components.cache.elasticache_settings import ElastiCacheCache
from components.cache.kinds import create_cache
from components.cloud.aws.contract import AwsCloud
from components.network.contract import CidrPeer
from tests.support.mocks import Graph, Registered, credential
from tests.unit.cloud.aws.support import by_name, on_aws, tagless

TOKEN = "correct-horse-battery-Staple1"


def cache(**changed: Any) -> ElastiCacheCache:
    return ElastiCacheCache.model_validate({"kind": "elasticache", **changed})


def cache_graph(
    settings: ElastiCacheCache | None = None,
    *,
    protect: bool = True,
    token: str = TOKEN,
    connections: list[CacheConnection] | None = None,
) -> Graph:
    def build(account: AwsCloud) -> None:
        made = ElastiCache(
            "cache",
            settings or cache(),
            cloud=account,
            password=credential(token, "redisPassword"),
            protect=protect,
        )
        (connections if connections is not None else []).append(made.connection)

    return on_aws(build)


@pytest.fixture(scope="module")
def graph() -> Graph:
    return cache_graph()


def group(graph: Graph) -> Registered:
    (found,) = graph.of_kind("ReplicationGroup")
    return found


def test_the_group_is_the_guides(graph: Graph) -> None:
    inputs = group(graph).inputs
    wanted = {
        "replicationGroupId": "jarvis-redis-prod",
        "description": "Redis cluster for Jarvis production",
        "nodeType": "cache.r6g.large",
        "numCacheClusters": 3,
        "port": 6379,
        "automaticFailoverEnabled": True,
        "multiAzEnabled": True,
        "atRestEncryptionEnabled": True,
        "transitEncryptionEnabled": True,
        "transitEncryptionMode": "required",
        "finalSnapshotIdentifier": "jarvis-redis-final-snapshot",
        "snapshotRetentionLimit": 7,
    }
    assert {key: inputs[key] for key in wanted} == wanted
    assert inputs["tags"]["Name"] == "jarvis-redis-production"
    assert inputs["kmsKeyId"].endswith(":data-key")
    assert group(graph).protect


@pytest.mark.parametrize(
    ("engine", "version", "family"),
    [("valkey", "8.1", "valkey8"), ("valkey", "7.2", "valkey7"), ("redis", "7.1", "redis7")],
)
def test_parameters_fit_the_version(engine: str, version: str, family: str) -> None:
    graph = cache_graph(cache(engine=engine, engineVersion=version))
    (parameters,) = graph.of_kind("ParameterGroup")
    assert parameters.inputs["family"] == family
    assert parameters.inputs["parameters"] == [{"name": "maxmemory-policy", "value": "allkeys-lru"}]
    assert group(graph).inputs["parameterGroupName"] == f"jarvis-redis-prod-{family}"
    assert (group(graph).inputs["engine"], group(graph).inputs["engineVersion"]) == (engine, version)


def test_the_token_is_a_secret_wherever_it_goes(graph: Graph) -> None:
    assert group(graph).inputs["authToken"] == TOKEN
    assert group(graph).secret_inputs == {"authToken"}
    holders = {item.type for item in graph.resources if TOKEN in json.dumps(item.inputs)}
    assert holders == {
        "aws:elasticache/replicationGroup:ReplicationGroup",
        "aws:secretsmanager/secretVersion:SecretVersion",
    }


def test_only_nodes_are_let_in(graph: Graph) -> None:
    rule = by_name(graph, ":SecurityGroupIngressRule")["cache-from-nodes"].inputs
    assert rule["referencedSecurityGroupId"] == "nodes-id"
    assert (rule["fromPort"], rule["toPort"]) == (6379, 6379)
    assert "cidrIpv4" not in rule
    assert group(graph).inputs["securityGroupIds"] == ["cache-id"]
    (subnets,) = by_name(graph, "elasticache/subnetGroup:SubnetGroup").values()
    assert subnets.inputs["subnetIds"] == [f"database-{zone}-id" for zone in "abc"]


def test_clients_reach_the_primary_over_tls_that_every_machine_trusts() -> None:
    connections: list[CacheConnection] = []
    cache_graph(connections=connections)
    (connection,) = connections
    assert connection.tls
    assert connection.trust is None
    assert connection.peer == CidrPeer("10.40.208.0/20")
    assert connection.peer_port == 6379
    assert connection.sentinel_hosts is None


def test_logs_go_to_groups_that_end_and_are_encrypted(graph: Graph) -> None:
    delivered = {item["logType"]: item["destination"] for item in group(graph).inputs["logDeliveryConfigurations"]}
    assert set(delivered) == {"slow-log", "engine-log"}
    for name in delivered.values():
        (found,) = [item for item in by_name(graph, ":LogGroup").values() if item.inputs["name"] == name]
        assert found.inputs["retentionInDays"] == 90
        assert "kmsKeyId" in found.inputs


def test_each_node_is_watched() -> None:
    alarms = by_name(cache_graph(cache(nodes=2)), ":MetricAlarm")
    assert set(alarms) == {f"cache-{index}-{sort}" for index in (1, 2) for sort in ("cpu", "memory", "lag")}
    assert alarms["cache-2-cpu"].inputs["dimensions"] == {"CacheClusterId": "jarvis-redis-prod-002"}


def test_without_protection_it_goes_without_a_trace() -> None:
    found = group(cache_graph(protect=False))
    assert not found.protect
    assert "finalSnapshotIdentifier" not in found.inputs


def test_every_resource_says_whose_it_is(graph: Graph) -> None:
    assert tagless(graph) == []


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"replicationGroupId": "j" * 41}, "40 at most"),
        ({"replicationGroupId": "Jarvis"}, "must be lower-case letters"),
        ({"replicationGroupId": "jarvis-"}, "no hyphen last"),
        ({"engine": "memcached"}, "'redis' or 'valkey'"),
        ({"engineVersion": "6.2"}, "engineVersion 6.2 is none of valkey's: it must be 7.2 or 8.0"),
        ({"engine": "redis"}, "engineVersion 8.1 is none of redis's: it must be 7.0 or 7.1"),
        ({"nodeType": "r6g.large"}, "must be a node type"),
        ({"nodeType": "cache.r4.large"}, "runs no supported version"),
        ({"nodeType": "cache.r6gd.xlarge"}, "take cache.r6g instead"),
        ({"nodes": 1}, "greater than or equal to 2"),
        ({"nodes": 7}, "less than or equal to 6"),
        ({"maxMemoryPolicy": "lru"}, "'noeviction'"),
        ({"snapshotWindow": "02:00-02:30"}, "must last 60 minutes or more"),
        ({"snapshotWindow": "05:00-06:00"}, "overlaps snapshotWindow"),
        ({"snapshotRetentionDays": 36}, "less than or equal to 35"),
    ],
)
def test_wrong_settings_are_refused(wrong: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        ElastiCacheCache.model_validate({"kind": "elasticache", **wrong})


def test_it_needs_an_account() -> None:
    given: dict[str, Any] = {"cluster": None, "password": credential(), "protect": True}
    with pytest.raises(pulumi.RunError, match=r"jarvis:cache of kind elasticache needs jarvis:cloud of kind aws\."):
        create_cache(cache(), **given)
