"""The network, the key, the alarms and the budget of a stack on AWS."""

from __future__ import annotations

import json
from ipaddress import IPv4Network
from itertools import combinations
from typing import Any

import pulumi
import pytest
from pydantic import ValidationError

from components.cloud.aws.contract import Alarm, AwsCloud
from components.cloud.aws.settings import AwsCloudSettings, VpcSettings
from components.cloud.contract import require_aws
from components.cloud.kinds import create_cloud
from components.cloud.settings import NoCloud
from tests.support.mocks import Graph
from tests.unit.cloud.aws.support import GIVEN, aws_registered, by_name, cloud_access, cloud_settings, on_aws, tagless


@pytest.fixture(scope="module")
def graph() -> Graph:
    return aws_registered(cloud_access)


def test_subnets_lie_in_the_range_and_apart() -> None:
    for cidr in ("10.40.0.0/16", "192.168.0.0/20", "172.16.0.0/18"):
        vpc = VpcSettings(cidr=cidr)
        subnets = [IPv4Network(text) for text in (*vpc.private_subnets, *vpc.public_subnets, *vpc.database_subnets)]
        assert len(subnets) == 9
        assert all(subnet.subnet_of(IPv4Network(cidr)) for subnet in subnets)
        assert not any(one.overlaps(other) for one, other in combinations(subnets, 2))
        for inner, outer in ((vpc.public_subnets, vpc.public_range), (vpc.database_subnets, vpc.database_range)):
            assert all(IPv4Network(one).subnet_of(IPv4Network(outer)) for one in inner)


def test_every_zone_has_a_subnet_of_each_sort(graph: Graph) -> None:
    subnets = by_name(graph, "ec2/subnet:Subnet")
    assert set(subnets) == {f"{sort}-{zone}" for sort in ("public", "private", "database") for zone in "abc"}
    assert subnets["private-b"].inputs["availabilityZone"] == "us-east-1b"
    assert not any(subnet.inputs["mapPublicIpOnLaunch"] for subnet in subnets.values())
    assert subnets["public-a"].inputs["tags"]["kubernetes.io/role/elb"] == "1"
    assert subnets["private-a"].inputs["tags"]["kubernetes.io/role/internal-elb"] == "1"


def routes(graph: Graph) -> dict[str, dict[str, Any]]:
    """Routes by the Pulumi name of their table."""
    return {
        route.inputs["routeTableId"].removesuffix("-id"): route.inputs
        for route in by_name(graph, "ec2/route:Route").values()
    }


def tables_of_subnets(graph: Graph) -> dict[str, str]:
    return {
        item.inputs["subnetId"].removesuffix("-id"): item.inputs["routeTableId"].removesuffix("-id")
        for item in by_name(graph, ":RouteTableAssociation").values()
    }


def test_each_zone_goes_out_by_its_own_nat_gateway_and_databases_by_none(graph: Graph) -> None:
    tables, ways = tables_of_subnets(graph), routes(graph)
    for zone in "abc":
        assert ways[tables[f"private-{zone}"]]["natGatewayId"] == f"nat-{zone}-id"
        assert ways[tables[f"public-{zone}"]]["gatewayId"] == "internet-gateway-id"
        assert tables[f"database-{zone}"] not in ways
    nat = by_name(graph, ":NatGateway")
    assert {item.inputs["subnetId"] for item in nat.values()} == {f"public-{zone}-id" for zone in "abc"}


def test_a_single_nat_gateway_serves_every_zone() -> None:
    graph = on_aws(lambda _: None, cloud_settings(vpc={"nat": "single"}))
    assert set(by_name(graph, ":NatGateway")) == {"nat-a"}
    assert {routes(graph)[f"private-{zone}"]["natGatewayId"] for zone in "abc"} == {"nat-a-id"}


def test_the_default_group_and_the_nodes_group_let_nobody_in(graph: Graph) -> None:
    (default,) = graph.of_kind("DefaultSecurityGroup")
    assert default.inputs["ingress"] == default.inputs["egress"] == []
    rules = by_name(graph, ":SecurityGroupIngressRule")
    assert {rule.inputs["securityGroupId"] for rule in rules.values()} == {"endpoints-id"}
    assert all(rule.inputs["cidrIpv4"] != "0.0.0.0/0" for rule in rules.values())


def test_services_are_reached_inside_the_network(graph: Graph) -> None:
    endpoints = by_name(graph, ":VpcEndpoint")
    assert endpoints["s3"].inputs["vpcEndpointType"] == "Gateway"
    assert len(endpoints["s3"].inputs["routeTableIds"]) == 3
    assert endpoints["ecr.dkr"].inputs["serviceName"] == "com.amazonaws.us-east-1.ecr.dkr"
    assert endpoints["ecr.dkr"].inputs["privateDnsEnabled"] is True
    assert set(endpoints) == {"s3", "ec2", "ecr.api", "ecr.dkr", "eks-auth", "logs", "sts"}


def test_traffic_is_logged_encrypted(graph: Graph) -> None:
    (log,) = graph.of_kind("FlowLog")
    assert log.inputs["trafficType"] == "ALL"
    (group,) = graph.of_kind("LogGroup")
    assert group.inputs["retentionInDays"] == 90
    assert "kmsKeyId" in group.inputs
    (role,) = graph.of_kind("Role")
    trust = json.loads(role.inputs["assumeRolePolicy"])["Statement"][0]
    assert trust["Principal"] == {"Service": "vpc-flow-logs.amazonaws.com"}
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}


def test_keys_are_renewed_and_kept_one_in_each_region(graph: Graph) -> None:
    keys = by_name(graph, "kms/key:Key")
    assert {name: key.inputs.get("region") for name, key in keys.items()} == {
        "data-key": None,
        "recovery-key": "us-west-2",
    }
    for key in keys.values():
        assert key.inputs["enableKeyRotation"] is True
        assert key.protect
        assert key.retain_on_delete
    principals = [one["Principal"] for one in json.loads(keys["recovery-key"].inputs["policy"])["Statement"]]
    assert {"Service": "logs.us-west-2.amazonaws.com"} in principals


def test_alarms_and_the_budget_reach_people(graph: Graph) -> None:
    (subscription,) = graph.of_kind("TopicSubscription")
    assert (subscription.inputs["protocol"], subscription.inputs["endpoint"]) == ("email", "ops@jarvis.com")
    (budget,) = graph.of_kind("Budget")
    assert budget.inputs["limitAmount"] == "3000"
    told = [(one["notificationType"], one["threshold"]) for one in budget.inputs["notifications"]]
    assert told == [("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 100)]
    (topic,) = graph.of_kind("Topic")
    assert "kmsMasterKeyId" in topic.inputs


def test_an_alarm_tells_of_its_beginning_and_of_its_end() -> None:
    def build(cloud: AwsCloud) -> None:
        parent = pulumi.ComponentResource("test:index:Parent", "parent")
        alarm = Alarm("cpu", "Busy.", "AWS/RDS", "CPUUtilization", {"DBInstanceIdentifier": "one"}, threshold=80)
        cloud.alarms.watch(alarm, parent=parent)

    (alarm,) = on_aws(build).of_kind("MetricAlarm")
    assert alarm.inputs["name"] == "jarvis-production-cpu"
    assert alarm.inputs["comparisonOperator"] == "GreaterThanThreshold"
    assert alarm.inputs["alarmActions"] == alarm.inputs["okActions"] != []


def test_every_resource_says_whose_it_is(graph: Graph) -> None:
    assert tagless(graph) == []


def test_a_second_stack_of_the_account_has_names_of_its_own() -> None:
    graph = on_aws(lambda _: None, cloud_settings(name="jarvis-recovery", region="us-west-2", recoveryRegion=None))
    named = {"kms/alias:Alias": "name", "iam/role:Role": "name", "budgets/budget:Budget": "name"}
    for type_, key in named.items():
        for item in by_name(graph, type_).values():
            assert item.inputs[key].removeprefix("alias/").startswith("jarvis-recovery"), item.name
    assert {item.inputs["tags"]["Environment"] for item in graph.of_kind("Vpc")} == {"production"}


def test_only_the_named_account_is_touched(graph: Graph) -> None:
    provider = next(item for item in graph.resources if item.type == "pulumi:providers:aws")
    assert json.loads(provider.inputs["allowedAccountIds"]) == ["123456789012"]
    assert provider.inputs["region"] == "us-east-1"


def test_protect_keeps_the_network(graph: Graph) -> None:
    (vpc,) = graph.of_kind("Vpc")
    assert vpc.protect
    (free,) = aws_registered(lambda: cloud_access(protect=False)).of_kind("Vpc")
    assert not free.protect


def test_a_stack_without_a_cloud_has_none() -> None:
    assert create_cloud(NoCloud(), environment="dev", protect=False) is None
    with pytest.raises(pulumi.RunError, match=r"jarvis:cluster of kind eks needs jarvis:cloud of kind aws\."):
        require_aws(None, "jarvis:cluster of kind eks")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"accountId": "1234"}, "must be the twelve digits of an AWS account"),
        ({"region": "us-east"}, "must be a region of AWS"),
        ({"recoveryRegion": "us-east-1"}, "recoveryRegion us-east-1 is region again"),
        ({"name": "internal-jarvis"}, "must be lower-case letters, digits and hyphens"),
        ({"name": "j" * 24}, "23 at most"),
        ({"alarmEmails": ["ops"]}, "must be an e-mail address"),
        ({"alarmEmails": []}, "nobody would hear of the budget"),
        ({"logRetentionDays": 100}, "must be one of 1, 3, 5"),
        ({"vpc": {"cidr": "10.40.0.1/16"}}, "must be a private IPv4 network with no host bits set"),
        ({"vpc": {"cidr": "8.8.0.0/16"}}, "must be a private IPv4 network"),
        ({"vpc": {"cidr": "10.0.0.0/8"}}, "is a /8; it must be between /16"),
        ({"vpc": {"cidr": "10.40.0.0/24"}}, "is a /24; it must be between /16"),
        ({"vpc": {"zones": ["a"]}}, "at least 2 items"),
        ({"vpc": {"zones": ["a", "a", "b"]}}, "zones has a twice"),
        ({"vpc": {"interfaceEndpoints": ["ECR"]}}, "must be a service's short name"),
        ({"vpc": {"nat": "none"}}, "'per-zone' or 'single'"),
        ({"budget": {"monthlyLimitUsd": 0}}, "greater than or equal to 1"),
    ],
)
def test_wrong_settings_are_refused(wrong: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        AwsCloudSettings.model_validate({**GIVEN, **wrong})
