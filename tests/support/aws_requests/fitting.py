"""Pulumi's value in the form that AWS's model of a parameter wants. Nothing is judged here but the names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.model import Shape

PAIRS = ({"Key", "Value"}, {"TagKey", "TagValue"}, {"Name", "Value"})
"""Members of lists that Pulumi writes as maps."""
COUNTED = {"Quantity", "Items"}
"""Members of CloudFront's lists."""


class Unfit(Exception):
    """A value has no place in the request."""


def member_of(shape: Shape, key: str, renamed: Mapping[str, str]) -> str | None:
    """The member of a structure that an input names."""
    members: Mapping[str, Shape] = shape.members  # type: ignore[attr-defined]
    if key in renamed:
        return renamed[key] if renamed[key] in members else None
    return next((name for name in members if name.lower() == key.lower()), None)


def fit(value: Any, shape: Shape, renamed: Mapping[str, str]) -> Any:
    """`value` as the parameter takes it. Raises Unfit, with the path, where the model has no such member."""
    match shape.type_name:
        case "structure":
            fitted = _structure(value, shape, renamed)
        case "list":
            fitted = _list(value, shape.member, renamed)  # type: ignore[attr-defined]
        case "map":
            fitted = {key: fit(item, shape.value, renamed) for key, item in value.items()}  # type: ignore[attr-defined]
        case "string" if isinstance(value, bool):
            fitted = str(value).lower()
        case "string" if isinstance(value, int | float):
            fitted = str(value)
        case "boolean" if value in ("true", "false"):
            fitted = value == "true"
        case "integer" | "long" if isinstance(value, str) and value.isdigit():
            fitted = int(value)
        case _:
            fitted = value
    return fitted


def _structure(value: Any, shape: Shape, renamed: Mapping[str, str]) -> Any:
    members: Mapping[str, Shape] = shape.members  # type: ignore[attr-defined]
    if isinstance(value, list) and set(members) >= COUNTED:
        items = fit(value, members["Items"], renamed)
        return {"Quantity": len(items), **({"Items": items} if items else {})}
    if not isinstance(value, dict):
        return value
    found: dict[str, Any] = {}
    for key, item in value.items():
        member = member_of(shape, key, renamed)
        if member is None:
            raise Unfit(f".{key}: {shape.name} has no such member")
        if item is None:
            continue
        try:
            found[member] = fit(item, members[member], renamed)
        except Unfit as error:
            raise Unfit(f".{key}{error}") from None
    return found


def _list(value: Any, member: Shape, renamed: Mapping[str, str]) -> Any:
    if isinstance(value, dict) and member.type_name == "structure":
        names = set(member.members)  # type: ignore[attr-defined]
        pair = next((pair for pair in PAIRS if names == pair), None)
        if pair is not None:
            key, text = sorted(pair, key=lambda name: name.endswith("Value"))
            return [{key: name, text: item} for name, item in value.items()]
    items = value if isinstance(value, list) else [value]
    return [fit(item, member, renamed) for item in items]
