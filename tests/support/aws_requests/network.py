"""The requests of a network: EC2's, as the module `ec2` and the module `vpc` of the SDK make them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tests.support.aws_requests.call import Call, Item, Parameters, Row

EVERYWHERE = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]


def vpc(item: Item) -> Iterator[Call]:
    answers = {"id": "Vpc.VpcId"}
    yield item.request("ec2", "CreateVpc", {"TagSpecifications": item.tagged("vpc")}, answers=answers)
    for name, parameter in {"enableDnsSupport": "EnableDnsSupport", "enableDnsHostnames": "EnableDnsHostnames"}.items():
        if item.has(name):
            yield item.call("ec2", "ModifyVpcAttribute", {"VpcId": item.id, **{parameter: {"Value": item.take(name)}}})


def default_security_group(item: Item) -> Iterator[Call]:
    """AWS makes the group with the network; the provider takes all rules out of it."""
    assert not item.take("ingress") and not item.take("egress"), "no row for a default group with rules"
    filters = [{"Name": "group-name", "Values": ["default"]}, {"Name": "vpc-id", "Values": [item.take("vpcId")]}]
    yield item.call("ec2", "DescribeSecurityGroups", {"Filters": filters}, answers={"id": "SecurityGroups[0].GroupId"})
    yield item.call("ec2", "CreateTags", {"Resources": [item.id], "Tags": item.pairs()})
    itself = [{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": item.id}]}]
    yield item.call("ec2", "RevokeSecurityGroupIngress", {"GroupId": item.id, "IpPermissions": itself})
    yield item.call("ec2", "RevokeSecurityGroupEgress", {"GroupId": item.id, "IpPermissions": EVERYWHERE})


def subnet(item: Item) -> Iterator[Call]:
    yield item.request(
        "ec2", "CreateSubnet", {"TagSpecifications": item.tagged("subnet")}, answers={"id": "Subnet.SubnetId"}
    )
    public = {"Value": item.take("mapPublicIpOnLaunch", False)}
    if public["Value"]:
        yield item.call("ec2", "ModifySubnetAttribute", {"SubnetId": item.id, "MapPublicIpOnLaunch": public})


def internet_gateway(item: Item) -> Iterator[Call]:
    answers = {"id": "InternetGateway.InternetGatewayId"}
    yield item.call(
        "ec2", "CreateInternetGateway", {"TagSpecifications": item.tagged("internet-gateway")}, answers=answers
    )
    yield item.request("ec2", "AttachInternetGateway", {"InternetGatewayId": item.id})


def elastic_ip(item: Item) -> Iterator[Call]:
    answers = {"id": "AllocationId", "allocationId": "AllocationId", "publicIp": "PublicIp"}
    yield item.request("ec2", "AllocateAddress", {"TagSpecifications": item.tagged("elastic-ip")}, answers=answers)


def nat_gateway(item: Item) -> Iterator[Call]:
    answers = {"id": "NatGateway.NatGatewayId"}
    yield item.request("ec2", "CreateNatGateway", {"TagSpecifications": item.tagged("natgateway")}, answers=answers)


def route_table(item: Item) -> Iterator[Call]:
    answers = {"id": "RouteTable.RouteTableId"}
    yield item.request("ec2", "CreateRouteTable", {"TagSpecifications": item.tagged("route-table")}, answers=answers)


def route(item: Item) -> Iterator[Call]:
    yield item.request("ec2", "CreateRoute")


def route_table_association(item: Item) -> Iterator[Call]:
    yield item.request("ec2", "AssociateRouteTable", answers={"id": "AssociationId"})


def vpc_endpoint(item: Item) -> Iterator[Call]:
    yield item.request(
        "ec2",
        "CreateVpcEndpoint",
        {"TagSpecifications": item.tagged("vpc-endpoint")},
        answers={"id": "VpcEndpoint.VpcEndpointId"},
    )


def flow_log(item: Item) -> Iterator[Call]:
    yield item.request(
        "ec2",
        "CreateFlowLogs",
        {"ResourceIds": [item.take("vpcId")], "ResourceType": "VPC", "TagSpecifications": item.tagged("vpc-flow-log")},
        renamed={"iamRoleArn": "DeliverLogsPermissionArn"},
        answers={"id": "FlowLogIds[0]"},
    )


def security_group(item: Item) -> Iterator[Call]:
    """The provider takes away what AWS lets every new group do: reach everything."""
    yield item.request(
        "ec2",
        "CreateSecurityGroup",
        {"TagSpecifications": item.tagged("security-group")},
        renamed={"name": "GroupName"},
        answers={"id": "GroupId"},
    )
    yield item.call("ec2", "RevokeSecurityGroupEgress", {"GroupId": item.id, "IpPermissions": EVERYWHERE})


def ingress_rule(item: Item) -> Iterator[Call]:
    yield _rule(item, "AuthorizeSecurityGroupIngress")


def egress_rule(item: Item) -> Iterator[Call]:
    yield _rule(item, "AuthorizeSecurityGroupEgress")


def _rule(item: Item, operation: str) -> Call:
    permission: Parameters = {"IpProtocol": item.take("ipProtocol")}
    for name, parameter in {"fromPort": "FromPort", "toPort": "ToPort"}.items():
        if item.has(name):
            permission[parameter] = item.take(name)
    said = {"Description": item.take("description")} if item.has("description") else {}
    for name, parameter, key in (
        ("cidrIpv4", "IpRanges", "CidrIp"),
        ("cidrIpv6", "Ipv6Ranges", "CidrIpv6"),
        ("prefixListId", "PrefixListIds", "PrefixListId"),
        ("referencedSecurityGroupId", "UserIdGroupPairs", "GroupId"),
    ):
        if item.has(name):
            permission[parameter] = [{key: item.take(name), **said}]
    return item.call(
        "ec2",
        operation,
        {
            "GroupId": item.take("securityGroupId"),
            "IpPermissions": [permission],
            "TagSpecifications": item.tagged("security-group-rule"),
        },
        answers={"id": "SecurityGroupRules[0].SecurityGroupRuleId"},
    )


def launch_template(item: Item) -> Iterator[Call]:
    """`updateDefaultVersion` makes each later version the default one: an update's request."""
    item.leave("updateDefaultVersion", to="updates")
    yield item.request(
        "ec2",
        "CreateLaunchTemplate",
        {"LaunchTemplateName": item.take("name"), "TagSpecifications": item.tagged("launch-template")},
        renamed={"vpcSecurityGroupIds": "SecurityGroupIds"},
        under="LaunchTemplateData",
        answers={"id": "LaunchTemplate.LaunchTemplateId"},
    )


ROWS: Mapping[str, Row] = {
    "aws:ec2/vpc:Vpc": vpc,
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": default_security_group,
    "aws:ec2/subnet:Subnet": subnet,
    "aws:ec2/internetGateway:InternetGateway": internet_gateway,
    "aws:ec2/eip:Eip": elastic_ip,
    "aws:ec2/natGateway:NatGateway": nat_gateway,
    "aws:ec2/routeTable:RouteTable": route_table,
    "aws:ec2/route:Route": route,
    "aws:ec2/routeTableAssociation:RouteTableAssociation": route_table_association,
    "aws:ec2/vpcEndpoint:VpcEndpoint": vpc_endpoint,
    "aws:ec2/flowLog:FlowLog": flow_log,
    "aws:ec2/securityGroup:SecurityGroup": security_group,
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": ingress_rule,
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": egress_rule,
    "aws:ec2/launchTemplate:LaunchTemplate": launch_template,
}
