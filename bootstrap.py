"""Set-up of a fresh clone: checks the prerequisites, makes the virtual environment, builds the pinned tools.

`make` calls it with the system's Python; it needs only the standard library. Exit code 2: a prerequisite is missing.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from sandbox.toolchain import Toolchain

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
MINIMUM_PYTHON = (3, 11)
PROGRESS_SECONDS = 15.0


def missing_prerequisites() -> list[str]:
    """One sentence for each prerequisite of the README that this machine lacks."""
    problems: list[str] = []
    if sys.version_info < MINIMUM_PYTHON:
        found = ".".join(map(str, sys.version_info[:3]))
        problems.append(f"Python 3.11 or newer is needed, {sys.executable} is {found}: set PYTHON=/path/to/python3.11.")
    for program, use in (("go", "builds the pinned tools"), ("git", "reads the version")):
        if shutil.which(program) is None:
            problems.append(f"`{program}` is not on PATH; it {use}: install it and run the command again.")
    return problems


def fingerprint(requirements: list[Path]) -> str:
    """What the virtual environment was made from: this Python and the exact text of the requirement files."""
    digest = hashlib.sha256(sys.version.encode() + str(ROOT).encode())
    for path in requirements:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def run_with_progress(title: str, command: list[str]) -> None:
    """Run `command`, one line every 15 s while it works; its output is shown only where it fails."""
    log = ROOT / ".state" / "logs" / "bootstrap.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    print(f"{title} ...", file=sys.stderr, flush=True)
    with log.open("wb") as sink:
        child = subprocess.Popen(command, stdout=sink, stderr=subprocess.STDOUT, cwd=ROOT)
        while True:
            try:
                code = child.wait(timeout=PROGRESS_SECONDS)
                break
            except subprocess.TimeoutExpired:
                print(f"{title} ... {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
            except KeyboardInterrupt:
                child.terminate()
                child.wait()
                sys.exit(130)
    if code != 0:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
        sys.exit(f"{title} failed with exit code {code}. The end of {log.relative_to(ROOT)}:\n{tail}")
    print(f"{title}: done in {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)


def start_tool_build(names: list[str]) -> subprocess.Popen[bytes] | None:
    """Start building the pinned Go tools that the cache lacks; on a new machine this is what takes minutes.

    A `pulumi` on PATH may do, which is decided later, when its version is known.
    """
    wanted = [name for name in names if name != "pulumi" or shutil.which("pulumi") is None]
    if all(Toolchain().path(name).is_file() for name in wanted):
        return None
    command = [sys.executable, "-m", "sandbox.toolchain", *wanted]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)


def install_packages(requirements: list[Path]) -> None:
    """Make .venv hold what the requirement files pin; does nothing where it does already."""
    stamp = VENV / f".installed-{'-'.join(path.stem for path in requirements)}"
    wanted = fingerprint(requirements)
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    python = VENV / "bin" / "python"
    usable = python.exists() and subprocess.run([python, "-c", ""], check=False, capture_output=True).returncode == 0
    if not usable:
        run_with_progress("Making .venv", [sys.executable, "-m", "venv", "--clear", str(VENV)])
    files = [argument for path in requirements for argument in ("-r", str(path))]
    # The files name every package, so that pip has nothing to resolve (and may not refuse what [tool.uv] overrides).
    options = ["--no-deps", "--no-compile", "--disable-pip-version-check", "--no-input"]
    pip = [str(python), "-m", "pip", "install", *options, *files]
    run_with_progress("Installing the pinned Python packages", pip)
    scratch = stamp.with_suffix(f".{os.getpid()}")
    scratch.write_text(wanted)
    scratch.replace(stamp)


def main() -> None:
    """Install the requirement files named on the command line and build the tools named by --tools, side by side."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("requirements", nargs="+", type=Path)
    parser.add_argument("--tools", nargs="*", default=[])
    arguments = parser.parse_args()
    problems = missing_prerequisites()
    if problems:
        print("\n".join(problems), file=sys.stderr)
        sys.exit(2)
    build = start_tool_build(arguments.tools)
    try:
        install_packages([ROOT / path for path in arguments.requirements])
        if build is not None and build.wait() != 0:
            sys.exit(1)
    except BaseException:
        if build is not None:
            build.terminate()
            build.wait()
        raise


if __name__ == "__main__":
    main()
