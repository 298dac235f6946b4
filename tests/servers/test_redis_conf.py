"""The generated redis.conf in a real Redis."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from components.cache.redis_conf import AUTH_CONF, AUTH_FILE, DATA_DIRECTORY, PING, PORT, redis_conf
from components.cache.settings import ContainerCache
from tests.support.debian import debian_program
from tests.support.prometheus import eventually, free_port

PASSWORD = "a-!$%&*()+,-./:;<=>?@[]^_{|}~#-password"
"""Every character that settings allow and that some syntax might read in its own way."""


@dataclass(frozen=True)
class Redis:
    """A running server."""

    port: int
    directory: Path
    process: subprocess.Popen[bytes]

    def cli(
        self, *arguments: str, password: str | None = PASSWORD, command: tuple[str, ...] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run redis-cli, by default without prompts or formatting; the password goes by the environment."""
        program = debian_program("redis-cli")
        line = command or ("redis-cli", "-e", "--raw", "-p", str(self.port), *arguments)
        environment = {**program.environment, **({"REDISCLI_AUTH": password} if password else {})}
        return subprocess.run(
            [program.path, *line[1:]], env=environment, capture_output=True, text=True, check=False, timeout=20
        )

    def ping(self, password: str | None = PASSWORD) -> subprocess.CompletedProcess[str]:
        """The probe's own command, with this server's port."""
        return self.cli(
            password=password, command=tuple(str(self.port) if part == str(PORT) else part for part in PING)
        )

    def config(self, name: str) -> str:
        """A parameter's value."""
        done = self.cli("config", "get", name)
        assert done.returncode == 0, done.stderr
        return done.stdout.split("\n", 1)[1].rstrip("\n")


@contextmanager
def running_redis(directory: Path, settings: ContainerCache) -> Iterator[Redis]:
    """Redis with the generated files as the Pod has them, but on loopback and in `directory`."""
    port, program = free_port(), debian_program("redis-server")
    (directory / "auth.conf").write_text(AUTH_CONF.replace("{}", PASSWORD))
    text = redis_conf(settings).replace(AUTH_FILE, str(directory / "auth.conf"))
    text = text.replace(f"dir {DATA_DIRECTORY}\n", f"dir {directory}\n").replace(f"port {PORT}\n", f"port {port}\n")
    assert "bind 0.0.0.0\n" in text
    (directory / "redis.conf").write_text(text.replace("bind 0.0.0.0\n", "bind 127.0.0.1\n"))
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen(
            [program.path, directory / "redis.conf"], env=program.environment, stdout=log, stderr=subprocess.STDOUT
        )
    server = Redis(port, directory, process)
    try:
        eventually(lambda: _listens(server), seconds=15, what="Redis listens")
        yield server
    finally:
        process.terminate()
        process.wait(timeout=20)


def _listens(server: Redis) -> bool:
    assert server.process.poll() is None, (server.directory / "log").read_text()
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", server.port)) == 0


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    with running_redis(tmp_path_factory.mktemp("redis"), ContainerCache()) as server:
        yield server


def test_the_server_has_the_guides_figures(redis: Redis) -> None:
    assert redis.config("maxmemory") == str(2 * 2**30)
    assert redis.config("maxmemory-policy") == "allkeys-lru"
    assert redis.config("save") == "900 1 300 10 60 10000"


def test_the_password_is_asked_for(redis: Redis) -> None:
    assert redis.config("requirepass") == redis.config("masterauth") == PASSWORD
    refused = redis.cli("get", "anything", password=None)
    assert refused.returncode != 0
    assert "NOAUTH" in refused.stdout + refused.stderr


def test_the_probe_tells_an_answer_from_a_refusal(redis: Redis) -> None:
    assert redis.ping().returncode == 0
    assert redis.ping(password=None).returncode != 0
    assert redis.ping(password="wrong").returncode != 0


def test_the_probe_fails_while_nobody_listens(redis: Redis) -> None:
    nobody = Redis(free_port(), redis.directory, redis.process)
    assert nobody.ping().returncode != 0


def test_data_outlives_a_stop_by_sigterm(tmp_path: Path) -> None:
    with running_redis(tmp_path, ContainerCache()) as server:
        assert server.cli("set", "conversation", "kept").stdout.strip() == "OK"
    assert server.process.returncode == 0
    with running_redis(tmp_path, ContainerCache()) as server:
        assert server.cli("get", "conversation").stdout.strip() == "kept"


def test_other_figures_arrive_too(tmp_path: Path) -> None:
    settings = ContainerCache(max_memory="64mb", max_memory_policy="volatile-ttl", save_points=())
    with running_redis(tmp_path, settings) as server:
        found = [server.config(name) for name in ("maxmemory", "maxmemory-policy", "save")]
    assert found == [str(64 * 2**20), "volatile-ttl", ""]
