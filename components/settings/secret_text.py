"""Text settings that are secrets: encrypted in the stack file, never shown by repr, str or an error."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, LiteralString, cast

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, SecretStr
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from components.settings.text import not_allowed

PLAIN_SECRET: Final[LiteralString] = "plain_secret"  # noqa: S105 (the name of an error)
"""Type of the validation error of a secret that lies unencrypted in a stack file."""
CIPHERTEXTS_ONLY: Final = "ciphertexts_only"
"""Key of the validation context that is true where secrets are read from a file, so still encrypted."""
UNREADABLE: Final = SecretStr("encrypted in the stack file")
"""Stands for a secret that only the engine can decrypt: good for checking a stack file, not for deploying one."""
_PRINTABLE: Final = re.compile(r"[!#-&(-\[\]-_a-~]+")


@dataclass(frozen=True)
class SecretText:
    """Annotation of a `SecretStr`: printable ASCII without spaces, quotes or backslashes.

    Those few are left out because Redis, URLs and shells each read them in their own way.
    """

    min_length: int = 8
    """In characters."""
    prefix: str = ""
    """What the text begins with."""

    @property
    def allowed(self) -> str:
        """Completes "it must be ..."."""
        begins = f", beginning with {self.prefix}" if self.prefix else ""
        return (
            f"{self.min_length} or more printable ASCII characters{begins}, "
            "no spaces, quotes, backquotes or backslashes"
        )

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Replace the type's own validation, whose errors would carry what was given."""
        return core_schema.with_info_plain_validator_function(self._check, ref=None)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """What `pulumi config set --secret --path` writes into a stack file."""
        return {
            "type": "object",
            "properties": {"secure": {"type": "string", "description": "The ciphertext."}},
            "required": ["secure"],
            "additionalProperties": False,
            "writeOnly": True,
        }

    def _check(self, value: object, info: core_schema.ValidationInfo[Any]) -> SecretStr:
        if isinstance(value, SecretStr):
            return value
        context = cast("Mapping[str, object]", info.context or {})
        if context.get(CIPHERTEXTS_ONLY):
            return self._ciphertext(value)
        if not isinstance(value, str) or not self._fits(value):
            raise not_allowed(self.allowed)
        return SecretStr(value)

    def _fits(self, text: str) -> bool:
        return len(text) >= self.min_length and text.startswith(self.prefix) and bool(_PRINTABLE.fullmatch(text))

    def _ciphertext(self, value: object) -> SecretStr:
        if isinstance(value, dict):
            members = cast("dict[object, object]", value)
            if members.keys() == {"secure"} and isinstance(members["secure"], str):
                return UNREADABLE
        if value is None or isinstance(value, dict | list):
            raise not_allowed(self.allowed)
        raise PydanticCustomError(PLAIN_SECRET, "is in plain text")
