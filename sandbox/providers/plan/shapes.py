"""What a property may hold, read from the annotations of a generated SDK's classes."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from typing import Any, Final, TypeAlias, Union, cast, get_args, get_origin, get_type_hints, is_typeddict

from pulumi import Output

_WIRE_NAME: Final = "_pulumi_name"
"""Where `pulumi.getter` keeps a property's name in the protocol."""
_OBJECT_MARKS: Final = ("_pulumi_input_type", "_pulumi_output_type")
"""Where `pulumi.input_type` and `pulumi.output_type` mark the classes of nested objects."""


class Scalar(Enum):
    """A single value, in words."""

    TEXT = "text"
    WHOLE = "a whole number"
    NUMBER = "a number"
    FLAG = "true or false"


@dataclass(frozen=True)
class Listed:
    """One of the values of an enumeration."""

    values: tuple[str | int | float, ...]
    open: bool = False
    """Whether the SDK takes any other text too."""


@dataclass(frozen=True)
class ListOf:
    """A list."""

    item: Shape


@dataclass(frozen=True)
class MapOf:
    """An object whose keys the program chooses, such as tags."""

    item: Shape


@dataclass(frozen=True)
class ObjectOf:
    """A nested object; its properties are read when asked for, because some contain themselves."""

    of: type

    @property
    def fields(self) -> Mapping[str, Field]:
        """The properties by their names in the protocol."""
        return fields_of(self.of)


@dataclass(frozen=True)
class OneOf:
    """A value of any of the shapes."""

    shapes: tuple[Shape, ...]


@dataclass(frozen=True)
class Anything:
    """A value that the SDK leaves open: JSON, assets."""


Shape: TypeAlias = "Scalar | Listed | ListOf | MapOf | ObjectOf | OneOf | Anything"


@dataclass(frozen=True)
class Field:
    """One property."""

    shape: Shape
    required: bool = False
    """Whether the program has to give it (an input), or it always has a value (an output)."""
    documentation: str = field(default="", repr=False)


@cache
def fields_of(of: type) -> Mapping[str, Field]:
    """The properties of an SDK's class, by their names in the protocol."""
    needed = {name for name, parameter in _parameters(of) if parameter.default is inspect.Parameter.empty}
    found: dict[str, Field] = {}
    for python_name, getter in _getters(of):
        shape, optional = _read(_hints(getter, of.__module__).get("return"))
        required = not optional if issubclass(of, dict) else python_name in needed
        found[getattr(getter, _WIRE_NAME)] = Field(shape, required, getter.__doc__ or "")
    return found


@cache
def outputs_of(resource: type) -> Mapping[str, Field]:
    """The outputs of a resource's class, by their names in the protocol."""
    found: dict[str, Field] = {}
    for _, getter in _getters(resource):
        hint = _hints(getter, resource.__module__).get("return")
        name = getattr(getter, _WIRE_NAME)
        if name not in ("id", "urn"):
            shape, optional = _read(get_args(hint)[0] if get_origin(hint) is Output else hint)
            found[name] = Field(shape, not optional, getter.__doc__ or "")
    return found


@cache
def parameters_of(function: Callable[..., object]) -> Mapping[str, Field]:
    """The arguments of a function of the SDK, by their names in the protocol."""
    hints = _hints(function, function.__module__)
    found: dict[str, Field] = {}
    for name, parameter in inspect.signature(function).parameters.items():
        if name != "opts":
            wire = re.sub(r"_([a-z0-9])", lambda match: match.group(1).upper(), name)
            shape, _ = _read(hints.get(name))
            found[wire] = Field(shape, parameter.default is inspect.Parameter.empty)
    return found


def _hints(function: Callable[..., object], module: str) -> dict[str, object]:
    """Annotations, names in them looked up in the module.

    Python keeps what a name in an annotation stood for, for all modules that use the same name, as SDKs do with
    `SkuArgs`; it looks again only where the two sets of names differ.
    """
    return get_type_hints(function, globalns=vars(sys.modules[module]), localns={"Output": Output, "T": Any})


def _parameters(of: type) -> Iterator[tuple[str, inspect.Parameter]]:
    parameters = inspect.signature(of.__init__).parameters
    return (pair for pair in parameters.items() if pair[1].kind is inspect.Parameter.KEYWORD_ONLY)


def _getters(of: type) -> Iterator[tuple[str, Any]]:
    for base in reversed(of.__mro__):
        for name, member in vars(base).items():
            if isinstance(member, property) and hasattr(member.fget, _WIRE_NAME):
                yield name, member.fget


def _read(annotation: object) -> tuple[Shape, bool]:
    """The shape, and whether the value may be left out."""
    members = list(_members(annotation))
    shapes = tuple(dict.fromkeys(_single(member) for member in members if member is not type(None)))
    return _joined(shapes), type(None) in members


def _members(annotation: object) -> Iterator[object]:
    """The alternatives of an annotation, but for promises of the same value and for its twin as a TypedDict."""
    origin = get_origin(annotation)
    if origin is Union:
        for member in get_args(annotation):
            yield from _members(member)
    elif origin is not Awaitable and origin is not Output and annotation is not Output and not is_typeddict(annotation):
        yield annotation


def _joined(shapes: tuple[Shape, ...]) -> Shape:
    if not shapes:
        return Anything()
    listed = [shape for shape in shapes if isinstance(shape, Listed)]
    if listed and len(listed) == len(shapes) - (Scalar.TEXT in shapes):
        return Listed(tuple(value for shape in listed for value in shape.values), open=Scalar.TEXT in shapes)
    return shapes[0] if len(shapes) == 1 else OneOf(shapes)


_SCALARS: Final[Mapping[object, Scalar]] = {
    str: Scalar.TEXT,
    int: Scalar.WHOLE,
    float: Scalar.NUMBER,
    bool: Scalar.FLAG,
}


def _enumeration(of: type[Enum]) -> Shape:
    """The values; any text where the name says that they are those which happen to be known, as Azure puts it."""
    if of.__name__.startswith("Known"):
        return Scalar.TEXT
    return Listed(tuple(cast("str | int | float", member.value) for member in of))


def _single(annotation: object) -> Shape:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if annotation in _SCALARS:
        return _SCALARS[annotation]
    if origin is not None and issubclass(origin, Mapping):
        return MapOf(_read(arguments[1])[0])
    if origin is not None and issubclass(origin, Sequence):
        return ListOf(_read(arguments[0])[0])
    if isinstance(annotation, type):
        if issubclass(annotation, Enum):
            return _enumeration(annotation)
        of = cast("type[object]", annotation)
        if any(hasattr(of, mark) for mark in _OBJECT_MARKS):
            return ObjectOf(of)
    return Anything()
