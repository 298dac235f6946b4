"""The generated configuration, the probe and the password script in a real PostgreSQL, one of the versions allowed."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from components.database.configuration import APPLY_PASSWORD, SOCKET_DIRECTORY, postgresql_conf, ready_command
from components.database.settings import PostgresParameters
from tests.support.debian import debian_program
from tests.support.postgres import (
    DATABASE,
    USER,
    Postgres,
    owner,
    reachable_directory,
    run,
    running_postgres,
    stop,
)
from tests.support.postgres import PASSWORD as FIRST
from tests.support.prometheus import eventually, free_port

SECOND = "the 'second' password"


@pytest.fixture(scope="module")
def directory() -> Iterator[Path]:
    with reachable_directory() as path:
        yield path


@pytest.fixture(scope="module")
def postgres(directory: Path) -> Iterator[Postgres]:
    text = postgresql_conf(PostgresParameters())
    assert f"unix_socket_directories = '{SOCKET_DIRECTORY}'\n" in text
    with running_postgres(directory, {"postgresql.conf": text}) as server:
        yield server


def ready(server: Postgres, port: int | None = None) -> int:
    """The status of the probe's own command, which has no password."""
    _, *arguments = ready_command(USER, DATABASE)
    return run("pg_isready", server.directory, *arguments, port=port or server.port).returncode


def apply_password(server: Postgres, seconds: int = 10, port: int | None = None) -> subprocess.CompletedProcess[str]:
    """The postStart hook's script."""
    script = server.directory / "apply-password.sh"
    script.write_text(APPLY_PASSWORD)
    return run("sh", server.directory, script, str(seconds), port=port or server.port)


def test_the_server_has_the_guides_figures(postgres: Postgres) -> None:
    assert postgres.show("max_connections") == "200"
    assert postgres.show("shared_buffers") == "256MB"
    assert postgres.show("effective_cache_size") == "1GB"
    assert postgres.show("password_encryption") == "scram-sha-256"
    assert postgres.show("timezone") == "UTC"
    assert postgres.show("data_checksums") == "on"


def test_a_password_is_asked_for_over_tcp(postgres: Postgres) -> None:
    assert postgres.sql("SELECT 1", FIRST).stdout.strip() == "1"
    assert postgres.sql("SELECT 1", "wrong").returncode != 0
    assert postgres.sql("SELECT 1", None).returncode != 0


def test_the_containers_own_socket_asks_for_none(postgres: Postgres) -> None:
    """As the guide's rollback script uses it: psql -U jarvis -d ... in the Pod."""
    done = run("psql", postgres.directory, "-U", USER, "-d", DATABASE, "-tAc", "SELECT 1", port=postgres.port)
    assert done.stdout.strip() == "1", done.stderr


def test_the_probe_tells_a_server_from_none(postgres: Postgres) -> None:
    assert ready(postgres) == 0
    assert ready(postgres, port=free_port()) != 0


def test_a_rotated_password_takes_effect_and_stays_out_of_sight(postgres: Postgres) -> None:
    try:
        postgres.password_file.write_text(f"{SECOND}\n")
        done = apply_password(postgres)
        assert done.returncode == 0, done.stderr
        assert postgres.sql("SELECT 1", SECOND).stdout.strip() == "1"
        assert postgres.sql("SELECT 1", FIRST).returncode != 0
        told = done.stdout + done.stderr + postgres.log.read_text()
        assert SECOND not in told
        assert "second" not in told
    finally:
        postgres.password_file.write_text(f"{FIRST}\n")
        assert apply_password(postgres).returncode == 0


def test_the_script_gives_up_where_no_server_comes(postgres: Postgres) -> None:
    assert apply_password(postgres, seconds=1, port=free_port()).returncode != 0


def test_a_fast_shutdown_does_not_wait_for_clients(directory: Path, postgres: Postgres) -> None:
    program, user = debian_program("psql"), owner()
    line = [
        program.path,
        "-h",
        directory,
        "-p",
        str(postgres.port),
        "-U",
        USER,
        "-d",
        DATABASE,
        "-c",
        "SELECT pg_sleep(60)",
    ]
    client = subprocess.Popen(
        line,
        env={**program.environment, "HOME": str(directory)},
        cwd=directory,
        user=user,
        group=user,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    count = "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)'"
    eventually(lambda: postgres.sql(count, FIRST).stdout.strip() == "1", seconds=10, what="a busy client")
    stop(postgres)
    assert postgres.process.returncode == 0
    assert client.wait(timeout=10) != 0
    assert "database system is shut down" in postgres.log.read_text()
