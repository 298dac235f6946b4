"""Background processes that are recorded in a folder, so that a later command can find, stop or replace them."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

STOP_SECONDS: Final = 10.0
"""How long a process may take to leave after SIGTERM before it gets SIGKILL."""
LOG_TAIL_LINES: Final = 8


@dataclass(frozen=True)
class Record:
    """A started process. A pid alone may have been given to another process since: the start time tells them apart."""

    pid: int
    start_ticks: int
    """Field 22 of /proc/<pid>/stat: clock ticks after boot."""
    boot_id: str
    command: list[str]
    identity: str
    """What else the process was started with: it has to be started anew where this changes."""


class Process:
    """One named process of a state folder: `<name>.json` records it, `<name>.log` is its output."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        self._record = folder / f"{name}.json"
        self._log_start = 0

    @property
    def record(self) -> Record | None:
        """The recorded process, alive or not; None where there is none or its file cannot be read."""
        try:
            return Record(**json.loads(self._record.read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    @property
    def pid(self) -> int | None:
        """The pid where the recorded process is alive and still the same."""
        record = self.record
        return record.pid if record is not None and _is_alive(record) else None

    def runs(self, command: list[str], identity: str) -> bool:
        """Whether the process is alive and was started with just this command and identity."""
        record = self.record
        return record is not None and record.command == command and record.identity == identity and _is_alive(record)

    def start(self, command: list[str], identity: str) -> None:
        """Start `command` in a session of its own, output into the log, and record it."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._log_start = log.tell()
            child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.log.parent,
                start_new_session=True,
            )
        record = Record(child.pid, _start_ticks(child.pid) or 0, _boot_id(), command, identity)
        scratch = self._record.with_suffix(".tmp")
        scratch.write_text(json.dumps(asdict(record)), "utf-8")
        scratch.replace(self._record)

    def signal_stop(self) -> None:
        """Ask the process to leave; `wait_stopped` sees to it that it does."""
        pid = self.pid
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)

    def wait_stopped(self, seconds: float = STOP_SECONDS) -> None:
        """Wait until the process is gone, with SIGKILL after `seconds`, and forget it."""
        deadline = time.monotonic() + seconds
        while (pid := self.pid) is not None:
            if time.monotonic() > deadline:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.02)
        self._record.unlink(missing_ok=True)

    def log_tail(self, lines_kept: int = LOG_TAIL_LINES) -> str:
        """The end of what it wrote since it was started here; as much as an error message holds, or more."""
        try:
            lines = self.log.read_bytes()[self._log_start :].decode(errors="replace").splitlines()
        except OSError:
            return ""
        return "\n".join(lines[-lines_kept:])


def _is_alive(record: Record) -> bool:
    if record.boot_id != _boot_id():
        return False
    ticks = _start_ticks(record.pid)
    if ticks is not None:
        return ticks == record.start_ticks
    try:
        # A child of ours that has died must not stay a zombie, and has not left before its last thread has.
        return os.waitpid(record.pid, os.WNOHANG) == (0, 0)
    except ChildProcessError:
        return False


def _start_ticks(pid: int) -> int | None:
    """When the process started, or None where it is gone or a zombie."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text("utf-8")
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else int(fields[19])


def _boot_id() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text("utf-8").strip()
