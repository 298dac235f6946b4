"""Where the SDK would send a request to, and what it says of the names in that address."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from unittest.mock import patch

from tests.support.azure_requests.rules import broken_rule

SUBSCRIPTION: Final = "00000000-0000-0000-0000-000000000000"
_UPPER: Final = re.compile(r"_([a-z0-9])")


@dataclass
class _Names:
    """Takes the place of an SDK's serializer: current SDKs declare rules of names and leave them to the API."""

    problems: list[str] = field(default_factory=list[str])

    def url(self, name: str, value: Any, _type: str, *, skip_quote: bool = False, **rules: Any) -> str:
        """The value as it is, held against its rules."""
        broken = broken_rule(name, value, rules)
        if broken is not None:
            self.problems.append(broken)
        return str(value)

    def query(self, _name: str, value: Any, _type: str, **_rules: Any) -> str:
        """The value as it is."""
        return str(value)

    header = query


@dataclass(frozen=True)
class Address:
    """Where a resource is."""

    path: str
    """Its id."""
    problems: tuple[str, ...]
    """Names in it that the API refuses."""
    inputs: frozenset[str]
    """Inputs that are in it, and so not in the body."""


def address_of(builder: str, inputs: Mapping[str, Any]) -> Address:
    """The address as `module.operations._file:function`, the SDK's own, builds it from these inputs.

    Raises KeyError where one is missing.
    """
    module_name, function = builder.split(":")
    module = importlib.import_module(f"azure.mgmt.{module_name}")
    build = getattr(module, function)
    needed = {
        name: _camel(name)
        for name, parameter in inspect.signature(build).parameters.items()
        if parameter.default is parameter.empty and parameter.kind is not parameter.VAR_KEYWORD
    }
    given = {**inputs, "subscriptionId": SUBSCRIPTION}
    names = _Names()
    with patch.object(module, "_SERIALIZER", names):
        request = build(**{name: given[key] for name, key in needed.items()})
    path = "/" + request.url.split("?")[0].lstrip("/")  # a scope brings a slash of its own
    return Address(path, tuple(names.problems), frozenset(needed.values()))


def _camel(name: str) -> str:
    return _UPPER.sub(lambda found: found[1].upper(), name)
