"""Names of servers."""

from __future__ import annotations

from typing import Annotated

from components.settings.text import Matching

DnsName = Annotated[
    str,
    Matching(
        r"(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*",
        "a DNS name in lower case, such as api.jarvis.com or *.jarvis.com",
        max_length=253,
    ),
]
