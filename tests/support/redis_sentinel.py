"""Redis servers and Sentinels as processes that have what their Pods have: files, variables, scripts, host names.

Every server has an address 127.x.y.z of its own, so that all ports are the real ones; names are resolved by nss_wrapper
(https://cwrap.org/nss_wrapper.html), which is preloaded.
"""

from __future__ import annotations

import itertools
import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from components.cache.redis_conf import AUTH_CONF, CA_FILE, PORT, TLS_DIRECTORY, redis_conf
from components.cache.sentinel_conf import (
    REDIS,
    SENTINEL,
    SENTINEL_AUTH_CONF,
    SENTINEL_PORT,
    hosts,
    script_environment,
    sentinel_conf,
)
from components.cache.settings import SentinelCache
from components.cache.shell import COMMON, READY, START_REDIS, START_SENTINEL, STOP_REDIS, scripts
from tests.support.debian import debian_library, debian_program

NAMESPACE = "jarvis-test"
PASSWORD = "a-!$%&*()+,-./:;<=>?@[]^_{|}~#-password"
POD_PASSWORD = "the one that the Pod has now"
PROGRAMS = ("redis-server", "redis-sentinel", "redis-cli")


@dataclass
class FakePod:
    """One Pod's container as a process in a folder of its own."""

    part: str
    name: str
    host: str
    address: str
    folder: Path
    environment: dict[str, str]
    files: dict[str, str]
    """What /etc/redis holds."""
    command: str
    """The script that starts it."""
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        for directory in ("etc", "data", "secrets", "tmp"):
            (self.folder / directory).mkdir(parents=True)
        self.give_password(PASSWORD)

    @property
    def port(self) -> int:
        return PORT if self.part == REDIS else SENTINEL_PORT

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def give_password(self, password: str) -> None:
        """The content of the Pod's Secret from its next start on."""
        for file, text in {"auth.conf": AUTH_CONF, "sentinel-auth.conf": SENTINEL_AUTH_CONF}.items():
            (self.folder / "secrets" / file).write_text(text.replace("{}", password))
        self.environment["REDISCLI_AUTH"] = password

    def script(self, name: str) -> subprocess.CompletedProcess[str]:
        """Run one of the Pod's scripts, as a probe or a hook would."""
        return subprocess.run(
            ["sh", self.folder / "etc" / name],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def start(self) -> None:
        """Start the container; its volume is as it was left."""
        assert self.process is None
        self.write_files()
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                ["sh", self.folder / "etc" / self.command],
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def write_files(self) -> None:
        """The ConfigMap as it is: servers may try to rewrite it, which a Pod's read-only mount prevents."""
        for name, text in self.files.items():
            file = self.folder / "etc" / name
            file.unlink(missing_ok=True)
            file.write_text(text)

    def send(self, number: int) -> None:
        """Send the server a signal that it outlives."""
        assert self.process is not None
        self.process.send_signal(number)

    def ended(self) -> bool:
        """Whether the container's first process is no more."""
        return self.process is not None and self.process.poll() is not None

    def stop(self, signal_number: int = signal.SIGTERM) -> int | None:
        """End the container with everything in it; the exit status of its first process."""
        process, self.process = self.process, None
        if process is None:
            return None
        process.send_signal(signal_number)
        status = process.wait(timeout=30)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # what is left of the container: its watch on the certificate
        return status


@dataclass
class SentinelStack:
    """Servers and Sentinels of one test."""

    settings: SentinelCache
    folder: Path
    subnet: str
    """The first three numbers of all addresses."""
    certificate: Path | None = None
    """A folder with tls.crt, tls.key and ca.crt."""
    nodes: list[FakePod] = field(default_factory=list["FakePod"])
    sentinels: list[FakePod] = field(default_factory=list["FakePod"])

    def __post_init__(self) -> None:
        self.hosts_file = self.folder / "hosts"
        self.nodes = self._pods(REDIS, self.settings.replicas, 10)
        self.sentinels = self._pods(SENTINEL, self.settings.sentinel.replicas, 100)
        self.lose_names()

    @property
    def pods(self) -> list[FakePod]:
        return [*self.nodes, *self.sentinels]

    @property
    def addresses(self) -> dict[str, str]:
        return {pod.host: pod.address for pod in self.pods}

    def node(self, host: str) -> FakePod:
        """The server of that host name or address."""
        return next(pod for pod in self.nodes if host in (pod.host, pod.address))

    def _pods(self, part: str, count: int, first: int) -> list[FakePod]:
        names = hosts(part, count, NAMESPACE)
        return [self._pod(part, host, f"{self.subnet}.{first + index}") for index, host in enumerate(names)]

    def _pod(self, part: str, host: str, address: str) -> FakePod:
        name, tls = host.split(".", maxsplit=1)[0], self.certificate is not None
        files = {
            "redis.conf": redis_conf(self.settings, tls=tls),
            "sentinel.conf": sentinel_conf(self.settings, tls=tls),
            **scripts(COMMON, START_REDIS, STOP_REDIS, READY, START_SENTINEL),
        }
        folder = self.folder / name
        own = {file: moved(text, folder, address, self.certificate) for file, text in files.items()}
        command = START_REDIS if part == REDIS else START_SENTINEL
        return FakePod(part, name, host, address, folder, self._environment(part, name), own, command)

    def _environment(self, part: str, name: str) -> dict[str, str]:
        known = {"POD_NAME": name, "POD_NAMESPACE": NAMESPACE}
        given = script_environment(self.settings, part)
        if self.certificate is not None:
            given["CA_FILE"] = CA_FILE.replace(TLS_DIRECTORY, str(self.certificate))
            given["CERTIFICATE_CHECK_SECONDS"] = "1"
        return {**process_environment(self.hosts_file), **known, **expanded(given, known)}

    def lose_names(self, *pods: FakePod) -> None:
        """Take Pods out of DNS, as when they are deleted."""
        gone = {pod.host for pod in pods}
        names = self.addresses.items()
        self.hosts_file.write_text("".join(f"{address} {host}\n" for host, address in names if host not in gone))

    def move(self, pod: FakePod, address: str) -> None:
        """The Pod's next start is under another address, as it is on another node."""
        pod.files = {name: text.replace(pod.address, address) for name, text in pod.files.items()}
        pod.address = address
        self.lose_names()

    def start(self) -> None:
        """Start everything at once, as the cluster does."""
        for pod in self.pods:
            pod.start()

    def cli(self, pod: FakePod, *arguments: str, password: str | None = POD_PASSWORD) -> str:
        """What redis-cli prints, an error included; no text where nobody answers in 5 s."""
        tls = ["--tls", "--cacert", str(self.certificate / "ca.crt")] if self.certificate else []
        environment = {**pod.environment, "REDISCLI_AUTH": password or ""}
        if password is POD_PASSWORD:
            environment = pod.environment
        elif password is None:
            del environment["REDISCLI_AUTH"]
        line = ["redis-cli", "--no-auth-warning", *tls, "-h", pod.address, "-p", str(pod.port), *arguments]
        try:
            done = subprocess.run(
                line,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
                timeout=5,
            )
        except subprocess.TimeoutExpired:
            return ""
        return done.stdout.strip()

    def info(self, pod: FakePod, section: str = "replication") -> dict[str, str]:
        """A section of INFO."""
        lines = self.cli(pod, "info", section).splitlines()
        return dict(line.split(":", 1) for line in lines if ":" in line)

    def roles(self) -> dict[str, str]:
        """The role that each server says it has; no text where it is not up."""
        return {pod.name: self.info(pod).get("role", "") for pod in self.nodes}

    def named_primaries(self) -> set[str]:
        """Who the Sentinels that are up say is primary."""
        running = [pod for pod in self.sentinels if pod.process is not None]
        answers = [self.cli(pod, "sentinel", "get-master-addr-by-name", "jarvis") for pod in running]
        return {answer.splitlines()[0] if answer else "" for answer in answers}

    def settled(self) -> bool:
        """One primary that all Sentinels name, everyone else linked to it, and the Sentinels know all of it."""
        named = self.named_primaries()
        if len(named) != 1 or (host := named.pop()) not in self.addresses:
            return False
        primary = self.node(host)
        others = [self.info(pod) for pod in self.nodes if pod is not primary]
        up = [pod for pod in self.sentinels if pod.process is not None]
        return (
            self.info(primary).get("role") == "master"
            and all(facts.get("master_host") == host and facts.get("master_link_status") == "up" for facts in others)
            and all(self._sees_all(pod) for pod in up)
        )

    def _sees_all(self, sentinel: FakePod) -> bool:
        lines = self.cli(sentinel, "sentinel", "master", "jarvis").splitlines()
        facts = dict(zip(lines[::2], lines[1::2], strict=False))
        others = {"num-slaves": len(self.nodes) - 1, "num-other-sentinels": len(self.sentinels) - 1}
        expected = {"flags": "master", **others}
        return all(facts.get(key) == str(value) for key, value in expected.items())

    def primary(self) -> FakePod:
        """The primary that all Sentinels name."""
        (host,) = self.named_primaries()
        return self.node(host)

    def close(self) -> None:
        """End everything."""
        for pod in self.pods:
            pod.stop(signal.SIGKILL)


def moved(text: str, folder: Path, address: str, certificate: Path | None) -> str:
    """A file of the Pod for a process: with the folders of the test, and on the Pod's own address only."""
    places = {
        TLS_DIRECTORY: str(certificate),
        "/run/secrets/redis/": f"{folder}/secrets/",
        "/etc/redis/": f"{folder}/etc/",
        "dir /data\n": f"dir {folder}/data\n",
        "=/data/": f"={folder}/data/",
        " /tmp/": f" {folder}/tmp/",  # noqa: S108 - the Pod's
        "bind 0.0.0.0\n": f"bind {address}\n",
        "127.0.0.1": address,
    }
    return re.sub("|".join(map(re.escape, places)), lambda found: places[found[0]], text)


def expanded(given: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str]:
    """Variables with the references that the kubelet resolves."""
    result: dict[str, str] = {}
    for key, text in given.items():
        value = text
        for name, content in known.items():
            value = value.replace(f"$({name})", content)
        result[key] = value
    return result


def process_environment(hosts_file: Path) -> dict[str, str]:
    """Programs and libraries of Debian's packages, and the test's own host names."""
    programs = [debian_program(name) for name in PROGRAMS]
    libraries = dict.fromkeys(str(folder) for program in programs for folder in program.library_folders)
    environment = {
        "PATH": ":".join([*dict.fromkeys(str(program.path.parent) for program in programs), os.environ["PATH"]]),
        "LD_PRELOAD": str(debian_library("libnss_wrapper.so")),
        "NSS_WRAPPER_HOSTS": str(hosts_file),
    }
    return environment | ({"LD_LIBRARY_PATH": ":".join(libraries)} if libraries else {})


_numbers = itertools.count(1)


def free_subnet() -> str:
    """The first three numbers of addresses 127.x.y.z that no other stack of this process, nor of another, has."""
    for number in _numbers:
        subnet = f"127.{1 + os.getpid() % 250}.{number % 250}"
        with socket.socket() as probe:
            if probe.connect_ex((f"{subnet}.100", SENTINEL_PORT)) != 0:
                return subnet
    raise AssertionError("no free address on loopback")


@contextmanager
def running_stack(folder: Path, settings: SentinelCache, certificate: Path | None = None) -> Iterator[SentinelStack]:
    """Everything started, in a folder and a subnet of its own; ended at the end."""
    folder.mkdir(parents=True, exist_ok=True)
    stack = SentinelStack(settings, folder, free_subnet(), certificate)
    stack.start()
    try:
        yield stack
    finally:
        stack.close()
