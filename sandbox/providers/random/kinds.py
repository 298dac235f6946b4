"""The resource types of the package."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sandbox.providers.random import numbers, texts
from sandbox.providers.random.kind import RandomKind, Type, at_least

_TEXT_INPUTS: Final[Mapping[str, Type]] = {
    "length": Type.WHOLE,
    **dict.fromkeys(("lower", "number", "numeric", "special", "upper"), Type.FLAG),
    **dict.fromkeys(("minLower", "minNumeric", "minSpecial", "minUpper"), Type.WHOLE),
    "overrideSpecial": Type.TEXT,
}
_UUID4: Final = RandomKind(numbers.uuid4, restore=numbers.restored_uuid)
KINDS: Final[Mapping[str, RandomKind]] = {
    "RandomPassword": RandomKind(
        texts.password,
        _TEXT_INPUTS,
        required=("length",),
        computed=("result", "bcryptHash"),
        secret=frozenset({"result", "bcryptHash"}),
        problems=texts.problems,
        complete=texts.complete,
        restore=texts.restored_password,
    ),
    "RandomString": RandomKind(
        texts.string,
        _TEXT_INPUTS,
        required=("length",),
        problems=texts.problems,
        complete=texts.complete,
        restore=texts.restored_string,
    ),
    "RandomPet": RandomKind(
        texts.pet,
        {"length": Type.WHOLE, "prefix": Type.TEXT, "separator": Type.TEXT},
        computed=(),
        problems=at_least("length", 1),
        complete=texts.complete_pet,
    ),
    "RandomId": RandomKind(
        numbers.identifier,
        {"byteLength": Type.WHOLE, "prefix": Type.TEXT},
        required=("byteLength",),
        computed=("b64Std", "b64Url", "dec", "hex"),
        problems=at_least("byteLength", 1),
        restore=numbers.restored_identifier,
    ),
    "RandomBytes": RandomKind(
        numbers.octets,
        {"length": Type.WHOLE},
        required=("length",),
        computed=("base64", "hex"),
        secret=frozenset({"base64", "hex"}),
        problems=at_least("length", 1),
        restore=numbers.restored_octets,
    ),
    "RandomUuid": _UUID4,
    "RandomUuid4": _UUID4,
    "RandomUuid7": RandomKind(numbers.uuid7, restore=numbers.restored_uuid),
    "RandomInteger": RandomKind(
        numbers.integer,
        {"min": Type.WHOLE, "max": Type.WHOLE, "seed": Type.TEXT},
        required=("min", "max"),
        problems=numbers.integer_problems,
        restore=numbers.restored_integer,
    ),
    "RandomShuffle": RandomKind(
        numbers.shuffle,
        {"inputs": Type.LIST, "resultCount": Type.WHOLE, "seed": Type.TEXT},
        required=("inputs",),
        computed=("results",),
        problems=at_least("resultCount", 0),
    ),
}
"""Types by the last part of their token (`random:index/randomPassword:RandomPassword`)."""
