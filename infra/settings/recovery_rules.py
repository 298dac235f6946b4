"""Sections of a stack in a cloud that must fit each other for a second region to take over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from components.cloud.aws.settings import AwsCloudSettings
from components.cloud.azure.settings import AzureCloudSettings
from components.database.flexible_server_settings import FlexibleServerDatabase
from components.database.rds_settings import RdsDatabase
from components.database.rds_source import FollowedInstance, PointInTime, account_of, region_of
from components.exposure.alb_settings import HEALTH_PATH, AlbExposure
from infra.settings.rule import BrokenRule, Rule

if TYPE_CHECKING:
    from infra.settings.model import StackSettings


def stands_by(stack: StackSettings) -> bool:
    """Whether the stack only waits for the loss of another region, in whichever cloud; needs `database`."""
    database = stack.database
    return isinstance(database, RdsDatabase | FlexibleServerDatabase) and database.follows


def _data_come_from_where_rds_reads_them(stack: StackSettings) -> Iterator[BrokenRule]:
    cloud, database = stack.cloud, stack.database
    if not isinstance(cloud, AwsCloudSettings) or not isinstance(database, RdsDatabase):
        return
    match database.source:
        case FollowedInstance(arn=arn):
            path = ("database", "source", "arn")
            if region_of(arn) == cloud.region:
                yield BrokenRule(
                    path, f"must be of another region than {cloud.region}: jarvis:database.replica makes replicas here."
                )
        case PointInTime(backup_arn=arn):
            path = ("database", "source", "backupArn")
            if region_of(arn) != cloud.region:
                yield BrokenRule(
                    path,
                    f"must be of {cloud.region}, the stack's region, not {region_of(arn)}: RDS restores only what lies "
                    "there.",
                )
        case _:
            return
    if account_of(arn) != cloud.account_id:
        yield BrokenRule(path, f"must be of account {cloud.account_id}, jarvis:cloud.accountId, not {account_of(arn)}.")


def _nothing_writes_to_a_replica(stack: StackSettings) -> Iterator[BrokenRule]:
    if not stands_by(stack):
        return
    until = (
        "until jarvis:database.source.promotion is done"
        if isinstance(stack.database, FlexibleServerDatabase)
        else "while jarvis:database.source follows another instance"
    )
    for name, job in (("migration", stack.app.migration), ("admin", stack.app.admin)):
        if job is not None:
            yield BrokenRule(("app", name), f"must be null {until}: a replica takes no writes.")


def _the_followed_server_is_reached(stack: StackSettings) -> Iterator[BrokenRule]:
    cloud, database = stack.cloud, stack.database
    if not isinstance(cloud, AzureCloudSettings) or not isinstance(database, FlexibleServerDatabase):
        return
    if database.follows and not any(peer.database is not None for peer in cloud.network.peers):
        yield BrokenRule(
            ("cloud", "network", "peers"),
            "must hold the network of the server that jarvis:database.source follows, with its database range.",
        )


def _secondary_has_names_of_its_own(stack: StackSettings) -> Iterator[BrokenRule]:
    cloud, exposure = stack.cloud, stack.exposure
    if not isinstance(cloud, AwsCloudSettings) or not isinstance(exposure, AlbExposure):
        return
    if exposure.is_secondary and cloud.name is None:
        yield BrokenRule(
            ("cloud", "name"),
            f"is missing: the primary, in the same account, has the names that begin with jarvis-{stack.environment}.",
        )


def _load_balancer_asks_where_the_answer_is(stack: StackSettings) -> Iterator[BrokenRule]:
    if not isinstance(stack.exposure, AlbExposure):
        return
    for name, service in (("backend", stack.app.backend), ("frontend", stack.app.frontend)):
        if service.health_path != HEALTH_PATH:
            yield BrokenRule(
                ("app", name, "healthPath"),
                f"must be {HEALTH_PATH} with jarvis:exposure.kind alb, which asks there, not {service.health_path}.",
            )


RECOVERY_RULES: Final = (
    Rule(frozenset({"cloud", "database"}), _data_come_from_where_rds_reads_them, production_only=False),
    Rule(frozenset({"app", "database"}), _nothing_writes_to_a_replica, production_only=False),
    Rule(frozenset({"cloud", "database"}), _the_followed_server_is_reached, production_only=False),
    Rule(frozenset({"cloud", "exposure"}), _secondary_has_names_of_its_own, production_only=False),
    Rule(frozenset({"app", "exposure"}), _load_balancer_asks_where_the_answer_is, production_only=False),
)
