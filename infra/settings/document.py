"""A stack's settings as given: values that nothing has checked yet, and where each was read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, cast

NAMESPACE: Final = "jarvis"
"""Namespace of the program's own configuration keys: the Pulumi project's name."""

Path = tuple[str | int, ...]
"""Keys and indices from the namespace down: `("database", "storage", "size")`."""


@dataclass(frozen=True)
class Document:
    """Unchecked settings of one stack."""

    source: str
    """Name of the stack file, for sentences."""
    stack: str
    """Name of the stack, for the commands that help."""
    values: Mapping[str, object]
    """Values in JSON's types by key, the `jarvis:` of the key left out."""
    ciphertexts: bool
    """Whether secrets are still encrypted: `{"secure": "..."}`."""
    secret_keys: frozenset[str] = frozenset()
    """Keys of `values` that hold secrets in the clear, so that none of their values may be shown."""
    lines: Mapping[Path, int] = field(default_factory=dict["Path", int])
    """Line, from 1, of each value; empty where there is no file."""
    numbers: Mapping[Path, str] = field(default_factory=dict["Path", str])
    """Numbers as they were written: 1.10 is a number, 1.1, but was meant as text."""

    def at(self, path: Path) -> object:
        """The value at `path`; None where there is none."""
        value: object = self.values
        for step in path:
            match value:
                case Mapping():
                    value = cast("Mapping[object, object]", value).get(step)
                case list() if isinstance(step, int):
                    value = cast("list[object]", value)[step]
                case _:
                    return None
        return value

    def line(self, path: Path) -> int | None:
        """The line of `path`, or of the nearest thing around it."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return None


def own_name(key: str) -> str | None:
    """`app` for the configuration key `jarvis:app`; None for another namespace's key."""
    namespace, colon, name = key.partition(":")
    return name if colon and namespace == NAMESPACE else None


def typed(value: object) -> object:
    """The value of a whole configuration key, which Pulumi keeps as text where `pulumi config set KEY VALUE` gave it.

    Below a key, text stays text: `--path` and the file keep the types there.
    """
    if not isinstance(value, str):
        return value
    if value == "":
        return None  # what the engine makes of null
    if value in ("true", "false") or value[0] in "{[":
        try:
            return cast("object", json.loads(value))
        except (ValueError, RecursionError):
            return value
    return value
