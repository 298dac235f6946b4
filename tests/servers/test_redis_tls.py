"""The only Redis server of a stack, with TLS: its files and its script in a real server."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from components.cache.redis_conf import CA_FILE, PORT, TLS_DIRECTORY, ping, redis_conf
from components.cache.settings import ContainerCache
from components.cache.shell import COMMON, START, scripts
from tests.support.prometheus import eventually
from tests.support.redis_sentinel import FakePod, free_subnet, moved, process_environment
from tests.support.server_certificates import TestAuthority, answer_in_plain_text, served_serial

HOST = "redis.jarvis-test.svc"
AUTHORITY = TestAuthority()


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    AUTHORITY.issue(tmp_path / "certificate", [HOST])
    return tmp_path / "certificate"


@pytest.fixture
def server(tmp_path: Path, certificate: Path) -> Iterator[FakePod]:
    folder, address = tmp_path / "redis-0", f"{free_subnet()}.10"
    files = {"redis.conf": redis_conf(ContainerCache(), tls=True), **scripts(COMMON, START)}
    environment = {
        **process_environment(tmp_path / "hosts"),
        "CA_FILE": CA_FILE.replace(TLS_DIRECTORY, str(certificate)),
        "CERTIFICATE_CHECK_SECONDS": "1",
    }
    own = {name: moved(text, folder, address, certificate) for name, text in files.items()}
    pod = FakePod("redis", "redis-0", HOST, address, folder, environment, own, START)
    pod.start()
    try:
        eventually(lambda: probe(pod, certificate).returncode == 0, seconds=15, what="the server is ready")
        yield pod
    finally:
        pod.stop()


def probe(pod: FakePod, certificate: Path, password: str | None = None) -> subprocess.CompletedProcess[str]:
    """The Pod's own probe."""
    places = {"127.0.0.1": pod.address, CA_FILE: str(certificate / "ca.crt")}
    environment = pod.environment | ({} if password is None else {"REDISCLI_AUTH": password})
    line = [places.get(part, part) for part in ping(tls=True)]
    return subprocess.run(line, env=environment, capture_output=True, text=True, check=False, timeout=10)


def test_plain_text_wrong_passwords_and_strangers_are_refused(
    server: FakePod, certificate: Path, tmp_path: Path
) -> None:
    assert answer_in_plain_text(server.address, PORT) == b""
    assert probe(server, certificate, password="wrong").returncode != 0
    TestAuthority("a stranger").issue(tmp_path / "other", [HOST])
    with pytest.raises(ssl.SSLCertVerificationError):
        served_serial(server.address, PORT, HOST, tmp_path / "other" / "ca.crt")


def test_a_renewed_certificate_is_served_by_the_same_process(server: FakePod, certificate: Path) -> None:
    serial = AUTHORITY.issue(certificate, [HOST])

    def renewed() -> bool:
        return served_serial(server.address, PORT, HOST, certificate / "ca.crt") == serial

    eventually(renewed, seconds=10, what="the new certificate is served")
    assert not server.ended()
    assert "certificate reloaded" in server.log


def test_on_sigterm_it_writes_its_data_and_leaves(server: FakePod) -> None:
    assert server.stop() == 0
    assert (server.folder / "data" / "dump.rdb").is_file()
