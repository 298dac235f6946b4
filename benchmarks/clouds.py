"""The stacks in clouds beside an empty program that imports the same modules of the SDKs."""

from __future__ import annotations

import shutil
import sys
from collections import defaultdict
from pathlib import Path
from typing import Final

from benchmarks.measure import Sample, median_bytes, median_seconds, run
from benchmarks.worker import EMPTY, modules_file
from sandbox.control_plane import ControlPlane

STACKS: Final = ("production-aws", "production-azure")


class CloudBench:
    """Previews of each stack and of its empty twin, in turns, in a folder and a sandbox of their own."""

    def __init__(self, root: Path, repository: Path) -> None:
        self._root = root
        self.plane = ControlPlane(root / ".state" / "sandbox")
        self._samples: defaultdict[str, list[Sample]] = defaultdict(list)
        shutil.copy(repository / "Pulumi.yaml", root)
        for stack in STACKS:
            for name in (stack, stack + EMPTY):
                shutil.copy(repository / f"Pulumi.{stack}.yaml", root / f"Pulumi.{name}.yaml")
        (root / ".venv").symlink_to(repository / ".venv")

    def prepare(self) -> None:
        """Start the sandbox and find out what each program imports; the first run also makes the plugins."""
        for stack in STACKS:
            self._preview(stack)

    def round(self) -> None:
        """A preview of everything."""
        for stack in STACKS:
            for name in (stack, stack + EMPTY):
                sample = self._preview(name)
                self._samples[name].append(sample)
                print(f"  preview {name:24} {sample.seconds:6.2f} s", file=sys.stderr, flush=True)

    def _preview(self, stack: str) -> Sample:
        return run([sys.executable, "-m", "benchmarks.worker", str(self._root), stack, "preview"], self._root)

    def section(self, rounds: int) -> list[str]:
        """Its part of the page."""
        lines = [
            "",
            "## Stacks in clouds",
            "",
            "The first preview of each, offline, with the policy pack, beside an empty program that imports the same "
            f"modules of the SDKs and registers nothing, so that providers and policies have nothing to do. {rounds} "
            "rounds in turns, medians.",
            "",
            "| Stack | Modules | Preview | Empty | Preview / empty | Peak memory | Empty | Memory / empty |",
            "|---|---|---|---|---|---|---|---|",
        ]
        for stack in STACKS:
            own, empty = self._samples[stack], self._samples[stack + EMPTY]
            seconds, bare = median_seconds(own), median_seconds(empty)
            memory, least = (median_bytes(samples) / 2**20 for samples in (own, empty))
            modules = len(modules_file(self._root, stack).read_text("utf-8").splitlines())
            lines.append(
                f"| `{stack}` | {modules} | {seconds:.2f} s | {bare:.2f} s | {seconds / bare:.2f} "
                f"| {memory:.0f} MiB | {least:.0f} MiB | {memory / least:.2f} |"
            )
        return lines
