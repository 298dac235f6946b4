"""Wall time and peak memory of child processes."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


class MeasuredRunFailedError(Exception):
    """A measured command did not succeed, so there is nothing to compare."""


@dataclass(frozen=True)
class Sample:
    """One run."""

    seconds: float
    peak_bytes: int
    """Largest resident set of the process itself, without its children."""


def run(command: Sequence[str | Path], folder: Path) -> Sample:
    """Run a command to its end. Raises MeasuredRunFailedError with what it wrote where it fails."""
    started = time.monotonic()
    with (folder / "benchmark.log").open("w+b") as log:
        child = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.monotonic() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            log.seek(0)
            tail = log.read().decode(errors="replace")[-2000:]
            raise MeasuredRunFailedError(f"{' '.join(map(str, command))} ended with {child.returncode}:\n{tail}")
    return Sample(seconds, usage.ru_maxrss * 1024)


def median_seconds(samples: Sequence[Sample]) -> float:
    """The median wall time."""
    return statistics.median(sample.seconds for sample in samples)


def median_bytes(samples: Sequence[Sample]) -> float:
    """The median peak memory."""
    return statistics.median(sample.peak_bytes for sample in samples)
