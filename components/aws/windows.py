"""Windows of time in which managed services back up and maintain."""

from __future__ import annotations

from typing import Final

_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MINUTES_A_DAY: Final = 24 * 60


def check_windows(
    backup: tuple[str, str], maintenance: tuple[str, str], *, shortest_backup: int, shortest_maintenance: int
) -> None:
    """Raise ValueError where a window, given with its setting's name, is too short (minutes), or both overlap."""
    backup_name, backup_window = backup
    maintenance_name, maintenance_window = maintenance
    start, length = _daily(backup_window)
    if length < shortest_backup:
        raise ValueError(f"{backup_name} {backup_window} must last {shortest_backup} minutes or more")
    begin, duration = _weekly(maintenance_window)
    if not shortest_maintenance <= duration <= _MINUTES_A_DAY:
        raise ValueError(
            f"{maintenance_name} {maintenance_window} must last between {shortest_maintenance} minutes and a day"
        )
    first = begin % _MINUTES_A_DAY
    for day in (-_MINUTES_A_DAY, 0, _MINUTES_A_DAY):
        if first < start + day + length and start + day < first + duration:
            raise ValueError(f"{maintenance_name} {maintenance_window} overlaps {backup_name} {backup_window}")


def _time(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def _daily(window: str) -> tuple[int, int]:
    """Start and length in minutes."""
    start, end = map(_time, window.split("-"))
    return start, (end - start) % _MINUTES_A_DAY


def _weekly(window: str) -> tuple[int, int]:
    """Start, since Monday, and length in minutes."""
    start, end = (_WEEKDAYS.index(text[:3]) * _MINUTES_A_DAY + _time(text[4:]) for text in window.split("-"))
    return start, (end - start) % (7 * _MINUTES_A_DAY)
