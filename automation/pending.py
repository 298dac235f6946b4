"""What a killed engine leaves: operations that it had begun and never saw end.

The engine notes each operation in the state before it starts it. Such a note does not tell whether the object was
made, changed or deleted; the cluster does. So each object is read again, by the id that its fixed name gives, and the
state then says what is there: nothing is orphaned and nothing blocks the next run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

State = dict[str, Any]
"""One resource, operation or deployment as the engine's JSON has it."""


@dataclass(frozen=True)
class Settled:
    """A deployment without pending operations, and what has to be read again."""

    deployment: State
    to_read: tuple[str, ...]
    """URNs of resources whose real state the provider has to tell."""
    dropped: tuple[str, ...]
    """URNs of creations that cannot be looked up: by name or by id."""


def pending_operations(deployment: Mapping[str, Any]) -> list[State]:
    """The operations that were under way when the engine was killed."""
    return cast("list[State]", deployment.get("pending_operations") or [])


def settle(deployment: Mapping[str, Any]) -> Settled:
    """Take the pending operations out of `deployment`, adopting each creation whose id is known."""
    resources = list(cast("list[State]", deployment.get("resources") or []))
    known = {resource["urn"] for resource in resources}
    to_read: list[str] = []
    dropped: list[str] = []
    for operation in pending_operations(deployment):
        resource = cast("State", operation["resource"])
        urn = str(resource["urn"])
        if urn in known:
            if _is_real(resource):
                to_read.append(urn)
        elif operation.get("type") in ("creating", "importing"):
            identifier = resource.get("id") or object_id(resource)
            if identifier:
                resources.append({**resource, "id": identifier, "outputs": resource.get("outputs") or {}})
                known.add(urn)
                to_read.append(urn)
            elif not _has_no_outside(resource):
                dropped.append(urn)
    rest = {key: value for key, value in deployment.items() if key != "pending_operations"}
    return Settled({**rest, "resources": resources}, tuple(dict.fromkeys(to_read)), tuple(dropped))


def object_id(resource: Mapping[str, Any]) -> str | None:
    """The provider's id of a Kubernetes object with a fixed name: `namespace/name`, or `name` without a namespace."""
    if not str(resource.get("type", "")).startswith("kubernetes:"):
        return None
    match resource.get("inputs"):
        case {"metadata": {"name": str(name), "namespace": str(namespace)}}:
            return f"{namespace}/{name}"
        case {"metadata": {"name": str(name)}}:
            return name
        case _:
            return None


def _is_real(resource: Mapping[str, Any]) -> bool:
    """Whether a provider can read it: a custom resource, and no provider itself."""
    kind = str(resource.get("type", ""))
    return bool(resource.get("custom")) and not kind.startswith("pulumi:")


def _has_no_outside(resource: Mapping[str, Any]) -> bool:
    """Whether it exists in the state only, so that losing its creation loses nothing."""
    kind = str(resource.get("type", ""))
    return not resource.get("custom") or kind.startswith(("pulumi:", "random:"))
