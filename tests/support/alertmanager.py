"""Real Alertmanager processes of the version that the stacks deploy, and the receivers that they tell.

Debian's package will not do: it looks for its templates in /usr/share, where only an installation puts them.
"""

from __future__ import annotations

import json
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from sandbox.toolchain import Toolchain
from tests.support.prometheus import eventually, free_port


@cache
def tool(name: str) -> Path:
    """`alertmanager` or `amtool`. Building them takes a minute or two on the first call."""
    return Toolchain().ensure("alertmanager", "amtool")[name]


@dataclass(frozen=True)
class Message:
    """One message that a receiver got."""

    at: float
    """time.monotonic() of its arrival."""
    path: str
    body: dict[str, Any]


@dataclass
class Receivers:
    """An HTTP server that stands for Slack and for the webhook handler, and keeps what it is told."""

    url: str = ""
    messages: list[Message] = field(default_factory=list["Message"])

    def slack(self, channel: str, words: str) -> list[Message]:
        """Messages of Slack's form to a channel whose title holds all the words."""
        return [
            message
            for message in self.messages
            if message.path == "/slack"
            and message.body["channel"] == channel
            and words in message.body["attachments"][0]["title"]
        ]

    def webhook(self, alert: str, status: str) -> list[Message]:
        """Messages of the webhook's form on an alert."""
        return [
            message
            for message in self.messages
            if message.path == "/alerts"
            for item in message.body["alerts"]
            if (item["labels"]["alertname"], item["status"]) == (alert, status)
        ]


@contextmanager
def running_receivers() -> Iterator[Receivers]:
    """Receivers on a free port of the loopback interface."""
    receivers = Receivers()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            receivers.messages.append(Message(time.monotonic(), self.path, body))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, format: str, *args: object) -> None:
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        receivers.url = f"http://127.0.0.1:{server.server_port}"
        yield receivers
        server.shutdown()


@contextmanager
def running_alertmanager(config: Path, data: Path) -> Iterator[str]:
    """The URL of an Alertmanager with that configuration file, ready; stopped at the end."""
    port, log = free_port(), data.with_suffix(".log")
    command = [tool("alertmanager"), f"--config.file={config}", f"--storage.path={data}", "--cluster.listen-address="]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, f"--web.listen-address=127.0.0.1:{port}"],
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    url = f"http://127.0.0.1:{port}"

    def ready() -> bool:
        assert process.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(f"{url}/-/ready", timeout=2) as answer:  # noqa: S310 - http on loopback
                return answer.status == 200
        except OSError:
            return False

    try:
        eventually(ready, seconds=30, what=f"Alertmanager is ready; its log is {log}")
        yield url
    finally:
        process.terminate()
        process.wait(timeout=20)


def amtool(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run amtool; its output says what is wrong where the status is not 0."""
    return subprocess.run([tool("amtool"), *arguments], capture_output=True, text=True, check=False, timeout=60)
