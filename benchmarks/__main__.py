"""`python -m benchmarks` measures the dev stack and its twins, then the clouds' previews, for docs/benchmarks.md."""

from __future__ import annotations

import argparse
import datetime
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any, Final

from benchmarks.clouds import CloudBench
from benchmarks.flat import count_objects, flat_program, manifests
from benchmarks.measure import Sample, median_bytes, median_seconds, run
from benchmarks.worker import FLAT_PROGRAM, FLAT_STACK
from sandbox.control_plane import ControlPlane
from sandbox.toolchain import Toolchain

REPOSITORY: Final = Path(__file__).resolve().parents[1]
PAGE: Final = REPOSITORY / "docs" / "benchmarks.md"
Samples = defaultdict[tuple[str, str], list[Sample]]
"""Samples by phase and variant."""


class Bench:
    """One comparison in a folder of its own: a sandbox, the two stacks' state, the objects as a manifest."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.plane = ControlPlane(root / ".state" / "sandbox")
        self.samples: Samples = defaultdict(list)
        self.objects = 0
        shutil.copy(REPOSITORY / "Pulumi.yaml", root)
        for stack in ("dev", FLAT_STACK):
            shutil.copy(REPOSITORY / "Pulumi.dev.yaml", root / f"Pulumi.{stack}.yaml")
        (root / ".venv").symlink_to(REPOSITORY / ".venv")

    def prepare(self) -> None:
        """Deploy the program once, and write its flat twin and its manifest from what the engine recorded."""
        self._engine("dev", "up")
        resources = self._export()
        self.objects = count_objects(resources)
        (self.root / FLAT_PROGRAM).write_text(flat_program(resources), "utf-8")
        listed = {"apiVersion": "v1", "kind": "List", "items": manifests(resources)}
        (self.root / "objects.json").write_text(json.dumps(listed), "utf-8")
        self._engine("dev", "destroy")

    def round(self) -> None:
        """Every phase of every variant once."""
        for variant, stack in (("program", "dev"), ("flat", FLAT_STACK)):
            for phase, command in (("first up", "up"), ("second up", "up"), ("preview", "preview")):
                self._record(phase, variant, self._engine(stack, command))
            self._engine(stack, "destroy")
        manifest = self.root / "objects.json"
        for phase in ("first up", "second up"):
            self._record(phase, "kubectl", self._kubectl("apply", "--server-side", "-f", str(manifest)))
        self._kubectl("delete", "--ignore-not-found", "-f", str(manifest))
        self._imports()

    def _imports(self) -> None:
        for variant, module in (("program", "infra.program"), ("flat", "pulumi, pulumi_kubernetes, pulumi_random")):
            command = [sys.executable, "-c", f"import {module}"]
            self._record("import", variant, run(command, self.root))

    def _record(self, phase: str, variant: str, sample: Sample) -> None:
        self.samples[phase, variant].append(sample)
        print(f"  {phase:10} {variant:8} {sample.seconds:6.2f} s", file=sys.stderr, flush=True)

    def _engine(self, stack: str, command: str) -> Sample:
        return run([sys.executable, "-m", "benchmarks.worker", str(self.root), stack, command], self.root)

    def _kubectl(self, *arguments: str) -> Sample:
        kubectl = Toolchain().ensure("kubectl")["kubectl"]
        return run([kubectl, f"--kubeconfig={self.plane.kubeconfig}", *arguments], self.root)

    def _export(self) -> list[dict[str, Any]]:
        """The program's resources, secrets in the clear: the twin must deploy the very same objects."""
        state = self.root / ".state" / "sandbox-stacks"
        environment = {
            **os.environ,
            "PULUMI_BACKEND_URL": f"file://{state}",
            "PULUMI_CONFIG_PASSPHRASE_FILE": str(state / "passphrase"),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
        }
        pulumi = Toolchain().ensure("pulumi")["pulumi"]
        command = [pulumi, "stack", "export", "--stack", "dev", "--show-secrets"]
        folder = self.root / ".state" / "rehearsals" / "dev"
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)
        return json.loads(done.stdout)["deployment"]["resources"]


def page(bench: Bench, rounds: int) -> str:
    """The text of docs/benchmarks.md."""
    rows = [
        ("first up", "First `up` of the dev stack, until every workload is Ready"),
        ("second up", "Second `up`, nothing to do"),
        ("preview", "Preview, nothing to do"),
        ("import", "Importing the program (flat: the SDKs that it uses)"),
    ]
    lines = [
        "# Benchmarks",
        "",
        f"`make bench`, {datetime.datetime.now(datetime.UTC):%Y-%m-%d}, {os.cpu_count()} cores: the dev stack "
        f"({bench.objects} Kubernetes objects) beside a flat program with the same objects and no components, and "
        f"beside `kubectl apply --server-side` of the same objects. One run, {rounds} rounds in turns, medians. The "
        "ratios count; the seconds are this machine's. All three go to the same sandbox; both programs run through "
        "`automation` with the offline providers. kubectl does not wait for readiness, keeps no state and has no "
        "secrets to encrypt.",
        "",
        "| Phase | Program | Flat | Program / flat | kubectl | Program / kubectl |",
        "|---|---|---|---|---|---|",
    ]
    for phase, title in rows:
        program, flat = (median_seconds(bench.samples[phase, variant]) for variant in ("program", "flat"))
        kubectl = bench.samples.get((phase, "kubectl"))
        apart = (
            "- | -" if kubectl is None else f"{median_seconds(kubectl):.2f} s | {program / median_seconds(kubectl):.2f}"
        )
        lines.append(f"| {title} | {program:.2f} s | {flat:.2f} s | {program / flat:.2f} | {apart} |")
    for phase, title in (
        ("first up", "Peak memory of the process that runs the program, first `up`"),
        ("import", "Peak memory after the import"),
    ):
        program, flat = (median_bytes(bench.samples[phase, variant]) / 2**20 for variant in ("program", "flat"))
        lines.append(f"| {title} | {program:.0f} MiB | {flat:.0f} MiB | {program / flat:.2f} | - | - |")
    return "\n".join(lines) + "\n"


def compare(bench: Bench | CloudBench, rounds: int) -> None:
    """Run every round, and stop the sandbox whatever happens."""
    try:
        bench.prepare()
        for number in range(rounds):
            print(f"Round {number + 1} of {rounds}", file=sys.stderr, flush=True)
            bench.round()
    finally:
        bench.plane.stop()


def main() -> None:
    """Compare, and write the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory(prefix="jarvis-bench-") as folder:
        kubernetes, clouds = (Path(folder) / name for name in ("kubernetes", "clouds"))
        kubernetes.mkdir()
        clouds.mkdir()
        bench, cloud_bench = Bench(kubernetes), CloudBench(clouds, REPOSITORY)
        compare(bench, rounds)
        compare(cloud_bench, rounds)
        text = page(bench, rounds) + "\n".join(cloud_bench.section(rounds)) + "\n"
    PAGE.write_text(text, "utf-8")
    print(f"Wrote {PAGE.relative_to(REPOSITORY)}", file=sys.stderr)


if __name__ == "__main__":
    main()
