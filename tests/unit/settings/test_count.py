"""How many wrong stack files the tables of this folder hold, counted as the files that they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.settings.errors import SettingsError
from infra.settings.load import load_stack_file
from tests.unit.settings import test_rules, test_stack_file, test_wrong_values, test_wrong_workloads
from tests.unit.settings.stacks import DEV, changed, production, raw, written

LEAST = 60
"""Distinct files, and distinct sentences."""


def test_there_are_enough_distinct_wrong_files(tmp_path: Path) -> None:
    texts = {written(tmp_path, changed(DEV, changes)).read_bytes() for changes, _ in _tables()}
    texts |= {
        written(tmp_path, changed(production(), changes)).read_bytes() for changes, _ in test_rules.CASES.values()
    }
    texts |= {text if isinstance(text, bytes) else text.encode() for text, _ in test_stack_file.CASES.values()}
    sentences: set[str] = set()
    for text in texts:
        with pytest.raises(SettingsError) as caught:
            load_stack_file(raw(tmp_path, text))
        sentences.add(str(caught.value))
    assert len(texts) >= LEAST
    assert len(sentences) >= LEAST


def _tables() -> list[tuple[dict[str, object], str]]:
    return [*test_wrong_values.CASES.values(), *test_wrong_workloads.CASES.values()]
