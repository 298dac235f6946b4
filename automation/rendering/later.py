"""Values that there are only once a cloud has made what they belong to: host names, ARNs, ids.

None is made up: each is written as a name that resolves nowhere, and listed, for people to put the real one there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, cast

from automation.rendering.plan import Hidden, Planned
from components.kubernetes.checksum import CHECKSUM_ANNOTATION

PLACEHOLDER: Final = "unknown-until-deployed.invalid"
"""`.invalid` is kept for names that never resolve (RFC 2606)."""
_CLOUDS: Final = ("aws:", "azure-native:")


@dataclass(frozen=True)
class LaterValue:
    """One value that is not known yet."""

    kind: str
    namespace: str | None
    name: str
    path: str
    """Where in the object it stands."""
    of: tuple[str, ...]
    """The cloud's resources that it comes from, as `type name`."""


def with_placeholders(item: Planned) -> tuple[Planned, tuple[LaterValue, ...]]:
    """The resource with a placeholder in each place of a cloud's value, and these places.

    What is unknown for another reason stays so. A Job that is named after such values gets a name by what it is.
    """
    found: list[tuple[str, tuple[str, ...]]] = []
    inputs: dict[str, Any] = {}
    for key, value in item.inputs.items():
        clouds = tuple(sorted({_short(urn) for urn in item.sources.get(key, ()) if _is_cloud_s(urn)}))
        paths: list[str] = []
        inputs[key] = _replaced(value, key, paths) if clouds else value
        found += [(path, clouds) for path in paths]
    metadata = cast("dict[str, Any]", inputs.get("metadata") or {})
    named_after = metadata.get("name") is Hidden.UNKNOWN and any(map(_is_cloud_s, item.sources.get("metadata", ())))
    if named_after and inputs.get("kind") == "Job":
        inputs["metadata"] = metadata = {**metadata, "name": _name(metadata, inputs)}
    name, namespace = metadata.get("name") or inputs.get("name") or item.name, metadata.get("namespace")
    kind = str(inputs.get("kind") or item.type.rpartition(":")[2])
    later = tuple(LaterValue(kind, namespace or inputs.get("namespace"), name, path, of) for path, of in found)
    return replace(item, inputs=inputs), later


def _replaced(value: object, path: str, paths: list[str]) -> object:
    match value:
        case Hidden.UNKNOWN if path != "metadata.name" and not path.endswith(f".{CHECKSUM_ANNOTATION}"):
            paths.append(path)
            return PLACEHOLDER
        case Mapping():
            fields = cast("Mapping[str, object]", value)
            return {key: _replaced(item, f"{path}.{key}", paths) for key, item in fields.items()}
        case list():
            items = enumerate(cast("list[object]", value))
            return [_replaced(item, f"{path}[{index}]", paths) for index, item in items]
        case _:
            return value


def _name(metadata: Mapping[str, Any], inputs: Mapping[str, Any]) -> str:
    """By the app and all that is known of the Job: the same for as long as that is the same."""
    known = json.dumps({**inputs, "metadata": {}}, sort_keys=True, default=str)
    return f"{metadata['labels']['app']}-{hashlib.sha256(known.encode()).hexdigest()[:8]}"


def _is_cloud_s(urn: str) -> bool:
    return _type_of(urn).startswith(_CLOUDS)


def _short(urn: str) -> str:
    return f"{_type_of(urn)} {urn.rpartition('::')[2]}"


def _type_of(urn: str) -> str:
    return urn.split("::")[2].rpartition("$")[2]


def places(later: tuple[LaterValue, ...]) -> Iterator[dict[str, Any]]:
    """The values as entries of a list for people."""
    for value in later:
        where = {"kind": value.kind, "namespace": value.namespace, "name": value.name, "path": value.path}
        yield {**{key: item for key, item in where.items() if item is not None}, "of": list(value.of)}
