"""The provider's own settings: the engine sends those that are no text as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping

from sandbox.providers.plan.checking import Checker, Problem
from sandbox.providers.plan.shapes import Field, Scalar
from sandbox.providers.values import Properties, Secret, Value, from_json

_ENGINE_SETTINGS = frozenset({"version", "pluginDownloadURL"})


def parsed(fields: Mapping[str, Field], inputs: Properties) -> Properties:
    """The settings with their types."""
    return {
        key: _parsed(value) if key in fields and fields[key].shape is not Scalar.TEXT else value
        for key, value in inputs.items()
        if key not in _ENGINE_SETTINGS
    }


def problems(checker: Checker, name: str, fields: Mapping[str, Field], inputs: Properties) -> list[Problem]:
    """What is wrong with the settings of the provider `name`."""
    return checker.problems(f"the provider `{name}`", fields, parsed(fields, inputs))


def _parsed(value: Value) -> Value:
    if isinstance(value, Secret):
        return Secret(_parsed(value.value))
    if not isinstance(value, str):
        return value
    try:
        return from_json(json.loads(value))
    except ValueError:
        return value
