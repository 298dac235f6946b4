"""Inputs held against what the SDK's types allow: one sentence for each mistake, with the property's path."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import UnionType
from typing import Final

from sandbox.providers.compare import join
from sandbox.providers.plan.shapes import Anything, Field, Listed, ListOf, MapOf, ObjectOf, OneOf, Scalar, Shape
from sandbox.providers.values import SIGNATURE, Properties, Secret, Unknown, Value

Problem = tuple[str, str]
"""(path of the property, sentence)."""
AllowedValues = Callable[[Field], tuple[str, ...]]
"""What a property may be where its type does not say it; () for whatever fits the type."""
_SHOWN_NAMES: Final = 15


@dataclass(frozen=True)
class Checker:
    """How strictly inputs are held against their types."""

    open_lists_count: bool
    """Whether a value outside an enumeration is a mistake even where the SDK takes any text: enumerations that are
    generated from an API's own definition are whole, others lag behind."""
    allowed_values: AllowedValues = lambda _: ()

    def problems(self, whole: str, fields: Mapping[str, Field], inputs: Properties) -> list[Problem]:
        """Every mistake in the inputs of `whole`, the name of a type."""
        return list(self._object(whole, "", fields, inputs))

    def _object(self, whole: str, path: str, fields: Mapping[str, Field], value: Properties) -> Iterator[Problem]:
        for key, item in value.items():
            if key.startswith("__"):
                continue
            where = join(path, key)
            if key not in fields:
                yield where, f"`{where}` is not a property of {whole}{_hint(key, fields)}"
            elif item is not None:
                yield from self._field(whole, where, fields[key], item)
        for key, field in fields.items():
            if field.required and value.get(key) is None:
                where = join(path, key)
                yield where, f"`{where}` is missing: {_holder(whole, path)} needs it."

    def _field(self, whole: str, path: str, field: Field, value: Value) -> Iterator[Problem]:
        found = list(self._value(whole, path, field.shape, value))
        yield from found
        allowed = () if found else self.allowed_values(field)
        if allowed and isinstance(value, str) and value not in allowed:
            yield path, _not_listed(path, allowed, value)

    def _value(self, whole: str, path: str, shape: Shape, value: Value) -> Iterator[Problem]:
        if isinstance(value, Secret):
            if any(self._value(whole, path, shape, value.value)):
                yield path, f"`{path}` is {described(shape)}, which the secret that is given is not."
        elif value is None or isinstance(value, Unknown):
            return
        elif isinstance(shape, OneOf):
            yield from self._any(whole, path, shape.shapes, value)
        elif isinstance(shape, Listed):
            yield from self._listed(path, shape, value)
        elif not _fits(shape, value):
            yield path, f"`{path}` is {described(shape)}, not {shown(value)}."
        else:
            yield from self._parts(whole, path, shape, value)

    def _parts(self, whole: str, path: str, shape: Shape, value: Value) -> Iterator[Problem]:
        """The mistakes inside a value that is of the right kind."""
        match shape, value:
            case ListOf(item), list():
                for index, entry in enumerate(value):
                    yield from self._value(whole, f"{path}[{index}]", item, entry)
            case MapOf(item), dict():
                for key, entry in value.items():
                    yield from self._value(whole, join(path, key), item, entry)
            case ObjectOf(), dict() if SIGNATURE not in value:
                yield from self._object(whole, path, shape.fields, value)
            case _:
                return

    def _listed(self, path: str, shape: Listed, value: Value) -> Iterator[Problem]:
        if not isinstance(value, str | int | float) or isinstance(value, bool):
            yield path, f"`{path}` is {described(shape)}, not {shown(value)}."
        elif value not in shape.values and not (shape.open and isinstance(value, str) and not self.open_lists_count):
            yield path, _not_listed(path, tuple(map(str, shape.values)), value)

    def _any(self, whole: str, path: str, shapes: tuple[Shape, ...], value: Value) -> Iterator[Problem]:
        """The mistakes by the alternative that fits best in kind; none where one fits."""
        attempts = [list(self._value(whole, path, shape, value)) for shape in shapes]
        if all(attempts):
            deeper = [found for found in attempts if any(where != path for where, _ in found)]
            kinds = " or ".join(described(shape) for shape in shapes)
            yield from deeper[0] if deeper else [(path, f"`{path}` is {kinds}, not {shown(value)}.")]


def _fits(shape: Shape, value: Value) -> bool:
    """Whether the value is of the shape's kind; what is inside is looked at apart."""
    if isinstance(value, bool):
        return shape is Scalar.FLAG or isinstance(shape, Anything)
    match shape:
        case ListOf():
            kinds: type | UnionType = list
        case MapOf() | ObjectOf():
            kinds = dict
        case Scalar():
            kinds = _KINDS[shape]
        case _:
            return True
    return isinstance(value, kinds)


_KINDS: Final[Mapping[Scalar, type | UnionType]] = {
    Scalar.TEXT: str,
    Scalar.FLAG: bool,
    Scalar.WHOLE: int,
    Scalar.NUMBER: int | float,
}


def described(shape: Shape) -> str:
    """The shape in words."""
    match shape:
        case Scalar():
            return shape.value
        case Listed(values):
            return f"one of {_listing(map(str, values))}"
        case ListOf():
            return "a list"
        case MapOf() | ObjectOf():
            return "an object"
        case OneOf(shapes):
            return " or ".join(map(described, shapes))
        case Anything():
            return "anything"


def shown(value: Value) -> str:
    """A wrong value in words that give no secret away."""
    match value:
        case list():
            return "a list"
        case dict():
            return "an object"
        case bool():
            return str(value).lower()
        case _:
            return repr(value)


def _holder(whole: str, path: str) -> str:
    return f"`{path}` of {whole}" if path else whole


def _hint(key: str, fields: Mapping[str, Field]) -> str:
    near = difflib.get_close_matches(key.replace("_", "").lower(), [name.lower() for name in fields], 1)
    if near:
        return f"; did you mean `{next(name for name in fields if name.lower() == near[0])}`?"
    return f", which has {_listing(sorted(fields))}." if fields else ", which has none."


def _not_listed(path: str, allowed: tuple[str, ...], value: Value) -> str:
    near = difflib.get_close_matches(str(value).lower(), [item.lower() for item in allowed], 1)
    hint = f" Did you mean {next(item for item in allowed if item.lower() == near[0])!r}?" if near else ""
    return f"`{path}` is one of {_listing(allowed)}, not {value!r}.{hint}"


def _listing(names: Iterable[str]) -> str:
    every = list(names)
    rest = f" and {len(every) - _SHOWN_NAMES} more" if len(every) > _SHOWN_NAMES else ""
    return ", ".join(every[:_SHOWN_NAMES]) + rest
