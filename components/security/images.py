"""Names of container images: their full form, and the patterns that policies judge them by.

Source of the grammar and of Docker Hub's short names: https://github.com/distribution/reference
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_HUB: Final = "docker.io"
MUTABLE_TAGS: Final[tuple[str, ...]] = (
    *("latest", "stable", "edge", "nightly", "snapshot", "canary", "dev", "develop", "development", "test", "staging"),
    *("prod", "production", "main", "master", "trunk", "head"),
)
"""Image tags that are moved from build to build, whatever the registry."""


def full_name(reference: str) -> str:
    """The reference with its registry: `redis:8` is `docker.io/library/redis:8` to every container runtime."""
    first, slash, rest = reference.partition("/")
    if not slash:
        return f"{_HUB}/library/{reference}"
    if not re.search(r"[.:]|^localhost$", first):
        return f"{_HUB}/{reference}"
    if first not in {_HUB, f"index.{_HUB}"}:
        return reference
    return f"{_HUB}/{rest}" if "/" in rest else f"{_HUB}/library/{rest}"


def within(prefixes: Sequence[str]) -> str:
    """A regular expression (RE2) for full names of images that lie under one of the prefixes.

    A host alone is followed by a slash, so that it does not stand for the same host's other ports; a path may be the
    whole name.
    """
    ends = [re.escape(prefix) + ("[/:@]" if "/" in prefix else "/") for prefix in prefixes]
    return f"^({'|'.join(ends)})"


def like(patterns: Sequence[str]) -> str:
    """A regular expression (RE2) for full names of images that one of the patterns means."""
    escaped = [re.escape(full_name(pattern)).replace("\\*", "[^/:@]*") for pattern in patterns]
    return f"^({'|'.join(escaped)})$"


def tagged(tags: Sequence[str]) -> str:
    """A regular expression (RE2) for references with one of the tags, in whatever case, or with none."""
    return f"(?i)(:({'|'.join(map(re.escape, tags))})|(^|/)[^/:]*)$"
