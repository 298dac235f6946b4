"""Structural comparison of inputs, with the property paths that the engine shows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

from sandbox.providers.resource import Change
from sandbox.providers.values import Value, reveal

_PLAIN_KEY: Final = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")


def join(path: str, key: str) -> str:
    """The path of a key below `path`: `spec.ports`, `metadata.annotations["a.b/c"]`."""
    if _PLAIN_KEY.fullmatch(key):
        return f"{path}.{key}" if path else key
    return f"{path}[{json.dumps(key)}]"


def compare(old: Value, new: Value) -> dict[str, Change]:
    """What changed from `old` to `new`, by path; null and absent are the same."""
    return dict(_compare("", reveal(old), reveal(new)))


def _compare(path: str, old: Value, new: Value) -> Iterator[tuple[str, Change]]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys((*old, *new)):
            yield from _compare(join(path, key), old.get(key), new.get(key))
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            was = old[index] if index < len(old) else None
            will = new[index] if index < len(new) else None
            yield from _compare(f"{path}[{index}]", was, will)
    elif type(old) is bool or type(new) is bool:
        if old is not new:
            yield path, _kind(old, new)
    elif old != new:
        yield path, _kind(old, new)


def _kind(old: Value, new: Value) -> Change:
    if old is None:
        return Change.ADDED
    return Change.DELETED if new is None else Change.UPDATED


def merge_patch(old: Value, new: Value) -> Value:
    """The JSON merge patch (RFC 7386) that turns `old` into `new`."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return new
    removed: dict[str, Value] = {key: None for key in old if new.get(key) is None}
    changed = {
        key: merge_patch(old.get(key), value)
        for key, value in new.items()
        if value is not None and compare(old.get(key), value)
    }
    return {**removed, **changed}
