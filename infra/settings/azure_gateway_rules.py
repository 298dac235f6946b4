"""Sections of a stack on Azure that must fit each other for a second region to take over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from components.cloud.azure.settings import AzureCloudSettings
from components.database.flexible_server_settings import FlexibleServerDatabase
from components.exposure.azure_web_settings import AzureWebExposure, PrimaryRegion
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


AZURE_GATEWAY_RULES: Final = (
    Rule(frozenset({"app", "exposure"}), _regions_are_told_apart_by_their_health, production_only=False),
    Rule(frozenset({"app", "database"}), _nothing_writes_to_a_replica, production_only=False),
    Rule(frozenset({"cloud", "database"}), _the_followed_server_is_reached, production_only=False),
)
