"""What a type of random value is: its inputs, how values are made and how existing ones are imported."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from sandbox.providers.resource import ProviderError, State
from sandbox.providers.values import Properties, Unknown, Value, as_number, reveal, revealed

Problems = list[tuple[str, str]]
"""(property, sentence)."""


class Type(Enum):
    """The type of an input, in words."""

    WHOLE = "a whole number"
    FLAG = "true or false"
    TEXT = "text"
    LIST = "a list"
    OBJECT = "an object"

    def fits(self, value: Value) -> bool:
        """Whether the value is of the type, not given or not known yet."""
        plain = reveal(value)
        if plain is None or isinstance(plain, Unknown):
            return True
        match self:
            case Type.WHOLE:
                return isinstance(plain, int) and not isinstance(plain, bool)
            case Type.FLAG:
                return isinstance(plain, bool)
            case Type.TEXT:
                return isinstance(plain, str)
            case Type.LIST:
                return isinstance(plain, list)
            case Type.OBJECT:
                return isinstance(plain, dict)


def no_problems(inputs: Properties) -> Problems:
    """For types whose inputs cannot contradict each other."""
    del inputs
    return []


def at_least(key: str, least: int) -> Callable[[Properties], Problems]:
    """A check that a number is not too small."""

    def problems(inputs: Properties) -> Problems:
        number = as_number(inputs.get(key))
        return [] if number is None or number >= least else [(key, f"`{key}` is at least {least}.")]

    return problems


def no_import(id: str) -> State:
    """For types whose values do not show what they were made from."""
    raise ProviderError(f"This type of resource cannot be imported ({id}).")


def plain(inputs: Properties) -> Properties:
    """The inputs without marks and nulls."""
    return {key: value for key, value in revealed(inputs).items() if value is not None}


@dataclass(frozen=True)
class RandomKind:
    """One resource type."""

    generate: Callable[[Properties], State]
    """A new value for complete inputs."""
    inputs: Mapping[str, Type] = field(default_factory=dict[str, Type])
    """Allowed inputs; `keepers` is always allowed."""
    required: tuple[str, ...] = ()
    computed: tuple[str, ...] = ("result",)
    """Outputs that are not known in a preview."""
    secret: frozenset[str] = frozenset()
    """Outputs that are secrets whatever the program says."""
    problems: Callable[[Properties], Problems] = no_problems
    """What is wrong with complete inputs."""
    complete: Callable[[Properties], Properties] = plain
    """The inputs with their defaults: two sets of inputs are compared by it."""
    restore: Callable[[str], State] = no_import
    """The value that the id of an import stands for."""
