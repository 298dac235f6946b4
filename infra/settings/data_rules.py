"""How a production stack must keep its data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from components.backup.settings import NoBackup, ObjectStorageBackup
from components.cache.settings import ContainerCache
from components.database.flexible_server_settings import FlexibleServerDatabase
from components.database.rds_settings import RdsDatabase
from components.database.settings import CloudNativePgDatabase, ContainerDatabase
from infra.settings.rule import BrokenRule, Rule

if TYPE_CHECKING:
    from infra.settings.model import StackSettings

_INSTANCES: Final = 3  # the guide's production-architecture.yaml
_POOLERS: Final = 2
_RETENTION_DAYS: Final = 30  # the guide's Disaster Recovery Plan


def _protected(stack: StackSettings) -> Iterator[BrokenRule]:
    if not stack.protect:
        yield BrokenRule(("protect",), "must be true in production: it keeps data from being deleted.")


def _survives_a_node(stack: StackSettings) -> Iterator[BrokenRule]:
    if isinstance(stack.database, ContainerDatabase):
        yield BrokenRule(
            ("database", "kind"), "must not be container in production: its one Pod is lost with its node."
        )
    if isinstance(stack.cache, ContainerCache):
        yield BrokenRule(("cache", "kind"), "must not be container in production: its one Pod is lost with its node.")


def _loses_no_commit(stack: StackSettings) -> Iterator[BrokenRule]:
    database = stack.database
    if not isinstance(database, CloudNativePgDatabase):
        return
    if database.instances < _INSTANCES:
        yield BrokenRule(
            ("database", "instances"), f"must be {_INSTANCES} or more in production, not {database.instances}."
        )
    elif database.instances % 2 == 0:
        yield BrokenRule(
            ("database", "instances"),
            f"must be odd in production, not {database.instances}: an even number outlives no more losses.",
        )
    if database.synchronous == "off":
        yield BrokenRule(
            ("database", "synchronous"),
            "must be required or preferred in production, not off: a failover would lose what was written last.",
        )
    pooler = database.pooler
    if pooler is not None and pooler.instances < _POOLERS:
        yield BrokenRule(
            ("database", "pooler", "instances"),
            f"must be {_POOLERS} or more in production, not {pooler.instances}: one is lost with its node.",
        )


def _backed_up(stack: StackSettings) -> Iterator[BrokenRule]:
    backup = stack.backup
    if isinstance(backup, NoBackup):
        if not isinstance(stack.database, RdsDatabase | FlexibleServerDatabase):  # else its cloud backs it up
            yield BrokenRule(("backup", "kind"), "must not be none in production: nothing would be left to restore.")
        return
    if backup.retention_days < _RETENTION_DAYS:
        yield BrokenRule(
            ("backup", "retentionDays"),
            f"must be {_RETENTION_DAYS} or more in production, not {backup.retention_days}.",
        )


def _backed_up_elsewhere(stack: StackSettings) -> Iterator[BrokenRule]:
    backup = stack.backup
    if not isinstance(backup, ObjectStorageBackup):
        return
    if backup.second is None:
        yield BrokenRule(
            ("backup", "second"), "is missing: in production backups must outlive the loss of the place they are in."
        )
    for name, place in (("location", backup.location), ("second", backup.second)):
        if place is not None and not place.encrypted_transport:
            yield BrokenRule(
                ("backup", name, "endpointUrl"),
                f"must be an https:// address in production, not {place.endpoint_url}.",
            )


DATA_RULES: Final = (
    Rule(frozenset({"protect"}), _protected),
    Rule(frozenset({"database", "cache"}), _survives_a_node),
    Rule(frozenset({"database"}), _loses_no_commit),
    Rule(frozenset({"backup", "database"}), _backed_up),
    Rule(frozenset({"backup"}), _backed_up_elsewhere),
)
