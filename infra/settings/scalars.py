"""Unquoted YAML text as the engine types it.

The engine reads stack files by YAML 1.2's rules with a few of 1.1 left; PyYAML reads 1.1, where `yes` and `on` are
booleans and `1e3` is text. Source: https://github.com/go-yaml/yaml/blob/v3/resolve.go
"""

from __future__ import annotations

import re
from typing import Final

DATE: Final = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?")
"""Text that the engine turns into a time stamp, which no setting is."""
_WORDS: Final[dict[str, bool | None]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER: Final = re.compile(r"[-+]?(0b[01_]+|0o[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)")
_OLD_OCTAL: Final = re.compile(r"^([-+]?)0([0-7]+)$")
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_SPECIAL: Final = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_INTEGER_BITS: Final = 64


def plain_scalar(text: str) -> str | bool | int | float | None:
    """The value of an unquoted scalar: text where it is nothing else, infinity where a number is too large."""
    if text in _WORDS:
        return _WORDS[text]
    if _SPECIAL.fullmatch(text):
        return float(text.replace(".", ""))
    digits = text.replace("_", "")
    if _INTEGER.fullmatch(text):
        try:
            number = int(_OLD_OCTAL.sub(r"\g<1>0o\2", digits), 0)
        except ValueError:
            return float(digits) if _FLOAT.fullmatch(digits) else text
        return number if number.bit_length() <= _INTEGER_BITS else float("inf")
    return float(digits) if _FLOAT.fullmatch(digits) else text
