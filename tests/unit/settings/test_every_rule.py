"""Every rule has stacks that break it, and the committed stacks break none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import infra.settings.rules
from infra.settings.errors import SettingsError
from infra.settings.load import load_stack_file
from infra.settings.model import StackSettings
from infra.settings.rule import BrokenRule, Rule
from infra.settings.rules import RULES
from tests.unit.settings import (
    test_aws_regions,
    test_azure_regions,
    test_fitting_rules,
    test_managed_passwords,
    test_rules,
    test_wrong_aws,
    test_wrong_aws_controllers,
    test_wrong_azure,
    test_wrong_workloads,
)
from tests.unit.settings.stacks import (
    DEV,
    Config,
    changed,
    production,
    production_aws,
    production_azure,
    recovery_aws,
    recovery_azure,
    staging,
    written,
)
from tests.unit.settings.test_running import running

COMMITTED = {
    "dev": lambda: DEV,
    "staging": staging,
    "production": production,
    "production-aws": production_aws,
    "production-azure": production_azure,
    "recovery-aws": recovery_aws,
    "recovery-azure": recovery_azure,
}


def _name(rule: Rule) -> str:
    return f"{rule.check.__module__}.{rule.check.__name__}"


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Names of the rules that were broken since."""
    found: set[str] = set()

    def noted(rule: Rule) -> Rule:
        def check(stack: StackSettings) -> Iterator[BrokenRule]:
            for one in rule.check(stack):
                found.add(_name(rule))
                yield one

        return replace(rule, check=check)

    monkeypatch.setattr(infra.settings.rules, "RULES", tuple(map(noted, RULES)))
    return found


def _wrong_stacks() -> Iterator[Config]:
    yield from (changed(production(), changes) for changes, _ in test_rules.CASES.values())
    yield from (changed(stack(), changes) for stack, changes, _ in test_fitting_rules.CASES.values())
    yield from (changed(stack(), changes) for stack, changes, _ in test_aws_regions.CASES.values())
    yield from (changed(stack(), changes) for stack, changes, _ in test_azure_regions.CASES.values())
    yield from (changed(stack(), changes) for stack, changes, _ in test_wrong_aws.CASES.values())
    yield from (changed(stack(), changes) for stack, changes, _ in test_wrong_aws_controllers.CASES.values())
    yield from (changed(stack(), changes) for stack, changes, _ in test_wrong_azure.CASES.values())
    yield from (changed(DEV, changes) for changes, _ in test_wrong_workloads.CASES.values())


def test_each_has_a_case_that_breaks_it(broken: set[str], tmp_path: Path) -> None:
    for config in _wrong_stacks():
        with pytest.raises(SettingsError):
            load_stack_file(written(tmp_path, config))
    for stack, name, password, _ in test_managed_passwords.CASES.values():
        with pytest.raises(SettingsError):
            running(test_managed_passwords.given(stack, name, password), "jarvis:secrets")
    assert set(map(_name, RULES)) == broken


@pytest.mark.parametrize("stack", COMMITTED)
def test_the_committed_stacks_break_none(stack: str, broken: set[str], tmp_path: Path) -> None:
    load_stack_file(written(tmp_path, COMMITTED[stack]()))
    assert broken == set()


@pytest.fixture(scope="module")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> tuple[StackSettings, ...]:
    directory = tmp_path_factory.mktemp("stacks")
    return tuple(load_stack_file(written(directory, stack())) for stack in COMMITTED.values())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.check.__name__)
def test_each_needs_only_the_sections_that_it_names(rule: Rule, stacks: tuple[StackSettings, ...]) -> None:
    """It would end in a traceback where another section is wrong."""
    for whole in stacks:
        part = {name: getattr(whole, name) for name in rule.needs | {"environment"}}
        list(rule.check(StackSettings.without_the_rest(**part)))
