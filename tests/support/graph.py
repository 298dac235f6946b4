"""The resource graph of a stack as the engine recorded it, in a form that people can read and compare."""

from __future__ import annotations

import re
from typing import Any, Final

Resource = dict[str, Any]
_RELEASE: Final = re.compile(r"(?<= > Job )(\S+ \[.+)-[0-9a-f]{8}\]")


def name_of(urn: str) -> str:
    """The Pulumi name of a resource."""
    return urn.rsplit("::", 1)[-1]


def type_of(urn: str) -> str:
    """Its own type, without its parents'."""
    return urn.split("::")[2].rsplit("$", 1)[-1]


def graph(resources: list[Resource]) -> list[str]:
    """A line a resource: where it hangs, its type and name, the object's name, and what of its options matters."""
    lines: list[str] = []
    for item in resources:
        if item["type"].startswith(("pulumi:pulumi:", "pulumi:providers:")):
            continue
        kinds = item["urn"].split("::")[2].split("$")
        path = " > ".join(kind.rsplit(":", 1)[-1] for kind in kinds)
        metadata = item.get("inputs", {}).get("metadata", {})
        named = f" [{metadata['name']}]" if "name" in metadata else ""
        flags = [flag for flag in ("protect", "retainOnDelete") if item.get(flag)]
        lines.append(f"{path} {name_of(item['urn'])}{named}{' ' + ','.join(flags) if flags else ''}")
    return sorted(lines)


def snapshot(resources: list[Resource]) -> str:
    """The graph as a text to keep, without the part of a release Job's name that changes with every image."""
    lines = (_RELEASE.sub(r"\1-HASH]", line) for line in graph(resources))
    return "".join(f"{line}\n" for line in lines)
