"""Inputs of a resource, changed by path: how a mistake is seeded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

_ABSENT: Final = object()
ABSENT: Any = _ABSENT
"""In the place of a value: the property is not there."""


def with_changes(inputs: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs with other values, by path: slashes between the keys (`~1` for one in a key), numbers in lists."""
    result = dict(inputs)
    for path, value in changes.items():
        steps = [int(step) if step.isdigit() else step.replace("~1", "/") for step in path.split("/")]
        result = _with(result, steps, value)
    return result


def _with(holder: Any, steps: list[Any], value: Any) -> Any:
    """A copy along the path only: the rest may hold what cannot be copied."""
    step, *rest = steps
    if isinstance(holder, list | tuple):
        copied: Any = list(cast("list[Any]", holder))
    else:
        copied = dict(cast("Mapping[str, Any]", holder))
        if rest:
            copied.setdefault(step, {})
    if value is ABSENT and not rest:
        del copied[step]
    else:
        copied[step] = _with(copied[step], rest, value) if rest else value
    return copied
