"""Moments in settings."""

from __future__ import annotations

from typing import Annotated

from components.settings.text import Matching

FirstOfMonth = Annotated[
    str, Matching(r"20[0-9]{2}-(0[1-9]|1[0-2])-01", "the first day of a month, such as 2026-12-01")
]
UtcTime = Annotated[
    str,
    Matching(
        r"20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z",
        "a time in UTC such as 2026-11-24T13:00:00Z",
    ),
]
