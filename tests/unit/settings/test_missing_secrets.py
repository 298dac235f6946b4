"""Secrets that a stack lacks are told all at once, beside what else is wrong, whichever section needs them."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.settings.errors import Problem, SettingsError
from infra.settings.load import load_stack_file
from tests.unit.settings.stacks import (
    ABSENT,
    PRODUCTION,
    PRODUCTION_SECRETS,
    Config,
    changed,
    committed,
    production,
    staging,
    written,
)

ALL = {f"jarvis:secrets.{name}" for name in PRODUCTION_SECRETS if name != "kind"}


def problems(directory: Path, config: Config) -> dict[str | None, Problem]:
    with pytest.raises(SettingsError) as caught:
        load_stack_file(written(directory, config))
    found = {problem.path: problem for problem in caught.value.problems}
    assert len(found) == len(caught.value.problems), "each once"
    return found


def test_of_a_section_that_lacks_everything(tmp_path: Path) -> None:
    found = problems(tmp_path, PRODUCTION)
    assert found.keys() == ALL
    assert all(problem.missing_secret and problem.fix for problem in found.values())


@pytest.mark.parametrize("stack", ["production-aws", "production-azure"])
def test_of_a_stack_in_a_cloud(stack: str, tmp_path: Path) -> None:
    """It needs no keys of object storage: its cloud backs it up."""
    with pytest.raises(SettingsError) as caught:
        load_stack_file(written(tmp_path, committed(stack), stack))
    assert {problem.path: problem.fix for problem in caught.value.problems} == {
        name: f"pulumi config set --secret --path '{name}' --stack {stack}" for name in ALL if "backup" not in name
    }


def test_beside_another_mistake(tmp_path: Path) -> None:
    found = problems(tmp_path, changed(PRODUCTION, {"app.debug": True, "cache.replicas": 2}))
    assert found.keys() == ALL | {"jarvis:app.debug", "jarvis:cache.replicas"}


def test_those_of_the_backup_only_where_there_is_one(tmp_path: Path) -> None:
    config = changed(PRODUCTION, {"environment": "staging", "backup": {"kind": "none"}})
    assert problems(tmp_path, config).keys() == {name for name in ALL if "backup" not in name}


def test_those_of_the_backup_beside_generated_ones(tmp_path: Path) -> None:
    config = changed(production(), {"environment": "staging", "secrets": {"kind": "generated"}})
    assert problems(tmp_path, config).keys() == {name for name in ALL if "backup" in name}


def test_half_a_pair_is_told_beside_others(tmp_path: Path) -> None:
    config = changed(production(), {"secrets.backupAccessKeyId": ABSENT, "secrets.redisPassword": ABSENT})
    found = problems(tmp_path, config)
    assert found.keys() == {"jarvis:secrets", "jarvis:secrets.redisPassword"}
    assert "backupAccessKeyId and backupSecretAccessKey go together" in found["jarvis:secrets"].sentence


def test_rules_of_a_section_with_worse_mistakes_wait(tmp_path: Path) -> None:
    config = changed(PRODUCTION, {"secrets.postgresPassword": "in-plain-text"})
    found = problems(tmp_path, config)
    assert found.keys() == {name for name in ALL if "backup" not in name}
    assert not found["jarvis:secrets.postgresPassword"].missing_secret


def test_none_where_the_cluster_fetches_them(tmp_path: Path) -> None:
    store = {"kind": "external-secrets", "store": {"name": "vault"}, "backupAccessKeys": True}
    changes = {"secrets": store, "platform.externalSecrets": {"kind": "external"}}
    load_stack_file(written(tmp_path, changed(production(), changes)))


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("https://user:hunter2@git.example.com/jarvis.git", "https://...@git.example.com/jarvis.git"),
        ("https://hunter2@git.example.com/jarvis.git", "https://...@git.example.com/jarvis.git"),
        ("http://git.example.com/jarvis?token=hunter2", "http://git.example.com/jarvis?..."),
    ],
)
def test_a_web_address_is_shown_without_its_password(given: str, shown: str, tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, changed(staging(), {"gitops": {"repoUrl": given, "path": "staging"}})).values()
    assert f'is "{shown}"' in problem.sentence
    assert "hunter2" not in str(problem)
