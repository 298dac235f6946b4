"""Folders of a rendering under way: named by its process, so that those of a killed one are known."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_SUFFIX: Final = ".rendering"


@contextmanager
def scratch(place: Path, stem: str) -> Generator[Path]:
    """The path, in `place`, of a folder of this process' own; removed in the end with what a killed process left."""
    for left in place.glob(f".{stem}.*{_SUFFIX}"):
        process = left.name.removesuffix(_SUFFIX).rpartition(".")[2]
        if process.isdecimal() and not _is_alive(int(process)):
            shutil.rmtree(left, ignore_errors=True)
    own = place / f".{stem}.{os.getpid()}{_SUFFIX}"
    try:
        yield own
    finally:
        shutil.rmtree(own, ignore_errors=True)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
