"""The JSON Schema of stack files: committed, valid, and of one mind with the loader."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from infra.settings.load import load_stack_file
from infra.settings.schema import SCHEMA_FILE, schema_text, settings_schema, stack_file_schema
from infra.settings.schema_node import Node
from tests.unit.settings import (
    test_wrong_aws,
    test_wrong_azure,
    test_wrong_backup,
    test_wrong_exposure,
    test_wrong_monitoring,
    test_wrong_platform,
    test_wrong_replicated,
    test_wrong_values,
)
from tests.unit.settings.stacks import (
    DEV,
    ROOT,
    SECRETS,
    changed,
    production,
    production_aws,
    production_azure,
    recovery_aws,
    recovery_azure,
    written,
)

STACK_FILES = sorted((*ROOT.glob("Pulumi.*.yaml"), *ROOT.glob("examples/Pulumi.*.yaml")))
EDITOR_LINE = "# yaml-language-server: $schema="
"""Begins every stack file: tells editors where the schema is."""
WITH_SECRETS = {
    "Pulumi.production.yaml": production,
    "Pulumi.production-aws.yaml": production_aws,
    "Pulumi.production-azure.yaml": production_azure,
    "Pulumi.recovery-aws.yaml": recovery_aws,
    "Pulumi.recovery-azure.yaml": recovery_azure,
}
"""Stacks whose secrets are given by whoever deploys them."""
BEYOND_A_SCHEMA = {  # what only the loader can judge
    "limit below request", "node port twice", "local port twice", "interface not among the origins",
    "number infinite", "number not one", "kind null", "no registry at all", "clients of no network",
    "gateway's address a name", "latency of no bucket", "annotation's key with a space", "label's value with a slash",
}  # fmt: skip

TABLES = (
    test_wrong_backup,
    test_wrong_exposure,
    test_wrong_monitoring,
    test_wrong_platform,
    test_wrong_replicated,
)
CHECKED_BY_CODE = re.compile(r"jarvis:[A-Za-z.]+: ")
"""Sentences of the checks that sections make of several settings together."""
CLOUD_TABLES = (test_wrong_aws, test_wrong_azure)
OF_ONE_SETTING = re.compile(r"jarvis:\S+ (is .*; it must be |is missing|is not a setting)")
"""Sentences of what is wrong whatever stands in other settings."""
JUDGED_BY_CODE = {
    "network of somebody else", "API server open to the world", "vault open to the world", "logs of 45 days",
}  # fmt: skip
"""Cases of ranges and of lists that only the loader knows."""


@pytest.fixture(scope="module")
def validator() -> Any:
    schema = stack_file_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_committed_schema_is_the_generated_one() -> None:
    assert SCHEMA_FILE.read_text(encoding="utf-8") == schema_text(), "run python -m infra.settings.schema"


@pytest.mark.parametrize("path", STACK_FILES, ids=lambda path: path.name)
def test_stack_files(path: Path, validator: Any, tmp_path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    begin, line, schema = text.splitlines()[0].partition(EDITOR_LINE)
    assert (begin, line, (path.parent / schema).resolve()) == ("", EDITOR_LINE, SCHEMA_FILE)
    config = WITH_SECRETS.get(path.name, lambda: yaml.safe_load(text)["config"])()
    validator.validate({"config": config})
    load_stack_file(written(tmp_path, config))


def test_there_are_stack_files() -> None:
    assert {f"Pulumi.{stack}.yaml" for stack in ("dev", "staging", "production")} <= {path.name for path in STACK_FILES}


def test_other_good_files(validator: Any) -> None:
    validator.validate({"config": production()})
    validator.validate({"config": changed(DEV, {"secrets": SECRETS, "protect": "true"}), "encryptionsalt": "v1:x"})
    validator.validate({"config": {**DEV, "aws:region": "eu-west-1"}, "secretsprovider": "x", "encryptedkey": "x"})


@pytest.mark.parametrize("name", sorted(test_wrong_values.CASES.keys() - BEYOND_A_SCHEMA))
def test_what_the_loader_refuses_the_schema_refuses(name: str, validator: Any) -> None:
    changes, _ = test_wrong_values.CASES[name]
    assert not validator.is_valid({"config": changed(DEV, changes)})


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__.rpartition(".")[2])
def test_what_the_loader_refuses_of_the_other_stacks_the_schema_refuses(table: Any, validator: Any) -> None:
    missed = {
        name
        for name, (stack, changes, sentence) in table.CASES.items()
        if not CHECKED_BY_CODE.match(sentence) and validator.is_valid({"config": changed(stack(), changes)})
    }
    assert missed <= BEYOND_A_SCHEMA


@pytest.mark.parametrize("table", CLOUD_TABLES, ids=lambda table: table.__name__.rpartition(".")[2])
def test_what_the_loader_refuses_of_one_setting_in_a_cloud_the_schema_refuses(table: Any, validator: Any) -> None:
    asked = {name: case for name, case in table.CASES.items() if OF_ONE_SETTING.match(case[2])}
    assert len(asked) > 15
    missed = {
        name for name, (stack, changes, _) in asked.items() if validator.is_valid({"config": changed(stack(), changes)})
    }
    assert missed <= JUDGED_BY_CODE


def test_every_section_is_described() -> None:
    schema = stack_file_schema()
    assert [name for name, node in schema["$defs"].items() if not node.get("description")] == []


def test_every_setting_is_described() -> None:
    """By its own words or by those of its type; a kind is described by its section."""
    schema = settings_schema()
    definitions = schema["$defs"]
    bare = [
        f"{section}.{name}"
        for section, node in (("StackSettings", schema), *definitions.items())
        for name, member in node.get("properties", {}).items()
        if name != "kind" and not Node(member, definitions).description
    ]
    assert bare == []


def test_nothing_secret_has_a_default() -> None:
    for node in stack_file_schema()["$defs"].values():
        for member in node.get("properties", {}).values():
            assert not (member.get("writeOnly") and "default" in member)
