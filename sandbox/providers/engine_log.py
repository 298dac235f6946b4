"""Messages to the engine, which shows them next to the resource."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Any

import grpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc


class EngineLog:
    """Sends messages once `connect` was called; a message that cannot be sent is dropped."""

    def __init__(self) -> None:
        self._stub: Any = None  # its methods have no types
        self._lock = threading.Lock()

    def connect(self, address: str) -> None:
        """Send messages to the engine at `address` (host:port) from now on."""
        with self._lock:
            if self._stub is None and address:
                self._stub = engine_pb2_grpc.EngineStub(grpc.insecure_channel(address))

    def status(self, urn: str, message: str) -> None:
        """Show what the resource is waiting for, until the next status."""
        self._send(engine_pb2.INFO, urn, message, ephemeral=True)

    def info(self, urn: str, message: str) -> None:
        """Show a message and keep it."""
        self._send(engine_pb2.INFO, urn, message)

    def warning(self, urn: str, message: str) -> None:
        """Show a warning and keep it."""
        self._send(engine_pb2.WARNING, urn, message)

    def debug(self, urn: str, message: str) -> None:
        """Keep a message for debug logs."""
        self._send(engine_pb2.DEBUG, urn, message)

    def _send(
        self, severity: engine_pb2.LogSeverity.ValueType, urn: str, message: str, *, ephemeral: bool = False
    ) -> None:
        if self._stub is not None:
            request = engine_pb2.LogRequest(severity=severity, message=message, urn=urn, ephemeral=ephemeral)
            with suppress(grpc.RpcError):
                self._stub.Log(request)
