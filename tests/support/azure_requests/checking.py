"""What of a planned resource Azure's API would refuse or overlook, as the SDK's models tell."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

import isodate

from automation.rendering.plan import Hidden
from tests.support.azure_requests.models import Model, model_of
from tests.support.azure_requests.properties import Property
from tests.support.azure_requests.rules import broken_rule

_ISODATE: Final[Any] = isodate
_JSON: Final[Mapping[str, tuple[type, ...]]] = {
    "str": (str,),
    "bool": (bool,),
    "int": (int, float),
    "long": (int, float),
    "float": (int, float),
    "iso-8601": (str,),
    "duration": (str,),
    "object": (str, bool, int, float, list, dict),
    "bytearray": (str,),
}
"""What of JSON the SDK's basic types are in a body. A whole number passes through the engine as one of either kind."""


@dataclass(frozen=True)
class Checker:
    """Holds values against the models of one SDK."""

    module: str
    """Below `azure.mgmt`."""
    open: frozenset[str] = frozenset()
    """Values that any enumeration has beside those that the SDK names."""

    def problems(self, model: str, value: Mapping[str, Any], path: str = "") -> Iterator[str]:
        """A sentence for each property that the model has not, lacks or does not take; `path` is where it lies."""
        kind = self._kind(model_of(self.module, model), value)
        given: set[str] = set()
        for name, item in value.items():
            found = kind.named(name)
            where = f"{path}.{name}" if path else name
            if found is None:
                yield f"{where}: {kind.name} has no such property"
            elif found.read_only:
                yield f"{where}: {kind.name} only tells it"
            else:
                given.add(found.client)
                yield from self._property(found, item, where)
        for item in kind.properties:
            if item.required and not item.read_only and item.client not in given:
                yield f"{path}.{item.client}: {kind.name} requires it".lstrip(".")

    def _kind(self, model: Model, value: Mapping[str, Any]) -> Model:
        """The kind of model that the discriminator names."""
        told = model.named(model.discriminator) if model.discriminator is not None else None
        if told is None:
            return model
        kind = next((item for name, item in value.items() if told.is_called(name)), None)
        known = model.kinds.get(str(kind))
        return model if known is None else self._kind(model_of(self.module, known), value)

    def _property(self, found: Property, value: Any, path: str) -> Iterator[str]:
        wrong = list(self._typed(found.type, value, path))
        yield from wrong
        if wrong or value is None or isinstance(value, Hidden):
            return
        values: list[Any] = cast("list[Any]", value) if isinstance(value, list) else [value]
        for item in values:
            if found.known and isinstance(item, str) and item not in found.known | self.open:
                yield f"{path}: {item!r} is none of {', '.join(sorted(found.known))}"
        broken = broken_rule(path, cast("object", value), found.rules)
        if broken is not None:
            yield broken

    def _typed(self, kind: str, value: Any, path: str) -> Iterator[str]:
        """Problems of a value that has to be of the type of that name."""
        inner = kind[1:-1]
        if value is None or isinstance(value, Hidden):
            return
        if kind.startswith("{") and isinstance(value, list) and path.endswith("userAssignedIdentities"):
            return  # the provider takes a list of ids, and sends an object with each as a name
        if kind.startswith(("[", "{")):
            many = _many(kind, value)
            if many is None:
                yield f"{path}: must be {'a list' if kind.startswith('[') else 'an object'}"
            for step, item in many or ():
                yield from self._typed(inner, item, f"{path}{step}")
        elif kind in _JSON:
            yield from _scalar(kind, value, path)
        elif isinstance(value, dict):
            yield from self.problems(kind, cast("dict[str, Any]", value), path)
        else:
            yield f"{path}: must be {kind}, not {type(cast('object', value)).__name__}"


def _many(kind: str, value: Any) -> list[tuple[str, Any]] | None:
    """The members of a list or of an object with any names, each with the step to it; None where it is neither."""
    match kind[0], value:
        case "[", list():
            return [(f"[{index}]", item) for index, item in enumerate(cast("list[Any]", value))]
        case "{", dict():
            return [(f".{name}", item) for name, item in cast("dict[str, Any]", value).items()]
        case _:
            return None


def _scalar(kind: str, given: Any, path: str) -> Iterator[str]:
    value = cast("str | bool | float", given)
    if not isinstance(given, _JSON[kind]) or (isinstance(value, bool) and bool not in _JSON[kind]):
        yield f"{path}: must be {kind}, not {type(value).__name__}"
    elif kind in {"int", "long"} and value != int(value):
        yield f"{path}: must be a whole number, not {value}"
    elif kind == "duration" and not _is_duration(str(value)):
        yield f"{path}: {value!r} is no duration such as PT5M"
    elif kind == "iso-8601" and not _is_time(str(value)):
        yield f"{path}: {value!r} is no time such as 2026-11-24T13:00:00Z"


def _is_duration(text: str) -> bool:
    try:
        _ISODATE.parse_duration(text)
    except isodate.ISO8601Error:
        return False
    return True


def _is_time(text: str) -> bool:
    try:
        datetime.datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
