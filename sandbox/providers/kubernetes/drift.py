"""Drift: the program's inputs as they stand in the live object, limited to the fields that the program set.

A list of the live object may hold items that others added. Whether its items are told apart by a key (containers by
name) or the list is one value (args) is read from `metadata.managedFields`, where the API server records it.
"""

from __future__ import annotations

import base64
import json
import re
from decimal import Decimal, InvalidOperation
from typing import Final

from sandbox.providers.kubernetes.objects import is_secret, metadata
from sandbox.providers.values import Properties, Value, as_list, as_object, as_text, from_json

_SUFFIXES: Final = {
    "n": Decimal("1e-9"),
    "u": Decimal("1e-6"),
    "m": Decimal("0.001"),
    "": Decimal(1),
    **{suffix: Decimal(1000) ** power for power, suffix in enumerate("kMGTPE", 1)},
    **{f"{suffix}i": Decimal(1024) ** power for power, suffix in enumerate("KMGTPE", 1)},
}
_QUANTITY: Final = re.compile(r"([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)([numkKMGTPE]i?|)")
_QUANTITIES: Final = frozenset(
    {
        *("limits", "requests", "hard", "capacity", "default", "defaultRequest", "min", "max", "maxLimitRequestRatio"),
        *("sizeLimit", "averageValue", "value", "overhead", "podFixed", "divisor", "used"),
    }
)
"""Fields that hold quantities, or an object of them; the API server rewrites `1000m` to `1`."""
_SERVER_METADATA: Final = (
    *("creationTimestamp", "deletionGracePeriodSeconds", "deletionTimestamp", "generation", "managedFields"),
    *("resourceVersion", "selfLink", "uid", "ownerReferences"),
)


def quantity(value: Value) -> Decimal | None:
    """The number that a Kubernetes quantity (`250m`, `1Gi`) stands for, None where it is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    match = _QUANTITY.fullmatch(str(value))
    if match is None or match[2] not in _SUFFIXES:
        return None
    try:
        return Decimal(match[1]) * _SUFFIXES[match[2]]
    except InvalidOperation:
        return None


def ownership(live: Properties) -> Properties:
    """The fields that anybody owns, as one tree of `f:name`, `k:{...}` and `v:...` keys."""
    tree: Properties = {}
    for entry in map(as_object, as_list(metadata(live).get("managedFields"))):
        tree = _merged(tree, as_object(entry.get("fieldsV1")))
    return tree


def _merged(one: Properties, other: Properties) -> Properties:
    both = dict(one)
    for key, value in other.items():
        both[key] = _merged(as_object(both.get(key)), as_object(value))
    return both


def as_live(inputs: Properties, live: Properties) -> Properties:
    """The (revealed) inputs with the values that the live object has; what it lacks is left out.

    apiVersion and kind are the program's own: the server converts between versions.
    """
    tree = ownership(live)
    result: Properties = {}
    for key, wanted in inputs.items():
        if key in {"apiVersion", "kind"}:
            result[key] = wanted
        elif key == "stringData" and is_secret(inputs):
            result[key] = _texts(as_object(wanted), as_object(live.get("data")))
        elif key in live:
            result[key] = _project(wanted, live[key], as_object(tree.get(f"f:{key}")), quantities=False)
        elif _nothing(wanted):
            result[key] = wanted
    return result


def _nothing(value: Value) -> bool:
    """Whether the API server may leave the value out of an object: false, zero, empty."""
    return all(map(_nothing, value.values())) if isinstance(value, dict) else not value


def _texts(wanted: Properties, data: Properties) -> Properties:
    """`stringData`, which the server only keeps encoded in `data`."""
    found: Properties = {}
    for key in wanted:
        encoded = as_text(data.get(key))
        if encoded is not None:
            found[key] = base64.b64decode(encoded).decode(errors="replace")
    return found


def _project(wanted: Value, live: Value, tree: Properties, *, quantities: bool) -> Value:
    if isinstance(wanted, dict) and isinstance(live, dict):
        return {
            key: _project(item, live[key], as_object(tree.get(f"f:{key}")), quantities=quantities or key in _QUANTITIES)
            if key in live
            else item
            for key, item in wanted.items()
            if key in live or _nothing(item)
        }
    if isinstance(wanted, list) and isinstance(live, list):
        return _project_list(wanted, live, tree, quantities=quantities)
    if quantities and quantity(wanted) is not None and quantity(wanted) == quantity(live):
        return wanted
    return live


def _project_list(wanted: list[Value], live: list[Value], tree: Properties, *, quantities: bool) -> Value:
    if any(key.startswith("v:") for key in tree):  # a set, to which others may add
        return [item for item in wanted if item in live]
    owned = [(_fields(key), as_object(below)) for key, below in tree.items() if key.startswith("k:")]
    if not owned or not all(isinstance(item, dict) for item in wanted):
        if len(wanted) != len(live):
            return live
        return [_project(item, now, {}, quantities=quantities) for item, now in zip(wanted, live, strict=True)]
    found: list[Value] = []
    for item in map(as_object, wanted):
        match = _match(item, live, tuple(owned[0][0]))
        if match is not None:
            nothing: Properties = {}
            below = next((tree for key, tree in owned if key.items() <= match.items()), nothing)
            found.append(_project(item, match, below, quantities=quantities))
    return found


def _fields(key: str) -> Properties:
    """The values in an owner's key: `k:{"name":"backend"}`."""
    return as_object(from_json(json.loads(key.removeprefix("k:"))))


def _match(item: Properties, live: list[Value], names: tuple[str, ...]) -> Properties | None:
    """The live item with the same key, as far as the program gave it (a port's protocol has a default)."""
    given = [name for name in names if name in item]
    matches = [other for other in map(as_object, live) if all(other.get(name) == item[name] for name in given)]
    return matches[0] if given and matches else None


def only_bookkeeping(before: Properties, now: Properties) -> bool:
    """Whether the same object's status differs in no more than counts, times and conditions.

    Controllers write those all the time: a refresh that showed them would show every workload as changed.
    """
    same = metadata(before).get("uid") == metadata(now).get("uid")
    return same and _settled(before.get("status")) == _settled(now.get("status"))


def _settled(status: Value) -> Value:
    """What of a status stays as it is while an object only does its work: addresses, phases, names."""
    if isinstance(status, list):
        return [_settled(item) for item in status]
    if not isinstance(status, dict):
        return status
    return {
        key: _settled(value)
        for key, value in status.items()
        if key != "conditions" and not key.endswith("Time") and not isinstance(value, int | float)
    }


def imported(live: Properties) -> Properties:
    """Inputs for an object that the program did not make: all of it but what the server keeps itself."""
    inputs = {key: value for key, value in live.items() if key != "status"}
    meta = {key: value for key, value in metadata(live).items() if key not in _SERVER_METADATA}
    annotations = {
        key: value
        for key, value in as_object(meta.get("annotations")).items()
        if key not in {"kubectl.kubernetes.io/last-applied-configuration", "deployment.kubernetes.io/revision"}
    }
    meta.pop("annotations", None)
    inputs["metadata"] = {**meta, "annotations": annotations} if annotations else meta
    return inputs
