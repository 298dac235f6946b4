"""A real Kubernetes control plane on loopback: etcd, API server, controller manager, scheduler, and kwok's nodes.

It stays up between commands: whatever starts it records it in a state folder, and the next start keeps what is well
and replaces what is not. Pods are scheduled and become Ready, but nothing runs inside them.
"""

from __future__ import annotations

import fcntl
import json
import shutil
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sandbox.certificates import Authority, KeyPair
from sandbox.commands import Ports, component_commands
from sandbox.errors import SandboxError
from sandbox.kinds import SIMULATOR, install
from sandbox.kubeconfig import CONTEXT, write_kubeconfig
from sandbox.processes import Process
from sandbox.toolchain import CONTROL_PLANE_TOOLS, Say, Toolchain, say_on_stderr
from sandbox.volumes import volumes

START_ORDER: Final = CONTROL_PLANE_TOOLS
READY_SECONDS: Final = 60.0
"""How long one process may take to answer; a second or two on an idle machine."""
UNREADABLE: Final = ("file is not a bbolt database", "invalid database", "checksum error", "panic:", "crc mismatch")
"""What etcd says of data that is damaged; a taken port or a full disk is none of these."""
_CRASH_LINES: Final = 60
"""Room for the stack trace that follows such words."""
CLUSTER_OBJECTS: Final = Path(__file__).with_name("cluster.yaml")


@dataclass(frozen=True)
class ProcessStatus:
    """One process of the control plane as it is now."""

    name: str
    version: str
    pid: int | None
    """None where it is not running."""
    port: int | None
    """Its TCP port on 127.0.0.1; None for those that only call the API server."""
    healthy: bool
    """Its own health check where it has one, else whether it runs."""


class ControlPlane:
    """The sandbox of one state folder."""

    def __init__(self, folder: Path, toolchain: Toolchain | None = None, say: Say = say_on_stderr) -> None:
        self.folder = folder.resolve()
        self._toolchain = toolchain or Toolchain(say=say)
        self._say = say
        self._processes = {name: Process(self.folder / "processes", name) for name in START_ORDER}

    @property
    def kubeconfig(self) -> Path:
        """The administrator's kubeconfig; written by `start`."""
        return self.folder / "kubeconfig"

    @property
    def context(self) -> str:
        """The only context of the kubeconfig."""
        return CONTEXT

    def log(self, name: str) -> Path:
        """The log file of one process."""
        return self._processes[name].log

    def start(self) -> None:
        """Bring the control plane up, or what is missing of it. Does nothing where everything is well.

        Raises SandboxError with the end of its log where a process does not come up.
        """
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        tools = self._toolchain.ensure(*CONTROL_PLANE_TOOLS, "kubectl")
        with self._lock():
            authority = Authority(self.folder / "pki")
            ports = self._ports()
            commands = component_commands(tools, self.folder, authority, ports)
            identity = authority.fingerprint
            stale = [name for name in START_ORDER if not self._processes[name].runs(commands[name], identity)]
            if not stale and self._ready(ports):
                return
            started = time.monotonic()
            self._say(f"Starting the sandbox ({', '.join(stale) or 'not ready yet'}) ...")
            self._stop(stale)
            write_kubeconfig(self.kubeconfig, authority, ports.api_server)
            self._bring_up(commands, identity, ports, tools["kubectl"])
            self._fill(tools["kubectl"])
            self._say(f"  Kubernetes {self._toolchain.version('kube-apiserver')} in {time.monotonic() - started:.0f} s")

    def stop(self) -> None:
        """Stop every process. The state stays and the next start goes on from it."""
        if not self.folder.is_dir():
            return
        with self._lock():
            self._stop(list(START_ORDER))

    def running(self) -> bool:
        """Whether the API server answers that it is ready."""
        ports = Ports.read(self.folder / "ports.json")
        return ports is not None and self._processes["kube-apiserver"].pid is not None and self._ready(ports)

    def status(self) -> list[ProcessStatus]:
        """Every process as it is now; starts and changes nothing."""
        ports = Ports.read(self.folder / "ports.json")
        found: list[ProcessStatus] = []
        for name in START_ORDER:
            pid = self._processes[name].pid
            port = ports.of(name) if ports is not None and pid is not None else None
            check = self._health(name, ports) if ports is not None else None
            healthy = pid is not None and (check is None or check())
            found.append(ProcessStatus(name, self._toolchain.version(name), pid, port, healthy))
        return found

    @contextmanager
    def _lock(self) -> Generator[None]:
        with (self.folder / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _ports(self) -> Ports:
        """The recorded ports; those that somebody else has taken since are chosen anew."""
        mine = {name for name in START_ORDER if self._processes[name].pid is not None}
        ports = (Ports.read(self.folder / "ports.json") or Ports.free()).without_taken(mine)
        scratch = self.folder / "ports.tmp"
        scratch.write_text(json.dumps(ports.as_map()), "utf-8")
        scratch.replace(self.folder / "ports.json")
        return ports

    def _stop(self, names: list[str]) -> None:
        """In the opposite of the starting order, so that none loses what it calls before it has left."""
        for name in reversed(START_ORDER):
            if name in names:
                self._processes[name].signal_stop()
                if name == "kube-apiserver":
                    self._processes[name].wait_stopped()
        for name in names:
            self._processes[name].wait_stopped()

    def _bring_up(self, commands: dict[str, list[str]], identity: str, ports: Ports, kubectl: Path) -> None:
        try:
            self._start_one("etcd", commands, identity, ports)
        except SandboxError as error:
            self._set_data_aside(error)
            self._start_one("etcd", commands, identity, ports)
        self._start_one("kube-apiserver", commands, identity, ports)
        if self._processes["kwok"].pid is None:
            # A new kwok would let the nodes' Pods wait until the leases of the one before it have expired.
            self._kubectl(kubectl, "delete", "leases", "--all", "--namespace=kube-node-lease", "--ignore-not-found")
        install(self.kubeconfig, [SIMULATOR])
        for name in START_ORDER[2:]:
            self._start_one(name, commands, identity, ports)

    def _start_one(self, name: str, commands: dict[str, list[str]], identity: str, ports: Ports) -> None:
        process = self._processes[name]
        if not process.runs(commands[name], identity):
            process.start(commands[name], identity)
        check = self._health(name, ports)
        deadline = time.monotonic() + READY_SECONDS
        while check is not None and not check():
            if process.pid is None:
                raise SandboxError(f"{name} stopped while it started. The end of {process.log}:\n{process.log_tail()}")
            if time.monotonic() > deadline:
                raise SandboxError(
                    f"{name} is not ready after {READY_SECONDS:.0f} s. The end of {process.log}:\n{process.log_tail()}"
                )
            time.sleep(0.1)

    def _set_data_aside(self, error: SandboxError) -> None:
        """Data that etcd says it cannot read is kept beside, for an empty start. Any other error is raised."""
        data = self.folder / "etcd"
        process = self._processes["etcd"]
        unreadable = any(words in process.log_tail(_CRASH_LINES) for words in UNREADABLE)
        if process.pid is not None or not data.is_dir() or not unreadable:
            raise error
        aside = self.folder / f"etcd.unreadable-{int(time.time())}"
        shutil.move(data, aside)
        self._say(f"The sandbox's data could not be read; it starts empty, the old data is in {aside}.")

    def _fill(self, kubectl: Path) -> None:
        """Nodes, storage classes and volumes, then wait until a Pod could run."""
        self._kubectl(kubectl, "apply", "--server-side", "--force-conflicts", "-f", str(CLUSTER_OBJECTS))
        (self.folder / "volumes.json").write_text(volumes(), "utf-8")
        self._kubectl(kubectl, "apply", "--server-side", "--force-conflicts", "-f", str(self.folder / "volumes.json"))
        self._kubectl(kubectl, "wait", "--for=condition=Ready", "nodes", "--all", f"--timeout={READY_SECONDS:.0f}s")
        self._kubectl(
            kubectl, "wait", "--for=create", "serviceaccount/default", "-n=default", f"--timeout={READY_SECONDS:.0f}s"
        )

    def _kubectl(self, kubectl: Path, *arguments: str) -> None:
        command = [str(kubectl), f"--kubeconfig={self.kubeconfig}", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SandboxError(f"`kubectl {' '.join(arguments[:2])}` failed in the sandbox: {done.stderr.strip()}")

    def _ready(self, ports: Ports) -> bool:
        return _answers(f"https://127.0.0.1:{ports.api_server}/readyz", self._authority_files())

    def _health(self, name: str, ports: Ports) -> Callable[[], bool] | None:
        """The check of a process that listens, None for those that only call the API server."""
        match name:
            case "etcd":
                return lambda: _answers(f"https://127.0.0.1:{ports.etcd}/readyz", self._authority_files())
            case "kube-apiserver":
                return lambda: self._ready(ports)
            case _:
                return None

    def _authority_files(self) -> tuple[Path, KeyPair]:
        pki = self.folder / "pki"
        return pki / "ca.crt", KeyPair(pki / "admin.crt", pki / "admin.key")


def _answers(url: str, files: tuple[Path, KeyPair]) -> bool:
    authority, client = files
    try:
        context = ssl.create_default_context(cafile=str(authority))
        context.load_cert_chain(client.certificate, client.key)
        with urllib.request.urlopen(url, timeout=2, context=context) as answer:  # noqa: S310  # https on loopback
            return answer.status == 200  # noqa: PLR2004  # HTTP's OK
    except (OSError, urllib.error.URLError, ssl.SSLError):
        return False
