"""A provider plugin as the engine runs it, without an engine: a process, spoken to over gRPC."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from sandbox.providers import values

REPOSITORY = Path(__file__).resolve().parents[2]


class ProviderProcess:
    """A plugin that runs; `stub` has the protocol's calls."""

    def __init__(self, name: str, *, parent: tuple[str, ...] = ()) -> None:
        command = [*parent, sys.executable, "-m", f"sandbox.providers.{name}", "127.0.0.1:1"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=REPOSITORY, text=True)
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())
        self.stub: Any = provider_pb2_grpc.ResourceProviderStub(grpc.insecure_channel(f"127.0.0.1:{self.port}"))

    def configure(self, **settings: values.Value) -> None:
        """Give the provider its settings."""
        self.stub.Configure(provider_pb2.ConfigureRequest(args=values.encode(settings)))

    def create(self, kind: str, inputs: values.Properties, timeout: float = 0) -> Any:
        """Start to create a resource; the call's future."""
        urn = f"urn:pulumi:test::test::{kind}::test"
        request = provider_pb2.CreateRequest(
            urn=urn, type=kind, name="test", properties=values.encode(inputs), timeout=timeout
        )
        return self.stub.Create.future(request)


@contextmanager
def provider_process(name: str) -> Iterator[ProviderProcess]:
    """A plugin for the length of a block."""
    plugin = ProviderProcess(name)
    try:
        yield plugin
    finally:
        plugin.process.terminate()
        plugin.process.wait(10)
