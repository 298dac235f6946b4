"""What becomes of fields that the program leaves to others with `ignoreChanges`.

The official provider's rules: a field that somebody else owns by now is not sent, so that there is no conflict and no
second owner; one that only this resource owns is sent as it is in the cluster, since leaving it out would unset it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sandbox.providers.kubernetes.objects import metadata
from sandbox.providers.values import Properties, Value, as_list, as_object


def leaving(inputs: Properties, ignored: Sequence[str], live: Properties, manager: str) -> Properties:
    """The (revealed) inputs to apply; paths are as in `spec.replicas`, and may not lead through a list."""
    ours = _owned(live, lambda name: name == manager)
    theirs = _owned(live, lambda name: name != manager)
    for path in ignored:
        keys = path.split(".")
        now = _at(live, keys)
        if any(_covers(tree, keys) for tree in theirs) and not any(_covers(tree, keys) for tree in ours):
            inputs = _replaced(inputs, keys, None)
        elif now is not None:
            inputs = _replaced(inputs, keys, now)
    return inputs


def _owned(live: Properties, wanted: Callable[[str], bool]) -> list[Properties]:
    entries = [as_object(entry) for entry in as_list(metadata(live).get("managedFields"))]
    return [as_object(entry.get("fieldsV1")) for entry in entries if wanted(str(entry.get("manager")))]


def _covers(tree: Properties, keys: Sequence[str]) -> bool:
    for key in keys:
        if f"f:{key}" not in tree:
            return False
        tree = as_object(tree[f"f:{key}"])
    return True


def _at(value: Value, keys: Sequence[str]) -> Value:
    for key in keys:
        value = as_object(value).get(key)
    return value


def _replaced(obj: Properties, keys: Sequence[str], value: Value) -> Properties:
    """A copy with another value at the path, without one where it is None."""
    key, *below = keys
    if below:
        inside = _replaced(as_object(obj.get(key)), below, value)
        return {**obj, key: inside} if inside or key in obj else obj
    kept = {name: item for name, item in obj.items() if name != key}
    return kept if value is None else {**kept, key: value}
