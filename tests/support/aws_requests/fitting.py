"""Pulumi's value in the form that AWS's model of a parameter wants. Nothing is judged here but the names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from tests.support.aws_requests.models import Model

PAIRS = (("Key", "Value"), ("TagKey", "TagValue"), ("Name", "Value"))
"""Members of lists that Pulumi writes as maps."""
COUNTED = {"Quantity", "Items"}
"""Members of CloudFront's lists."""


class Unfit(Exception):
    """A value has no place in the request."""


def member_of(model: Model, key: str, renamed: Mapping[str, str]) -> str | None:
    """The member of a structure that an input names."""
    if key in renamed:
        return renamed[key] if renamed[key] in model.members else None
    return next((name for name in model.members if name.lower() == key.lower()), None)


def fit(value: Any, model: Model, renamed: Mapping[str, str]) -> Any:
    """`value` as the parameter takes it. Raises Unfit, with the path, where the model has no such member."""
    match model.kind:
        case "structure":
            fitted = _structure(value, model, renamed)
        case "list":
            fitted = _list(value, model.item, renamed)
        case "map":
            fitted = {key: fit(item, model.item, renamed) for key, item in value.items()}
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


def _structure(value: Any, model: Model, renamed: Mapping[str, str]) -> Any:
    members = model.members
    if isinstance(value, list) and set(members) >= COUNTED:
        items: list[Any] = fit(value, members["Items"], renamed)
        return {"Quantity": len(items), **({"Items": items} if items else {})}
    if not isinstance(value, dict):
        return cast("Any", value)
    found: dict[str, Any] = {}
    for key, item in cast("dict[str, Any]", value).items():
        member = member_of(model, key, renamed)
        if member is None:
            raise Unfit(f".{key}: {model.name} has no such member")
        if item is None:
            continue
        try:
            found[member] = fit(item, members[member], renamed)
        except Unfit as error:
            raise Unfit(f".{key}{error}") from None
    return found


def _list(value: Any, item: Model, renamed: Mapping[str, str]) -> Any:
    pair = next((pair for pair in PAIRS if set(pair) == set(item.members)), None)
    if isinstance(value, dict) and pair is not None:
        return [{pair[0]: name, pair[1]: text} for name, text in cast("dict[str, Any]", value).items()]
    items = cast("list[Any]", value if isinstance(value, list) else [value])
    return [fit(each, item, renamed) for each in items]
