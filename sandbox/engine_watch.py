"""A plugin ends with its engine, even with one that was killed and could not say so."""

from __future__ import annotations

import os
import threading
from typing import Final

ENGINE_PID: Final = "JARVIS_ENGINE_PID"
"""Environment variable in which a plugin's executable leaves its parent's pid, before the interpreter has started."""
_CHECK_SECONDS: Final = 0.5


def wait_for_end(stopped: threading.Event) -> None:
    """Return when told to stop, or when the engine that started this process is its parent no more."""
    engine = int(os.environ.get(ENGINE_PID) or os.getppid())
    while os.getppid() == engine and not stopped.wait(_CHECK_SECONDS):
        pass
