"""The scripts that run in the Redis and Sentinel Pods."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_FOLDER: Final = Path(__file__).parent / "scripts"
CONFIG_DIRECTORY: Final = "/etc/redis"
"""Where the Pods have scripts and configuration."""
COMMON: Final = "common.sh"
START: Final = "start.sh"
START_REDIS: Final = "start-redis.sh"
STOP_REDIS: Final = "stop-redis.sh"
READY: Final = "ready.sh"
START_SENTINEL: Final = "start-sentinel.sh"


def scripts(*names: str) -> dict[str, str]:
    """The scripts' texts by name, for a ConfigMap."""
    return {name: (_FOLDER / name).read_text("utf-8") for name in names}


def run_script(name: str) -> list[str]:
    """The command that runs a script in a Pod."""
    return ["sh", f"{CONFIG_DIRECTORY}/{name}"]
