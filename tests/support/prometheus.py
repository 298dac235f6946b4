"""Real Prometheus processes: the server and promtool of the version that the stacks deploy, built once, cached.

Distributions' own packages will not do: Debian's leaves out Kubernetes discovery, which the configuration needs.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

MODULE = Path(__file__).parents[2] / "tools" / "observability"
PACKAGE = "github.com/prometheus/prometheus"
# Of its discoveries only the one that is used: the others are most of its size.
TAGS = "remove_all_sd,enable_kubernetes_sd"


def pinned_version() -> str:
    """The version in tools/observability/go.mod, where 3.13.5 is called v0.313.5."""
    for line in (MODULE / "go.mod").read_text().splitlines():
        words = line.split()
        if words[:1] == [PACKAGE]:
            _, minor, patch = words[1].split(".")
            return f"{minor[0]}.{int(minor[1:])}.{patch}"
    raise AssertionError(f"{MODULE}/go.mod does not require {PACKAGE}")


@cache
def tools() -> Path:
    """The directory with `prometheus` and `promtool`. Building them takes some minutes on the first call."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    directory = home / "jarvis-platform" / f"prometheus-{pinned_version()}"
    directory.parent.mkdir(parents=True, exist_ok=True)
    with Path(f"{directory}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not directory.exists():
            with tempfile.TemporaryDirectory(dir=directory.parent) as scratch:
                built = Path(scratch) / "bin"
                built.mkdir()
                _build(built)
                built.rename(directory)
    return directory


def _build(target: Path) -> None:
    version = f"-s -w -X github.com/prometheus/common/version.Version={pinned_version()}"
    command = ["go", "build", "-trimpath", "-tags", TAGS, "-ldflags", version, "-o", f"{target}/"]
    commands = [f"{PACKAGE}/cmd/{name}" for name in ("prometheus", "promtool")]
    subprocess.run([*command, *commands], cwd=MODULE, check=True)


def promtool(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run promtool; its output says what is wrong where the status is not 0."""
    command = [tools() / "promtool", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def free_port() -> int:
    """A TCP port of the loopback interface that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass(frozen=True)
class Server:
    """A running Prometheus."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path

    def api(self, path: str, **parameters: str) -> Any:
        """The `data` of an answer of the HTTP API; raises AssertionError with what the server says is wrong."""
        query = urllib.parse.urlencode(parameters)
        try:
            with urllib.request.urlopen(f"{self.url}/api/v1/{path}?{query}", timeout=10) as answer:  # noqa: S310 - http on loopback
                return json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            raise AssertionError(error.read().decode()) from None

    def query(self, expr: str) -> list[tuple[dict[str, str], float]]:
        """The present (labels, value) pairs of an instant vector."""
        result = self.api("query", query=expr)["result"]
        return [(sample["metric"], float(sample["value"][1])) for sample in result]


@contextmanager
def running_prometheus(config: Path, data: Path) -> Iterator[Server]:
    """Prometheus on a free port of the loopback interface, ready; stopped at the end."""
    port, log = free_port(), data.with_suffix(".log")
    command = [tools() / "prometheus", f"--config.file={config}", f"--storage.tsdb.path={data}"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, f"--web.listen-address=127.0.0.1:{port}"], stdout=output, stderr=subprocess.STDOUT
        )
    server = Server(f"http://127.0.0.1:{port}", process, log)
    try:
        eventually(lambda: _ready(server), seconds=30, what=f"Prometheus is ready; its log is {log}")
        yield server
    finally:
        process.terminate()
        process.wait(timeout=20)


def _ready(server: Server) -> bool:
    assert server.process.poll() is None, server.log.read_text()
    try:
        with urllib.request.urlopen(f"{server.url}/-/ready", timeout=2) as answer:  # noqa: S310 - http on loopback
            return answer.status == 200
    except OSError:
        return False


def eventually(condition: Callable[[], object], *, seconds: float, what: str) -> None:
    """Wait until `condition` holds; AssertionError that names `what` where it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not in {seconds} s: {what}"
        time.sleep(0.1)
