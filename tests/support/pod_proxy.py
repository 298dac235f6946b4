"""Prometheus outside of a cluster whose Pods are simulated.

It gets the API server as a Pod reaches it, and an HTTP proxy on the loopback interface that stands in for every Pod:
simulated ones have addresses, and nothing behind them.
"""

from __future__ import annotations

import base64
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from sandbox.control_plane import ControlPlane

Answer = Callable[[str], bytes | None]
"""The body of an answer to a GET of that URL; None for none: the Pod is down."""


@contextmanager
def pod_proxy(answer: Answer, *, posts_to: str | None = None) -> Iterator[tuple[str, set[str]]]:
    """The URL of a proxy that answers for every Pod, and the URLs that it was asked for.

    What is posted goes to the same path of `posts_to`.
    """
    asked: set[str] = set()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.add(self.path)
            body = answer(self.path)
            self.send_response(503 if body is None else 200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.end_headers()
            self.wfile.write(body or b"")

        def do_POST(self) -> None:
            assert posts_to is not None
            body = self.rfile.read(int(self.headers["Content-Length"]))
            request = urllib.request.Request(posts_to + urlsplit(self.path).path, body, dict(self.headers))  # noqa: S310 - http on loopback
            with urllib.request.urlopen(request, timeout=10) as answered:  # noqa: S310
                self.send_response(answered.status)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


def outside(config: dict[str, Any], plane: ControlPlane, directory: Path, proxy: str) -> dict[str, Any]:
    """The configuration with what a Pod has by itself: the API server's address, the token, the way to other Pods.

    The token is expected in the file `token` of `directory`.
    """
    cluster = yaml.safe_load(plane.kubeconfig.read_text())["clusters"][0]["cluster"]
    (directory / "ca.crt").write_text(_authority(cluster))
    access = {
        "authorization": {"credentials_file": str(directory / "token")},
        "tls_config": {"ca_file": str(directory / "ca.crt")},
    }
    managers = config.get("alerting", {}).get("alertmanagers", [])
    for job in [*config["scrape_configs"], *managers]:
        for discovery in job.get("kubernetes_sd_configs", ()):
            discovery.update(api_server=cluster["server"], **access)
        if "authorization" in job:
            job.update(access)
        else:
            job["proxy_url"] = proxy
    return config


def _authority(cluster: dict[str, str]) -> str:
    """The CA certificate that a kubeconfig names or holds."""
    if "certificate-authority" in cluster:
        return Path(cluster["certificate-authority"]).read_text()
    return base64.b64decode(cluster["certificate-authority-data"]).decode()
