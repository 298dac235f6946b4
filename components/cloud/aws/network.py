"""The VPC: public, private and database subnets in every zone, and their ways out."""

from __future__ import annotations

from typing import Final

import pulumi
from pulumi_aws import ec2

from components.cloud.aws.account import Account
from components.cloud.aws.settings import VpcSettings

_ANYWHERE: Final = "0.0.0.0/0"


class AwsNetwork(pulumi.ComponentResource):
    """The VPC. Public subnets hold load balancers and NAT gateways only; the database subnets have no way out."""

    vpc_id: pulumi.Output[str]
    public_subnet_ids: tuple[pulumi.Output[str], ...]
    private_subnet_ids: tuple[pulumi.Output[str], ...]
    database_subnet_ids: tuple[pulumi.Output[str], ...]
    node_group_id: pulumi.Output[str]
    """A security group without rules: those who let nodes in name it."""
    private_route_table_ids: tuple[pulumi.Output[str], ...]

    def __init__(
        self, name: str, settings: VpcSettings, *, account: Account, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("jarvis:cloud:AwsNetwork", name, None, opts)
        self._settings, self._account = settings, account
        vpc = self._vpc()
        self.vpc_id = vpc.id
        gateway = ec2.InternetGateway(
            "internet-gateway", vpc_id=vpc.id, tags=account.named(account.name), opts=account.child_of(self)
        )
        public = self._subnets("public", settings.public_subnets, {"kubernetes.io/role/elb": "1"})
        private = self._subnets("private", settings.private_subnets, {"kubernetes.io/role/internal-elb": "1"})
        database = self._subnets("database", settings.database_subnets, {})
        routed = self._route_public(public, gateway)
        self.private_route_table_ids = self._route_private(private, self._nat_gateways(public, routed))
        self._route_database(database)
        self.public_subnet_ids = tuple(subnet.id for subnet in public)
        self.private_subnet_ids = tuple(
            pulumi.Output.all(subnet.id, table).apply(lambda both: both[0])  # with the way out that nodes need to join
            for subnet, table in zip(private, self.private_route_table_ids, strict=True)
        )
        self.database_subnet_ids = tuple(subnet.id for subnet in database)
        self.node_group_id = self._node_group().id
        self.register_outputs({"vpcId": vpc.id})

    def _vpc(self) -> ec2.Vpc:
        account = self._account
        vpc = ec2.Vpc(
            "vpc",
            cidr_block=self._settings.cidr,
            enable_dns_hostnames=True,
            enable_dns_support=True,
            tags=account.named(account.name),
            opts=pulumi.ResourceOptions.merge(account.child_of(self), pulumi.ResourceOptions(protect=account.protect)),
        )
        # Adopted and emptied: what is put into the VPC without a group of its own can talk to nobody.
        ec2.DefaultSecurityGroup(
            "default-security-group",
            vpc_id=vpc.id,
            ingress=[],
            egress=[],
            tags=account.named(f"{account.name}-default"),
            opts=account.child_of(self),
        )
        return vpc

    def _subnets(self, sort: str, cidrs: tuple[str, ...], tags: dict[str, str]) -> list[ec2.Subnet]:
        account = self._account
        return [
            ec2.Subnet(
                f"{sort}-{zone}",
                vpc_id=self.vpc_id,
                cidr_block=cidr,
                availability_zone=f"{account.region}{zone}",
                map_public_ip_on_launch=False,
                tags={**account.named(f"{account.name}-{sort}-{zone}"), **tags},
                opts=account.child_of(self),
            )
            for zone, cidr in zip(self._settings.zones, cidrs, strict=True)
        ]

    def _route_public(self, subnets: list[ec2.Subnet], gateway: ec2.InternetGateway) -> ec2.Route:
        table = self._table("public")
        route = ec2.Route(
            "public-internet",
            route_table_id=table.id,
            destination_cidr_block=_ANYWHERE,
            gateway_id=gateway.id,
            opts=self._account.child_of(self),
        )
        self._associate("public", subnets, [table] * len(subnets))
        return route

    def _nat_gateways(self, subnets: list[ec2.Subnet], routed: ec2.Route) -> list[ec2.NatGateway]:
        """One a zone, or the first zone's for all."""
        account = self._account
        number = len(subnets) if self._settings.nat == "per-zone" else 1
        gateways: list[ec2.NatGateway] = []
        for zone, subnet in list(zip(self._settings.zones, subnets, strict=True))[:number]:
            name = f"{account.name}-nat-{zone}"
            address = ec2.Eip(
                f"nat-{zone}", domain="vpc", tags=account.named(name), opts=account.child_of(self, routed)
            )
            gateways.append(
                ec2.NatGateway(
                    f"nat-{zone}",
                    allocation_id=address.id,
                    subnet_id=subnet.id,
                    tags=account.named(name),
                    opts=account.child_of(self, routed),
                )
            )
        return gateways

    def _route_private(
        self, subnets: list[ec2.Subnet], gateways: list[ec2.NatGateway]
    ) -> tuple[pulumi.Output[str], ...]:
        tables: list[ec2.RouteTable] = []
        reached: list[pulumi.Output[str]] = []
        for index, zone in enumerate(self._settings.zones):
            table = self._table(f"private-{zone}")
            route = ec2.Route(
                f"private-{zone}-internet",
                route_table_id=table.id,
                destination_cidr_block=_ANYWHERE,
                nat_gateway_id=gateways[index % len(gateways)].id,
                opts=self._account.child_of(self),
            )
            tables.append(table)
            reached.append(route.route_table_id)
        self._associate("private", subnets, tables)
        return tuple(reached)

    def _route_database(self, subnets: list[ec2.Subnet]) -> None:
        self._associate("database", subnets, [self._table("database")] * len(subnets))

    def _table(self, name: str) -> ec2.RouteTable:
        account = self._account
        return ec2.RouteTable(
            name, vpc_id=self.vpc_id, tags=account.named(f"{account.name}-{name}"), opts=account.child_of(self)
        )

    def _associate(self, sort: str, subnets: list[ec2.Subnet], tables: list[ec2.RouteTable]) -> None:
        for zone, subnet, table in zip(self._settings.zones, subnets, tables, strict=True):
            ec2.RouteTableAssociation(
                f"{sort}-{zone}", subnet_id=subnet.id, route_table_id=table.id, opts=self._account.child_of(self)
            )

    def _node_group(self) -> ec2.SecurityGroup:
        account = self._account
        name = f"{account.name}-nodes"
        return ec2.SecurityGroup(
            "nodes",
            name=name,
            description="Nodes of the cluster. Its members are let in by databases and caches.",
            vpc_id=self.vpc_id,
            tags=account.named(name),
            opts=account.child_of(self),
        )
