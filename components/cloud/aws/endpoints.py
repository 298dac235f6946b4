"""Services of AWS that are reached without leaving the VPC."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
from pulumi_aws import ec2, vpc

from components.cloud.aws.account import Account
from components.cloud.aws.network import AwsNetwork
from components.cloud.aws.settings import VpcSettings


class Endpoints(pulumi.ComponentResource):
    """The gateway to S3, which costs nothing, and an interface in every zone for each service that is asked for."""

    def __init__(
        self,
        name: str,
        settings: VpcSettings,
        *,
        account: Account,
        network: AwsNetwork,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("jarvis:cloud:Endpoints", name, None, opts)
        self._account, self._network = account, network
        ec2.VpcEndpoint(
            "s3",
            vpc_id=network.vpc_id,
            vpc_endpoint_type="Gateway",
            service_name=f"com.amazonaws.{account.region}.s3",
            route_table_ids=list(network.private_route_table_ids),
            tags=account.named(f"{account.name}-s3"),
            opts=account.child_of(self),
        )
        if settings.interface_endpoints:
            self._interfaces(settings.interface_endpoints, self._group(settings.private_subnets))
        self.register_outputs({"services": ["s3", *settings.interface_endpoints]})

    def _group(self, clients: Sequence[str]) -> ec2.SecurityGroup:
        account, name = self._account, f"{self._account.name}-endpoints"
        group = ec2.SecurityGroup(
            "endpoints",
            name=name,
            description="Interface endpoints. Nodes and Pods are let in.",
            vpc_id=self._network.vpc_id,
            tags=account.named(name),
            opts=account.child_of(self),
        )
        for index, cidr in enumerate(clients):
            vpc.SecurityGroupIngressRule(
                f"endpoints-{index}",
                security_group_id=group.id,
                description="HTTPS from the private subnets",
                cidr_ipv4=cidr,
                ip_protocol="tcp",
                from_port=443,
                to_port=443,
                tags=account.named(name),
                opts=account.child_of(self),
            )
        return group

    def _interfaces(self, services: Sequence[str], group: ec2.SecurityGroup) -> None:
        account = self._account
        for service in services:
            ec2.VpcEndpoint(
                service,
                vpc_id=self._network.vpc_id,
                vpc_endpoint_type="Interface",
                service_name=f"com.amazonaws.{account.region}.{service}",
                private_dns_enabled=True,
                subnet_ids=list(self._network.private_subnet_ids),
                security_group_ids=[group.id],
                tags=account.named(f"{account.name}-{service}"),
                opts=account.child_of(self),
            )
