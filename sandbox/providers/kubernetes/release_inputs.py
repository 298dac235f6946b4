"""The inputs of a Helm release, checked against the SDK's own types: what they are called and what they hold."""

from __future__ import annotations

import typing
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final, cast

from sandbox.providers.values import Properties, Secret, Unknown, Value, has_secret

_WORDS: Final = {bool: "true or false", int: "a whole number", str: "text", dict: "an object", list: "a list"}
_SENT_BY_SDK: Final = frozenset({"compat"})


def problems(inputs: Properties) -> list[tuple[str, str]]:
    """What is wrong with the inputs: (property, sentence)."""
    from pulumi_kubernetes.helm.v3 import ReleaseArgs

    found = list(_wrong(inputs, ReleaseArgs, ""))
    if inputs.get("chart") is None:
        found.append(("chart", "`chart` is missing: a release names its chart."))
    return found


def _wrong(inputs: Properties, of: type, path: str) -> Iterator[tuple[str, str]]:
    allowed = _properties(of)
    for key, value in inputs.items():
        where = f"{path}{key}"
        if key.startswith("__") or key in _SENT_BY_SDK:
            continue
        if key not in allowed:
            yield where, f"A Helm release has no property `{where}`; it has: {', '.join(sorted(allowed))}."
            continue
        plain = value.value if isinstance(value, Secret) else value
        kinds = allowed[key]
        if plain is None or isinstance(plain, Unknown) or Any in kinds:
            continue
        nested = next((kind for kind in kinds if hasattr(kind, "__module__") and kind not in _WORDS), None)
        if nested is not None and isinstance(plain, dict):
            yield from _wrong(plain, nested, f"{where}.")
        elif not _fits(plain, kinds):
            words = " or ".join(_WORDS.get(kind, "an object") for kind in kinds)
            given = "" if has_secret(value) else f", not {plain!r}"
            yield where, f"`{where}` must be {words}{given}."


def _fits(value: Value, kinds: frozenset[Any]) -> bool:
    if isinstance(value, bool):
        return bool in kinds
    return any(isinstance(value, kind) for kind in kinds if kind in _WORDS)


@cache
def _properties(of: type) -> dict[str, frozenset[Any]]:
    """The properties of an SDK type by the engine's names, each with the plain types that it may hold."""
    from pulumi import Output, _types  # pyright: ignore[reportPrivateUsage] (only it knows the engine's names)

    names = _types.input_type_py_to_pulumi_names(of)
    found: dict[str, frozenset[Any]] = {}
    for python_name, name in names.items():
        getter = cast("property", getattr(of, python_name)).fget
        hints = typing.get_type_hints(getter, localns={"Output": Output, "T": Any}) if getter is not None else {}
        found[name] = frozenset(_plain_types(hints.get("return", Any)))
    return found


def _plain_types(hint: Any) -> Iterator[Any]:  # noqa: ANN401 (a type of any form)
    """The plain types in an SDK's annotation: of Input[Optional[Mapping[str, X]]] it is dict."""
    origin = typing.get_origin(hint)
    if hint is Any:
        yield Any
    elif origin is typing.Literal:
        yield str
    elif origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        yield dict
    elif origin is not None and isinstance(origin, type) and issubclass(origin, Sequence):
        yield list
    elif origin is not None:
        for part in typing.get_args(hint):
            if typing.get_origin(part) is None or not _deferred(part):
                yield from _plain_types(part)
    elif isinstance(hint, type) and hint is not type(None):
        yield hint


def _deferred(hint: Any) -> bool:  # noqa: ANN401 (a type of any form)
    """Whether a type is the promise of a value: Awaitable and Output, beside the value's own type in an Input."""
    return getattr(typing.get_origin(hint), "__name__", "") in {"Awaitable", "Output"}
