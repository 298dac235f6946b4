"""The resources of the package: their inputs, how their values are made and how they are imported."""

from __future__ import annotations

import base64
import binascii
import random
import secrets
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from sandbox.providers.random import pets, text
from sandbox.providers.resource import ProviderError, State
from sandbox.providers.values import Properties, Secret, Value, as_list, as_number, as_text, revealed

Problems = list[tuple[str, str]]


def _no_problems(inputs: Properties) -> Problems:
    del inputs
    return []


def _no_import(id: str) -> State:
    raise ProviderError(f"This kind of resource cannot be imported ({id}).")


@dataclass(frozen=True)
class RandomKind:
    """One resource type."""

    inputs: Mapping[str, type | tuple[type, ...]]
    """Allowed inputs with their types; `keepers` is always allowed."""
    generate: Callable[[Properties], State]
    """Values for inputs without secret marks."""
    computed: tuple[str, ...]
    """Outputs that are not known in a preview."""
    required: tuple[str, ...] = ()
    problems: Callable[[Properties], Problems] = _no_problems
    defaults: Properties = field(default_factory=Properties)
    restore: Callable[[str], State] = _no_import


def _text_problems(inputs: Properties) -> Problems:
    return text.Rules.of(inputs).problems()


def _bcrypt(password: str) -> str:
    import bcrypt

    # bcrypt reads the first 72 bytes; the library refuses more than that.
    return bcrypt.hashpw(password.encode()[:72], bcrypt.gensalt(10)).decode()


def _password(inputs: Properties) -> State:
    return _password_state(text.with_defaults(inputs), text.Rules.of(inputs).generate())


def _password_state(inputs: Properties, password: str) -> State:
    return State("none", {**inputs, "result": Secret(password), "bcryptHash": Secret(_bcrypt(password))})


def _string(inputs: Properties) -> State:
    result = text.Rules.of(inputs).generate()
    return State(result, {**text.with_defaults(inputs), "result": result})


def _restored_password(id: str) -> State:
    inputs: Properties = {"length": len(id)}
    return State("none", _password_state(text.with_defaults(inputs), id).outputs, inputs)


def _restored_string(id: str) -> State:
    inputs: Properties = {"length": len(id)}
    return State(id, {**text.with_defaults(inputs), "result": id}, inputs)


def _id_state(inputs: Properties, data: bytes) -> State:
    prefix = as_text(inputs.get("prefix")) or ""
    url = base64.urlsafe_b64encode(data).decode().rstrip("=")
    outputs: Properties = {
        **inputs,
        "b64Std": prefix + base64.b64encode(data).decode(),
        "b64Url": prefix + url,
        "dec": prefix + str(int.from_bytes(data, "big")),
        "hex": prefix + data.hex(),
    }
    return State(url, outputs)


def _id(inputs: Properties) -> State:
    return _id_state(inputs, secrets.token_bytes(as_number(inputs.get("byteLength")) or 1))


def _restored_id(id: str) -> State:
    prefix, _, encoded = id.rpartition(",")
    data = _decoded(encoded, base64.urlsafe_b64decode)
    inputs: Properties = {"byteLength": len(data)} | ({"prefix": prefix} if prefix else {})
    state = _id_state(inputs, data)
    return State(state.id, state.outputs, inputs)


def _decoded(encoded: str, decode: Callable[[str], bytes]) -> bytes:
    try:
        return decode(encoded + "=" * (-len(encoded) % 4))
    except binascii.Error as error:
        raise ProviderError("The id to import is not base64 text.") from error


def _integer(inputs: Properties) -> State:
    low, high = as_number(inputs["min"]) or 0, as_number(inputs["max"]) or 0
    seed = as_text(inputs.get("seed"))
    result = random.Random(seed).randint(low, high) if seed else low + secrets.randbelow(high - low + 1)  # noqa: S311
    return State(str(result), {**inputs, "result": result})


def _integer_problems(inputs: Properties) -> Problems:
    low, high = as_number(inputs["min"]) or 0, as_number(inputs["max"]) or 0
    return [("min", f"`min` ({low}) is greater than `max` ({high}).")] if low > high else []


def _restored_integer(id: str) -> State:
    parts = id.split(",")
    if len(parts) not in {3, 4} or not all(part.lstrip("-").isdigit() for part in parts[:3]):
        raise ProviderError("The id of a RandomInteger to import is `result,min,max` or `result,min,max,seed`.")
    inputs: Properties = {"min": int(parts[1]), "max": int(parts[2])}
    if parts[3:]:
        inputs["seed"] = parts[3]
    return State(parts[0], {**inputs, "result": int(parts[0])}, inputs)


def _uuid4(inputs: Properties) -> State:
    result = str(uuid.uuid4())
    return State(result, {**inputs, "result": result})


def _uuid7(inputs: Properties) -> State:
    """RFC 9562: 48 bits of milliseconds, version, variant, the rest random."""
    bits = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    bits = bits & ~(0xF << 76) | 7 << 76
    bits = bits & ~(0x3 << 62) | 2 << 62
    result = str(uuid.UUID(int=bits))
    return State(result, {**inputs, "result": result})


def _restored_uuid(id: str) -> State:
    try:
        result = str(uuid.UUID(id))
    except ValueError as error:
        raise ProviderError(f"`{id}` is not a UUID.") from error
    return State(result, {"result": result})


def _pet(inputs: Properties) -> State:
    separator = as_text(inputs["separator"])
    name = pets.generate(as_number(inputs["length"]) or 1, as_text(inputs.get("prefix")), separator or "")
    return State(name, inputs)


def _shuffle(inputs: Properties) -> State:
    seed = as_text(inputs.get("seed"))
    source = random.Random(seed) if seed else secrets.SystemRandom()  # noqa: S311
    items = as_list(inputs["inputs"])
    wanted = as_number(inputs.get("resultCount"))
    count = len(items) if wanted is None else wanted
    results: list[Value] = []
    while items and len(results) < count:  # more than there are: shuffled again and again
        results += source.sample(items, len(items))
    return State("-", {**inputs, "results": results[:count]})


def _bytes_state(inputs: Properties, data: bytes) -> State:
    encoded = base64.b64encode(data).decode()
    return State("none", {**inputs, "base64": Secret(encoded), "hex": Secret(data.hex())})


def _bytes(inputs: Properties) -> State:
    return _bytes_state(inputs, secrets.token_bytes(as_number(inputs["length"]) or 1))


def _restored_bytes(id: str) -> State:
    data = _decoded(id, base64.b64decode)
    inputs: Properties = {"length": len(data)}
    return State("none", _bytes_state(inputs, data).outputs, inputs)


def _at_least(key: str, least: int) -> Callable[[Properties], Problems]:
    def problems(inputs: Properties) -> Problems:
        number = as_number(inputs.get(key))
        return [] if number is None or number >= least else [(key, f"`{key}` is at least {least}.")]

    return problems


_TEXT_INPUTS: Final[Mapping[str, type]] = {
    "length": int,
    **dict.fromkeys(("lower", "number", "numeric", "special", "upper"), bool),
    **dict.fromkeys(("minLower", "minNumeric", "minSpecial", "minUpper"), int),
    "overrideSpecial": str,
}
KINDS: Final[Mapping[str, RandomKind]] = {
    "RandomPassword": RandomKind(
        *(_TEXT_INPUTS, _password, ("result", "bcryptHash"), ("length",), _text_problems),
        defaults=text.DEFAULTS,
        restore=_restored_password,
    ),
    "RandomString": RandomKind(
        *(_TEXT_INPUTS, _string, ("result",), ("length",), _text_problems),
        defaults=text.DEFAULTS,
        restore=_restored_string,
    ),
    "RandomId": RandomKind(
        *({"byteLength": int, "prefix": str}, _id, ("b64Std", "b64Url", "dec", "hex"), ("byteLength",)),
        problems=_at_least("byteLength", 1),
        restore=_restored_id,
    ),
    "RandomInteger": RandomKind(
        *({"min": int, "max": int, "seed": str}, _integer, ("result",), ("min", "max"), _integer_problems),
        restore=_restored_integer,
    ),
    "RandomUuid": RandomKind({}, _uuid4, ("result",), restore=_restored_uuid),
    "RandomUuid4": RandomKind({}, _uuid4, ("result",), restore=_restored_uuid),
    "RandomUuid7": RandomKind({}, _uuid7, ("result",), restore=_restored_uuid),
    "RandomPet": RandomKind(
        *({"length": int, "prefix": str, "separator": str}, _pet, ()),
        problems=_at_least("length", 1),
        defaults={"length": 2, "separator": "-"},
    ),
    "RandomShuffle": RandomKind(
        *({"inputs": list, "resultCount": int, "seed": str}, _shuffle, ("results",), ("inputs",)),
        problems=_at_least("resultCount", 0),
    ),
    "RandomBytes": RandomKind(
        *({"length": int}, _bytes, ("base64", "hex"), ("length",)),
        problems=_at_least("length", 1),
        restore=_restored_bytes,
    ),
}
"""Types by the last part of their token (`random:index/randomPassword:RandomPassword`)."""


def complete(kind: RandomKind, inputs: Properties) -> Properties:
    """The inputs without marks and nulls, with defaults: what two sets of inputs are compared by."""
    given = {key: value for key, value in revealed(inputs).items() if value is not None}
    return text.with_defaults(given) if kind.defaults is text.DEFAULTS else {**kind.defaults, **given}
