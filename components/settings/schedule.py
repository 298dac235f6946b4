"""Cron schedules."""

from __future__ import annotations

from typing import Annotated, Final

from components.settings.text import Matching

_PART: Final = r"(\*|[0-9A-Za-z]+(-[0-9A-Za-z]+)?)(/[0-9]+)?"
_FIELD: Final = rf"{_PART}(,{_PART})*"

CronSchedule = Annotated[
    str,
    Matching(
        rf"{_FIELD}( {_FIELD}){{4}}",
        "a cron schedule of five fields (minute hour day month weekday), such as '0 2 * * *'",
    ),
]
"""Times are UTC."""
