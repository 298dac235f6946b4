"""Outputs of a planned resource: its inputs, and something plausible for all that the cloud would have added."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from sandbox.providers.compare import join
from sandbox.providers.plan.planned import TIME, Planned, kebab
from sandbox.providers.plan.shapes import Anything, Field, Listed, ListOf, MapOf, ObjectOf, OneOf, Scalar, Shape
from sandbox.providers.values import UNKNOWN, Properties, Value, has_unknown, reveal

_DEEPEST: Final = 3
"""Levels of objects that are made up; some types contain themselves."""

_NOTHING: Final[Mapping[Shape, Value]] = {Scalar.FLAG: False, Scalar.WHOLE: 0, Scalar.NUMBER: 0}

Texts = Callable[[Planned, str], str | None]
"""A text for an output by its name, where the cloud has one of its own."""


@dataclass(frozen=True)
class Completion:
    """Completes one resource."""

    planned: Planned
    facts: Mapping[str, Value]
    """Values by path (`vpcConfig.vpcId`) that are better than made-up ones."""
    preview: bool
    """Whether what the program does not give stays unknown, as nothing is made yet."""
    texts: Texts
    fills_lists: bool
    """Whether lists that only the cloud fills have an entry, so that a program finds what it looks for in them."""

    def outputs(self) -> Properties:
        """All outputs."""
        return self._object("", self.planned.type.inputs, self.planned.type.outputs, self.planned.inputs)

    def _object(
        self, path: str, inputs: Mapping[str, Field], outputs: Mapping[str, Field], given: Properties
    ) -> Properties:
        result: Properties = {}
        for name, field in outputs.items():
            where = join(path, name)
            if given.get(name) is not None:
                shape = inputs[name].shape if name in inputs else Anything()
                result[name] = self._merged(where, shape, field.shape, given[name])
            elif where in self.facts:
                result[name] = self.facts[where]
            elif name not in inputs:
                result[name] = UNKNOWN if self.preview else self._made(where, name, field.shape)
            elif field.required:
                result[name] = UNKNOWN if self.preview else self._left_open(where, field.shape)
        return result

    def _merged(self, path: str, given: Shape, wanted: Shape, value: Value) -> Value:
        match given, wanted, value:
            case ObjectOf(), ObjectOf(), dict():
                return self._object(path, given.fields, wanted.fields, value)
            case ListOf(item), ListOf(of), list():
                return [self._merged(f"{path}[{index}]", item, of, entry) for index, entry in enumerate(value)]
            case ListOf(), MapOf(of), list():  # ids that are given, and by them what the cloud knows of each
                if self.preview or has_unknown(value):
                    return UNKNOWN
                return {str(key): self._made(join(path, str(key)), "", of) for key in map(reveal, value)}
            case MapOf(item), MapOf(of), dict():
                return {key: self._merged(join(path, key), item, of, entry) for key, entry in value.items()}
            case _:
                return value

    def _left_open(self, path: str, shape: Shape) -> Value:
        """What an input that the program leaves open becomes: nothing, of its kind."""
        match shape:
            case Scalar() | Listed():
                return self.facts.get(path, _NOTHING.get(shape, ""))
            case ListOf():
                return self.facts.get(path, list[Value]())
            case ObjectOf():
                return {key: self._left_open(join(path, key), field.shape) for key, field in shape.fields.items()}
            case _:
                return self.facts.get(path, dict[str, Value]())

    def _made(self, path: str, name: str, shape: Shape, depth: int = 0) -> Value:
        if path in self.facts:
            return self.facts[path]
        match shape:
            case Scalar() | Listed():
                return self._scalar(name, shape)
            case ListOf(item):
                return [self._made(f"{path}[0]", name, item, depth)] if self.fills_lists and depth < _DEEPEST else []
            case ObjectOf():
                fields = shape.fields.items() if depth < _DEEPEST else ()
                return {key: self._made(join(path, key), key, field.shape, depth + 1) for key, field in fields}
            case OneOf(shapes):
                return self._made(path, name, shapes[0], depth)
            case MapOf() | Anything():
                return {}

    def _scalar(self, name: str, shape: Scalar | Listed) -> Value:
        match shape:
            case Listed(values):
                return next(iter(values), "")
            case Scalar.FLAG:
                return False
            case Scalar.WHOLE | Scalar.NUMBER:
                return 0
            case Scalar.TEXT:
                return self.texts(self.planned, name) or common_text(self.planned, name)


def common_text(planned: Planned, name: str) -> str:
    """A text that passes for what an output of this name holds in any cloud."""
    low = name.lower()
    if re.search(r"(?:^time|^date|^timestamp|Time|Date|Timestamp|At|On)$", name):
        return TIME
    if low.endswith("id") or low in {"etag", "fingerprint", "revision", "version"}:
        return planned.digest(name)
    if low.endswith(("cidr", "cidrblock")):
        return "10.0.0.0/16"
    if low.endswith(("ip", "ipaddress")):
        return f"10.0.{int(planned.digest(name, 2), 16)}.10"
    if low in {"name", "displayname"}:
        return planned.name
    return f"{planned.name}-{kebab(name)}"
