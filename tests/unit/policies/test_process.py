"""The pack as the process that an engine starts."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2_grpc

from policies.pack import NAME, RULES
from sandbox.plugins import write_policy_pack

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def executable(tmp_path: Path) -> Path:
    return write_policy_pack(tmp_path, Path(sys.executable), ROOT / "policies")


@pytest.fixture
def pack(executable: Path, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen([executable, "127.0.0.1:1"], cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    yield process
    process.kill()
    process.wait()


def _port(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_the_engine_learns_every_policy_and_ends_the_process(pack: subprocess.Popen[str]) -> None:
    with grpc.insecure_channel(f"127.0.0.1:{_port(pack)}") as channel:
        analyzer: Any = analyzer_pb2_grpc.AnalyzerStub(channel)
        info = analyzer.GetAnalyzerInfo(empty_pb2.Empty())
    assert info.name == NAME
    assert info.supportsConfig
    assert [item.name for item in info.policies] == [rule.name for rule in RULES]
    pack.send_signal(signal.SIGINT)
    assert pack.wait(timeout=10) == 0


def test_the_process_ends_with_an_engine_that_was_killed(executable: Path) -> None:
    """A shell stands for the engine; the pack is its child and gets no word of its end."""
    script = f"{executable} 127.0.0.1:1 & echo $!; sleep 60"
    with subprocess.Popen(["sh", "-c", script], stdout=subprocess.PIPE, text=True) as engine:
        assert engine.stdout is not None
        child = int(engine.stdout.readline())
        assert int(engine.stdout.readline()) > 0
        engine.kill()
        deadline = time.monotonic() + 10
        while _runs(child) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert not _runs(child)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # One that has ended and that nobody has asked for its code yet is a zombie.
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


def test_the_pack_imports_no_more_than_it_needs() -> None:
    """SDKs of providers and pydantic cost seconds in every run."""
    heavy = {
        "kubernetes",
        "pulumi_kubernetes",
        "pulumi_aws",
        "pulumi_azure_native",
        "pulumi_random",
        "pydantic",
        "rich",
    }
    code = "import sys, policies.pack; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not heavy & set(done.stdout.split())
