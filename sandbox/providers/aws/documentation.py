"""What only the SDK's texts say about an input: its allowed values, and whether a change makes a new resource.

AWS's SDK takes any text where the API has an enumeration. A sentence is believed only where nothing but the values
stands in it; one with a condition ("if", "when", "for") is not.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from sandbox.providers.plan.shapes import Field, Scalar

_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+|\n\s*\n|\n\s*\*\s")
_VALUES: Final = re.compile(
    r"(?:(?:Valid|Possible|Allowed|Accepted|Supported) (?:values|options)(?: are|:)(?: either)?"
    r"|(?:Must be )?(?:One|one) of:?) "
    r"((?:`[^`\s]+`(?:, (?:and |or )?| and | or )?)+)[.]?"
)
_VALUE: Final = re.compile(r"`\"?([^`\"]+)\"?`")
_STANDS_FOR_MORE: Final = re.compile(r"[<*]|[0-9]XX")
"""In values that are none themselves: `2XX` is any number from 200 to 299."""
_REPLACES: Final = re.compile(
    r"forces? (?:a |the |creation of a )?(?:new|replacement|recreation)|force (?:a )?new|creates a new resource"
    r"|forces? (?:\w+ ){0,3}(?:to be )?(?:re-?created|replaced)",
    re.IGNORECASE,
)
_CONDITION: Final = re.compile(
    r"\b(?:if|unless|when|whenever|for|from|until|in combination|may|can|disabling)\b", re.IGNORECASE
)


@cache
def allowed_values(field: Field) -> tuple[str, ...]:
    """The values that the text lists as all there are; () where it lists none."""
    if field.shape is not Scalar.TEXT:
        return ()
    for sentence in _sentences(field.documentation):
        found = _VALUES.fullmatch(sentence)
        if found is not None:
            values = tuple(_VALUE.findall(found.group(1)))
            return values if len(values) > 1 and not any(map(_STANDS_FOR_MORE.search, values)) else ()
    return ()


@cache
def forces_replacement(field: Field) -> bool:
    """Whether the text says without a condition that a change makes a new resource."""
    return any(
        _REPLACES.search(sentence) and not _CONDITION.search(sentence) for sentence in _sentences(field.documentation)
    )


def _sentences(text: str) -> list[str]:
    return [" ".join(part.split()) for part in _SENTENCE.split(text) if part.strip()]
