"""The offline providers' processes: cancel, stop and the engine's sudden death."""

from __future__ import annotations

import signal
import sys
import time

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2, status_pb2

from sandbox.control_plane import ControlPlane
from sandbox.providers import values
from tests.support.kubectl import Kubectl
from tests.support.provider_process import ProviderProcess, provider_process

NEVER_READY: values.Properties = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "never", "namespace": "default"},
    "spec": {"selector": {"app": "nobody"}, "ports": [{"port": 80}]},
}


def test_cancel_ends_a_wait_at_once_and_keeps_the_object(control_plane: ControlPlane, kubectl: Kubectl) -> None:
    with provider_process("kubernetes") as plugin:
        plugin.configure(kubeconfig=str(control_plane.kubeconfig))
        call = plugin.create("kubernetes:core/v1:Service", NEVER_READY)
        deadline = time.monotonic() + 20
        while kubectl.run("get", "service", "never").returncode != 0:
            assert time.monotonic() < deadline
        assert not call.done()
        started = time.monotonic()
        plugin.stub.Cancel(empty_pb2.Empty())
        with pytest.raises(grpc.RpcError) as caught:
            call.result(timeout=5)
        assert time.monotonic() - started < 2
    kubectl("delete", "service", "never")
    assert "cancelled while waiting for it" in caught.value.details()
    metadata = dict(caught.value.trailing_metadata())
    status = status_pb2.Status.FromString(metadata["grpc-status-details-bin"])
    details = provider_pb2.ErrorResourceInitFailed()
    assert status.details[0].Unpack(details)
    assert details.id == "default/never"
    assert values.decode(details.properties)["kind"] == "Service"


@pytest.mark.parametrize("name", ["kubernetes", "random"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_plugin_leaves_quietly(name: str, number: signal.Signals) -> None:
    plugin = ProviderProcess(name)
    plugin.process.send_signal(number)
    assert plugin.process.wait(5) == 0


def test_a_plugin_ends_with_its_engine() -> None:
    # The stand-in for the engine starts the plugin, and is killed without a chance to stop it.
    engine = "import subprocess, sys; subprocess.run(sys.argv[1:])"
    plugin = ProviderProcess("random", parent=(sys.executable, "-c", engine))
    plugin.stub.GetPluginInfo(empty_pb2.Empty(), timeout=5)
    plugin.process.kill()
    plugin.process.wait(5)
    deadline = time.monotonic() + 5
    while True:
        try:
            plugin.stub.GetPluginInfo(empty_pb2.Empty(), timeout=1)
        except grpc.RpcError:
            return
        assert time.monotonic() < deadline
        time.sleep(0.1)
