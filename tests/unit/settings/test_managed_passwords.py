"""Passwords that a managed service would refuse: told by the running program, which alone can read them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from infra.settings.errors import SettingsError
from tests.unit.settings.stacks import Config, changed, production_aws, production_azure
from tests.unit.settings.test_running import CLEAR, running

GOOD = {**CLEAR, "postgresPassword": "Clear-postgres-1", "redisPassword": "clear-redis-of-more-than-16"}
RDS = 'postgresPassword must be 8 to 128 characters without / @ " and spaces with jarvis:database.kind rds.'
FLEXIBLE = (
    "postgresPassword must be 8 to 128 characters of 3 sorts at least (small letters, capitals, digits, others) that "
    "do not hold jarvis:database.username, with jarvis:database.kind flexible-server."
)
ELASTICACHE = "redisPassword must be 16 to 128 letters, digits and ! & # $ ^ < > - with jarvis:cache.kind elasticache."

CASES: dict[str, tuple[Callable[[], Config], str, str, str]] = {
    "a slash in RDS": (production_aws, "postgresPassword", "hunter2/hunter2", RDS),
    "an at sign in RDS": (production_aws, "postgresPassword", "hunter2@hunter2", RDS),
    "too long for RDS": (production_aws, "postgresPassword", "hunter2-" * 17, RDS),
    "too short for ElastiCache": (production_aws, "redisPassword", "hunter2-hunter2", ELASTICACHE),
    "a dot in ElastiCache": (production_aws, "redisPassword", "hunter2.hunter2.hunter2", ELASTICACHE),
    "an underscore in ElastiCache": (production_aws, "redisPassword", "hunter2_hunter2_hunter2", ELASTICACHE),
    "too long for ElastiCache": (production_aws, "redisPassword", "hunter2-" * 17, ELASTICACHE),
    "two sorts in Azure": (production_azure, "postgresPassword", "hunter2hunter2", FLEXIBLE),
    "the user's name in Azure": (production_azure, "postgresPassword", "Hunter2-Jarvis_Prod", FLEXIBLE),
    "too long for Azure": (production_azure, "postgresPassword", "Hunter2-" * 17, FLEXIBLE),
}


def given(stack: Callable[[], Config], name: str, password: str) -> Config:
    return changed(stack(), {"secrets": {**GOOD, name: password}})


@pytest.mark.parametrize("case", CASES)
def test_a_password_that_is_refused_there_is_refused_here_and_not_shown(case: str) -> None:
    stack, name, password, sentence = CASES[case]
    with pytest.raises(SettingsError) as caught:
        running(given(stack, name, password), "jarvis:secrets")
    assert [str(problem) for problem in caught.value.problems] == [f"Pulumi.dev.yaml: jarvis:secrets.{sentence}"]
    assert password not in str(caught.value)


@pytest.mark.parametrize(
    ("stack", "name", "password"),
    [
        (production_aws, "postgresPassword", "hunter2."),
        (production_aws, "redisPassword", "!&#$^<>-Hunter22"),
        (production_azure, "postgresPassword", "Hunter2/@hunter2"),
        (production_azure, "redisPassword", "hunter2."),  # Azure makes its own
    ],
)
def test_what_is_taken_there_is_taken_here(stack: Callable[[], Config], name: str, password: str) -> None:
    assert running(given(stack, name, password), "jarvis:secrets").environment == "production"
