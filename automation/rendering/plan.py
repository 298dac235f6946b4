"""What the engine plans to make, read from the plan that a preview saves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any, Final, cast

from pulumi.runtime import rpc

_SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
"""Key under which the engine says what kind of special value an object is; a secret is the only one in plain inputs."""


class Hidden(Enum):
    """Stands in the place of a value that cannot be written."""

    SECRET = "a secret"  # noqa: S105 (words for people)
    UNKNOWN = "known only once something else is deployed"


@dataclass(frozen=True)
class Planned:
    """One resource that the program registers, its inputs checked and completed by its provider."""

    urn: str
    type: str
    inputs: Mapping[str, Any]
    """Plain values, and a Hidden wherever there is none."""
    dependencies: frozenset[str] = frozenset()
    """URNs of what it waits for."""
    protect: bool = False
    sources: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    """URNs of what each input's value comes from."""

    @property
    def name(self) -> str:
        """Its name in the program."""
        return self.urn.rpartition("::")[2]


def read_plan(path: Path) -> list[Planned]:
    """Every resource of the plan but components, by URN. Secrets stay encrypted in the file and are not decrypted."""
    plan = cast("dict[str, Any]", json.loads(path.read_text("utf-8")))
    entries = cast("dict[str, dict[str, Any]]", plan.get("resourcePlans") or {})
    return [
        _planned(urn, goal)
        for urn, entry in sorted(entries.items())
        if (goal := cast("dict[str, Any]", entry.get("goal") or {})).get("custom")
    ]


def _planned(urn: str, goal: Mapping[str, Any]) -> Planned:
    sources = cast("dict[str, list[str]]", goal.get("propertyDependencies") or {})
    added = cast("dict[str, Any]", goal["inputDiff"].get("adds") or {})
    return Planned(
        urn,
        goal["type"],
        {key: _visible(value) for key, value in added.items()},
        frozenset(goal.get("dependencies") or ()),
        bool(goal.get("protect")),
        {key: frozenset(urns) for key, urns in sources.items()},
    )


def _visible(value: object) -> object:
    match value:
        case dict():
            fields = cast("dict[str, object]", value)
            if _SIGNATURE in fields:
                return Hidden.SECRET
            return {key: _visible(item) for key, item in fields.items()}
        case list():
            return [_visible(item) for item in cast("list[object]", value)]
        case rpc.UNKNOWN:
            return Hidden.UNKNOWN
        case _:
            return value
