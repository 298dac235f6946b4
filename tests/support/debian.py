"""Programs of Debian packages for tests, without installing a service and without root.

What the machine has is used as it is. Else the package and those that it needs and the machine lacks are downloaded
with apt-get and unpacked into `${XDG_CACHE_HOME:-~/.cache}/jarvis/debian/<package>-<version>`. Where neither is
possible (no Debian, no network) the test that asks is skipped with the reason.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

PACKAGES = {
    "redis-server": "redis-server",
    "redis-cli": "redis-server",
    "redis-sentinel": "redis-sentinel",
    "postgres": "postgresql-15",
    "initdb": "postgresql-15",
    "pg_ctl": "postgresql-15",
    "pg_isready": "postgresql-client-15",
    "psql": "postgresql-client-15",
    "prometheus": "prometheus",
    "promtool": "prometheus",
    "libnss_wrapper.so": "libnss-wrapper",
}
"""The Debian 12 package that, with what it needs, holds each program or library."""
PROGRAM_FOLDERS = ("usr/bin", "usr/sbin", "usr/lib/postgresql/*/bin")
LIBRARY_FOLDERS = ("usr/lib/*-linux-gnu*", "lib/*-linux-gnu*")


@dataclass(frozen=True)
class Program:
    """An executable and where its shared libraries are."""

    path: Path
    library_folders: tuple[Path, ...] = ()

    @property
    def environment(self) -> dict[str, str]:
        """The environment to start it with."""
        if not self.library_folders:
            return dict(os.environ)
        folders = [*map(str, self.library_folders), *filter(None, [os.environ.get("LD_LIBRARY_PATH")])]
        return {**os.environ, "LD_LIBRARY_PATH": ":".join(folders)}


@cache
def debian_program(name: str) -> Program:
    """The program of that name: the machine's own, or an unpacked one; skips the test where there is neither."""
    installed = _installed(name)
    if installed is not None:
        return Program(installed)
    try:
        root = _unpacked(PACKAGES[name])
    except _UnavailableError as error:
        pytest.skip(f"{name} is not installed, and {error}")
    path = _newest(root, name)
    if path is None:
        pytest.skip(f"the Debian package {PACKAGES[name]} of this system holds no {name}")
    return Program(path, tuple(folder for pattern in LIBRARY_FOLDERS for folder in sorted(root.glob(pattern))))


@cache
def debian_library(name: str) -> Path:
    """The shared library of that file name, for LD_PRELOAD; skips the test where there is none."""
    found = _newest(Path("/"), name, LIBRARY_FOLDERS)
    if found is None:
        try:
            found = _newest(_unpacked(PACKAGES[name]), name, LIBRARY_FOLDERS)
        except _UnavailableError as error:
            pytest.skip(f"{name} is not installed, and {error}")
    if found is None:
        pytest.skip(f"the Debian package {PACKAGES[name]} of this system holds no {name}")
    return found


class _UnavailableError(Exception):
    """Completes "... is not installed, and "."""


def _installed(name: str) -> Path | None:
    # Versioned folders first: on PATH, Debian has wrappers and other people's scripts of the same names.
    found = _newest(Path("/"), name, PROGRAM_FOLDERS[2:])
    if found is not None:
        return found
    on_path = shutil.which(name)
    return Path(on_path) if on_path else _newest(Path("/"), name)


def _newest(root: Path, name: str, folders: Iterable[str] = PROGRAM_FOLDERS) -> Path | None:
    found = [path for folder in folders for path in root.glob(f"{folder}/{name}") if path.is_file()]
    return max(found, key=lambda path: [int(part) for part in path.parts if part.isdigit()], default=None)


def _unpacked(package: str) -> Path:
    """The folder that holds the unpacked package and what it needs."""
    if shutil.which("apt-get") is None or shutil.which("dpkg") is None:
        raise _UnavailableError("this is no Debian system to get it from")
    folder = _cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    kept = sorted(folder.glob(f"{package}-[0-9]*"), key=lambda path: path.stat().st_mtime)
    if kept:  # as it is: tests need no network, and no package lists, a second time
        return kept[-1]
    needed = _needed(package, folder)
    root = folder / f"{package}-{needed[package].replace(':', '%3a')}"
    if not root.is_dir():
        with tempfile.TemporaryDirectory(dir=folder, prefix=".unpacking-") as scratch:
            _unpack(needed, Path(scratch), folder)
            if not root.is_dir():  # another test process may have been faster
                (Path(scratch) / "root").rename(root)
    return root


def _unpack(needed: dict[str, str], scratch: Path, folder: Path) -> None:
    """Download the packages into `scratch` and unpack all of them into `scratch/root`."""
    wanted = [f"{name}={version}" for name, version in needed.items()]
    _apt("download", *wanted, lists=folder / "lists", cwd=scratch)
    for archive in sorted(scratch.glob("*.deb")):
        subprocess.run(["dpkg", "-x", str(archive), str(scratch / "root")], check=True, capture_output=True)


def _needed(package: str, folder: Path) -> dict[str, str]:
    """Versions of the package and of its dependencies that the machine lacks, as apt would install them.

    The system's package lists do where they are there; only root may fetch those, so else own ones are fetched.
    """
    lists = folder / "lists"
    found = _plan(package, lists)
    if package not in found:
        (lists / "partial").mkdir(parents=True, exist_ok=True)
        _apt("update", lists=lists)
        found = _plan(package, lists)
    if package not in found:
        raise _UnavailableError(f"apt-get knows no {package}")
    return found


def _plan(package: str, lists: Path) -> dict[str, str]:
    try:
        plan = _apt("install", "--simulate", "--reinstall", "--no-install-recommends", package, lists=lists)
    except _UnavailableError:
        return {}
    return dict(re.findall(r"^Inst (\S+) (?:\[\S+\] )?\((\S+)", plan, re.MULTILINE))


def _apt(*arguments: str, lists: Path, cwd: Path | None = None) -> str:
    """Run apt-get over the system's package lists, or over our own ones where `apt-get update` had to be run."""
    options = ["-o", f"Dir::State::lists={lists}", "-o", "APT::Sandbox::User="] if lists.is_dir() else []
    command = ["apt-get", "--quiet", *options, *arguments]
    try:
        done = subprocess.run(
            command,
            cwd=cwd,
            env={**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"},
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
        )
    except subprocess.TimeoutExpired:
        raise _UnavailableError(f"apt-get {arguments[0]} did not end in time") from None
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise _UnavailableError(f"apt-get {arguments[0]} failed: {reason}")
    return done.stdout


def _cache_folder() -> Path:
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "jarvis" / "debian"
