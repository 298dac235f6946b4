"""The pages of docs/ name code, settings and tests that exist."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

ROOT: Final = Path(__file__).parents[2]
DOCS: Final = ROOT / "docs"
KINDS: Final = {
    "AWS": {
        "cloud": "aws",
        "cluster": "eks",
        "database": "rds",
        "cache": "elasticache",
        "exposure": "alb",
        "backup": "s3",
    },
    "Azure": {
        "cloud": "azure",
        "cluster": "aks",
        "database": "flexible-server",
        "cache": "managed-redis",
        "exposure": "application-gateway",
    },
}
"""The kinds that a heading of docs/terraform.md is about, by its first word."""


class Section(NamedTuple):
    """A heading, what stands between it and its table, and the table's rows."""

    heading: str
    text: str
    rows: list[list[str]]


def sections(page: str) -> list[Section]:
    """Of a page of docs/, those with a heading and a table."""
    found: list[Section] = []
    for part in re.split(r"^## ", (DOCS / page).read_text(), flags=re.MULTILINE)[1:]:
        heading, _, rest = part.partition("\n")
        table = [line for line in rest.splitlines() if line.startswith("|")]
        rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table[2:]]
        found.append(Section(heading, rest.partition("|")[0], rows))
    return [section for section in found if section.rows]


def quoted(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def is_path(name: str) -> bool:
    return ": " not in name and ("/" in name or name.endswith((".yaml", ".txt")))


def test_every_row_names_code_and_a_test_that_exist_or_says_planned() -> None:
    problems: list[str] = []
    for guide, code, test in (row for section in sections("guide-coverage.md") for row in section.rows):
        if code.startswith("planned"):
            continue
        paths = quoted(code) + quoted(test)
        problems += [f"{guide}: {path} does not exist" for path in paths if not (ROOT / path).exists()]
        if len(paths) < 2:
            problems.append(f"{guide}: names no code or no test")
    assert not problems, "\n".join(problems)


def test_the_pages_have_rows() -> None:
    for page in ("guide-coverage.md", "terraform.md"):
        assert sum(len(section.rows) for section in sections(page)) > 60, page


def test_every_argument_of_terraform_has_its_code_and_its_test() -> None:
    problems: list[str] = []
    for section in sections("terraform.md"):
        named = [name for name in quoted(section.text) if is_path(name)]
        problems += [f"{section.heading}: {path} does not exist" for path in named if not (ROOT / path).exists()]
        suites = [path for path in named if path.startswith("tests/")]
        for guide, ours, _, tests in section.rows:
            paths = [name for name in quoted(ours) if is_path(name)]
            problems += [f"{guide}: {path} does not exist" for path in paths if not (ROOT / path).exists()]
            problems += [f"{guide}: {test} does not exist" for test in quoted(tests) if not is_test(test, suites)]
            if not quoted(tests) or not (paths or named):
                problems.append(f"{guide}: names no code or no test")
    assert not problems, "\n".join(problems)


def is_test(name: str, suites: list[str]) -> bool:
    """Whether `test_name`, of one of the section's own suites, or `path::test_name` exists."""
    path, _, function = name.rpartition("::")
    files = [ROOT / one for one in ([path] if path else suites)]
    return any(file.is_file() and f"def {function}(" in file.read_text() for file in files)


def test_every_setting_beside_terraform_exists_and_has_the_value_that_is_told() -> None:
    problems: list[str] = []
    for section in sections("terraform.md"):
        cloud = section.heading.split(":")[0]
        for guide, ours, _, _ in section.rows:
            for given in quoted(ours):
                if is_path(given):
                    continue
                name, colon, value = given.partition(": ")
                found = setting(name, KINDS.get(cloud, {}))
                if not found:
                    problems.append(f"{guide}: {name} is no setting")
                elif colon and yaml.safe_load(value) != in_effect(name, found[0], cloud):
                    problems.append(f"{guide}: {name} is {in_effect(name, found[0], cloud)}, not {value}")
    assert not problems, "\n".join(problems)


def test_every_setting_that_prose_names_exists() -> None:
    families = "|".join(key.removeprefix("jarvis:") for key in schema()["properties"]["config"]["properties"])
    problems = [
        f"{page.name}: {name} is no setting"
        for page in (DOCS / "operations.md", *sorted((DOCS / "decisions").glob("*.md")))
        for name in re.findall(rf"`((?:{families})(?:\.[a-z][A-Za-z]*)+)[`:]", page.read_text())
        if not setting(name, {})
    ]
    assert not problems, "\n".join(problems)


@cache
def schema() -> dict[str, Any]:
    return json.loads((DOCS / "stack.schema.json").read_text())


def models(node: dict[str, Any], kind: str | None = None) -> list[dict[str, Any]]:
    """What a node of the schema may be; of several kinds the named one alone."""
    if "$ref" in node:
        return models(schema()["$defs"][node["$ref"].rpartition("/")[2]])
    choices = node.get("oneOf") or node.get("anyOf")
    if choices is None:
        return [node]
    named = node.get("discriminator", {}).get("mapping", {}).get(kind)
    return [model for choice in ([{"$ref": named}] if named else choices) for model in models(choice)]


def setting(name: str, kinds: dict[str, str]) -> list[dict[str, Any]]:
    """Nodes of the schema that `family.name.of.setting` leads to; none where there is no such setting."""
    family, *path = name.split(".")
    config = schema()["properties"]["config"]["properties"]
    nodes = [config[f"jarvis:{family}"]] if f"jarvis:{family}" in config else []
    for place, step in enumerate(path):
        kind = kinds.get(family) if place == 0 else None
        nodes = [
            model["properties"][step]
            for node in nodes
            for model in models(node, kind)
            if step in model.get("properties", {})
        ]
    return nodes


def in_effect(name: str, node: dict[str, Any], cloud: str) -> object:
    """What the cloud's stack file says, else the default."""
    family, *path = name.split(".")
    value: Any = yaml.safe_load((ROOT / f"Pulumi.production-{cloud.lower()}.yaml").read_text())["config"]
    for step in (f"jarvis:{family}", *path):
        if step not in value:
            return node.get("default")
        value = value[step]
    return value
