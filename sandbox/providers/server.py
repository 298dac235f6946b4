"""The gRPC server between the engine and a `Provider`, and the process around it."""

# ruff: noqa: D102, ARG002
# The names, parameters and meaning of a servicer's methods are the protocol's.

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from importlib.metadata import version
from typing import Final, Protocol, TypeVar, cast

import grpc
from google.protobuf import any_pb2, empty_pb2, struct_pb2
from google.protobuf.message import Message
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2

from sandbox.engine_watch import wait_for_end
from sandbox.providers import values
from sandbox.providers.engine_log import EngineLog
from sandbox.providers.resource import (
    Change,
    Checked,
    Difference,
    InitializationError,
    Naming,
    Operation,
    Provider,
    ProviderError,
    Resource,
    State,
)

_THREADS: Final = 512
"""Upper limit; a resource that is waited for holds one, and the engine bounds how many it starts at once."""
_MESSAGE_BYTES: Final = 400 * 1024 * 1024
"""The engine's own limit of a message."""

Reply = TypeVar("Reply", bound=Message)


class _Addressed(Protocol):
    urn: str
    type: str
    name: str


class _Failure(grpc.Status):
    """A gRPC status with details."""

    def __init__(self, message: str, details: Message | None = None) -> None:
        status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=message)
        if details is not None:
            packed = any_pb2.Any()
            packed.Pack(details)
            status.details.append(packed)
        self.code = grpc.StatusCode.UNKNOWN
        self.details = message
        self.trailing_metadata = (("grpc-status-details-bin", status.SerializeToString()),)


def _resource(request: _Addressed) -> Resource:
    kind, name = request.type, request.name
    if not kind:  # an older engine only sends the URN
        *_, qualified, name = request.urn.split("::")
        kind = qualified.rsplit("$", 1)[-1]
    return Resource(request.urn, kind, name)


def _difference(difference: Difference) -> provider_pb2.DiffResponse:
    kinds = {
        (Change.ADDED, False): provider_pb2.PropertyDiff.ADD,
        (Change.ADDED, True): provider_pb2.PropertyDiff.ADD_REPLACE,
        (Change.DELETED, False): provider_pb2.PropertyDiff.DELETE,
        (Change.DELETED, True): provider_pb2.PropertyDiff.DELETE_REPLACE,
        (Change.UPDATED, False): provider_pb2.PropertyDiff.UPDATE,
        (Change.UPDATED, True): provider_pb2.PropertyDiff.UPDATE_REPLACE,
    }
    response = provider_pb2.DiffResponse(
        changes=provider_pb2.DiffResponse.DIFF_SOME if difference.changes else provider_pb2.DiffResponse.DIFF_NONE,
        replaces=sorted(difference.replaces),
        diffs=sorted({top_level(path) for path in difference.changes}),
        deleteBeforeReplace=difference.delete_before_replace,
        hasDetailedDiff=bool(difference.changes),
    )
    for path, change in difference.changes.items():
        kind = kinds[change, path in difference.replaces]
        response.detailedDiff[path].CopyFrom(provider_pb2.PropertyDiff(kind=kind, inputDiff=True))
    return response


def _without(difference: Difference, ignored: Sequence[str]) -> Difference:
    """The difference but for ignored paths, which the engine leaves out itself in an update, not in a refresh."""
    changes = {
        path: change
        for path, change in difference.changes.items()
        if not any(path == left or path.startswith((f"{left}.", f"{left}[")) for left in ignored)
    }
    return replace(difference, changes=changes, replaces=difference.replaces & changes.keys())


def top_level(path: str) -> str:
    """The first key of a property path: `spec` of `spec.ports[0]`, `a.b` of `["a.b"].c`."""
    if path.startswith('["'):
        return cast("str", json.loads(path[1 : path.index('"]') + 1]))
    return path.split(".", 1)[0].split("[", 1)[0]


def _checked(checked: Checked) -> provider_pb2.CheckResponse:
    failures = [provider_pb2.CheckFailure(property=where, reason=why) for where, why in checked.failures]
    return provider_pb2.CheckResponse(inputs=values.encode(checked.inputs), failures=failures)


def _invoked(result: struct_pb2.Struct) -> provider_pb2.InvokeResponse:
    response = provider_pb2.InvokeResponse()
    cast("struct_pb2.Struct", getattr(response, "return")).CopyFrom(result)  # the field's name is a keyword
    return response


class Servicer(provider_pb2_grpc.ResourceProviderServicer):
    """Answers the engine's calls; every error reaches it as one sentence."""

    def __init__(self, provider: Provider, log: EngineLog) -> None:
        self._provider = provider
        self._log = log

    def _answer(self, context: grpc.ServicerContext, work: Callable[[], Reply]) -> Reply:
        try:
            return work()
        except InitializationError as error:
            details = provider_pb2.ErrorResourceInitFailed(
                id=error.id,
                properties=values.encode(error.outputs),
                inputs=values.encode(error.inputs),
                reasons=error.reasons,
            )
            failure = _Failure(str(error), details)
        except ProviderError as error:
            failure = _Failure(str(error))
        except Exception as error:
            self._log.debug("", traceback.format_exc())
            where = f"the offline provider `{self._provider.name}`"
            failure = _Failure(f"Unexpected error in {where}: {type(error).__name__}: {error}")
        context.abort_with_status(failure)
        raise AssertionError  # not reached: abort raises

    def Handshake(self, request: provider_pb2.ProviderHandshakeRequest, context: grpc.ServicerContext):
        self._log.connect(request.engine_address)
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True, supports_autonaming_configuration=True)

    def Attach(self, request: plugin_pb2.PluginAttach, context: grpc.ServicerContext):
        self._log.connect(request.address)
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: empty_pb2.Empty, context: grpc.ServicerContext):
        return plugin_pb2.PluginInfo(version=version(self._provider.sdk))

    def GetSchema(self, request: provider_pb2.GetSchemaRequest, context: grpc.ServicerContext):
        schema = {"name": self._provider.name, "version": version(self._provider.sdk)}
        return provider_pb2.GetSchemaResponse(schema=json.dumps(schema))

    def CheckConfig(self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext):
        return self._answer(context, lambda: _checked(self._provider.check_config(values.decode(request.news))))

    def DiffConfig(self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext):
        old, new = values.decode(request.old_inputs), values.decode(request.news)
        return self._answer(context, lambda: _difference(self._provider.diff_config(old, new)))

    def Configure(self, request: provider_pb2.ConfigureRequest, context: grpc.ServicerContext):
        def work() -> provider_pb2.ConfigureResponse:
            self._provider.configure(values.decode(request.args))
            return provider_pb2.ConfigureResponse(
                acceptSecrets=True, supportsPreview=True, supports_autonaming_configuration=True
            )

        return self._answer(context, work)

    def Check(self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext):
        options = request.autonaming if request.HasField("autonaming") else None
        naming = Naming()
        if options is not None:
            naming = Naming(
                options.proposed_name or None,
                disabled=options.mode == provider_pb2.CheckRequest.AutonamingOptions.DISABLE,
                enforced=options.mode == provider_pb2.CheckRequest.AutonamingOptions.ENFORCE,
            )

        def work() -> provider_pb2.CheckResponse:
            old, new = values.decode(request.olds), values.decode(request.news)
            return _checked(self._provider.check(_resource(request), old, new, request.randomSeed, naming))

        return self._answer(context, work)

    def Diff(self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext):
        def work() -> provider_pb2.DiffResponse:
            state = State(request.id, values.decode(request.olds), values.decode(request.old_inputs))
            found = self._provider.diff(_resource(request), state, values.decode(request.news))
            return _difference(_without(found, request.ignoreChanges))

        return self._answer(context, work)

    def Create(self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext):
        def work() -> provider_pb2.CreateResponse:
            operation = Operation(_resource(request), request.preview, request.timeout or None)
            state = self._provider.create(operation, values.decode(request.properties))
            return provider_pb2.CreateResponse(id=state.id, properties=values.encode(state.outputs))

        return self._answer(context, work)

    def Read(self, request: provider_pb2.ReadRequest, context: grpc.ServicerContext):
        def work() -> provider_pb2.ReadResponse:
            operation = Operation(_resource(request), timeout=request.timeout or None)
            known = State(request.id, values.decode(request.properties), values.decode(request.inputs))
            state = self._provider.read(operation, known)
            if state is None:
                return provider_pb2.ReadResponse()
            outputs, inputs = values.encode(state.outputs), values.encode(state.inputs)
            return provider_pb2.ReadResponse(id=state.id, properties=outputs, inputs=inputs)

        return self._answer(context, work)

    def Update(self, request: provider_pb2.UpdateRequest, context: grpc.ServicerContext):
        def work() -> provider_pb2.UpdateResponse:
            ignored = tuple(request.ignoreChanges)
            operation = Operation(_resource(request), request.preview, request.timeout or None, ignored)
            state = State(request.id, values.decode(request.olds), values.decode(request.old_inputs))
            updated = self._provider.update(operation, state, values.decode(request.news))
            return provider_pb2.UpdateResponse(properties=values.encode(updated.outputs))

        return self._answer(context, work)

    def Delete(self, request: provider_pb2.DeleteRequest, context: grpc.ServicerContext):
        def work() -> empty_pb2.Empty:
            operation = Operation(_resource(request), timeout=request.timeout or None)
            state = State(request.id, values.decode(request.properties), values.decode(request.old_inputs))
            self._provider.delete(operation, state)
            return empty_pb2.Empty()

        return self._answer(context, work)

    def Invoke(self, request: provider_pb2.InvokeRequest, context: grpc.ServicerContext):
        def work() -> provider_pb2.InvokeResponse:
            result = self._provider.invoke(request.tok, values.decode(request.args))
            return _invoked(values.encode(result))

        return self._answer(context, work)

    def Construct(self, request: provider_pb2.ConstructRequest, context: grpc.ServicerContext):
        def work() -> provider_pb2.ConstructResponse:
            raise ProviderError(
                f"The offline provider `{self._provider.name}` has no component `{request.type}`: "
                "declare its objects one by one, or use Pulumi's official plugin."
            )

        return self._answer(context, work)

    def Cancel(self, request: empty_pb2.Empty, context: grpc.ServicerContext):
        self._provider.cancel()
        return empty_pb2.Empty()


def serve(make: Callable[[EngineLog], Provider]) -> None:
    """Run the provider until the engine goes: the address of the engine is the process's last argument, if any.

    The port is printed on standard output, where the engine reads it.
    """
    log = EngineLog()
    if len(sys.argv) > 1:
        log.connect(sys.argv[-1])
    provider = make(log)
    size: list[tuple[str, int]] = [
        ("grpc.max_receive_message_length", _MESSAGE_BYTES),
        ("grpc.max_send_message_length", _MESSAGE_BYTES),
    ]
    server = grpc.server(ThreadPoolExecutor(_THREADS), options=size)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Servicer(provider, log), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    stopped = threading.Event()
    # The engine stops its plugins with SIGINT; a person's Ctrl-C goes to the engine only, which cancels first.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stopped.set())
    with suppress(BrokenPipeError):
        print(port, flush=True)
    wait_for_end(stopped)
    provider.cancel()
    server.stop(grace=None)
    provider.close()
    os._exit(0)  # threads that wait for a resource must not hold the process
