"""RandomId, RandomBytes, RandomUuid, RandomInteger and RandomShuffle."""

from __future__ import annotations

import base64
import binascii
import random
import secrets
import time
import uuid
from collections.abc import Callable

from sandbox.providers.random.kind import Problems
from sandbox.providers.resource import ProviderError, State
from sandbox.providers.values import Properties, Secret, Value, as_list, as_number, as_text


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


def identifier(inputs: Properties) -> State:
    """A new RandomId."""
    return _id_state(inputs, secrets.token_bytes(as_number(inputs.get("byteLength")) or 1))


def restored_identifier(id: str) -> State:
    """The RandomId of `base64` or `prefix,base64`."""
    prefix, _, encoded = id.rpartition(",")
    data = _decoded(encoded, base64.urlsafe_b64decode)
    inputs: Properties = {"byteLength": len(data)}
    if prefix:
        inputs["prefix"] = prefix
    state = _id_state(inputs, data)
    return State(state.id, state.outputs, inputs)


def _decoded(encoded: str, decode: Callable[[str], bytes]) -> bytes:
    try:
        return decode(encoded + "=" * (-len(encoded) % 4))
    except (binascii.Error, ValueError) as error:
        raise ProviderError("The id to import is not base64 text.") from error


def _bytes_state(inputs: Properties, data: bytes) -> State:
    encoded = base64.b64encode(data).decode()
    return State("none", {**inputs, "base64": Secret(encoded), "hex": Secret(data.hex())})


def octets(inputs: Properties) -> State:
    """New RandomBytes."""
    return _bytes_state(inputs, secrets.token_bytes(as_number(inputs.get("length")) or 1))


def restored_octets(id: str) -> State:
    """The RandomBytes of base64 text."""
    data = _decoded(id, base64.b64decode)
    inputs: Properties = {"length": len(data)}
    return State("none", _bytes_state(inputs, data).outputs, inputs)


def uuid4(inputs: Properties) -> State:
    """A new random UUID."""
    result = str(uuid.uuid4())
    return State(result, {**inputs, "result": result})


def uuid7(inputs: Properties) -> State:
    """A new UUID that sorts by time (RFC 9562): 48 bits of milliseconds, version, variant, the rest random."""
    bits = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    bits = bits & ~(0xF << 76) | 7 << 76
    bits = bits & ~(0x3 << 62) | 2 << 62
    result = str(uuid.UUID(int=bits))
    return State(result, {**inputs, "result": result})


def restored_uuid(id: str) -> State:
    """The UUID that is given as the id of an import."""
    try:
        result = str(uuid.UUID(id))
    except ValueError as error:
        raise ProviderError(f"`{id}` is not a UUID.") from error
    return State(result, {"result": result})


def integer(inputs: Properties) -> State:
    """A new whole number from `min` to `max`, both included; the same for the same `seed`."""
    low, high = as_number(inputs.get("min")) or 0, as_number(inputs.get("max")) or 0
    seed = as_text(inputs.get("seed"))
    result = random.Random(seed).randint(low, high) if seed else low + secrets.randbelow(high - low + 1)  # noqa: S311
    return State(str(result), {**inputs, "result": result})


def integer_problems(inputs: Properties) -> Problems:
    """An empty range."""
    low, high = as_number(inputs.get("min")) or 0, as_number(inputs.get("max")) or 0
    return [("min", f"`min` ({low}) is greater than `max` ({high}).")] if low > high else []


def restored_integer(id: str) -> State:
    """The number of `result,min,max` or `result,min,max,seed`."""
    result, *rest = id.split(",", 3)
    bounds, seed = rest[:2], rest[2:]
    try:
        inputs: Properties = {"min": int(bounds[0]), "max": int(bounds[1])}
        found = int(result)
    except (IndexError, ValueError) as error:
        form = "`result,min,max` or `result,min,max,seed`"
        raise ProviderError(f"The id of a RandomInteger to import is {form}, not `{id}`.") from error
    if seed:
        inputs["seed"] = seed[0]
    return State(result, {**inputs, "result": found}, inputs)


def shuffle(inputs: Properties) -> State:
    """The inputs in a new order; where more are wanted than there are, shuffled again and again."""
    seed = as_text(inputs.get("seed"))
    source = random.Random(seed) if seed else secrets.SystemRandom()  # noqa: S311
    items = as_list(inputs.get("inputs"))
    wanted = as_number(inputs.get("resultCount"))
    count = len(items) if wanted is None else wanted
    results: list[Value] = []
    while items and len(results) < count:
        results += source.sample(items, len(items))
    return State("-", {**inputs, "results": results[:count]})
