"""Real Prometheus processes: the server and promtool of the version that the stacks deploy, built once, cached.

Distributions' own packages will not do: Debian's leaves out Kubernetes discovery, which the configuration needs.
"""

from __future__ import annotations

import json
import socket
import subprocess
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

from sandbox.toolchain import Toolchain


@cache
def tool(name: str) -> Path:
    """`prometheus` or `promtool`. Building them takes some minutes on the first call."""
    return Toolchain().ensure("prometheus", "promtool")[name]


def promtool(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run promtool; its output says what is wrong where the status is not 0."""
    command = [tool("promtool"), *arguments]
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
def running_prometheus(config: Path, data: Path, *arguments: str) -> Iterator[Server]:
    """Prometheus with those further arguments on a free port of the loopback interface, ready; stopped at the end."""
    port, log = free_port(), data.with_suffix(".log")
    command = [tool("prometheus"), f"--config.file={config}", f"--storage.tsdb.path={data}", *arguments]
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
