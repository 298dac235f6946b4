"""`port-forward`: the user interface, the API and Grafana on this machine, as the stack's exposure settings say."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from automation.cluster import ClusterAddress
from automation.errors import AutomationError, BadInputError, InterruptedRunError
from automation.exports import endpoints_of, namespace_of, stack_outputs
from automation.session import Session

SERVICES: Final[Mapping[str, str]] = {"frontend": "jarvis-frontend", "backend": "jarvis-backend", "grafana": "grafana"}
"""Entry points and the Services behind them."""
SIMULATED: Final = "\nThe sandbox simulates its Pods: they become Ready, but nothing runs in them that could answer."
_ENDING_SECONDS: Final = 5.0


@dataclass(frozen=True)
class Forward:
    """One local port and the Service port behind it."""

    name: str
    service: str
    service_port: int
    local_port: int
    scheme: str = "http"
    """`https` where the Service itself serves TLS."""

    @property
    def url(self) -> str:
        """Where it answers on this machine."""
        return f"{self.scheme}://localhost:{self.local_port}"


def run(session: Session) -> None:
    """Forward until interrupted. Raises BadInputError for a port in use, AutomationError where a forward ends."""
    deployment = session.deployment()
    namespace = namespace_of(stack_outputs(deployment))
    if namespace is None:
        raise BadInputError(f"{session.options.stack} is not deployed here: run `up` first.")
    forwards = list(planned(deployment))
    if not forwards:
        raise BadInputError(f"{session.options.stack} exposes nothing by port-forward; see jarvis:exposure.")
    refuse_used_ports(forwards)
    kubectl = session.project.tools.kubectl(session.display.say)
    _forward(session, kubectl, namespace, forwards)


def planned(deployment: Mapping[str, Any]) -> Iterable[Forward]:
    """What to forward: the stack's exported endpoints on localhost, to the first port of each one's Service."""
    ports: dict[str, int] = {}
    for resource in cast("list[dict[str, Any]]", deployment.get("resources") or []):
        match resource:
            case {
                "type": "kubernetes:core/v1:Service",
                "inputs": {"metadata": {"name": str(name)}, "spec": {"ports": [{"port": int() | float() as port}, *_]}},
            }:
                ports[name] = int(port)
            case _:
                continue
    for name, url in endpoints_of(stack_outputs(deployment)).items():
        service = SERVICES.get(name, name)
        scheme, _, authority = url.partition("://")
        host, _, local_port = authority.rstrip("/").partition(":")
        if host == "localhost" and service in ports and local_port.isdigit():
            yield Forward(name, service, ports[service], int(local_port), scheme)


def refuse_used_ports(forwards: Iterable[Forward]) -> None:
    """Raise BadInputError, one sentence a port, for local ports that something listens on."""
    used: list[str] = []
    for forward in forwards:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", forward.local_port))
            except OSError as error:
                used.append(
                    f"Port {forward.local_port}, for the {forward.name}, cannot be had: {error.strerror}. "
                    f"Stop what listens there, or set jarvis:exposure.localPorts.{forward.name}."
                )
    if used:
        raise BadInputError("\n".join(used))


def command(kubectl: Path, address: ClusterAddress, namespace: str, forward: Forward) -> list[str]:
    """The kubectl command of one forward; it listens on loopback only."""
    words = [str(kubectl), "port-forward", "--address", "127.0.0.1", "--namespace", namespace]
    if address.kubeconfig is not None:
        words += ["--kubeconfig", address.kubeconfig]
    if address.context is not None:
        words += ["--context", address.context]
    return [*words, f"service/{forward.service}", f"{forward.local_port}:{forward.service_port}"]


def _forward(session: Session, kubectl: Path, namespace: str, forwards: list[Forward]) -> None:
    address = session.cluster()
    with contextlib.ExitStack() as running:
        children: list[tuple[Forward, subprocess.Popen[str]]] = []
        for forward in forwards:
            child = subprocess.Popen(
                command(kubectl, address, namespace, forward),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
            running.callback(_end, child)
            children.append((forward, child))
        if session.options.format == "json":
            print(json.dumps({forward.name: forward.url for forward in forwards}), flush=True)
        else:
            session.display.endpoints({item.name: item.url for item in forwards})
        session.display.say("Forwarding; Ctrl-C ends it.")
        try:
            _watch(children, SIMULATED if session.options.sandbox else "")
        except InterruptedRunError:
            session.display.say("Ended.")


def _watch(children: list[tuple[Forward, subprocess.Popen[str]]], hint: str) -> None:
    """Wait until an interrupt; raises AutomationError where one of the forwards ends by itself."""
    while True:
        for forward, child in children:
            if child.poll() is not None:
                words = (child.stderr.read() if child.stderr else "").strip().removeprefix("error: ")
                raise AutomationError(
                    f"The forward of {forward.name} to service/{forward.service} ended: {words}{hint}"
                )
        time.sleep(0.3)


def _end(child: subprocess.Popen[str]) -> None:
    child.terminate()
    try:
        child.wait(_ENDING_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
