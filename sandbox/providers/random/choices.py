"""Random choices: a whole number of a range, the order of a list.

`seed` gives the same value for the same seed, but not the value that the official provider gives for it.
"""

from __future__ import annotations

import random as stdlib_random
import secrets
from typing import ClassVar

from sandbox.providers.random.kind import Kind, at_least, whole_number
from sandbox.providers.resource import ProviderError, State
from sandbox.providers.values import Properties, Value, as_list, as_text


class RandomInteger(Kind):
    """A whole number between two others, both included."""

    types: ClassVar[dict[str, type]] = {"keepers": dict, "min": int, "max": int, "seed": str}
    required = ("min", "max")
    computed = ("result",)

    def problems(self, inputs: Properties) -> list[tuple[str, str]]:
        """`min` is not above `max`."""
        low, high = whole_number(inputs, "min"), whole_number(inputs, "max")
        return [("min", f"min is {low}, above max, which is {high}.")] if low > high else []

    def make(self, inputs: Properties) -> State:
        """The number is its own id."""
        result = _generator(inputs).randint(whole_number(inputs, "min"), whole_number(inputs, "max"))
        return State(str(result), {**inputs, "result": result})

    def imported(self, identity: str) -> State:
        """`RESULT,MIN,MAX` or `RESULT,MIN,MAX,SEED`."""
        try:
            result, low, high = (int(part) for part in identity.split(",")[:3])
        except ValueError:
            raise ProviderError(
                f"The id to import, {identity!r}, is not of the form RESULT,MIN,MAX or RESULT,MIN,MAX,SEED."
            ) from None
        seed = identity.split(",")[3:4]
        inputs: Properties = {"min": low, "max": high, **({"seed": seed[0]} if seed else {})}
        return State(str(result), {**inputs, "result": result}, inputs)


class RandomShuffle(Kind):
    """A list in random order, cut or repeated to `resultCount` items."""

    types: ClassVar[dict[str, type]] = {"keepers": dict, "inputs": list, "resultCount": int, "seed": str}
    required = ("inputs",)
    computed = ("results",)

    def problems(self, inputs: Properties) -> list[tuple[str, str]]:
        """No negative count."""
        return at_least("resultCount", {"resultCount": 0, **inputs}, 0)

    def make(self, inputs: Properties) -> State:
        """Whole permutations, one after the other, until there are enough items."""
        items = as_list(inputs["inputs"])
        count = whole_number(inputs, "resultCount") if "resultCount" in inputs else len(items)
        generator = _generator(inputs)
        results: list[Value] = []
        while items and len(results) < count:
            results += generator.sample(items, len(items))
        return State("-", {**inputs, "results": results[:count]})


def _generator(inputs: Properties) -> stdlib_random.Random:
    seed = as_text(inputs.get("seed"))
    return stdlib_random.Random(seed) if seed else secrets.SystemRandom()  # noqa: S311  # a seed asks for repeatability
