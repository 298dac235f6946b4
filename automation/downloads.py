"""Official provider plugins on their way to this machine, all at the same time."""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, Literal

Outcome = Literal["installed", "failed", "timed out"]

_LOG: Final = logging.getLogger("automation")
_POLL_SECONDS: Final = 0.05
_ENDING_SECONDS: Final = 5.0
_LOGGED_CHARACTERS: Final = 2000


@dataclass(frozen=True)
class Wanted:
    """An official plugin to fetch."""

    name: str
    version: str
    """`v4.34.2`."""
    seconds: float
    """Time for it to arrive."""
    told: bool
    """Whether people are told that it is awaited: it is large."""


def fetch(
    wanted: list[Wanted], pulumi: Path, say: Callable[[str], None], *, word_every: float
) -> Mapping[str, Outcome]:
    """What became of each plugin, by name. Says what is awaited, and every `word_every` seconds what still is.

    An interrupt ends the downloads that are under way.
    """
    started = time.monotonic()
    outcomes: dict[str, Outcome] = {}
    with contextlib.ExitStack() as ending:
        running: dict[Wanted, _Download] = {}
        for plugin in wanted:
            download = _start(plugin, pulumi, ending)
            if download is None:
                outcomes[plugin.name] = "failed"
                continue
            running[plugin] = download
            if plugin.told:
                what = f"Pulumi's {plugin.name} plugin {plugin.version}, hundreds of MB"
                say(f"Fetching {what}, for at most {plugin.seconds / 60:.0f} minutes.")
        last_word = started
        while running:
            now = time.monotonic()
            for plugin in list(running):
                outcome = running[plugin].outcome(late=now - started > plugin.seconds)
                if outcome is not None:
                    outcomes[plugin.name] = outcome
                    del running[plugin]
            awaited = [plugin.name for plugin in running if plugin.told]
            if awaited and now - last_word > word_every:
                last_word = now
                say(f"  {' and '.join(awaited)}: still on the way after {now - started:.0f} seconds.")
            if running:
                time.sleep(_POLL_SECONDS)
    return outcomes


@dataclass(frozen=True)
class _Download:
    name: str
    process: subprocess.Popen[bytes]
    errors: IO[bytes]

    def outcome(self, *, late: bool) -> Outcome | None:
        """None while it goes on; a late one is ended."""
        code = self.process.poll()
        if code is None and not late:
            return None
        self.end()
        self.errors.seek(0)
        words = self.errors.read().decode(errors="replace").strip()[-_LOGGED_CHARACTERS:]
        outcome: Outcome = "timed out" if code is None else "failed" if code else "installed"
        _LOG.info("The official plugin of %s: %s. %s", self.name, outcome, words if code != 0 else "")
        return outcome

    def end(self) -> None:
        """End the process where it is still at work."""
        if self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(_ENDING_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _start(plugin: Wanted, pulumi: Path, ending: contextlib.ExitStack) -> _Download | None:
    """Begin a download, which `ending` ends; None where the CLI does not start."""
    errors = ending.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 (the stack closes it)
    command = [str(pulumi), "plugin", "install", "resource", plugin.name, plugin.version, "--non-interactive"]
    environment = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors, env=environment
        )
    except OSError as error:
        _LOG.info("%s does not start: %s", pulumi, error)
        return None
    download = _Download(plugin.name, process, errors)
    ending.callback(download.end)
    return download
