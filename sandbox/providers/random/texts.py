"""Random text: strings and passwords under character rules, and names of words."""

from __future__ import annotations

import secrets
from typing import ClassVar, Final

import bcrypt

from sandbox.providers.random.characters import CharacterRules
from sandbox.providers.random.kind import Kind, at_least, whole_number
from sandbox.providers.random.words import ADJECTIVES, ADVERBS, ANIMALS
from sandbox.providers.resource import State
from sandbox.providers.values import Properties, as_text, revealed

_BCRYPT_BYTES: Final = 72
"""bcrypt looks at no more; a longer password is cut for its hash."""


class RandomString(Kind):
    """A string under character rules; not a secret."""

    types: ClassVar[dict[str, type]] = {
        "keepers": dict,
        "length": int,
        **dict.fromkeys(("upper", "lower", "numeric", "number", "special"), bool),
        **dict.fromkeys(("minUpper", "minLower", "minNumeric", "minSpecial"), int),
        "overrideSpecial": str,
    }
    required = ("length",)
    computed = ("result",)

    def defaults(self, inputs: Properties) -> Properties:
        """Every class allowed, no minimum; `number` is the old name of `numeric`."""
        numeric = inputs.get("numeric", inputs.get("number", True))
        classes: Properties = {"upper": True, "lower": True, "special": True}
        minimums: Properties = {"minUpper": 0, "minLower": 0, "minNumeric": 0, "minSpecial": 0}
        return {**classes, **minimums, **inputs, "numeric": numeric, "number": numeric}

    def problems(self, inputs: Properties) -> list[tuple[str, str]]:
        """Rules that no string can meet."""
        found = _rules(self.defaults(inputs)).problems()
        if "number" in inputs and "numeric" in inputs and inputs["number"] != inputs["numeric"]:
            found.append(("number", "number and numeric contradict each other: set only numeric."))
        return found

    def make(self, inputs: Properties) -> State:
        """The string is its own id."""
        result = _rules(inputs).generate()
        return State(result, {**inputs, "result": result})

    def imported(self, identity: str) -> State:
        """The id is the string itself."""
        inputs: Properties = {"length": len(identity)}
        return State(identity, {**self.defaults(inputs), "result": identity}, inputs)


class RandomPassword(RandomString):
    """A secret string, and its bcrypt hash."""

    computed = ("result", "bcryptHash")
    secret = ("result", "bcryptHash")

    def make(self, inputs: Properties) -> State:
        """The id says nothing."""
        result = _rules(inputs).generate()
        return State("none", {**inputs, "result": result, "bcryptHash": _bcrypt(result)})

    def imported(self, identity: str) -> State:
        """The id is the password itself; it is not kept as the id."""
        found = super().imported(identity)
        return State("none", {**found.outputs, "bcryptHash": _bcrypt(identity)}, found.inputs)


class RandomPet(Kind):
    """A name of words, such as `gladly-brave-otter`; the id is the name."""

    types: ClassVar[dict[str, type]] = {"keepers": dict, "length": int, "prefix": str, "separator": str}

    def defaults(self, inputs: Properties) -> Properties:
        """Two words and a hyphen."""
        return {"length": 2, "separator": "-", **inputs}

    def problems(self, inputs: Properties) -> list[tuple[str, str]]:
        """At least one word."""
        return at_least("length", self.defaults(inputs), 1)

    def make(self, inputs: Properties) -> State:
        """Adverbs, then an adjective, then an animal."""
        count = whole_number(inputs, "length")
        lists = [*[ADVERBS] * max(count - 2, 0), *[ADJECTIVES] * (count > 1), ANIMALS]
        words = [secrets.choice(words) for words in lists]
        prefix = as_text(inputs.get("prefix")) or ""
        return State((as_text(inputs["separator"]) or "").join([*([prefix] if prefix else []), *words]), inputs)


def _rules(inputs: Properties) -> CharacterRules:
    bare = revealed(inputs)
    return CharacterRules(
        length=whole_number(bare, "length"),
        upper=bool(bare["upper"]),
        lower=bool(bare["lower"]),
        numeric=bool(bare["numeric"]),
        special=bool(bare["special"]),
        min_upper=whole_number(bare, "minUpper"),
        min_lower=whole_number(bare, "minLower"),
        min_numeric=whole_number(bare, "minNumeric"),
        min_special=whole_number(bare, "minSpecial"),
        override_special=as_text(bare.get("overrideSpecial")) or "",
    )


def _bcrypt(password: str) -> str:
    return bcrypt.hashpw(password.encode()[:_BCRYPT_BYTES], bcrypt.gensalt(rounds=10)).decode()
