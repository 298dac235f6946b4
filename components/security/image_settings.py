"""Images and registries as settings name them.

Apart from what judges images, so that the policy pack, which every run starts, needs no pydantic.
"""

from __future__ import annotations

from typing import Annotated, Final

from components.settings.text import Matching

_PART: Final = r"[a-z0-9]+([._-]+[a-z0-9]+)*"
_PATTERN_PART: Final = r"[a-z0-9*]+([._-]+[a-z0-9*]+)*"
_HOST: Final = r"(localhost(:[0-9]{1,5})?|[a-z0-9-]+(\.[a-z0-9-]+)+(:[0-9]{1,5})?|[a-z0-9-]+:[0-9]{1,5})"

RegistryPrefix = Annotated[
    str,
    Matching(
        rf"{_HOST}(/{_PART})*",
        "a registry's host, with a port and the beginning of a path where needed, such as registry.jarvis.local:5000 "
        "or docker.io/library",
    ),
]
ImagePattern = Annotated[
    str,
    Matching(
        rf"({_HOST}/)?{_PATTERN_PART}(/{_PATTERN_PART})*:[A-Za-z0-9_*][A-Za-z0-9._*-]{{0,127}}",
        "an image with its tag, * for any part of a name, such as jarvis-*:staging",
    ),
]
