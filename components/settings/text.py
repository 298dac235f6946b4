"""Text settings that must have a given form, and the sentence that says which."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, LiteralString

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

NOT_ALLOWED: Final[LiteralString] = "not_allowed"
"""Type of the validation errors whose context says, under `allowed`, what the setting must be."""


def not_allowed(allowed: str) -> PydanticCustomError:
    """The error of a value that is well typed but not one of those allowed; `allowed` completes "it must be ..."."""
    return PydanticCustomError(NOT_ALLOWED, "must be {allowed}", {"allowed": allowed})


@dataclass(frozen=True)
class Matching:
    """Annotation of a `str`: the whole text must match `pattern`, a regular expression that ECMA 262 shares.

    A pydantic `Field(pattern=...)` tells its reader the expression; this tells, in `allowed`, what to write.
    """

    pattern: str
    allowed: str
    """Completes "it must be ..."."""
    max_length: int | None = None
    """In characters."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Check the form after whatever the annotated type checks."""
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Tell editors the expression and the sentence."""
        node = handler(schema)
        node["pattern"] = f"^(?:{self.pattern})$"
        node.setdefault("description", f"It must be {self.allowed}.")
        node["patternErrorMessage"] = f"must be {self.allowed}"  # editors show it in place of the expression
        if self.max_length is not None:
            node["maxLength"] = self.max_length
        return node

    def check(self, text: str) -> str:
        """The text itself; raises PydanticCustomError where it has not the form."""
        if re.fullmatch(self.pattern, text) is None or len(text) > (self.max_length or len(text)):
            raise not_allowed(self.allowed)
        return text
