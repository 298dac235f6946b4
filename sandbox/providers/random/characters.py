"""Random strings under rules: which classes of characters, and at least how many of each."""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass
from typing import Final

SPECIAL: Final = "!@#$%&*()-_=+[]{}<>:?"
"""The official provider's special characters."""


@dataclass(frozen=True)
class CharacterRules:
    """What a random string or password is made of; the field names are the official provider's."""

    length: int
    upper: bool = True
    lower: bool = True
    numeric: bool = True
    special: bool = True
    min_upper: int = 0
    min_lower: int = 0
    min_numeric: int = 0
    min_special: int = 0
    override_special: str = ""

    @property
    def classes(self) -> tuple[tuple[str, bool, int, str], ...]:
        """Of each class: its name, whether it is allowed, its minimum, its characters."""
        return (
            ("upper", self.upper, self.min_upper, string.ascii_uppercase),
            ("lower", self.lower, self.min_lower, string.ascii_lowercase),
            ("numeric", self.numeric, self.min_numeric, string.digits),
            ("special", self.special, self.min_special, self.override_special or SPECIAL),
        )

    @property
    def alphabet(self) -> str:
        """Every character that may fill the string beyond the minimums."""
        return "".join(characters for _, allowed, _, characters in self.classes if allowed)

    def problems(self) -> list[tuple[str, str]]:
        """What cannot be: property and reason."""
        found: list[tuple[str, str]] = []
        if self.length < 1:
            found.append(("length", f"length is {self.length}; it must be at least 1."))
        for name, _, minimum, _ in self.classes:
            if minimum < 0:
                found.append((f"min{name.capitalize()}", f"min{name.capitalize()} is {minimum}; it must be 0 or more."))
        total = sum(max(minimum, 0) for _, _, minimum, _ in self.classes)
        if total > self.length >= 1:
            reason = f"length is {self.length}, but the minimums together ask for {total}: raise length or lower them."
            found.append(("length", reason))
        if not self.alphabet:
            reason = "no character is left: allow at least one of upper, lower, numeric and special."
            found.append(("", reason))
        return found

    def generate(self) -> str:
        """A string from the operating system's randomness; every order is as likely as another."""
        chosen = [secrets.choice(characters) for _, _, least, characters in self.classes for _ in range(least)]
        chosen += [secrets.choice(self.alphabet) for _ in range(self.length - len(chosen))]
        secrets.SystemRandom().shuffle(chosen)
        return "".join(chosen)
