"""What a kind of random value is: what it accepts and refuses, how it is made, how an existing one is imported."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from sandbox.providers.resource import ProviderError, State
from sandbox.providers.values import Properties, as_number, reveal, secret


class Kind(ABC):
    """One resource type."""

    types: ClassVar[dict[str, type]] = {}
    """What each property must be; properties not named here are refused."""
    required: ClassVar[tuple[str, ...]] = ()
    computed: ClassVar[tuple[str, ...]] = ()
    secret: ClassVar[tuple[str, ...]] = ()
    """Outputs that are always secret."""

    def defaults(self, inputs: Properties) -> Properties:
        """`inputs` with every default filled in."""
        return inputs

    def problems(self, inputs: Properties) -> list[tuple[str, str]]:
        """What is wrong with the known `inputs` beyond missing properties and types: (property, sentence)."""
        del inputs
        return []

    @abstractmethod
    def make(self, inputs: Properties) -> State:
        """A new value; `inputs` are checked, filled in and bare of secrets."""

    def imported(self, identity: str) -> State:
        """The existing value that `identity` describes."""
        del identity
        raise ProviderError(f"{type(self).__name__} cannot be imported.")

    def guarded(self, outputs: Properties) -> Properties:
        """`outputs` with the secret ones marked."""
        return {key: secret(value) if key in self.secret else value for key, value in outputs.items()}


def whole_number(inputs: Properties, key: str) -> int:
    """The whole number at `key`; 0 where it is something else, which the check of types has refused."""
    return as_number(reveal(inputs[key])) or 0


def at_least(key: str, inputs: Properties, least: int) -> list[tuple[str, str]]:
    """The problem that the number at `key` is below `least`, if it is."""
    value = whole_number(inputs, key)
    return [(key, f"{key} is {value}; it must be at least {least}.")] if value < least else []
