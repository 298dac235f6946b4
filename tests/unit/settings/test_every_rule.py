"""Every rule has stacks that break it, and the committed stacks break none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
    test_rules,
    test_wrong_workloads,
)
from tests.unit.settings.stacks import DEV, Config, changed, production, staging, written


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Names of the rules that were broken since."""
    found: set[str] = set()

    def noted(rule: Rule) -> Rule:
        def check(stack: StackSettings) -> Iterator[BrokenRule]:
            for one in rule.check(stack):
                found.add(rule.check.__name__)
                yield one

        return replace(rule, check=check)

    monkeypatch.setattr(infra.settings.rules, "RULES", tuple(map(noted, RULES)))
    return found


def _wrong_stacks() -> Iterator[Config]:
    yield from (changed(production(), changes) for changes, _ in test_rules.CASES.values())
    yield from (changed(stack(), changes) for stack, changes, _ in test_fitting_rules.CASES.values())
    yield from (changed(stack(), changes) for stack, changes, _ in test_aws_regions.CASES.values())
    yield from (changed(stack(), changes) for stack, changes, _ in test_azure_regions.CASES.values())
    yield from (changed(DEV, changes) for changes, _ in test_wrong_workloads.CASES.values())


def test_each_has_a_case_that_breaks_it(broken: set[str], tmp_path: Path) -> None:
    for config in _wrong_stacks():
        with pytest.raises(SettingsError):
            load_stack_file(written(tmp_path, config))
    assert {rule.check.__name__ for rule in RULES} == broken


@pytest.mark.parametrize("stack", [lambda: DEV, staging, production], ids=["dev", "staging", "production"])
def test_the_committed_stacks_break_none(stack: Callable[[], Config], broken: set[str], tmp_path: Path) -> None:
    load_stack_file(written(tmp_path, stack()))
    assert broken == set()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.check.__name__)
def test_each_needs_only_the_sections_that_it_names(rule: Rule, tmp_path: Path) -> None:
    """It would end in a traceback where another section is wrong."""
    for stack in (DEV, staging(), production()):
        whole = load_stack_file(written(tmp_path, stack))
        part = {name: getattr(whole, name) for name in rule.needs | {"environment"}}
        list(rule.check(StackSettings.without_the_rest(**part)))
