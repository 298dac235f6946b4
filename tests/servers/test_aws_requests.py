"""What the stacks on AWS ask of AWS: every request held against AWS's own models, and sent to a moto server.

The plans are the program's own, with the stack files as they are, answered by the offline provider without an engine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from tests.support.aws_requests.agreement import foreign_families, unproved_certificates
from tests.support.aws_requests.fitting import Unfit
from tests.support.aws_requests.limits import problems
from tests.support.aws_requests.moto import DIFFERENCES, Moto, Replay, moto_server, replay
from tests.support.aws_requests.plan import PlannedResource
from tests.support.aws_requests.rows import ROWS, requests_of
from tests.support.aws_requests.stacks import STACKS, plan_of

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the SDK's own modules
UNKNOWN_TO_MOTO = {
    "eks:AssociateAccessPolicy",
    "eks:CreateAccessEntry",
    "eks:CreateAddon",
    "eks:CreatePodIdentityAssociation",
    "elasticache:CreateCacheParameterGroup",
    "elasticache:ModifyCacheParameterGroup",
    "rds:StartDBInstanceAutomatedBackupsReplication",
}
"""What moto does not have, as of 5.2.5. A newer one that has it makes the test fail: strike it out."""

Plans = Mapping[str, list[PlannedResource]]


@pytest.fixture(scope="module")
def plans() -> Plans:
    return {stack: plan_of(stack) for stack in STACKS}


@pytest.fixture(scope="module")
def plan(plans: Plans) -> list[PlannedResource]:
    return plans["production-aws"]


@pytest.fixture(scope="module")
def server() -> Iterator[Moto]:
    with moto_server() as server:
        yield server


@pytest.fixture(scope="module")
def said(server: Moto, plan: list[PlannedResource]) -> Replay:
    return replay(server, requests_of(plan))


@pytest.mark.parametrize("stack", STACKS)
def test_every_planned_resource_has_requests(plans: Plans, stack: str) -> None:
    plan = plans[stack]
    assert {resource.type for resource in plan} <= set(ROWS)
    assert {id(resource) for resource, _ in requests_of(plan)} == {id(resource) for resource in plan}


def test_every_row_is_used(plans: Plans) -> None:
    used = {resource.type for plan in plans.values() for resource in plan}
    assert set(ROWS) - used == set()


@pytest.mark.parametrize("stack", STACKS)
def test_aws_models_find_nothing_wrong(plans: Plans, stack: str) -> None:
    calls = requests_of(plans[stack])
    assert [f"{resource.name}: {sentence}" for resource, call in calls for sentence in problems(call)] == []


def test_a_database_of_a_moment_is_asked_for(plans: Plans) -> None:
    """No stack file begins with one: it is what a lost region's backups are for."""
    backups = "arn:aws:rds:us-west-2:123456789012:auto-backup:ab-example"
    moment = {"sourceDbInstanceAutomatedBackupsArn": backups, "useLatestRestorableTime": True}
    changes = {"snapshotIdentifier": None, "restoreToPointInTime": moment}
    restored = one(plans["production-aws otherwise"], INSTANCE, **changes)
    calls = [call for _, call in requests_of([restored])]
    assert [call.operation for call in calls] == ["RestoreDBInstanceToPointInTime", "ModifyDBInstance"]
    assert [sentence for call in calls for sentence in problems(call)] == []


@pytest.mark.parametrize("stack", STACKS)
def test_resources_fit_one_another(plans: Plans, stack: str) -> None:
    assert foreign_families(plans[stack]) == []
    if stack.startswith("production"):  # what proves production's names proves them in other regions too
        assert unproved_certificates(plans[stack]) == []


def test_moto_takes_every_request_that_it_knows(said: Replay) -> None:
    assert said.refused == []
    assert said.unknown == UNKNOWN_TO_MOTO
    assert said.differing == set(DIFFERENCES)
    assert len(said.accepted) > 150


def test_moto_then_holds_what_was_planned(server: Moto, said: Replay, plan: list[PlannedResource]) -> None:
    del said
    region = plan[0].region
    ec2, rds = server.client("ec2", region), server.client("rds", region)
    subnets = ec2.describe_subnets(Filters=[{"Name": "tag:Application", "Values": ["jarvis"]}])["Subnets"]
    assert len(subnets) == len([item for item in plan if item.type == "aws:ec2/subnet:Subnet"])
    assert len({subnet["AvailabilityZone"] for subnet in subnets}) == 3
    assert len({subnet["VpcId"] for subnet in subnets}) == 1
    databases = {each["DBInstanceIdentifier"]: each for each in rds.describe_db_instances()["DBInstances"]}
    primary = databases["jarvis-postgres-prod"]
    assert primary["MultiAZ"] and primary["StorageEncrypted"] and primary["DeletionProtection"]
    assert primary["ReadReplicaDBInstanceIdentifiers"] == [name for name in databases if name.endswith("replica-1")]
    cluster = server.client("eks", region).describe_cluster(name="jarvis-production")["cluster"]
    assert set(cluster["resourcesVpcConfig"]["subnetIds"]) <= {subnet["SubnetId"] for subnet in subnets}
    types = {kind for item in plan if item.type.endswith(":NodeGroup") for kind in item.inputs["instanceTypes"]}
    known = ec2.describe_instance_types(InstanceTypes=sorted(types))["InstanceTypes"]
    assert {kind["InstanceType"] for kind in known} == types
    buckets = {item.inputs["bucket"]: item.region for item in plan if item.type == "aws:s3/bucket:Bucket"}
    for bucket, place in buckets.items():
        blocked = server.client("s3", place).get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
        assert all(blocked.values()), bucket


def one(plan: Sequence[PlannedResource], type_: str, **changes: Any) -> PlannedResource:
    """The first resource of a type, with other inputs; None takes one away."""
    resource = next(item for item in plan if item.type == type_)
    return replace(resource, inputs={**resource.inputs, **changes})


INSTANCE, ROLE = "aws:rds/instance:Instance", "aws:iam/role:Role"
GROUP, TARGETS = "aws:elasticache/parameterGroup:ParameterGroup", "aws:lb/targetGroup:TargetGroup"
MISTAKES = {
    "wrong enum": (
        ("aws:ec2/flowLog:FlowLog", {"trafficType": "EVERYTHING"}),
        "TrafficType is 'EVERYTHING', not one of ACCEPT, REJECT, ALL",
    ),
    "wrong enum in a list": (
        ("aws:eks/cluster:Cluster", {"enabledClusterLogTypes": ["api", "apiserver"]}),
        "logging.clusterLogging[0].types[1] is 'apiserver', not one of api, audit",
    ),
    "identifier too long for the model": (
        (ROLE, {"name": "r" * 65}),
        "RoleName has the length 65, not between 1 and 64",
    ),
    "identifier too long by the text": ((INSTANCE, {"identifier": "d" * 64}), "DBInstanceIdentifier: "),
    "character that a name may not have": ((ROLE, {"name": "control plane"}), "does not match"),
    "character that a description may not have": (
        ("aws:ec2/securityGroup:SecurityGroup", {"description": "The cluster's nodes"}),
        'Description: "The cluster\'s nodes" is not what its text allows',
    ),
    "missing required parameter": (
        ("aws:eks/cluster:Cluster", {"roleArn": None}),
        'Missing required parameter in input: "roleArn"',
    ),
    "wrong type": ((INSTANCE, {"allocatedStorage": "plenty"}), "Invalid type for parameter AllocatedStorage"),
    "number too large": (
        (TARGETS, {"healthCheck": {"interval": 301, "path": "/health"}}),
        "HealthCheckIntervalSeconds is 301, not between 5 and 300",
    ),
    "family that does not exist": ((GROUP, {"family": "redis8"}), "CacheParameterGroupFamily is 'redis8', which"),
    "retention that the logs do not have": (
        ("aws:cloudwatch/logGroup:LogGroup", {"retentionInDays": 100}),
        "retentionInDays is 100, which its text does not name",
    ),
    "password that RDS refuses": ((INSTANCE, {"password": "p@ssword/hunter2"}), "MasterUserPassword: what is given is"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_found(plan: list[PlannedResource], mistake: str) -> None:
    (type_, changes), sentence = MISTAKES[mistake]
    found = [each for _, call in requests_of([one(plan, type_, **changes)]) for each in problems(call)]
    assert any(sentence in each for each in found), found
    assert "hunter2" not in str(found)


def test_a_family_of_another_version_is_found(plan: list[PlannedResource]) -> None:
    older = [
        replace(item, inputs={**item.inputs, "family": "postgres16"})
        if item.type == "aws:rds/parameterGroup:ParameterGroup"
        else item
        for item in plan
    ]
    sentences = foreign_families(older)
    assert "postgres is of the family postgres17, its parameter group" in sentences[0]
    assert len(sentences) == 2, "of the replica too"


def test_an_unproved_certificate_is_found(plan: list[PlannedResource]) -> None:
    without = [item for item in plan if not (item.type.endswith(":Record") and item.inputs["type"] == "CNAME")]
    assert "certificate: no record proves app.jarvis.com" in unproved_certificates(without)


def test_a_type_without_a_row_is_named(plan: list[PlannedResource]) -> None:
    with pytest.raises(Unfit, match="aws:ec2/volume:Volume has no row"):
        requests_of([replace(plan[0], type="aws:ec2/volume:Volume")])


def test_an_input_that_no_request_takes_is_named(plan: list[PlannedResource]) -> None:
    with pytest.raises(Unfit, match="no request takes glitter"):
        requests_of([one(plan, "aws:ec2/vpc:Vpc", glitter=True)])
    with pytest.raises(Unfit, match=r"scalingConfig\.tinySize: NodegroupScalingConfig has no such member"):
        requests_of([one(plan, "aws:eks/nodeGroup:NodeGroup", scalingConfig={"tinySize": 1})])


def test_moto_refuses_what_aws_would(server: Moto, said: Replay, plan: list[PlannedResource]) -> None:
    """The server judges, too: a policy that nobody has, a network that does not fit, a name that is taken."""
    del said
    mistakes = [
        one(plan, "aws:iam/rolePolicyAttachment:RolePolicyAttachment", policyArn="arn:aws:iam::aws:policy/Almighty"),
        one(plan, "aws:ec2/subnet:Subnet", cidrBlock="192.168.0.0/24"),
        one(plan, "aws:eks/cluster:Cluster"),
    ]
    refused = replay(server, requests_of(mistakes)).refused
    assert len(refused) == 3
    for sentence, word in zip(refused, ("NoSuchEntity", "InvalidSubnet.Range", "ResourceInUse"), strict=True):
        assert word in sentence


def test_moto_takes_the_other_choices_too(plans: Plans, said: Replay) -> None:
    """After all others: the server begins anew, with the snapshot that the database is restored from."""
    del said
    plan = plans["production-aws otherwise"]
    with moto_server() as server:
        rds = server.client("rds", plan[0].region)
        rds.create_db_instance(
            DBInstanceIdentifier="lost", DBInstanceClass="db.r6g.xlarge", Engine="postgres", AllocatedStorage=100
        )
        rds.create_db_snapshot(DBInstanceIdentifier="lost", DBSnapshotIdentifier="jarvis-postgres-final-snapshot")
        said = replay(server, requests_of(plan))
    assert said.refused == []
    assert said.unknown <= UNKNOWN_TO_MOTO
