"""Everything that a stack on AWS has, together: held against the SDK's own types, and against what it may share."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from components.backup.kinds import create_backup
from components.backup.s3_settings import S3Backup
from components.cache.elasticache_settings import ElastiCacheCache
from components.cache.kinds import create_cache
from components.cloud.aws.contract import AwsCloud
from components.cloud.kinds import show_cloud
from components.cluster.eks_settings import EksCluster
from components.cluster.kinds import create_cluster
from components.database.kinds import create_database
from components.database.rds_settings import RdsDatabase
from components.exposure.alb_settings import AlbExposure
from components.exposure.kinds import create_exposure
from sandbox.providers.aws.provider import AwsProvider
from tests.support.mocks import Graph, as_given, credential
from tests.unit.cloud.aws.support import ACCOUNT, cloud_settings, on_aws, tagless
from tests.unit.exposure.support import ALL_HOSTS, endpoint, jarvis

ENTITLED = f"arn:aws:iam::{ACCOUNT}:role/platform-admin"


def everything(cloud: AwsCloud, failover: dict[str, Any] | None = None) -> None:
    nobody: Any = None
    settings = EksCluster(admins=(ENTITLED,), external_secrets=True)
    cluster = create_cluster(settings, environment="production", protect=True, cloud=cloud)
    backup = create_backup(S3Backup(lock_days=14), credentials=nobody, cloud=cloud, protect=True)
    database = RdsDatabase.model_validate({"replica": {}})
    password, token = credential("correct-horse-battery"), credential("correct-horse-battery", "redisPassword")
    create_database(database, cluster=cluster, password=password, backup=backup, protect=True, cloud=cloud)
    create_cache(ElastiCacheCache(), cluster=cluster, password=token, protect=True, cloud=cloud)
    exposure = AlbExposure.model_validate({"hosts": ALL_HOSTS, "failover": failover})
    create_exposure(
        exposure, cluster=cluster, jarvis=jarvis(), grafana=endpoint("grafana", 3000), cloud=cloud, protect=True
    )
    show_cloud(cloud)


@pytest.fixture(scope="module")
def graph() -> Graph:
    return on_aws(everything, cloud_settings(region="eu-west-3", recoveryRegion="eu-central-1"))


def test_every_input_is_what_the_sdk_takes(graph: Graph) -> None:
    provider = AwsProvider()
    mistakes = [
        f"{item.type} {item.name}: {sentence}"
        for item in graph.resources
        if item.type.startswith("aws:")
        for _, sentence in provider.checker.problems(
            item.type, provider.types.resource(item.type).inputs, as_given(item.inputs)
        )
    ]
    assert mistakes == []


GLOBAL = {
    "aws:iam/role:Role": "name",
    "aws:s3/bucket:Bucket": "bucket",
    "aws:budgets/budget:Budget": "name",
    "aws:cloudwatch/dashboard:Dashboard": "dashboardName",
}
"""What has its name in the whole account, or the world, and not in a region only."""


def test_two_regions_of_an_account_share_no_names() -> None:
    """Of what lies in no region; of what the first region puts into the second; and of records, but those of two."""
    first = on_aws(lambda cloud: everything(cloud, {"role": "primary"}), cloud_settings())
    there = {"name": "jarvis-recovery", "region": "us-west-2", "recoveryRegion": "us-east-1"}
    second = on_aws(lambda cloud: everything(cloud, {"role": "secondary"}), cloud_settings(**there))
    taken = [
        {(item.type, item.inputs[GLOBAL[item.type]]) for item in graph.resources if item.type in GLOBAL}
        | {
            (item.type, item.inputs["name"])
            for item in graph.resources
            if item.type in ("aws:kms/alias:Alias", "aws:secretsmanager/secret:Secret")
        }
        | {
            (item.type, item.inputs["name"], item.inputs.get("setIdentifier", ""))
            for item in graph.resources
            if item.type == "aws:route53/record:Record"
        }
        for graph in (first, second)
    ]
    assert taken[0] & taken[1] == set()
    assert len(second.of_kind("Distribution")) == 0


def test_no_two_resources_share_a_urn(graph: Graph) -> None:
    assert [urn for urn, number in Counter(item.urn for item in graph.resources).items() if number > 1] == []


def test_every_component_registers_its_outputs(graph: Graph) -> None:
    components = {item.urn for item in graph.resources if item.type.startswith("jarvis:")}
    assert components
    assert components <= graph.completed


def test_every_resource_says_whose_it_is(graph: Graph) -> None:
    assert tagless(graph) == []


def test_whatever_holds_data_is_protected_and_encrypted(graph: Graph) -> None:
    holders = {"Instance", "ReplicationGroup", "Bucket", "Key", "Vpc", "Cluster", "LoadBalancer", "Zone"}
    for item in graph.resources:
        kind = item.type.rpartition(":")[2]
        if item.type.startswith("aws:") and kind in holders and not item.name.startswith("replica-"):
            assert item.protect, item.name
        if kind == "LogGroup":
            assert "kmsKeyId" in item.inputs, item.name
            assert item.inputs["retentionInDays"] > 0, item.name


def test_no_policy_gives_everything_to_anybody(graph: Graph) -> None:
    for item in graph.resources:
        if item.type == "aws:iam/rolePolicy:RolePolicy":
            for statement in json.loads(item.inputs["policy"])["Statement"]:
                actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
                assert not any(action == "*" or action.endswith(":*") for action in actions), item.name
