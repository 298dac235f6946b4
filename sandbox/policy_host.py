"""A policy pack as a process of the engine's own, ended with it: `python -u -m sandbox.policy_host PACK ENGINE`.

The engine takes an executable in the place of a pack's folder and starts it as it is, without a language host: a second
or two less in each run. What serves a pack never looks at its parent, so a killed engine would leave it behind.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading

from sandbox.engine_watch import wait_for_end


def main() -> None:
    """Serve the pack in this process until the engine interrupts it or is gone."""
    # A shell that starts a process in the background has it ignore interrupts; the engine ends packs by them.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Thread(target=_end_with_engine, daemon=True).start()
    runpy.run_path(sys.argv[1], run_name="__main__")


def _end_with_engine() -> None:
    wait_for_end(threading.Event())
    os.kill(os.getpid(), signal.SIGINT)


if __name__ == "__main__":
    main()
