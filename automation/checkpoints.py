"""A stack's state as files: backups before every write, and repair of a state that cannot be read."""

from __future__ import annotations

import gzip
import json
import shutil
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from automation.errors import AutomationError

KEPT_BACKUPS: Final = 20


@dataclass(frozen=True)
class Checkpoint:
    """The state file of one stack in a file backend. Secrets in it are encrypted, and stay so in backups."""

    folder: Path
    """The backend's `.pulumi`."""
    project: str
    stack: str

    @property
    def path(self) -> Path:
        """The state file; compressed where the user has set PULUMI_DIY_BACKEND_GZIP."""
        plain = self.folder / "stacks" / self.project / f"{self.stack}.json"
        compressed = plain.with_name(f"{plain.name}.gz")
        return compressed if compressed.is_file() and not plain.is_file() else plain

    @property
    def exists(self) -> bool:
        """Whether the stack has ever been made in this backend."""
        return self.path.is_file()

    def deployment(self) -> dict[str, Any]:
        """The latest deployment: `resources`, `pending_operations`, ...; raises ValueError where it is unreadable."""
        return read_deployment(self.path.read_bytes())


def read_deployment(content: bytes) -> dict[str, Any]:
    """The latest deployment in a state file's bytes, {} for a stack with none; raises ValueError on anything else."""
    try:
        text = gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
        document: object = json.loads(text)
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(str(error)) from error
    checkpoint = cast("dict[str, object]", document).get("checkpoint") if isinstance(document, dict) else None
    if not isinstance(checkpoint, dict) or "stack" not in checkpoint:
        raise ValueError("it holds no checkpoint")
    latest = cast("dict[str, object]", checkpoint).get("latest")
    return cast("dict[str, Any]", latest) if isinstance(latest, dict) else {}


def repair(checkpoint: Checkpoint, backups: Path, say: Callable[[str], None]) -> None:
    """Put the newest readable copy in the place of a state file that cannot be read, and say so.

    Raises AutomationError where there is no readable copy.
    """
    if not checkpoint.exists:
        return
    try:
        checkpoint.deployment()
    except ValueError:
        pass
    else:
        return
    path = checkpoint.path
    own = [*sorted(backups.glob("*.json.gz"), reverse=True)]
    for copy in [path.with_name(f"{path.name}.bak"), *own]:
        content = _readable(copy)
        if content is None:
            continue
        kept = backups / f"{_now()}.unreadable"
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, kept)
        kept.chmod(0o600)
        restored = gzip.compress(content) if path.suffix == ".gz" else content
        scratch = path.with_name(f".{path.name}.tmp")
        scratch.write_bytes(restored)
        scratch.replace(path)
        say(f"The state of {checkpoint.stack} could not be read; restored {copy} and kept the broken file as {kept}.")
        return
    raise AutomationError(
        f"The state of {checkpoint.stack} cannot be read ({path}), and no readable copy of it is in {path.parent} "
        f"or {backups}: restore that file from a backup of your own."
    )


def drop_broken_sidecars(folder: Path) -> None:
    """Remove `*.attrs` files that a kill cut short.

    They hold content types only, yet the engine cannot read a file whose sidecar is broken.
    """
    for sidecar in folder.rglob("*.attrs"):
        try:
            json.loads(sidecar.read_bytes())
        except ValueError:
            sidecar.unlink(missing_ok=True)
        except FileNotFoundError:
            continue


def _readable(copy: Path) -> bytes | None:
    """The uncompressed bytes of a copy of the state, where they are one."""
    try:
        content = copy.read_bytes()
        read_deployment(content)
    except (OSError, ValueError):
        return None
    return gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content


def back_up(content: bytes, backups: Path) -> Path:
    """Keep a compressed copy of the state, readable by its owner only; older ones than the last 20 go."""
    backups.mkdir(parents=True, exist_ok=True)
    path = backups / f"{_now()}.json.gz"
    scratch = path.with_suffix(".tmp")
    scratch.touch(mode=0o600)
    scratch.write_bytes(gzip.compress(content, compresslevel=3, mtime=0))
    scratch.replace(path)
    for old in sorted(backups.glob("*.json.gz"))[:-KEPT_BACKUPS]:
        old.unlink(missing_ok=True)
    return path


def _now() -> str:
    """A name that sorts by time: UTC, to the microsecond."""
    now = time.time()
    return f"{time.strftime('%Y%m%dT%H%M%S', time.gmtime(now))}.{int(now % 1 * 1e6):06d}Z"
