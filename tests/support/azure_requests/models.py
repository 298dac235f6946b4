"""A model of a management SDK, as a list of the properties that its requests may have."""

from __future__ import annotations

import functools
import importlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from types import ModuleType
from typing import Any, Final

_BESIDE_RULES: Final = frozenset({"required", "readonly"})
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


@dataclass(frozen=True)
class Model:
    """One model with its properties."""

    name: str
    properties: tuple[Property, ...]
    discriminator: str | None
    """Client name of the property that tells the kind of model."""
    kinds: Mapping[str, str]
    """Model by the value of that property."""

    def named(self, name: str) -> Property | None:
        """The property of that name."""
        return min(
            (item for item in self.properties if item.is_called(name)), key=lambda item: len(item.rest), default=None
        )


@functools.cache
def model_of(module: str, name: str) -> Model:
    """The model of that name in `azure.mgmt.<module>.models`."""
    models = importlib.import_module(f"azure.mgmt.{module}.models")
    kind: type[Any] = getattr(models, name)
    # A model inherits its parent's, but is no further kind of itself.
    subtypes: Mapping[str, Mapping[str, str]] = kind.__dict__.get("_subtype_map", {})
    told_by = next(iter(subtypes), None)
    return Model(
        name,
        tuple(_properties(kind, models)),
        None if told_by is None else _camel(told_by),
        {} if told_by is None else subtypes[told_by],
    )


def _properties(kind: type[Any], models: ModuleType) -> Iterator[Property]:
    everything: Any = kind
    validation: Mapping[str, Mapping[str, Any]] = everything._validation  # the SDK's own, and all there is
    attributes: Mapping[str, Mapping[str, str]] = everything._attribute_map
    known = dict(_known_values(kind, models))
    for own, mapped in attributes.items():
        rules = validation.get(own, {})
        if mapped["key"]:  # the one without a key holds whatever has no name
            yield Property(
                rest=_steps(mapped["key"]),
                client=_camel(own),
                type=mapped["type"],
                required=bool(rules.get("required")),
                read_only=bool(rules.get("readonly")),
                rules={key: value for key, value in rules.items() if key not in _BESIDE_RULES},
                known=known.get(own, frozenset()),
            )


def _steps(key: str) -> tuple[str, ...]:
    """A path whose steps are parted by dots, those within a name being escaped."""
    return tuple(step.replace("\0", ".") for step in key.replace("\\.", "\0").split("."))


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _known_values(kind: type[Any], models: ModuleType) -> Iterator[tuple[str, frozenset[str]]]:
    """Values by attribute, from the enumerations that the constructors of the model and its parents name."""
    for one in reversed(kind.__mro__):
        init = one.__dict__.get("__init__")
        for name, annotation in getattr(init, "__annotations__", {}).items():
            values = frozenset(_enumerated(str(annotation), models))
            if values:
                yield name, values


def _enumerated(annotation: str, models: ModuleType) -> Iterator[str]:
    for word in _WORD.findall(annotation):
        found = getattr(models, word, None)
        if isinstance(found, type) and issubclass(found, Enum):
            yield from (str(member.value) for member in found)
