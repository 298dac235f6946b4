"""The types of single values in the application's settings."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from components.settings.text import Matching

_HOST: Final = r"https?://[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?"

Origin = Annotated[
    str, Matching(_HOST, "a scheme, a host and a port without a path or a final slash, such as http://localhost:3000")
]
"""A web origin as browsers compare it. `*` is refused: with credentials no browser accepts it."""

WebUrl = Annotated[
    str, Matching(rf"{_HOST}(/[^\s?#]*)?", "an http or https URL without a query, such as https://api.jarvis.com")
]
HttpPath = Annotated[str, Matching(r"/[^\s?#]*", "a path on an HTTP server, such as /health")]
DirectoryPath = Annotated[
    str,
    Matching(
        r"(/[a-z0-9]([a-z0-9-]*[a-z0-9])?)+",
        "an absolute directory of lower-case letters, digits and hyphens, 63 characters at most, such as /var/cache",
        max_length=63,
    ),
]
FilePath = Annotated[
    str, Matching(r"(/[A-Za-z0-9._-]+)+", "an absolute path of a file, such as /etc/ssl/certs/jarvis.crt")
]
Email = Annotated[str, Matching(r"[^@\s]+@[^@\s]+", "an e-mail address, such as admin@jarvis.local", max_length=254)]
UserName = Annotated[
    str, Matching(r"[A-Za-z0-9._-]{1,64}", "a user name: letters, digits, dots, hyphens and underscores, 64 at most")
]
OllamaModel = Annotated[
    str,
    Matching(
        r"[A-Za-z0-9][A-Za-z0-9._/-]*(:[A-Za-z0-9._-]+)?", "the name of an Ollama model, such as llama3.2 or qwen3:8b"
    ),
]
ExtendedResource = Annotated[
    str, Matching(r"[a-z0-9.-]+/[A-Za-z0-9._-]+", "an extended resource of a device plugin, such as nvidia.com/gpu")
]
Port = Annotated[
    int,
    Field(ge=1024, le=65535, description="TCP port of the container and of the Service; the image must listen on it."),
]
"""A port that a process without privileges may open."""
UserId = Annotated[int, Field(ge=1, le=2**31 - 1, description="User and group id of the processes, never 0 (root).")]
Seconds = Annotated[int, Field(ge=1, le=86400)]
"""A duration of a day at most."""
Command = Annotated[
    tuple[Annotated[str, Field(min_length=1)], ...],
    Field(min_length=1, description="A command and its arguments, one item each; no shell is involved."),
]
