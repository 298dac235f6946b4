"""Writes the flat program: the same objects as a stack's, each a literal call of the SDK, with no components at all."""

from __future__ import annotations

import json
import keyword
import pprint
import re
from collections.abc import Iterable
from typing import Any, Final

_PROVIDER_VALUES: Final[dict[object, object]] = {"true": True, "false": False}
"""A provider's settings are JSON texts in the state."""
Resource = dict[str, Any]
"""One resource of `pulumi stack export --show-secrets`."""

HEADER: Final = '''"""The flat twin of a stack, for comparison only: generated from the stack's exported state."""

import pulumi
import pulumi_kubernetes as kubernetes
import pulumi_random as random

secret = pulumi.Output.secret
'''


def flat_program(resources: list[Resource]) -> str:
    """Python source that registers every custom resource, inputs as literals, and exports what the stack does."""
    custom = [item for item in resources if item["custom"] and not item["type"].startswith("pulumi:pulumi:")]
    names = {item["urn"]: _variable(index, item) for index, item in enumerate(custom)}
    statements = "".join(_statement(item, names) for item in _in_order(custom))
    stack = next(item for item in resources if item["type"] == "pulumi:pulumi:Stack")
    exports = "".join(f"pulumi.export({name!r}, {_literal(value)})\n" for name, value in stack["outputs"].items())
    return HEADER + statements + exports


def manifests(resources: list[Resource]) -> list[object]:
    """The Kubernetes objects of `resources`, as `kubectl apply` takes them; the Namespace first."""
    objects = [_plain(item["inputs"]) for item in resources if _is_object(item)]
    return sorted(objects, key=lambda item: item["kind"] != "Namespace")


def _is_object(item: Resource) -> bool:
    return item["type"].startswith("kubernetes:")


def _in_order(custom: list[Resource]) -> list[Resource]:
    """Providers before what they serve; the state lists everything else after what it depends on."""
    return sorted(custom, key=lambda item: not item["type"].startswith("pulumi:providers:"))


def _variable(index: int, item: Resource) -> str:
    name = item["urn"].rsplit("::", 1)[-1]
    return f"r{index}_" + re.sub(r"\W", "_", name)


def _statement(item: Resource, names: dict[str, str]) -> str:
    inputs = {key: value for key, value in item["inputs"].items() if not _is_implied(key)}
    if item["type"].startswith("pulumi:providers:"):
        inputs = {key: _PROVIDER_VALUES.get(value, value) for key, value in inputs.items() if key != "version"}
    arguments = "".join(f"    {_snake(key)}={_literal(value)},\n" for key, value in inputs.items())
    name = item["urn"].rsplit("::", 1)[-1]
    options = _options(item, names)
    return f"{names[item['urn']]} = {_class(item['type'])}(\n    {name!r},\n{arguments}    opts={options},\n)\n"


def _is_implied(key: str) -> bool:
    """Whether the SDK adds the input by itself."""
    return key in ("apiVersion", "kind") or key.startswith("__")


def _options(item: Resource, names: dict[str, str]) -> str:
    provider = item.get("provider", "").rsplit("::", 1)[0]
    parts = [f"provider={names[provider]}"] if provider in names else []
    needed = [names[urn] for urn in item.get("dependencies", []) if urn in names]
    if needed:
        parts.append(f"depends_on=[{', '.join(needed)}]")
    return f"pulumi.ResourceOptions({', '.join(parts)})"


def _class(token: str) -> str:
    """The SDK's class: `kubernetes:apps/v1:Deployment` is kubernetes.apps.v1.Deployment."""
    package, module, name = token.split(":")
    if package == "pulumi":
        return f"{name}.Provider"
    if package == "random":
        return f"random.{name}"
    group, _, version = module.partition("/")
    return f"kubernetes.{group.removesuffix('.k8s.io').split('.')[0]}.{version}.{name}"


def _snake(name: str) -> str:
    snake = re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()
    return f"{snake}_" if keyword.iskeyword(snake) else snake


def _literal(value: object) -> str:
    """Source of a value; secrets stay secrets."""
    match value:
        case {"4dabf18193072939515e22adb298388d": _}:
            return f"secret({json.loads(value['plaintext'])!r})"
        case dict():
            return "{" + ", ".join(f"{key!r}: {_literal(item)}" for key, item in value.items()) + "}"
        case list():
            return "[" + ", ".join(_literal(item) for item in value) + "]"
        case _:
            return pprint.pformat(value, width=10_000)


def _plain(value: object) -> object:
    """The value with its secrets in the clear."""
    match value:
        case {"4dabf18193072939515e22adb298388d": _}:
            return json.loads(value["plaintext"])
        case dict():
            return {key: _plain(item) for key, item in value.items() if key != "__defaults"}
        case list():
            return [_plain(item) for item in value]
        case _:
            return value


def count_objects(resources: Iterable[Resource]) -> int:
    """How many Kubernetes objects there are."""
    return sum(map(_is_object, resources))
