"""A model of a management SDK, as a list of the properties that its requests may have."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Final

from tests.support.azure_requests.properties import Property, camel, known_values
from tests.support.azure_requests.typed_models import typed_properties

_BESIDE_RULES: Final = frozenset({"required", "readonly"})


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
        None if told_by is None else camel(told_by),
        {} if told_by is None else subtypes[told_by],
    )


def _properties(kind: type[Any], models: ModuleType) -> Iterator[Property]:
    everything: Any = kind
    if not hasattr(kind, "_attribute_map"):
        yield from typed_properties(kind, models)
        return
    validation: Mapping[str, Mapping[str, Any]] = everything._validation  # the SDK's own, and all there is
    attributes: Mapping[str, Mapping[str, str]] = everything._attribute_map
    known = dict(_known_values(kind, models))
    for own, mapped in attributes.items():
        rules = validation.get(own, {})
        if mapped["key"]:  # the one without a key holds whatever has no name
            yield Property(
                rest=_steps(mapped["key"]),
                client=camel(own),
                type=mapped["type"],
                required=bool(rules.get("required")),
                read_only=bool(rules.get("readonly")),
                rules={key: value for key, value in rules.items() if key not in _BESIDE_RULES},
                known=known.get(own, frozenset()),
            )


def _steps(key: str) -> tuple[str, ...]:
    """A path whose steps are parted by dots, those within a name being escaped."""
    return tuple(step.replace("\0", ".") for step in key.replace("\\.", "\0").split("."))


def _known_values(kind: type[Any], models: ModuleType) -> Iterator[tuple[str, frozenset[str]]]:
    """Values by attribute, from the enumerations that the constructors of the model and its parents name."""
    for one in reversed(kind.__mro__):
        init = one.__dict__.get("__init__")
        for name, annotation in getattr(init, "__annotations__", {}).items():
            values = frozenset(known_values(str(annotation), models))
            if values:
                yield name, values
