"""The generated configuration and scripts in real Redis servers and Sentinels: what fails, and what becomes of it.

The tests share two stacks, one of them with TLS, and each leaves its stack whole. `pytest -s` shows the figures.
"""

from __future__ import annotations

import signal
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import redis
from redis.sentinel import Sentinel

from components.cache.sentinel_conf import MASTER_NAME, REDIS, SENTINEL, SENTINEL_PORT, hosts
from components.cache.settings import SentinelCache, SentinelServers
from components.cache.shell import READY, STOP_REDIS
from tests.support.prometheus import eventually
from tests.support.redis_sentinel import NAMESPACE, PASSWORD, FakePod, SentinelStack, running_stack
from tests.support.server_certificates import TestAuthority, answer_in_plain_text, served_serial

DOWN_AFTER = 2
SETTINGS = SentinelCache(
    min_replicas_max_lag_seconds=2,
    sentinel=SentinelServers(down_after_seconds=DOWN_AFTER, failover_timeout_seconds=10),
)
TLS_SETTINGS = SentinelCache(sentinel=SentinelServers(down_after_seconds=1, failover_timeout_seconds=10))
NAMES = [*hosts(REDIS, 3, NAMESPACE), *hosts(SENTINEL, 3, NAMESPACE)]
AUTHORITY = TestAuthority()


@pytest.fixture(scope="module")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SentinelStack, SentinelStack]]:
    folder = tmp_path_factory.mktemp("sentinel")
    AUTHORITY.issue(folder / "certificate", NAMES)
    with (
        running_stack(folder / "plain", SETTINGS) as plain,
        running_stack(folder / "tls", TLS_SETTINGS, folder / "certificate") as encrypted,
    ):
        yield plain, encrypted


@pytest.fixture
def stack(stacks: tuple[SentinelStack, SentinelStack], monkeypatch: pytest.MonkeyPatch) -> SentinelStack:
    return whole(stacks[0], monkeypatch)


@pytest.fixture
def encrypted(stacks: tuple[SentinelStack, SentinelStack], monkeypatch: pytest.MonkeyPatch) -> SentinelStack:
    return whole(stacks[1], monkeypatch)


def whole(stack: SentinelStack, monkeypatch: pytest.MonkeyPatch) -> SentinelStack:
    """The stack once all is well, its host names known to this process too."""
    original = socket.getaddrinfo

    def resolve(host: Any, *arguments: Any, **options: Any) -> Any:
        return original(stack.addresses.get(host, host), *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    eventually(stack.settled, seconds=30, what=f"all is well in {stack.folder}")
    return stack


def client(stack: SentinelStack) -> redis.Redis:
    """A client as the application has one: it asks the Sentinels, by name, and trusts the authority alone."""
    options: dict[str, Any] = {"password": PASSWORD, "socket_timeout": 1, "socket_connect_timeout": 1}
    if stack.certificate is not None:
        options |= {"ssl": True, "ssl_ca_certs": str(stack.certificate / "ca.crt"), "ssl_check_hostname": True}
    addresses = [(pod.host, SENTINEL_PORT) for pod in stack.sentinels]
    return Sentinel(addresses, sentinel_kwargs=options, **options).master_for(MASTER_NAME)


def drain(pod: FakePod) -> None:
    """End the Pod as the kubelet does, and start its successor."""
    assert pod.script(STOP_REDIS).returncode == 0
    assert pod.stop() == 0
    pod.start()


class Writer:
    """Writes numbered keys, one after the other, and remembers which of them were acknowledged, and when."""

    def __init__(self, stack: SentinelStack, prefix: str, *, replicas: int) -> None:
        self._client = client(stack)
        self._prefix = prefix
        self._replicas = replicas
        """How many replicas must have a write (WAIT) before it counts as acknowledged."""
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._write)
        self.acknowledged: list[tuple[int, float]] = []

    def __enter__(self) -> Writer:
        self._thread.start()
        eventually(lambda: len(self.acknowledged) > 50, seconds=10, what=f"{self._prefix} is written")
        return self

    def __exit__(self, *_: object) -> None:
        count = len(self.acknowledged)
        try:
            eventually(lambda: len(self.acknowledged) > count + 50, seconds=20, what=f"{self._prefix} is written again")
        finally:
            self._over.set()
            self._thread.join()

    def _write(self) -> None:
        number = 0
        while not self._over.is_set():
            number += 1
            try:
                with self._client.pipeline(transaction=False) as both:
                    both.set(f"{self._prefix}:{number}", number)
                    both.execute_command("WAIT", self._replicas, 500)
                    kept, replicas = both.execute()
                if kept and replicas >= self._replicas:
                    self.acknowledged.append((number, time.monotonic()))
            except redis.RedisError:
                time.sleep(0.02)

    @property
    def pause(self) -> float:
        """The longest time without an acknowledgement, in seconds."""
        times = [when for _, when in self.acknowledged]
        return max(after - before for before, after in pairwise(times))

    def lost(self) -> int:
        """How many acknowledged writes are not there."""
        there = {int(key.rpartition(b":")[2]) for key in self._client.scan_iter(f"{self._prefix}:*", count=5000)}
        return len({number for number, _ in self.acknowledged} - there)

    def figures(self) -> str:
        return f"{len(self.acknowledged)} writes acknowledged, {self.lost()} lost, longest pause {self.pause:.1f} s"


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Any:
    def text(line: str) -> None:
        with capsys.disabled():
            print(f"\n  {line}", end="")

    return text


def test_every_port_wants_the_password(stack: SentinelStack) -> None:
    for pod in stack.pods:
        command = ("info", "server") if pod.part == REDIS else ("sentinel", "masters")
        assert "redis_version" in stack.cli(pod, *command) or MASTER_NAME in stack.cli(pod, *command)
        assert "NOAUTH" in stack.cli(pod, *command, password=None)
        assert "NOAUTH" in stack.cli(pod, *command, password="wrong")
        assert "WRONGPASS" in stack.cli(pod, "auth", "wrong", password=None)


def test_the_first_server_leads_at_the_very_first_start(stack: SentinelStack) -> None:
    assert stack.roles() == {"redis-0": "master", "redis-1": "slave", "redis-2": "slave"}
    assert all(pod.script(READY).returncode == 0 for pod in stack.nodes)


def test_a_primary_that_is_killed_is_replaced_and_comes_back_as_a_replica(stack: SentinelStack, say: Any) -> None:
    old = stack.primary()
    with Writer(stack, "killed", replicas=0) as plain, Writer(stack, "killed-wait", replicas=1) as waited:
        old.stop(signal.SIGKILL)
        old.start()  # at once, as the kubelet does: with an empty memory, it must not lead again
    assert stack.primary() is not old
    eventually(stack.settled, seconds=20, what="the old primary is a replica")
    assert stack.roles()[old.name] == "slave"
    assert "has newer data" in old.log
    say(f"primary killed, down-after {DOWN_AFTER} s: {plain.figures()}; with WAIT 1: {waited.figures()}")
    assert waited.lost() == 0
    assert plain.pause < DOWN_AFTER + 6


def test_a_primary_that_is_told_to_leave_hands_over_without_a_loss(stack: SentinelStack, say: Any) -> None:
    old = stack.primary()
    with Writer(stack, "drained", replicas=0) as writer:
        drain(old)
        assert stack.primary() is not old
    eventually(stack.settled, seconds=20, what="the old primary is a replica")
    assert stack.roles()[old.name] == "slave"
    say(f"primary drained: {writer.figures()}")
    assert writer.lost() == 0
    assert writer.pause < 6


def test_a_primary_without_replicas_refuses_writes(stack: SentinelStack) -> None:
    primary = stack.primary()
    replicas = [pod for pod in stack.nodes if pod is not primary]
    for pod in replicas:
        pod.send(signal.SIGSTOP)
    try:
        eventually(
            lambda: "NOREPLICAS" in stack.cli(primary, "set", "alone", "1"), seconds=6, what="writes are refused"
        )
        assert stack.cli(primary, "ping") == "PONG"
    finally:
        for pod in replicas:
            pod.send(signal.SIGCONT)
    eventually(lambda: stack.cli(primary, "set", "together", "1") == "OK", seconds=10, what="writes are taken again")


def test_without_a_quorum_nobody_is_promoted_and_nobody_promotes_himself(stack: SentinelStack) -> None:
    primary, lost = stack.primary(), stack.sentinels[1:]
    for pod in lost:
        pod.stop(signal.SIGKILL)
    primary.stop(signal.SIGKILL)
    primary.start()
    time.sleep(DOWN_AFTER + 3)
    assert sorted(stack.roles().values()) == ["", "slave", "slave"]
    assert primary.script(READY).returncode != 0
    for pod in lost:
        pod.start()
    eventually(stack.settled, seconds=30, what="a primary was elected")
    assert stack.roles()[primary.name] == "slave"


def test_after_an_outage_of_everything_the_last_primary_leads_again(stack: SentinelStack) -> None:
    """Under other addresses, as Pods come back on other nodes; and not the one that led at the very first."""
    if stack.primary() is stack.nodes[0]:
        drain(stack.nodes[0])
        eventually(stack.settled, seconds=20, what="another leads")
    last = stack.primary()
    assert stack.cli(last, "set", "before", "the outage") == "OK"
    stack.cli(last, "save")
    for pod in stack.pods:
        pod.stop(signal.SIGKILL)
    stack.lose_names(*stack.pods)
    for pod in stack.pods:
        stack.move(pod, pod.address.rpartition(".")[0] + f".{int(pod.address.rpartition('.')[2]) + 20}")
    for pod in stack.pods:
        if pod is not last:
            pod.start()
    time.sleep(2 * DOWN_AFTER)  # long enough for an election
    last.start()
    eventually(stack.settled, seconds=30, what="all came back")
    assert stack.primary() is last
    assert "no other server has newer data" in last.log
    assert stack.cli(last, "get", "before") == "the outage"


def test_a_new_password_reaches_every_pod_by_a_rolling_update(stack: SentinelStack, say: Any) -> None:
    """The controller goes on to the next Pod once one is ready; the two parts are updated side by side."""
    began, password = time.monotonic(), "another-password-of-the-test"
    assert stack.cli(stack.primary(), "set", "older", "than the password") == "OK"
    for pod in reversed(stack.sentinels):
        pod.give_password(password)
        pod.stop()
        pod.start()
        eventually(lambda pod=pod: stack.cli(pod, "ping") == "PONG", seconds=10, what=f"{pod.name} is ready")
    for pod in reversed(stack.nodes):
        pod.script(STOP_REDIS)
        pod.give_password(password)
        pod.stop()
        pod.start()
        eventually(lambda pod=pod: pod.script(READY).returncode == 0, seconds=20, what=f"{pod.name} is ready")
    eventually(stack.settled, seconds=30, what="all is well with the new password")
    say(f"password changed everywhere in {time.monotonic() - began:.0f} s")
    assert stack.cli(stack.primary(), "get", "older") == "than the password"
    assert "WRONGPASS" in stack.cli(stack.primary(), "auth", PASSWORD, password=None)


def test_with_tls_plain_text_and_strangers_are_refused(encrypted: SentinelStack, tmp_path: Path) -> None:
    TestAuthority("a stranger").issue(tmp_path, NAMES)
    for pod in encrypted.pods:
        assert answer_in_plain_text(pod.address, pod.port) == b""
        with pytest.raises(ssl.SSLCertVerificationError):
            served_serial(pod.address, pod.port, pod.host, tmp_path / "ca.crt")
    assert client(encrypted).set("secret", "kept")


def test_with_tls_the_primary_hands_over_too(encrypted: SentinelStack, say: Any) -> None:
    old = encrypted.primary()
    assert all(pod.script(READY).returncode == 0 for pod in encrypted.nodes)
    with Writer(encrypted, "drained", replicas=0) as writer:
        drain(old)
    eventually(encrypted.settled, seconds=20, what="the old primary is a replica")
    say(f"primary drained, TLS: {writer.figures()}")
    assert writer.lost() == 0


def test_renewed_certificates_are_served_and_connections_outlive_them(encrypted: SentinelStack) -> None:
    assert encrypted.certificate is not None
    authority, connected = encrypted.certificate / "ca.crt", client(encrypted)
    assert connected.ping()
    primary, identity = encrypted.primary(), connected.client_id()
    serial = AUTHORITY.issue(encrypted.certificate, NAMES)
    for pod in encrypted.nodes:
        eventually(
            lambda pod=pod: served_serial(pod.address, pod.port, pod.host, authority) == serial,
            seconds=10,
            what=f"{pod.name} serves it",
        )
    assert connected.client_id() == identity
    for pod in encrypted.sentinels:  # a Sentinel ends, one after the other, and the kubelet starts it
        eventually(lambda pod=pod: pod.ended(), seconds=10, what=f"{pod.name} ends")
        pod.stop()
        pod.start()
        eventually(lambda pod=pod: encrypted.cli(pod, "ping") == "PONG", seconds=10, what=f"{pod.name} answers")
        assert served_serial(pod.address, pod.port, pod.host, authority) == serial
    eventually(encrypted.settled, seconds=20, what="the Sentinels know each other again")
    assert encrypted.primary() is primary
