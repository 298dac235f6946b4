"""Property values as the engine sends them, as plain Python values and back.

The engine writes what JSON cannot hold as an object with a signature, or as a fixed string for a value that is not
known yet. Source: sdk/go/common/resource/properties.go of pulumi/pulumi.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeAlias, cast

from google.protobuf import struct_pb2

SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
_SECRET_SIGNATURE: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105
_OUTPUT_SIGNATURE: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
_UNKNOWN_TEXT: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_UNKNOWN_TEXTS: Final = frozenset(
    {
        _UNKNOWN_TEXT,
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # bool
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # array
        "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
    }
)
_EXACT_INTEGERS: Final = 2**53
"""Beyond it the protocol's floating-point numbers are not whole numbers any more."""


class Unknown(Enum):
    """A value that is only known once another resource exists; occurs in previews."""

    UNKNOWN = "unknown"

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown.UNKNOWN


@dataclass(frozen=True)
class Secret:
    """A value that the engine encrypts in the state and hides in its output."""

    value: Value

    def __repr__(self) -> str:
        return "Secret(...)"


Value: TypeAlias = "bool | int | float | str | list[Value] | dict[str, Value] | Secret | Unknown | None"
"""A property value. Assets and archives stay objects with their signature."""
Properties: TypeAlias = dict[str, Value]


def decode(message: struct_pb2.Struct) -> Properties:
    """The properties in a message of the engine."""
    return {key: _decode(value) for key, value in message.fields.items()}


def _decode(value: struct_pb2.Value) -> Value:
    match value.WhichOneof("kind"):
        case "string_value":
            return UNKNOWN if value.string_value in _UNKNOWN_TEXTS else value.string_value
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() and abs(number) <= _EXACT_INTEGERS else number
        case "bool_value":
            return value.bool_value
        case "list_value":
            return [_decode(item) for item in value.list_value.values]
        case "struct_value":
            return _decode_object(value.struct_value)
        case _:
            return None


def _decode_object(message: struct_pb2.Struct) -> Value:
    fields = message.fields
    signature = fields[SIGNATURE].string_value if SIGNATURE in fields else None
    if signature == _SECRET_SIGNATURE:
        return Secret(_decode(fields["value"]))
    if signature == _OUTPUT_SIGNATURE:
        known = _decode(fields["value"]) if "value" in fields else UNKNOWN
        return Secret(known) if "secret" in fields and fields["secret"].bool_value else known
    return decode(message)


def encode(properties: Mapping[str, Value]) -> struct_pb2.Struct:
    """The message that carries the properties to the engine."""
    message = struct_pb2.Struct()
    for key, value in properties.items():
        _encode(value, message.fields[key])
    return message


def _encode(value: Value, target: struct_pb2.Value) -> None:
    match value:
        case None:
            target.null_value = struct_pb2.NULL_VALUE
        case bool():
            target.bool_value = value
        case int() | float():
            target.number_value = value
        case str():
            target.string_value = value
        case Unknown():
            target.string_value = _UNKNOWN_TEXT
        case Secret():
            fields = target.struct_value.fields
            fields[SIGNATURE].string_value = _SECRET_SIGNATURE
            _encode(value.value, fields["value"])
        case list():
            values = target.list_value.values
            target.list_value.SetInParent()
            for item in value:
                _encode(item, values.add())
        case dict():
            target.struct_value.SetInParent()
            for key, item in value.items():
                _encode(item, target.struct_value.fields[key])


def reveal(value: Value) -> Value:
    """The value with no secret marks, at any depth."""
    match value:
        case Secret():
            return reveal(value.value)
        case list():
            return [reveal(item) for item in value]
        case dict():
            return {key: reveal(item) for key, item in value.items()}
        case _:
            return value


def revealed(properties: Mapping[str, Value]) -> Properties:
    """The properties with no secret marks, at any depth."""
    return {key: reveal(value) for key, value in properties.items()}


def has_unknown(value: Value) -> bool:
    """Whether any part of the value is not known yet."""
    match value:
        case Unknown():
            return True
        case Secret():
            return has_unknown(value.value)
        case list():
            return any(has_unknown(item) for item in value)
        case dict():
            return any(has_unknown(item) for item in value.values())
        case _:
            return False


def has_secret(value: Value) -> bool:
    """Whether any part of the value is a secret."""
    match value:
        case Secret():
            return True
        case list():
            return any(has_secret(item) for item in value)
        case dict():
            return any(has_secret(item) for item in value.values())
        case _:
            return False


def secret(value: Value) -> Value:
    """The value marked as a secret, once."""
    return value if isinstance(value, Secret) else Secret(reveal(value))


def marked_like(value: Value, model: Value) -> Value:
    """`value` (without marks) with a secret mark wherever `model` has one.

    Where the two differ in shape, whatever may hold the secret is marked as a whole.
    """
    if isinstance(model, Secret):
        return secret(value)
    if not has_secret(model):
        return value
    if isinstance(model, dict) and isinstance(value, dict):
        return {key: marked_like(item, model.get(key)) for key, item in value.items()}
    if isinstance(model, list) and isinstance(value, list) and len(model) == len(value):
        return [marked_like(item, of) for item, of in zip(value, model, strict=True)]
    return secret(value)


def as_object(value: Value) -> Properties:
    """The value where it is an object, else an empty one; secrets are looked through."""
    plain = value.value if isinstance(value, Secret) else value
    return plain if isinstance(plain, dict) else {}


def as_list(value: Value) -> list[Value]:
    """The value where it is a list, else an empty one; secrets are looked through."""
    plain = value.value if isinstance(value, Secret) else value
    return plain if isinstance(plain, list) else []


def as_text(value: Value) -> str | None:
    """The value where it is text, else None; secrets are looked through."""
    plain = value.value if isinstance(value, Secret) else value
    return plain if isinstance(plain, str) else None


def as_number(value: Value) -> int | None:
    """The value where it is a whole number, else None."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def from_json(value: object) -> Value:
    """What a JSON or YAML parser gave, as a property value."""
    return cast("Value", value)
