"""Passwords and random strings, by the rules of RandomPassword and RandomString."""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass
from typing import Final

from sandbox.providers.values import Properties, as_number, as_text, revealed

SPECIAL: Final = "!@#$%&*()-_=+[]{}<>:?"
"""The official provider's special characters."""
DEFAULTS: Final[Properties] = {
    **dict.fromkeys(("lower", "numeric", "special", "upper"), True),
    **dict.fromkeys(("minLower", "minNumeric", "minSpecial", "minUpper"), 0),
}
_MINIMA: Final = {"lower": "minLower", "numeric": "minNumeric", "special": "minSpecial", "upper": "minUpper"}


@dataclass(frozen=True)
class Rules:
    """Which characters make up a text, and at least how many of each class."""

    length: int
    classes: dict[str, str]
    """Characters by the name of their class."""
    minimum: dict[str, int]

    @classmethod
    def of(cls, inputs: Properties) -> Rules:
        """The rules in the inputs of a RandomPassword or RandomString."""
        given = with_defaults(revealed(inputs))
        special = as_text(given.get("overrideSpecial")) or SPECIAL
        sets = {
            "lower": string.ascii_lowercase,
            "numeric": string.digits,
            "special": special,
            "upper": string.ascii_uppercase,
        }
        classes = {name: characters for name, characters in sets.items() if given[name] is True}
        minimum = {name: as_number(given[key]) or 0 for name, key in _MINIMA.items()}
        return cls(as_number(given.get("length")) or 0, classes, minimum)

    def problems(self) -> list[tuple[str, str]]:
        """What no text can satisfy: (property, sentence)."""
        found: list[tuple[str, str]] = []
        if self.length < 1:
            found.append(("length", "`length` is at least 1."))
        total = sum(self.minimum.values())
        if total > self.length:
            found.append(("length", f"`length` ({self.length}) is less than the sum of the minima ({total})."))
        if not self.classes:
            found.append(("special", "Every class of characters is switched off: switch at least one on."))
        found += [
            (_MINIMA[name], f"`{_MINIMA[name]}` asks for characters that `{name}: false` switches off.")
            for name, count in self.minimum.items()
            if count and name not in self.classes
        ]
        return found

    def generate(self) -> str:
        """A text by the rules, each character from the system's source of secrets."""
        chosen = [secrets.choice(self.classes[name]) for name, count in self.minimum.items() for _ in range(count)]
        alphabet = "".join(self.classes.values())
        chosen += [secrets.choice(alphabet) for _ in range(self.length - len(chosen))]
        secrets.SystemRandom().shuffle(chosen)
        return "".join(chosen)


def with_defaults(inputs: Properties) -> Properties:
    """The inputs with defaults; `number` is the old name of `numeric`."""
    given = {key: value for key, value in inputs.items() if value is not None}
    if "numeric" not in given and "number" in given:
        given["numeric"] = given["number"]
    filled = {**DEFAULTS, **given}
    filled["number"] = filled["numeric"]
    return filled
