"""What a policy sees of a resource: its type, its names and its inputs, as plain Python values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

from pulumi_policy import PolicyResource, ResourceValidationArgs
from pulumi_policy.proxy import UnknownValueError


class Unknown:
    """A value that is known only once something is deployed; no policy can judge it before."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()
"""Nothing equals it, and every lookup below it finds it again."""
_API_VERSION: Final = re.compile(r"/v\d{8}(preview|privatepreview)?(?=:)")


@dataclass(frozen=True)
class Seen:
    """One resource."""

    type: str
    """Pulumi's type token; of Azure's, without the version of the API."""
    name: str
    """The resource's name in the program."""
    inputs: Mapping[str, object]
    """Property names as providers have them (camelCase). Secrets are in the clear: no sentence may hold a value."""
    protect: bool = False
    urn: str = ""
    provider_tags: frozenset[str] = frozenset()
    """Keys of the tags that its provider gives to everything."""
    uses: frozenset[str] = frozenset()
    """URNs of the resources that its inputs come from; known to what judges the whole stack only."""

    @property
    def label(self) -> str:
        """Kind and name, as people know them: `Deployment jarvis-backend`, `rds Instance postgres`."""
        module, _, kind = self.type.rpartition(":")
        if module.startswith("kubernetes:"):
            given = self.get("metadata", "name")
            return f"{kind} {given if isinstance(given, str) else self.name}"
        return f"{module.partition(':')[2].partition('/')[0]} {kind} {self.name}"

    @property
    def is_kubernetes(self) -> bool:
        """Whether it is an object of a Kubernetes API; charts, which are not, are `is_chart`."""
        return self.type.startswith("kubernetes:") and not self.is_chart

    @property
    def is_chart(self) -> bool:
        """Whether it is a Helm chart."""
        return self.type.startswith("kubernetes:helm.sh/")

    @property
    def api(self) -> str:
        """The API group and version of a Kubernetes object, such as `apps/v1`; `v1` for the core's."""
        return self.type.removeprefix("kubernetes:").rpartition(":")[0].removeprefix("core/")

    @property
    def kind(self) -> str:
        """The last part of the type, such as `Deployment`."""
        return self.type.rpartition(":")[2]

    def get(self, *path: str | int) -> object:
        """The input at the path; None where there is none, UNKNOWN where it or something on the way is not known."""
        return at(self.inputs, *path)


def at(value: object, *path: str | int) -> object:
    """The value at the path below `value`; None where there is none, UNKNOWN where that is not known."""
    for step in path:
        if value is UNKNOWN:
            return UNKNOWN
        if isinstance(step, str):
            value = cast("Mapping[str, object]", value).get(step) if isinstance(value, Mapping) else None
        else:
            members = each(value)
            value = members[step] if step < len(members) else None
    return value


def each(value: object) -> list[object]:
    """The members of a list; none of anything else."""
    return cast("list[object]", value) if isinstance(value, list) else []


def leaves(value: object, *path: str) -> Iterator[tuple[tuple[str, ...], object]]:
    """Every value that is no list and no mapping, with the keys that lead to it; members of lists share their key."""
    if isinstance(value, Mapping):
        for key, member in cast("Mapping[str, object]", value).items():
            yield from leaves(member, *path, key)
    elif isinstance(value, list):
        for member in cast("list[object]", value):
            yield from leaves(member, *path)
    else:
        yield path, value


def seen(args: ResourceValidationArgs | PolicyResource) -> Seen:
    """The resource as policies see it."""
    provider = None if args.provider is None else plain(args.provider.props)
    return Seen(
        plain_type(args.resource_type),
        args.name,
        plain(args.props),
        args.opts.protect,
        args.urn,
        frozenset(cast("Mapping[str, object]", at(provider, "defaultTags", "tags") or {})),
        frozenset(
            item.urn
            for items in (args.property_dependencies.values() if isinstance(args, PolicyResource) else ())
            for item in items
        ),
    )


def plain_type(type_: str) -> str:
    """The type, without the version of Azure's API in it."""
    return _API_VERSION.sub("", type_)


def plain(inputs: Mapping[str, object]) -> Mapping[str, object]:
    """Inputs as plain values; `inputs` may be the pack's own views, which raise where a value is unknown."""
    return cast("Mapping[str, object]", _plain(inputs))


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        mapping = cast("Mapping[str, object]", value)
        return {key: _member(mapping, key) for key in mapping}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        sequence = cast("Sequence[object]", value)
        return [_member(sequence, index) for index in range(len(sequence))]
    return value


def _member(container: object, key: object) -> object:
    try:
        return _plain(container[key])  # pyright: ignore[reportIndexIssue, reportUnknownArgumentType, reportUnknownVariableType]
    except UnknownValueError:
        return UNKNOWN
