"""Properties of the models that newer management SDKs have: typed classes, which state no limits."""

from __future__ import annotations

import datetime
import typing
from collections.abc import Iterator
from enum import Enum
from inspect import get_annotations
from types import ModuleType
from typing import Any, Final

from tests.support.azure_requests.properties import Property, camel

_SCALARS: Final[dict[object, str]] = {
    str: "str",
    bool: "bool",
    int: "int",
    float: "float",
    datetime.datetime: "iso-8601",
    datetime.timedelta: "duration",
}


def typed_properties(kind: type[Any], models: ModuleType) -> Iterator[Property]:
    """The model's properties, those of its `properties` as if they were its own: so does the provider take them."""
    fields: dict[str, Any] = kind()._attr_to_rest_field  # the SDK's own, and all there is
    annotations = {key: value for one in reversed(kind.__mro__) for key, value in get_annotations(one).items()}
    for own, field in fields.items():
        given = annotations[own]
        value = _without_none(given)
        inner = _named(value, models)
        if own == "properties" and inner is not None:
            for item in typed_properties(inner, models):
                rest = ("properties", *item.rest)
                yield Property(rest, item.client, item.type, item.required, item.read_only, {}, item.known)
            continue
        yield Property(
            rest=(field._rest_name,),
            client=camel(own),
            type=_type(value, models),
            required=value is given,
            read_only=field._visibility == ["read"],
            rules={},
            known=frozenset(_known(value, models)),
        )


def _without_none(annotation: Any) -> Any:
    """What an optional value is when it is given."""
    parts = [part for part in typing.get_args(annotation) if part is not type(None)]
    if typing.get_origin(annotation) is not typing.Union or len(parts) == len(typing.get_args(annotation)):
        return annotation
    return parts[0] if len(parts) == 1 else typing.Union[tuple(parts)]  # noqa: UP007 (made at run time)


def _named(annotation: Any, models: ModuleType) -> type[Any] | None:
    """The class that an annotation names."""
    if not isinstance(annotation, typing.ForwardRef):
        return None
    return getattr(models, annotation.__forward_arg__.removeprefix("_models."), None)


def _type(annotation: Any, models: ModuleType) -> str:
    """As the older SDKs write it."""
    parts = typing.get_args(annotation)
    named = _named(annotation, models)
    if typing.get_origin(annotation) is list:
        return f"[{_type(parts[0], models)}]"
    if typing.get_origin(annotation) is dict:
        return f"{{{_type(parts[1], models)}}}"
    if named is not None and not issubclass(named, Enum):
        return named.__name__
    return "str" if named is not None or parts else _SCALARS.get(annotation, "object")


def _known(annotation: Any, models: ModuleType) -> Iterator[str]:
    """Values of the enumerations in it."""
    for part in (annotation, *typing.get_args(annotation)):
        named = _named(part, models)
        if named is not None and issubclass(named, Enum):
            yield from (str(member.value) for member in named)
