"""Demands on single properties, as tables: most of what a cloud resource keeps to is one value of one property."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from policies.rule import Check, Config
from policies.seen import UNKNOWN, Seen, at, each

Predicate = Callable[[object, Config], bool]


@dataclass(frozen=True)
class Demand:
    """What one property of one type of resource has to be."""

    type: str
    path: str
    """The property, dots between the keys; `[]` after a key means every member of that list."""
    holds: Predicate
    """Whether a value keeps to it; None stands for an absent property. Values that are not known yet are not asked."""
    wrong: str
    """What is wrong and what to do, as the end of a sentence."""
    unless: Callable[[Seen], bool] = lambda _: False
    """Resources that it is not about."""


def keeps(demands: Sequence[Demand]) -> Check:
    """A check of all the demands on a resource's type."""

    def check(resource: Seen, config: Config) -> Iterator[str]:
        for demand in demands:
            if demand.type == resource.type and not demand.unless(resource):
                values = values_at(resource.inputs, demand.path)
                if any(value is not UNKNOWN and not demand.holds(value, config) for value in values):
                    yield f"{demand.path.replace('[]', '')} {demand.wrong}."

    return check


def types_of(demands: Sequence[Demand]) -> Callable[[str], bool]:
    """Whether there is a demand on resources of a type."""
    types = {demand.type for demand in demands}
    return lambda type_: type_ in types


def values_at(inputs: object, path: str) -> list[object]:
    """The values at a demand's path: one, or one for each member of a list on the way."""
    values = [inputs]
    for key in path.split("."):
        name = key.removesuffix("[]")
        below = [at(value, name) for value in values]
        if key.endswith("[]"):
            values = [member for value in below for member in ([UNKNOWN] if value is UNKNOWN else each(value))]
        else:
            values = below
    return values


def is_true(value: object, _: Config) -> bool:
    """True, as a truth value or as AWS's text."""
    return value is True or value == "true"


def is_not_true(value: object, _: Config) -> bool:
    """False or absent."""
    return value is not True and value != "true"


def is_not_false(value: object, _: Config) -> bool:
    """True or absent, where true is what the cloud takes for it."""
    return value is not False and value != "false"


def is_there(value: object, _: Config) -> bool:
    """Given, and not empty."""
    return value not in (None, "", [], {})


def is_one_of(*allowed: object) -> Predicate:
    """One of the values; None among them lets it be absent."""
    return lambda value, _: value in allowed


def is_at_least(option: str) -> Predicate:
    """A number not below the one that the configuration gives under this name."""

    def holds(value: object, config: Config) -> bool:
        return isinstance(value, int | float) and value >= cast("float", config[option])

    return holds


def holds_all(*wanted: str) -> Predicate:
    """A list with each of these among its members."""
    return lambda value, _: set(wanted) <= set(cast("list[str]", each(value)))
