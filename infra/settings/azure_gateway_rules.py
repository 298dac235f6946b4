"""Sections of a stack on Azure that must fit each other: its gateway, and what a second region takes over with."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Final

from components.cloud.azure.settings import AzureCloudSettings
from components.cluster.aks_settings import AksCluster
from components.database.flexible_server_settings import FlexibleServerDatabase
from components.exposure.application_gateway_settings import ApplicationGatewayExposure
from components.exposure.azure_web_settings import AzureWebExposure, PrimaryRegion
from components.exposure.container_gateway_settings import ContainerGatewayExposure
from components.exposure.web_settings import CertManagerTls
from components.platform.settings import HelmAddon, NoAddon
from infra.settings.rule import BrokenRule, Rule

if TYPE_CHECKING:
    from infra.settings.model import StackSettings

_RESERVED_BY_AZURE: Final = 5
"""Addresses of each subnet. Source:
https://learn.microsoft.com/azure/application-gateway/configuration-infrastructure (2026-11-24)."""


def _regions_are_told_apart_by_their_health(stack: StackSettings) -> Iterator[BrokenRule]:
    exposure, app = stack.exposure, stack.app
    if not isinstance(exposure, AzureWebExposure):
        return
    cdn, failover = exposure.cdn, exposure.failover
    if cdn is not None and cdn.health_path != app.frontend.health_path:
        yield BrokenRule(
            ("exposure", "cdn", "healthPath"),
            f"must be {app.frontend.health_path}, jarvis:app.frontend.healthPath, not {cdn.health_path}: it would be "
            "taken for unwell.",
        )
    if isinstance(failover, PrimaryRegion) and failover.health_path != app.backend.health_path:
        yield BrokenRule(
            ("exposure", "failover", "healthPath"),
            f"must be {app.backend.health_path}, jarvis:app.backend.healthPath, not {failover.health_path}: it would "
            "be taken for unwell.",
        )


def _nothing_writes_to_a_replica(stack: StackSettings) -> Iterator[BrokenRule]:
    database = stack.database
    if not isinstance(database, FlexibleServerDatabase) or not database.follows:
        return
    for name, job in (("migration", stack.app.migration), ("admin", stack.app.admin)):
        if job is not None:
            yield BrokenRule(
                ("app", name), "must be null until jarvis:database.source.promotion is done: a replica takes no writes."
            )


def _the_followed_server_is_reached(stack: StackSettings) -> Iterator[BrokenRule]:
    cloud, database = stack.cloud, stack.database
    if not isinstance(cloud, AzureCloudSettings) or not isinstance(database, FlexibleServerDatabase):
        return
    if database.follows and not any(peer.database is not None for peer in cloud.network.peers):
        yield BrokenRule(
            ("cloud", "network", "peers"),
            "must hold the network of the server that jarvis:database.source follows, with its database range.",
        )


def _the_subnet_is_the_gateways(stack: StackSettings) -> Iterator[BrokenRule]:
    cloud, exposure = stack.cloud, stack.exposure
    if not isinstance(cloud, AzureCloudSettings) or not isinstance(exposure, AzureWebExposure):
        return
    kind = (
        "application-gateway-for-containers"
        if isinstance(exposure, ContainerGatewayExposure)
        else "application-gateway"
    )
    if cloud.network.gateway_kind != kind:
        yield BrokenRule(
            ("cloud", "network", "gatewayKind"),
            f"must be {kind}, as jarvis:exposure.kind, not {cloud.network.gateway_kind}: the subnet is of one kind.",
        )


def _the_gateway_finds_addresses(stack: StackSettings) -> Iterator[BrokenRule]:
    cloud, exposure = stack.cloud, stack.exposure
    if not isinstance(cloud, AzureCloudSettings) or not isinstance(exposure, ApplicationGatewayExposure):
        return
    subnet = cloud.network.gateway
    room = IPv4Network(subnet).num_addresses - _RESERVED_BY_AZURE
    if exposure.max_units > room:
        yield BrokenRule(
            ("exposure", "maxUnits"),
            f"must be {room} or less, not {exposure.max_units}: each instance takes an address, and "
            f"jarvis:cloud.network.gateway {subnet} has no more.",
        )


def _the_gateway_has_its_controller(stack: StackSettings) -> Iterator[BrokenRule]:
    if not isinstance(stack.exposure, ContainerGatewayExposure):
        return
    if isinstance(stack.cluster, AksCluster) and not stack.cluster.alb_controller:
        yield BrokenRule(
            ("cluster", "albController"),
            "must be true with jarvis:exposure.kind application-gateway-for-containers: its controller needs rights.",
        )
    platform = stack.platform
    if isinstance(platform.alb_controller, NoAddon):
        yield BrokenRule(
            ("platform", "albController", "kind"),
            "must be helm, or external where the cluster has it already: jarvis:exposure needs it.",
        )
    if isinstance(stack.exposure.tls, CertManagerTls) and isinstance(platform.cert_manager, NoAddon):
        yield BrokenRule(
            ("platform", "certManager", "kind"),
            "must be helm, or external where the cluster has it already: jarvis:exposure.tls needs it.",
        )


def _the_controller_has_an_identity(stack: StackSettings) -> Iterator[BrokenRule]:
    if not isinstance(stack.platform.alb_controller, HelmAddon):
        return
    if not isinstance(stack.cluster, AksCluster):
        yield BrokenRule(
            ("platform", "albController", "kind"),
            f"must not be helm with jarvis:cluster.kind {stack.cluster.kind}: it is for aks.",
        )
    elif not stack.cluster.alb_controller and not isinstance(stack.exposure, ContainerGatewayExposure):
        yield BrokenRule(
            ("cluster", "albController"), "must be true with jarvis:platform.albController: it needs an identity."
        )


AZURE_GATEWAY_RULES: Final = (
    Rule(frozenset({"app", "exposure"}), _regions_are_told_apart_by_their_health, production_only=False),
    Rule(frozenset({"app", "database"}), _nothing_writes_to_a_replica, production_only=False),
    Rule(frozenset({"cloud", "database"}), _the_followed_server_is_reached, production_only=False),
    Rule(frozenset({"cloud", "exposure"}), _the_subnet_is_the_gateways, production_only=False),
    Rule(frozenset({"cloud", "exposure"}), _the_gateway_finds_addresses, production_only=False),
    Rule(frozenset({"cluster", "exposure", "platform"}), _the_gateway_has_its_controller, production_only=False),
    Rule(frozenset({"cluster", "exposure", "platform"}), _the_controller_has_an_identity, production_only=False),
)
