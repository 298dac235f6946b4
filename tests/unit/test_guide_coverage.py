"""docs/guide-coverage.md names code and tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "guide-coverage.md"


def rows() -> list[list[str]]:
    cells = [line.strip("|").split("|") for line in PAGE.read_text().splitlines() if line.startswith("|")]
    return [
        [cell.strip() for cell in row]
        for row in cells
        if not set(row[0].strip()) <= {"-"} and row[0].strip() != "Guide"
    ]


def test_every_row_names_code_and_a_test_that_exist_or_says_planned() -> None:
    problems: list[str] = []
    for guide, code, test in rows():
        if code.startswith("planned"):
            continue
        paths = re.findall(r"`([^`]+)`", code) + re.findall(r"`([^`]+)`", test)
        problems += [f"{guide}: {path} does not exist" for path in paths if not (ROOT / path).exists()]
        if len(paths) < 2:
            problems.append(f"{guide}: names no code or no test")
    assert not problems, "\n".join(problems)


def test_the_page_has_rows() -> None:
    assert len(rows()) > 40
