"""A place in the JSON Schema of the settings: what a sentence about a setting needs to know."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from infra.settings.document import Path

Schema = Mapping[str, object]


@dataclass(frozen=True)
class Node:
    """The schema of one setting; the empty schema, which knows nothing, where there is no such setting."""

    schema: Schema
    definitions: Schema

    @classmethod
    def root(cls, schema: Schema) -> Node:
        """The node of a whole schema."""
        return cls(schema, cast("Schema", schema.get("$defs", {})))

    def at(self, path: Path, values: object) -> Node:
        """The node of the setting at `path`; `values` tell which kind was chosen on the way."""
        node = self
        for step in path:
            node = node.of_kind(_kind(values))._child(step)
            values = _member(values, step)
        return node

    def of_kind(self, kind: object) -> Node:
        """The node narrowed to one kind, where it is a choice of kinds."""
        for part in self._parts():
            kinds = _mapping(_mapping(part, "discriminator"), "mapping")
            if isinstance(kind, str) and kind in kinds:
                return Node({"$ref": kinds[kind]}, self.definitions)
        return self

    @property
    def description(self) -> str:
        """The innermost description, which tells the form; the setting's own where the form has none, or several."""
        if self.kinds:
            return str(self.schema.get("description", ""))
        return next((text for part in reversed(self._parts()) if (text := part.get("description"))), "")  # type: ignore[misc]

    @property
    def form(self) -> str:
        """What text must be; empty where any will do. It completes "it must be ..."."""
        texts = (str(part["patternErrorMessage"]) for part in self._parts() if "patternErrorMessage" in part)
        return next(texts, "").removeprefix("must be ")

    def takes(self, text: str) -> bool:
        """Whether text has the form asked for."""
        return all(re.search(str(part["pattern"]), text) for part in self._parts() if "pattern" in part)

    @property
    def members(self) -> tuple[str, ...]:
        """Keys that a mapping may have, of every kind."""
        return tuple(dict.fromkeys(key for part in self._parts() for key in _mapping(part, "properties")))

    @property
    def choices(self) -> tuple[str, ...]:
        """The only values allowed; empty where there are no fixed ones."""
        choices: list[str] = []
        for part in self._parts():
            choices += [str(choice) for choice in cast("list[object]", part.get("enum", []))]
            choices += [str(part["const"])] if "const" in part else []
        return tuple(dict.fromkeys(choices))

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds that a section may have; empty where it is no choice of kinds."""
        return tuple(kind for part in self._parts() for kind in _mapping(_mapping(part, "discriminator"), "mapping"))

    @property
    def is_secret(self) -> bool:
        """Whether the setting is encrypted in the stack file."""
        return any(part.get("writeOnly") is True for part in self._parts())

    @property
    def is_mapping(self) -> bool:
        """Whether the setting has settings inside."""
        return any("properties" in part or "additionalProperties" in part for part in self._parts())

    @property
    def is_whole(self) -> bool:
        """Whether a number must be a whole one."""
        return all(part.get("type") != "number" for part in self._parts())

    @property
    def bounds(self) -> tuple[object, object]:
        """Least and greatest number allowed, None where there is no limit."""
        parts = self._parts()
        return (
            next((part["minimum"] for part in parts if "minimum" in part), None),
            next((part["maximum"] for part in parts if "maximum" in part), None),
        )

    def _parts(self) -> list[Schema]:
        """The schema with references followed and alternatives laid side by side, outermost first."""
        found: list[Schema] = []
        waiting = [self.schema]
        while waiting:
            part = waiting.pop(0)
            found.append(part)
            if "$ref" in part:
                waiting.append(cast("Schema", self.definitions[str(part["$ref"]).removeprefix("#/$defs/")]))
            for alternatives in ("anyOf", "oneOf", "allOf"):
                waiting += cast("list[Schema]", part.get(alternatives, []))
        return found

    def _child(self, step: str | int) -> Node:
        for part in self._parts():
            inside = part.get("items") if isinstance(step, int) else _mapping(part, "properties").get(step)
            if inside is None and isinstance(step, str):
                inside = part.get("additionalProperties")
            if isinstance(inside, dict):
                return Node(cast("Schema", inside), self.definitions)
        return Node({}, self.definitions)


def _mapping(part: Schema, key: str) -> Schema:
    value = part.get(key)
    return cast("Schema", value) if isinstance(value, dict) else {}


def _kind(values: object) -> object:
    return cast("Mapping[object, object]", values).get("kind") if isinstance(values, Mapping) else None


def _member(values: object, step: str | int) -> object:
    if isinstance(values, Mapping):
        return cast("Mapping[object, object]", values).get(step)
    return cast("list[object]", values)[step] if isinstance(values, list) and isinstance(step, int) else None
