"""The real node-exporter with the stacks' command line: it starts, and exports what rules and dashboards use."""

from __future__ import annotations

import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from components.monitoring.exporters.node_exporter import node_arguments
from components.monitoring.exporters.settings import NodeExporterSettings
from components.monitoring.signals.platform_metrics import NODE_METRICS
from components.settings.workloads import image_tag
from sandbox.toolchain import Toolchain
from tests.support.prometheus import eventually, free_port


@contextmanager
def running(directory: Path) -> Iterator[str]:
    """The URL of its metrics; this machine's own file systems stand where a Pod has its node's."""
    host = directory / "host"
    host.mkdir()
    for name, path in (("proc", "/proc"), ("sys", "/sys"), ("root", "/")):
        (host / name).symlink_to(path)
    port = free_port()
    arguments = [text.replace(":9100", f"127.0.0.1:{port}") for text in node_arguments(str(host))]
    program = Toolchain().ensure("node_exporter")["node_exporter"]
    log = directory / "log"
    with log.open("wb") as output:
        process = subprocess.Popen([program, *arguments], stdout=output, stderr=subprocess.STDOUT)
    try:
        url = f"http://127.0.0.1:{port}/metrics"
        eventually(lambda: read(url), seconds=20, what=f"node-exporter answers; its log is {log}")
        yield url
    finally:
        process.terminate()
        process.wait(timeout=10)


def read(url: str) -> str:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - http on loopback
            return answer.read().decode()
    except OSError:
        return ""


def test_it_exports_what_rules_and_dashboards_use(tmp_path: Path) -> None:
    with running(tmp_path) as url:
        names = {line.replace("{", " ").split()[0] for line in read(url).splitlines() if not line.startswith("#")}
    assert {name for metric in NODE_METRICS for name in metric.series} <= names


def test_the_stacks_deploy_the_version_that_is_tested() -> None:
    assert image_tag(NodeExporterSettings().image) == Toolchain().version("node_exporter")
