"""Ctrl-C and SIGTERM: the first asks the running engine to stop cleanly, the second kills it."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType
from typing import Final

from automation.errors import InterruptedRunError

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


class Interrupts:
    """Hands interrupts of this process to its engine, which runs in a session of its own.

    Without an engine at work, an interrupt raises InterruptedRunError at once.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._engine: subprocess.Popen[str] | None = None
        self.count = 0
        """Interrupts so far."""

    @contextmanager
    def handled(self) -> Generator[None]:
        """Handle both signals inside the block; main thread only."""
        before = {number: signal.signal(number, self._on_signal) for number in _SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    @contextmanager
    def reach(self, engine: subprocess.Popen[str]) -> Generator[None]:
        """Pass interrupts on to `engine` inside the block."""
        self._engine = engine
        try:
            yield
        finally:
            self._engine = None

    def check(self) -> None:
        """Raise InterruptedRunError where an interrupt came: nothing new may be started."""
        if self.count:
            raise InterruptedRunError("Interrupted.")

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self.count += 1
        engine = self._engine
        if engine is None or engine.poll() is not None:
            raise InterruptedRunError("Interrupted; the engine was not at work, and nothing more was started.")
        if self.count == 1:
            self._say("Interrupted: waiting for the operations under way to end; interrupt again to kill the engine.")
            engine.send_signal(signal.SIGINT)
        else:
            self._say("Interrupted again: killing the engine. The next `up` settles what was under way.")
            kill_session(engine)


def kill_session(process: subprocess.Popen[str]) -> None:
    """SIGKILL a process that leads its own session, with the children that stayed in it."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        process.kill()
