"""One property of a model of a management SDK, whichever way the SDK writes it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from types import ModuleType
from typing import Any, Final

_WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True)
class Property:
    """One property of a model."""

    rest: tuple[str, ...]
    """Where it lies in the body: `("properties", "administratorLogin")`."""
    client: str
    """The SDK's own name of it in camel case, which may be another than the last one of `rest`."""
    type: str
    """As the SDK writes it: `str`, `[Sku]`, `{str}`, `iso-8601`, ..."""
    required: bool
    read_only: bool
    rules: Mapping[str, Any]
    """Limits and patterns, by the SDK's names of them."""
    known: frozenset[str]
    """Values that the API has; empty where any will do."""

    def is_called(self, name: str) -> bool:
        """Whether a property of the program is this one: by its REST name, or the one that clients give it."""
        return name in {self.rest[-1], self.client}


def camel(name: str) -> str:
    """A name of Python's as JSON has it."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def known_values(annotation: str, models: ModuleType) -> Iterator[str]:
    """Values of the enumerations that a type annotation names."""
    for word in _WORD.findall(annotation):
        found = getattr(models, word, None)
        if isinstance(found, type) and issubclass(found, Enum):
            yield from (str(member.value) for member in found)
