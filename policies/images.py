"""Container images: fixed versions, known publishers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from components.security.images import MUTABLE_TAGS, full_name, like, tagged, within
from components.security.pod_promises import fixed_versions, known_registries
from components.security.publishers import PUBLISHERS
from policies.rule import Config, Rule
from policies.seen import Seen, at, each
from policies.workloads import containers, makes_pods, pod_of

_TEXTS: Final = {"type": "array", "items": {"type": "string"}}


def _images(resource: Seen) -> Iterator[tuple[str, str]]:
    """Whose image, and its reference; a container without one counts as one without a name."""
    pod = pod_of(resource)
    for container in containers(pod):
        image = at(container.spec, "image")
        if image is None or isinstance(image, str):
            yield container.label, image or ""
    for volume in each(at(pod, "volumes")):
        image = at(volume, "image", "reference")
        if isinstance(image, str):
            yield f"volume {at(volume, 'name')}", image


_FIXED: Final = fixed_versions(MUTABLE_TAGS, ())
_KNOWN: Final = known_registries(tuple(PUBLISHERS))


def _moved(resource: Seen, config: Config) -> Iterator[str]:
    moved, allowed = tagged(config["mutableTags"]), like(config["allowed"])
    for label, image in _images(resource):
        name = full_name(image)
        if "@" not in name and re.search(moved, name) and not re.search(allowed, name):
            yield f"{label} ({image}). {_FIXED.checks[0].message}"


def _foreign(resource: Seen, config: Config) -> Iterator[str]:
    known = within(config["allowed"])
    for label, image in _images(resource):
        if not re.search(known, full_name(image)):
            yield f"{label} ({image}). {_KNOWN.checks[0].message}"


RULES: Final = (
    Rule(
        name=_FIXED.name,
        title=_FIXED.title,
        reason=_FIXED.reason,
        fix="Name a fixed version, or a digest (@sha256:...).",
        check=_moved,
        applies=makes_pods,
        options={
            "mutableTags": {**_TEXTS, "default": list(MUTABLE_TAGS)},
            "allowed": {**_TEXTS, "default": []},
        },
    ),
    Rule(
        name=_KNOWN.name,
        title=_KNOWN.title,
        reason=_KNOWN.reason,
        fix="Take the image from a publisher on the list, or from the site's mirror.",
        check=_foreign,
        applies=makes_pods,
        # A site with a mirror has a list of its own; the API server refuses what is not on it.
        level="advisory",
        options={"allowed": {**_TEXTS, "default": list(PUBLISHERS)}},
    ),
)
