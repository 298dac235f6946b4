"""Passwords of what a cloud runs: each service has rules of its own, and the program must know the value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from pydantic import SecretStr

from components.cache.elasticache_settings import ElastiCacheCache
from components.database.flexible_server_settings import FlexibleServerDatabase
from components.database.rds_settings import RdsDatabase
from components.secrets.settings import ConfigSecrets, ExternalSecrets, GeneratedSecrets
from components.settings.secret_text import UNREADABLE
from infra.settings.rule import BrokenRule, Rule

if TYPE_CHECKING:
    from infra.settings.model import StackSettings

_RDS: Final = re.compile(r'[^/"@ ]{8,128}')
"""Source: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html (2026-11-24)."""
_ELASTICACHE: Final = re.compile(r"[A-Za-z0-9!&#$^<>-]{16,128}")
"""Source: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth.html (2026-11-24)."""
_AZURE_LENGTH: Final = range(8, 129)
_AZURE_CLASSES: Final = ("[a-z]", "[A-Z]", "[0-9]", "[^A-Za-z0-9]")
_AZURE_LEAST: Final = 3
"""Classes of characters. Source: `az postgres flexible-server create --help` (Azure CLI)."""


def _value_is_known(stack: StackSettings) -> Iterator[BrokenRule]:
    """What lies outside the cluster cannot ask a store that only the cluster reads."""
    if not isinstance(stack.secrets, ExternalSecrets):
        return
    users = [
        f"jarvis:{section} of kind {settings.kind}"
        for section, settings in (("database", stack.database), ("cache", stack.cache))
        if isinstance(settings, RdsDatabase | FlexibleServerDatabase | ElastiCacheCache)
    ]
    if users:
        needs = "needs its password" if len(users) == 1 else "need their passwords"
        yield BrokenRule(
            ("secrets", "kind"), f"must be config: {' and '.join(users)} {needs}, which only the cluster would know."
        )


def _password_fits_the_database(stack: StackSettings) -> Iterator[BrokenRule]:
    secrets, database = stack.secrets, stack.database
    password = secrets.postgres_password if isinstance(secrets, ConfigSecrets) else None
    if password is None or not _is_readable(password):
        return
    text = password.get_secret_value()
    match database:
        case RdsDatabase() if not _RDS.fullmatch(text):
            yield BrokenRule(
                ("secrets", "postgresPassword"),
                'must be 8 to 128 characters without / @ " and spaces with jarvis:database.kind rds.',
            )
        case FlexibleServerDatabase() if not _fits_azure(text, database.username):
            yield BrokenRule(
                ("secrets", "postgresPassword"),
                f"must be 8 to 128 characters of {_AZURE_LEAST} sorts at least (small letters, capitals, digits, "
                "others) that do not hold jarvis:database.username, with jarvis:database.kind flexible-server.",
            )
        case _:
            return


def _fits_azure(text: str, username: str) -> bool:
    sorts = sum(re.search(sort, text) is not None for sort in _AZURE_CLASSES)
    return len(text) in _AZURE_LENGTH and sorts >= _AZURE_LEAST and username.lower() not in text.lower()


def _password_fits_the_cache(stack: StackSettings) -> Iterator[BrokenRule]:
    if not isinstance(stack.cache, ElastiCacheCache):
        return
    match stack.secrets:
        case GeneratedSecrets():
            yield BrokenRule(
                ("secrets", "kind"),
                "must be config with jarvis:cache.kind elasticache, which does not take all characters of generated "
                "passwords.",
            )
        case ConfigSecrets(redis_password=password) if _is_readable(password):
            if not _ELASTICACHE.fullmatch(password.get_secret_value()):
                yield BrokenRule(
                    ("secrets", "redisPassword"),
                    "must be 16 to 128 letters, digits and ! & # $ ^ < > - with jarvis:cache.kind elasticache.",
                )
        case _:
            return


def _is_readable(secret: SecretStr) -> bool:
    """Only the running program knows what a stack file has encrypted."""
    return secret is not UNREADABLE


MANAGED_SECRET_RULES: Final = (
    Rule(frozenset({"secrets", "database", "cache"}), _value_is_known, production_only=False),
    Rule(frozenset({"secrets", "database"}), _password_fits_the_database, production_only=False),
    Rule(frozenset({"secrets", "cache"}), _password_fits_the_cache, production_only=False),
)
