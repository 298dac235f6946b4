"""Locks of a file backend: one left by a process that is dead is removed, one that is held is respected.

The engine writes a lock as JSON with its pid, host and time (`pkg/backend/diy/lock.go` of Pulumi).
"""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, cast

from automation.errors import AutomationError

_ENDING_SECONDS: Final = 15.0
"""An engine whose terminal was killed needs a moment to notice."""
_CLOCK_SECONDS: Final = 5.0


@dataclass(frozen=True)
class Lock:
    """One lock file."""

    path: Path
    pid: int
    host: str
    user: str
    since: str

    @property
    def is_stale(self) -> bool:
        """Whether its process is known to be dead: on this host, and gone or younger than the lock."""
        if self.host != socket.gethostname():
            return False
        started = _process_start(self.pid)
        if started is None:
            return True
        return started > _timestamp(self.since) + _CLOCK_SECONDS

    @property
    def is_ending(self) -> bool:
        """Whether the process that started its holder is gone, so that the holder notices and ends soon."""
        return self.host == socket.gethostname() and _is_orphan(self.pid)

    def __str__(self) -> str:
        return f"process {self.pid} of {self.user} on {self.host}, since {self.since[:19]}"


def locks_of(folder: Path, project: str, stack: str) -> list[Lock]:
    """The locks of one stack in a file backend's folder."""
    where = folder / "locks" / "organization" / project / stack
    found: list[Lock] = []
    for path in sorted(where.glob("*.json")) if where.is_dir() else []:
        try:
            content = cast("dict[str, object]", json.loads(path.read_text("utf-8")))
            found.append(
                Lock(
                    path,
                    pid=int(cast("int", content["pid"])),
                    host=str(content.get("hostname", "")),
                    user=str(content.get("username", "")),
                    since=str(content.get("timestamp", "")),
                )
            )
        except FileNotFoundError:
            continue
        except (ValueError, KeyError, TypeError):
            found.append(_unreadable(path))
    return found


def clear_stale_locks(folder: Path, project: str, stack: str, say: Callable[[str], None]) -> None:
    """Remove the locks of dead processes.

    Raises AutomationError where one is held, after the moment that an orphaned engine needs to end.
    """
    deadline = time.monotonic() + _ENDING_SECONDS
    told = False
    while True:
        held: list[Lock] = []
        for lock in locks_of(folder, project, stack):
            if lock.is_stale:
                lock.path.unlink(missing_ok=True)
                Path(f"{lock.path}.attrs").unlink(missing_ok=True)
                say(f"Removed the lock of a run that was killed ({lock}).")
            else:
                held.append(lock)
        if not held:
            return
        if not all(lock.is_ending for lock in held) or time.monotonic() > deadline:
            raise AutomationError(
                f"Another update of {stack} is under way: its state is locked by {held[0]}. "
                f"Wait for it to end; if you know that it is gone, remove {held[0].path}."
            )
        if not told:
            say(f"Waiting for the engine of a killed run to end ({held[0]}).")
            told = True
        time.sleep(0.2)


def _unreadable(path: Path) -> Lock:
    """A lock cut short while it was written: nothing can hold it, because the engine reads its own lock back."""
    return Lock(path, pid=-1, host=socket.gethostname(), user="an unknown user", since="")


def _is_orphan(pid: int) -> bool:
    """Whether the process that started `pid` is gone, so that it ends soon."""
    stat = _stat(pid)
    return stat is None or int(stat[1]) == 1


def _process_start(pid: int) -> float | None:
    """When `pid` started, in seconds of the epoch; 0 where that is not known; None where there is no such process."""
    if pid <= 0:
        return None
    stat = _stat(pid)
    if stat is None:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return None
        except PermissionError:
            return 0.0
        return 0.0
    if stat[0] in ("Z", "X"):
        return None
    uptime = float(Path("/proc/uptime").read_text("ascii").split()[0])
    return time.time() - uptime + int(stat[19]) / os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> list[str] | None:
    """Fields of Linux's /proc/PID/stat after the name (state, parent, ...); None elsewhere and for no process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return None


def _timestamp(text: str) -> float:
    """Seconds of the epoch; the far future where the text is no time, so that nothing is younger."""
    try:
        moment = datetime.fromisoformat(text[:19])
    except ValueError:
        return float("inf")
    zone = text[19:].lstrip("0123456789.")
    if zone in ("", "Z"):
        return moment.replace(tzinfo=UTC).timestamp()
    try:
        return datetime.fromisoformat(text[:19] + zone).timestamp()
    except ValueError:
        return float("inf")
