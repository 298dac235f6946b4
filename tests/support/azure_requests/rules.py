"""Limits and patterns of values, as the SDKs declare and no longer judge them themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msrest.serialization
from msrest.exceptions import ValidationError

_SERIALIZER: Final[Any] = msrest.serialization.Serializer


def broken_rule(name: str, value: object, rules: Mapping[str, Any]) -> str | None:
    """The sentence of the first rule (`max_length`, `pattern`, ...) that the value breaks."""
    try:
        _SERIALIZER.validate(value, name, **rules)
    except ValidationError as error:
        return str(error)
    return None
