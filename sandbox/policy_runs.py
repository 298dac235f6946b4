"""Policy packs under the language host: `RunPlugin`, a process whose output is passed on as it comes."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue
from typing import IO, Final

import grpc
from pulumi.runtime.proto import language_pb2

from sandbox.engine_watch import ENGINE_PID

_CHUNK_BYTES: Final = 65536
_REPOSITORY: Final = Path(__file__).resolve().parents[1]


def run_pack(
    request: language_pb2.RunPluginRequest, context: grpc.ServicerContext
) -> Iterator[language_pb2.RunPluginResponse]:
    """Run the policy pack that the request names until it ends, or until the engine takes back its request."""
    if request.kind != "analyzer":
        context.abort(grpc.StatusCode.UNIMPLEMENTED, f"This language host runs policy packs only, no {request.kind}.")
    environment = dict(item.split("=", 1) for item in request.env if "=" in item)
    # The pack's process watches its own parent, which is this one and not the engine.
    environment[ENGINE_PID] = str(os.getpid())
    environment["PYTHONPATH"] = os.pathsep.join([str(_REPOSITORY), environment.get("PYTHONPATH", "")]).rstrip(":")
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "sandbox.policy_host", request.info.program_directory, *request.args],
        cwd=request.pwd or None,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    if not context.add_callback(process.terminate):
        process.terminate()
    messages: SimpleQueue[language_pb2.RunPluginResponse | None] = SimpleQueue()
    streams = (("stdout", process.stdout), ("stderr", process.stderr))
    for name, stream in streams:
        threading.Thread(target=_pass_on, args=(name, stream, messages), daemon=True).start()
    ended = 0
    while ended < len(streams):
        message = messages.get()
        if message is None:
            ended += 1
        else:
            yield message
    yield language_pb2.RunPluginResponse(exitcode=process.wait())


def _pass_on(name: str, stream: IO[bytes] | None, messages: SimpleQueue[language_pb2.RunPluginResponse | None]) -> None:
    """Read a pipe to its end; what comes is sent at once, for the engine waits for the line with the port."""
    while stream is not None and (chunk := os.read(stream.fileno(), _CHUNK_BYTES)):
        if name == "stdout":
            messages.put(language_pb2.RunPluginResponse(stdout=chunk))
        else:
            messages.put(language_pb2.RunPluginResponse(stderr=chunk))
    messages.put(None)
