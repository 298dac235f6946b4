"""The JSON Schema of a stack file, by which editors complete and check it: `python -m infra.settings.schema`."""

from __future__ import annotations

import copy
import functools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, cast

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from infra.settings.document import NAMESPACE
from infra.settings.model import StackSettings

SCHEMA_FILE: Final = Path(__file__).resolve().parents[2] / "docs" / "stack.schema.json"
"""What the first line of every stack file names, for editors."""


class _WithoutTitles(GenerateJsonSchema):
    """Leaves out titles that only repeat the key."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ANN401, ARG002 (the base class has it so)
        return False


@functools.cache
def settings_schema() -> JsonSchemaValue:
    """The schema of StackSettings; a section that is a choice of kinds needs its `kind`, as it does when it is read."""
    schema = StackSettings.model_json_schema(schema_generator=_WithoutTitles)
    definitions = cast("dict[str, JsonSchemaValue]", schema["$defs"])
    definitions["JsonValue"]["description"] = "Anything that YAML can say."
    for name in sorted(set(_kinds(schema))):
        kind = definitions[name.removeprefix("#/$defs/")]
        kind["required"] = list(dict.fromkeys(["kind", *kind.get("required", [])]))
    return schema


def _kinds(schema: object) -> Iterator[str]:
    """References of what any choice of kinds in the schema may be."""
    if isinstance(schema, list):
        for item in cast("list[object]", schema):
            yield from _kinds(item)
    if isinstance(schema, dict):
        members = cast("dict[str, object]", schema)
        if isinstance(discriminator := members.get("discriminator"), dict):
            yield from cast("dict[str, dict[str, str]]", discriminator)["mapping"].values()
        for value in members.values():
            yield from _kinds(value)


def stack_file_schema() -> JsonSchemaValue:
    """The schema (draft 2020-12) of a whole `Pulumi.<stack>.yaml`."""
    settings = copy.deepcopy(settings_schema())
    properties = cast("dict[str, JsonSchemaValue]", settings["properties"])
    protect = properties["protect"]
    protect["enum"] = [True, False, "true", "false"]  # `pulumi config set` stores text
    del protect["type"]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Stack file of the Jarvis platform",
        "type": "object",
        "properties": {
            "config": {
                "description": "What this environment has of its own; the rest are the defaults.",
                "type": "object",
                "properties": {f"{NAMESPACE}:{key}": value for key, value in properties.items()},
                "required": [f"{NAMESPACE}:{key}" for key in settings["required"]],
                "patternProperties": {f"^(?!{NAMESPACE}:)[^:]+:": {"description": "Another package's setting."}},
                "additionalProperties": False,
            },
            "encryptionsalt": {"type": "string", "description": "Written by Pulumi: salt of the passphrase."},
            "secretsprovider": {"type": "string", "description": "Written by Pulumi: what encrypts the secrets."},
            "encryptedkey": {"type": "string", "description": "Written by Pulumi: data key, itself encrypted."},
            "environment": {"description": "Pulumi ESC environments."},
        },
        "required": ["config"],
        "additionalProperties": False,
        "$defs": settings["$defs"],
    }


def schema_text() -> str:
    """The schema as the committed file holds it."""
    return json.dumps(stack_file_schema(), indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    """Write the schema into `docs/`."""
    SCHEMA_FILE.write_text(schema_text(), encoding="utf-8")


if __name__ == "__main__":
    main()
