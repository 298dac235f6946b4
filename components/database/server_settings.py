"""Settings that every PostgreSQL server has, whoever runs it."""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal

from pydantic import Field

from components.settings.quantities import quantity_value
from components.settings.section import Section
from components.settings.text import Matching
from components.settings.workloads import image_tag

PostgresVersion = Literal[15, 16, 17, 18]
RELEASES: Final[dict[PostgresVersion, str]] = {15: "15.20", 16: "16.16", 17: "17.12", 18: "18.6"}
"""The release of each major version that is deployed where the stack names no image."""
_UNITS: Final = {"kB": 2**10, "MB": 2**20, "GB": 2**30, "TB": 2**40}

Identifier = Annotated[
    str,
    Matching(
        r"[a-z_][a-z0-9_]*",
        "lower-case letters, digits and underscores, no digit first, 63 at most, such as jarvis_dev",
        max_length=63,
    ),
]
PostgresMemory = Annotated[
    str,
    Matching(
        r"[1-9][0-9]{0,9}(kB|MB|GB|TB)", "a whole number with kB, MB, GB or TB (powers of 1024), such as 256MB or 1GB"
    ),
]
"""Bytes, as PostgreSQL writes them."""


def postgres_bytes(text: str) -> int:
    """The number of bytes that a PostgresMemory stands for."""
    return int(text[:-2]) * _UNITS[text[-2:]]


class PostgresParameters(Section):
    """Server parameters. The figures are the guide's (section Architecture Production HA)."""

    max_connections: Annotated[int, Field(ge=10, le=10_000)] = 200
    """Connections at the same time, all clients together."""
    shared_buffers: PostgresMemory = "256MB"
    """Bytes of the server's own page cache."""
    effective_cache_size: PostgresMemory = "1GB"
    """Bytes that the planner supposes are cached, by the server and by the operating system together."""


def check_version(image: str, version: int) -> None:
    """Raise ValueError where the image's tag is of another major version."""
    if re.match(rf"{version}(?![0-9])", image_tag(image)) is None:
        raise ValueError(f"the tag of image {image} must begin with {version}, which version says it is")


def check_memory(limit: str, parameters: PostgresParameters, shared_memory: str) -> None:
    """Raise ValueError where the container's memory limit does not exceed what the server takes at once."""
    shared = postgres_bytes(parameters.shared_buffers) + quantity_value(shared_memory)
    if shared >= quantity_value(limit):
        raise ValueError(
            f"resources.limits.memory {limit} must exceed parameters.sharedBuffers "
            f"{parameters.shared_buffers} and sharedMemory {shared_memory} together"
        )
