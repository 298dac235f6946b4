"""Sections of a stack on Azure that its gateway must fit: the app, the network, and the controller in the cluster."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from components.cloud.azure.network_settings import usable_addresses
from components.cloud.azure.settings import AzureCloudSettings
from components.cluster.aks_settings import AksCluster
from components.exposure.application_gateway_settings import ApplicationGatewayExposure
from components.exposure.azure_web_settings import AzureWebExposure, PrimaryRegion
from components.exposure.container_gateway_settings import ContainerGatewayExposure
from components.platform.settings import HelmAddon
from infra.settings.rule import BrokenRule, Rule

if TYPE_CHECKING:
    from infra.settings.model import StackSettings


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


def _the_subnet_is_the_gateways(stack: StackSettings) -> Iterator[BrokenRule]:
    cloud, exposure = stack.cloud, stack.exposure
    if not isinstance(cloud, AzureCloudSettings):
        return
    if not isinstance(exposure, ApplicationGatewayExposure | ContainerGatewayExposure):
        return
    if cloud.network.gateway_kind != exposure.kind:
        yield BrokenRule(
            ("cloud", "network", "gatewayKind"),
            f"must be {exposure.kind}, as jarvis:exposure.kind, not {cloud.network.gateway_kind}: the subnet is of one "
            "kind.",
        )


def _the_gateway_finds_addresses(stack: StackSettings) -> Iterator[BrokenRule]:
    cloud, exposure = stack.cloud, stack.exposure
    if not isinstance(cloud, AzureCloudSettings) or not isinstance(exposure, ApplicationGatewayExposure):
        return
    subnet = cloud.network.gateway
    room = usable_addresses(subnet)
    if exposure.max_units > room:
        yield BrokenRule(
            ("exposure", "maxUnits"),
            f"must be {room} or less, not {exposure.max_units}: each instance takes an address, and "
            f"jarvis:cloud.network.gateway {subnet} has no more.",
        )


def _the_controller_has_an_identity(stack: StackSettings) -> Iterator[BrokenRule]:
    cluster, installed = stack.cluster, isinstance(stack.platform.alb_controller, HelmAddon)
    if not isinstance(cluster, AksCluster):
        if installed:
            yield BrokenRule(
                ("platform", "albController", "kind"),
                f"must not be helm with jarvis:cluster.kind {cluster.kind}: it is for aks.",
            )
        return
    if cluster.alb_controller:
        return
    path = ("cluster", "albController")
    if isinstance(stack.exposure, ContainerGatewayExposure):
        yield BrokenRule(
            path, f"must be true with jarvis:exposure.kind {stack.exposure.kind}: its controller needs rights."
        )
    elif installed:
        yield BrokenRule(path, "must be true with jarvis:platform.albController: it needs an identity.")


AZURE_GATEWAY_RULES: Final = (
    Rule(frozenset({"app", "exposure"}), _regions_are_told_apart_by_their_health, production_only=False),
    Rule(frozenset({"cloud", "exposure"}), _the_subnet_is_the_gateways, production_only=False),
    Rule(frozenset({"cloud", "exposure"}), _the_gateway_finds_addresses, production_only=False),
    Rule(frozenset({"cluster", "exposure", "platform"}), _the_controller_has_an_identity, production_only=False),
)
