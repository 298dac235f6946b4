"""Locks of a file backend: who holds them, and who is dead."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from automation import locks
from automation.errors import AutomationError
from automation.locks import clear_stale_locks, locks_of


@pytest.fixture
def living() -> Iterator[int]:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    yield child.pid
    child.kill()
    child.wait()


def _dead_pid() -> int:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


def _lock(folder: Path, pid: int, *, host: str | None = None, age_seconds: float = 0) -> Path:
    path = folder / "locks/organization/jarvis/dev/abc.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(time.time() - age_seconds))
    content = {
        "pid": pid,
        "username": "ann",
        "hostname": host or socket.gethostname(),
        "timestamp": f"{moment}.123456789Z",
    }
    path.write_text(json.dumps(content))
    return path


def test_the_lock_of_a_dead_process_is_removed_with_a_sentence(tmp_path: Path) -> None:
    path, said = _lock(tmp_path, _dead_pid()), list[str]()
    clear_stale_locks(tmp_path, "jarvis", "dev", said.append)
    assert not path.exists()
    assert len(said) == 1
    assert "killed" in said[0]


def test_a_held_lock_is_refused_and_kept(tmp_path: Path, living: int) -> None:
    path = _lock(tmp_path, living)
    with pytest.raises(AutomationError, match=f"process {living} of ann"):
        clear_stale_locks(tmp_path, "jarvis", "dev", lambda _: None)
    assert path.exists()


def test_a_lock_of_another_host_is_never_judged(tmp_path: Path) -> None:
    path = _lock(tmp_path, _dead_pid(), host="elsewhere")
    with pytest.raises(AutomationError, match="elsewhere"):
        clear_stale_locks(tmp_path, "jarvis", "dev", lambda _: None)
    assert path.exists()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux's /proc")
def test_a_pid_that_was_given_to_a_younger_process_holds_nothing(tmp_path: Path, living: int) -> None:
    path = _lock(tmp_path, living, age_seconds=3600)
    clear_stale_locks(tmp_path, "jarvis", "dev", lambda _: None)
    assert not path.exists()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux's /proc")
def test_an_orphaned_engine_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(0.5)"])
    _lock(tmp_path, child.pid)
    monkeypatch.setattr(locks, "_is_orphan", lambda pid: True)
    said = list[str]()
    clear_stale_locks(tmp_path, "jarvis", "dev", said.append)
    child.wait()
    assert [sentence.split()[0] for sentence in said] == ["Waiting", "Removed"]


@pytest.mark.parametrize("text", ["", "{", '{"pid": 12', "[]", '{"hostname": "x"}'])
def test_a_lock_cut_short_holds_nothing(tmp_path: Path, text: str) -> None:
    path = _lock(tmp_path, os.getpid())
    path.write_text(text)
    clear_stale_locks(tmp_path, "jarvis", "dev", lambda _: None)
    assert not path.exists()


def test_locks_of_other_stacks_are_not_touched(tmp_path: Path) -> None:
    path = _lock(tmp_path, _dead_pid())
    clear_stale_locks(tmp_path, "jarvis", "development", lambda _: None)
    assert path.exists()
    assert [lock.pid for lock in locks_of(tmp_path, "jarvis", "dev")] != []
