"""`pulumi-language-python`: what the engine starts to run a Python program, over the SDK's own language server.

Only for a CLI that was built from source, which comes without one. The interpreter that runs it is the program's own
virtual environment, so `runtime.options` of Pulumi.yaml are not needed. Called as
`pulumi-language-python [options] ENGINE_ADDRESS`; prints the port that it serves on; leaves on SIGINT or SIGTERM.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from types import FrameType
from typing import Final

import grpc
from pulumi import RunError
from pulumi.automation._server import LanguageServer
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

from sandbox.engine_watch import wait_for_end
from sandbox.policy_runs import run_pack

MAX_MESSAGE_BYTES: Final = 400 * 1024 * 1024
"""The engine's own limit for one gRPC message."""


class ProgramHost(LanguageServer):
    """Runs the `__main__.py` of the project that the engine names; one host serves one engine."""

    def __init__(self, engine_address: str) -> None:
        super().__init__(lambda: None)
        self._engine_address = engine_address

    def Handshake(self, request: object, context: object) -> language_pb2.LanguageHandshakeResponse:  # noqa: ARG002
        """Nothing to agree on: everything that the program needs comes with Run."""
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: object, context: object) -> plugin_pb2.PluginInfo:  # noqa: ARG002
        """The SDK's version stands for the host's."""
        return plugin_pb2.PluginInfo(version=version("pulumi"))

    def Run(self, request: language_pb2.RunRequest, context: object) -> language_pb2.RunResponse:
        """Run the program in its own folder, with the configuration that the request carries."""
        folder = Path(request.info.program_directory or request.pwd) / (request.info.entry_point or ".")
        script = folder / "__main__.py" if folder.is_dir() else folder
        request.args[:] = [self._engine_address]
        refusals: list[RunError] = []

        def program() -> None:
            os.chdir(request.pwd or script.parent)
            sys.path.insert(0, str(script.parent))
            try:
                runpy.run_path(str(script), run_name="__main__")
            except RunError as refusal:
                refusals.append(refusal)
                raise

        self.program = program
        response = super().Run(request, context)  # pyright: ignore[reportUnknownMemberType, reportArgumentType, reportUnknownVariableType]  # untyped in the SDK
        # The SDK has logged a RunError, and the engine would log what the response says of it once more.
        return language_pb2.RunResponse(bail=True) if refusals else response  # pyright: ignore[reportUnknownVariableType]

    def RunPlugin(
        self, request: language_pb2.RunPluginRequest, context: grpc.ServicerContext
    ) -> Iterator[language_pb2.RunPluginResponse]:
        """Run a policy pack: `pulumi preview --policy-pack policies`."""
        return run_pack(request, context)


def main() -> None:
    """Serve until the engine ends this process."""
    server = grpc.server(
        ThreadPoolExecutor(max_workers=8),
        options=[
            ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
            ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
        ],
    )
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(ProgramHost(sys.argv[-1]), server)
    port = server.add_insecure_port("127.0.0.1:0")
    stop = threading.Event()

    def leave(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        stop.set()

    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, leave)
    server.start()
    print(port, flush=True)
    wait_for_end(stop)
    server.stop(grace=None)


if __name__ == "__main__":
    main()
