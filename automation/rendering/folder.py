"""The folder that a rendering is written to, and what in it is the rendering's own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final, cast

from automation.errors import AutomationError, BadInputError
from automation.rendering.scratch import scratch

MARKER: Final = ".rendering.json"
_MAKER: Final = "python -m automation render"


@dataclass(frozen=True)
class RenderingFolder:
    """A folder that holds the rendering of one stack, or nothing yet.

    A marker file lists what was written. Other files beside that are left alone, and never overwritten or deleted.
    """

    path: Path
    stack: str

    def check(self) -> None:
        """Raise BadInputError where a rendering of the stack may not be written here."""
        self._own_files()

    def write(self, files: Mapping[str, str]) -> int:
        """Write the files, by path with slashes, and remove what an earlier rendering wrote beyond them.

        Returns how many files are new, different or gone. A folder without a rendering comes into being whole. In one
        with a rendering each file is replaced whole, once all are ready; a process that is killed in between leaves a
        marker from which the next rendering finishes.

        Raises BadInputError where a file of somebody else is in the way, AutomationError where writing fails.
        """
        own = self._own_files()
        self._refuse_foreign(files, own)
        changed = [name for name, text in sorted(files.items()) if not _holds(self.path / name, text)]
        stale = sorted(own - set(files))
        marker = self._marker(files)
        if not changed and not stale and _holds(self.path / MARKER, marker):
            return 0
        try:
            with scratch(self.path.parent, self.path.name) as staged:
                if own or self._is_foreign_place():
                    self._replace({name: files[name] for name in changed}, stale, own | set(files), staged, marker)
                else:
                    _write_all({**files, MARKER: marker}, staged)
                    staged.rename(self.path)
        except OSError as error:
            raise AutomationError(f"{self.path} cannot be written: {error.strerror or error}.") from error
        return len(changed) + len(stale)

    def _is_foreign_place(self) -> bool:
        return self.path.is_dir() and any(self.path.iterdir())

    def _replace(
        self, changed: Mapping[str, str], stale: list[str], known: set[str], staged: Path, marker: str
    ) -> None:
        """Put the new files in their places one after another; the marker knows of all of them from the beginning."""
        _write_all({**changed, MARKER: marker}, staged)
        if changed or stale:
            unfinished = staged / f"{MARKER}.unfinished"
            unfinished.write_text(self._marker(dict.fromkeys(known, "")), "utf-8")
            unfinished.replace(self.path / MARKER)
        for name in changed:
            target = self.path / name
            target.parent.mkdir(parents=True, exist_ok=True)
            (staged / name).replace(target)
        for name in stale:
            (self.path / name).unlink(missing_ok=True)
            _remove_empty((self.path / name).parent, self.path)
        (staged / MARKER).replace(self.path / MARKER)

    def _own_files(self) -> set[str]:
        """What the marker lists; raises BadInputError where the folder is somebody else's."""
        if not self.path.exists():
            return set()
        if not self.path.is_dir():
            raise BadInputError(f"{self.path} is a file: let --out name a folder.")
        marker = self.path / MARKER
        if not marker.is_file():
            if any(self.path.iterdir()):
                raise BadInputError(
                    f"{self.path} is not empty and holds no rendering: let --out name a new or an empty folder."
                )
            return set()
        stack, files = _read(marker)
        if stack != self.stack:
            raise BadInputError(f"{self.path} holds the rendering of {stack}: name another folder for {self.stack}.")
        return files

    def _refuse_foreign(self, files: Mapping[str, str], own: set[str]) -> None:
        for name in files:
            target = self.path / name
            if name not in own and (target.exists() or target.is_symlink()):
                raise BadInputError(f"{target} is in the way, and no rendering wrote it: move it elsewhere.")
            # A link instead of a folder would lead out of this one.
            if not target.parent.resolve().is_relative_to(self.path.resolve()):
                raise BadInputError(f"{target.parent} leads out of {self.path}: remove that link.")

    def _marker(self, files: Mapping[str, str]) -> str:
        digests = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in sorted(files.items())}
        return json.dumps({"writtenBy": _MAKER, "stack": self.stack, "files": digests}, indent=2) + "\n"


def _read(marker: Path) -> tuple[str, set[str]]:
    """The stack and the files of a marker; raises BadInputError where it is not one that `write` wrote."""
    broken = BadInputError(f"{marker} cannot be read as a rendering's list of files: name a new or an empty folder.")
    try:
        content: object = json.loads(marker.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise broken from error
    match content:
        case {"writtenBy": str(maker), "stack": str(stack), "files": dict()} if maker == _MAKER:
            names = set(cast("dict[str, Any]", cast("dict[str, Any]", content)["files"]))
        case _:
            raise broken
    if any(PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts for name in names):
        raise broken
    return stack, names


def _holds(path: Path, text: str) -> bool:
    try:
        return path.read_bytes() == text.encode()
    except OSError:
        return False


def _write_all(files: Mapping[str, str], folder: Path) -> None:
    folder.mkdir(parents=True)
    for name, text in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode())


def _remove_empty(folder: Path, top: Path) -> None:
    """Remove folders that have become empty, from the inside out."""
    while folder != top and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
