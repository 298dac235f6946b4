"""References of images and charts, and where a mirror has them. Pure text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

DOCKER_HUB: Final = "docker.io"
_LIBRARY: Final = "library"


@dataclass(frozen=True)
class ImageName:
    """An image reference in its parts."""

    registry: str
    repository: str
    tag: str | None = None
    digest: str | None = None
    """`sha256:...`."""

    @property
    def name(self) -> str:
        """Without tag and digest."""
        return f"{self.registry}/{self.repository}"

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag is not None else ""
        return f"{self.name}{tag}" + (f"@{self.digest}" if self.digest is not None else "")


def image_name(reference: str) -> ImageName:
    """The reference in its parts, short names of Docker Hub written out as container runtimes read them.

    The first part is a registry where it has a dot or a port, or is localhost.
    """
    rest, _, digest = reference.partition("@")
    head, slash, tail = rest.partition("/")
    if slash and ("." in head or ":" in head or head == "localhost"):
        registry, repository = head, tail
    else:
        registry, repository = DOCKER_HUB, rest
    path, colon, tag = repository.rpartition(":")
    repository, tag = (path, tag) if colon and "/" not in tag else (repository, "")
    if registry in {DOCKER_HUB, f"index.{DOCKER_HUB}"}:
        registry = DOCKER_HUB
        repository = repository if "/" in repository else f"{_LIBRARY}/{repository}"
    return ImageName(registry, repository, tag or None, digest or None)


def mirrored(reference: str, mirror: str) -> str:
    """Where the mirror has the image: under its whole name, tag and digest kept. One that is there already stays.

    A registry's port is written with a hyphen, because a colon cannot stand in a path.
    """
    image = image_name(reference)
    if str(image).startswith(f"{mirror}/"):
        return reference
    registry = image.registry.replace(":", "-")
    return str(ImageName(f"{mirror}/{registry}", image.repository, image.tag, image.digest))


def published(reference: str, mirror: str | None) -> str:
    """Where an image of the mirror comes from; one that is not in the mirror written out."""
    prefix = f"{mirror}/"
    if mirror is None or not reference.startswith(prefix):
        return str(image_name(reference))
    registry, _, rest = reference.removeprefix(prefix).partition("/")
    # No top-level domain ends in a hyphen and digits, so those are the port.
    host = re.sub(r"-([0-9]{1,5})$", r":\1", registry)
    return f"{host}/{rest}"


def mirrored_chart(chart: str, chart_registry: str) -> str:
    """The OCI address of a chart in the mirror, by its name alone; a chart of the local disk stays."""
    if chart.startswith((".", "/")):
        return chart
    return f"oci://{chart_registry}/{chart.rstrip('/').rpartition('/')[2]}"
