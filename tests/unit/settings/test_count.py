"""How many wrong stack files the tables of this folder hold, counted as the files that they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.unit.settings import (
    test_fitting_rules,
    test_rules,
    test_wrong_backup,
    test_wrong_exposure,
    test_wrong_monitoring,
    test_wrong_platform,
    test_wrong_replicated,
    test_wrong_values,
    test_wrong_workloads,
)
from tests.unit.settings.stacks import DEV, Config, changed, production, written

LEAST = 300
"""Distinct files, and distinct sentences, beside those of files that are no YAML or no stack file."""
TABLES = (
    test_fitting_rules,
    test_wrong_backup,
    test_wrong_exposure,
    test_wrong_monitoring,
    test_wrong_platform,
    test_wrong_replicated,
)


def test_there_are_enough_distinct_wrong_files(tmp_path: Path) -> None:
    """Each file gives its sentence: the tests of the tables see to that."""
    cases = list(_cases())
    assert len({written(tmp_path, config).read_bytes() for config, _ in cases}) >= LEAST
    assert len({sentence for _, sentence in cases}) >= LEAST


def _cases() -> Iterator[tuple[Config, str]]:
    for table in (test_wrong_values, test_wrong_workloads):
        yield from ((changed(DEV, changes), sentence) for changes, sentence in table.CASES.values())
    yield from ((changed(production(), changes), sentence) for changes, sentence in test_rules.CASES.values())
    for table in TABLES:
        yield from ((changed(stack(), changes), sentence) for stack, changes, sentence in table.CASES.values())
