"""The `pulumi` CLI that the Automation API drives: which one, and how its process is run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Mapping
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import IO, Final

from pulumi.automation import CommandResult, OnOutput, PulumiCommand
from pulumi.automation.errors import create_command_error
from semver import VersionInfo

from automation.errors import AutomationError
from automation.interrupts import Interrupts

_VERSION_SECONDS: Final = 30.0


class Engine(PulumiCommand):
    """Runs the CLI in a session of its own, so that an interrupt reaches it once and from us only."""

    def __init__(
        self, executable: Path, version: VersionInfo, interrupts: Interrupts, dropped: frozenset[str] = frozenset()
    ) -> None:
        # The base class would run `pulumi version` once more; the version is known here.
        self.command = str(executable)
        self.version = version
        self._interrupts = interrupts
        self._dropped = dropped
        self.last_errors: list[str] = []
        """What the latest command wrote to stderr."""

    def run(
        self,
        args: list[str],
        cwd: str,
        additional_env: Mapping[str, str],
        on_output: OnOutput | None = None,
        on_error: OnOutput | None = None,
    ) -> CommandResult:
        """Run one CLI command. Raises CommandError where it fails, InterruptedRunError where it must not start."""
        self._interrupts.check()
        if "--non-interactive" not in args:
            args.insert(0, "--non-interactive")
        inherited = {name: value for name, value in os.environ.items() if name not in self._dropped}
        environment = {**inherited, **additional_env, "PULUMI_AUTOMATION_API": "true"}
        # Plugins that an official installation keeps beside its CLI (the language hosts) are found by PATH.
        environment["PATH"] = os.pathsep.join([environment.get("PATH", ""), str(Path(self.command).parent)])
        with (
            subprocess.Popen(
                [self.command, *args],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=cwd,
                env=environment,
                encoding="utf-8",
                errors="replace",
                start_new_session=True,
            ) as process,
            self._interrupts.reach(process),
        ):
            output, errors = _Lines(process.stdout, on_output), _Lines(process.stderr, on_error)
            output.join()
            errors.join()
            process.wait()
        result = CommandResult("\n".join(output.lines), "\n".join(errors.lines), process.returncode)
        self.last_errors = errors.lines
        if process.returncode != 0:
            raise create_command_error(result)
        return result


class _Lines(threading.Thread):
    """Reads a pipe to its end, line by line."""

    def __init__(self, stream: IO[str] | None, callback: Callable[[str], object] | None) -> None:
        super().__init__(daemon=True)
        self.lines: list[str] = []
        self._stream = stream
        self._callback = callback
        self.start()

    def run(self) -> None:
        """Collect the lines and pass each on."""
        for line in self._stream or ():
            stripped = line.rstrip()
            self.lines.append(stripped)
            if self._callback is not None:
                self._callback(stripped)


def sdk_version() -> VersionInfo:
    """The version of the Pulumi SDK of this program, which its CLI has to have at least."""
    return VersionInfo.parse(installed_version("pulumi"))


def pulumi_on_path() -> tuple[Path, VersionInfo] | None:
    """The `pulumi` on PATH, where its version fits the SDK: same major, not older."""
    found = shutil.which("pulumi")
    if found is None:
        return None
    version = reported_version(Path(found))
    wanted = sdk_version()
    fits = version is not None and version.major == wanted.major and version >= wanted
    return (Path(found), version) if fits and version is not None else None


def reported_version(executable: Path) -> VersionInfo | None:
    """What `pulumi version` says, or None where it says nothing that is a version."""
    try:
        done = subprocess.run(
            [executable, "version"],
            capture_output=True,
            text=True,
            timeout=_VERSION_SECONDS,
            check=False,
            env={**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.fullmatch(r"v?(\d+\.\d+\.\d+\S*)", done.stdout.strip())
    try:
        return VersionInfo.parse(match[1]) if match else None
    except ValueError:
        return None


def find_engine(toolchain: Callable[[], Path], interrupts: Interrupts, dropped: frozenset[str] = frozenset()) -> Engine:
    """The `pulumi` on PATH where it fits, else the one that `toolchain` gives (and builds, where it must)."""
    on_path = pulumi_on_path()
    if on_path is not None:
        return Engine(*on_path, interrupts, dropped)
    executable = toolchain()
    if not executable.is_file():
        raise AutomationError(f"The toolchain gave no pulumi CLI: there is no {executable}.")
    return Engine(executable, sdk_version(), interrupts, dropped)
