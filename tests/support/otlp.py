"""A real OpenTelemetry Collector, spans to send to it, and stand-ins for the servers that it sends to."""

from __future__ import annotations

import json
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import grpc

from components.monitoring.traces.collector_config import CollectorConfig, collector_yml
from components.monitoring.traces.settings import HeadSampling, TailSampling
from sandbox.toolchain import Toolchain
from tests.support.prometheus import eventually, free_port

_EXPORT = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"


@cache
def otelcol() -> Path:
    """The collector's program; building it takes some minutes on the first call."""
    return Toolchain().ensure("otelcol")["otelcol"]


@dataclass
class TraceStore:
    """Takes OTLP over gRPC as Tempo does, and remembers the bytes."""

    port: int = field(default_factory=free_port)
    received: list[bytes] = field(default_factory=list[bytes])
    refuses: bool = False
    """Whether it says that what it gets is wrong, so that there is no use in trying again."""

    def has(self, trace_id: str) -> bool:
        """Whether a span of the trace arrived; a protocol buffer holds its 16 bytes as they are."""
        return any(bytes.fromhex(trace_id) in message for message in self.received)

    @contextmanager
    def running(self) -> Iterator[None]:
        server = grpc.server(ThreadPoolExecutor(2))
        server.add_generic_rpc_handlers((_Exports(self),))
        assert server.add_insecure_port(f"127.0.0.1:{self.port}")
        server.start()
        try:
            yield
        finally:
            server.stop(grace=None).wait()


class _Exports(grpc.GenericRpcHandler):
    """Answers every export with the empty message, which means that all was taken."""

    def __init__(self, store: TraceStore) -> None:
        self._store = store

    def service(self, handler_call_details: Any) -> Any:
        if handler_call_details.method != _EXPORT:
            return None

        def export(request: bytes, context: grpc.ServicerContext) -> bytes:
            if self._store.refuses:
                context.abort(grpc.StatusCode.INVALID_ARGUMENT, "refused")
            self._store.received.append(request)
            return b""

        return grpc.unary_unary_rpc_method_handler(export)


@dataclass(frozen=True)
class RunningCollector:
    """Where a collector answers, all on the loopback interface."""

    http_port: int
    metrics_port: int
    log: Path

    def send(self, trace_id: str, *, seconds: float = 0.01, failed: bool = False) -> None:
        """One trace of one span, ended now."""
        end = time.time_ns()
        span = {
            "traceId": trace_id,
            "spanId": trace_id[:16],
            "name": "chat",
            "kind": 2,
            "startTimeUnixNano": str(end - int(seconds * 1e9)),
            "endTimeUnixNano": str(end),
            "status": {"code": 2 if failed else 1},
        }
        service = {"key": "service.name", "value": {"stringValue": "jarvis-backend"}}
        spans = {"resource": {"attributes": [service]}, "scopeSpans": [{"spans": [span]}]}
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.http_port}/v1/traces",
            data=json.dumps({"resourceSpans": [spans]}).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310 - http on loopback
            assert answer.status == 200

    def metrics(self) -> str:
        """Its own metrics, as Prometheus gets them."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.metrics_port}/metrics", timeout=5) as answer:
            return answer.read().decode()


@contextmanager
def running_collector(
    directory: Path, store: TraceStore, sampling: HeadSampling | TailSampling, prometheus: str | None = None
) -> Iterator[RunningCollector]:
    """The collector with the stacks' configuration, on free ports; stopped at the end."""
    grpc_port, http_port, metrics_port, health_port = (free_port() for _ in range(4))
    config = CollectorConfig(
        tempo=f"127.0.0.1:{store.port}",
        sampling=sampling,
        prometheus=prometheus,
        address="127.0.0.1",
        ports=(grpc_port, http_port, metrics_port, health_port),
    )
    file, log = directory / "collector.yml", directory / "collector.log"
    file.write_text(collector_yml(config).replace("metrics_flush_interval: 15s", "metrics_flush_interval: 1s"))
    with log.open("wb") as output:
        process = subprocess.Popen([otelcol(), f"--config={file}"], stdout=output, stderr=subprocess.STDOUT)
    try:
        eventually(lambda: _healthy(process, log, health_port), seconds=30, what=f"the collector is up; see {log}")
        yield RunningCollector(http_port, metrics_port, log)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _healthy(process: subprocess.Popen[bytes], log: Path, port: int) -> bool:
    assert process.poll() is None, log.read_text()
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False
