"""The generated configuration, the probe and the password script in a real PostgreSQL, one of the versions allowed."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from components.database.configuration import (
    APPLY_PASSWORD,
    INITDB_ARGUMENTS,
    PORT,
    SOCKET_DIRECTORY,
    postgresql_conf,
    ready_command,
)
from components.database.settings import PostgresParameters
from tests.support.debian import Program, debian_program
from tests.support.prometheus import eventually, free_port

USER, DATABASE = "jarvis", "jarvis_test"
FIRST, SECOND = "the-first-password", "the 'second' password"
NOBODY = 65534
"""PostgreSQL refuses to run as root."""


def _owner() -> int | None:
    return NOBODY if os.geteuid() == 0 else None


@dataclass(frozen=True)
class Postgres:
    """A running server whose files all lie in one directory."""

    directory: Path
    port: int
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def password_file(self) -> Path:
        return self.directory / "password"

    def sql(self, statement: str, password: str | None) -> subprocess.CompletedProcess[str]:
        """Ask over TCP, as the application does."""
        return run("psql", self.directory, *self._over_tcp(), "-tAc", statement, password=password, port=self.port)

    def show(self, parameter: str) -> str:
        """A parameter's value."""
        done = self.sql(f"SHOW {parameter}", self.password_file.read_text().strip())
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def _over_tcp(self) -> list[str]:
        return ["--no-password", "-h", "127.0.0.1", "-U", USER, "-d", DATABASE]


def run(
    name: str, directory: Path, *arguments: str | Path, password: str | None = None, port: int = PORT
) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs as the server's user, with the environment of its container."""
    program = program_for_all(name)
    environment = {
        **program.environment,
        "PATH": f"{program.path.parent}:{os.environ['PATH']}",
        "HOME": str(directory),
        "PGPORT": str(port),
        "PGHOST": str(directory),
        "POSTGRES_USER": USER,
        "POSTGRES_DB": DATABASE,
        "POSTGRES_PASSWORD_FILE": str(directory / "password"),
        **({"PGPASSWORD": password} if password else {}),
    }
    environment.pop("PGDATA", None)
    line = ["sh", *arguments] if name == "sh" else [program.path, *arguments]
    owner = _owner()
    return subprocess.run(
        line,
        env=environment,
        cwd=directory,
        user=owner,
        group=owner,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def program_for_all(name: str) -> Program:
    """The program; `sh` runs beside the client programs."""
    return debian_program("psql" if name == "sh" else name)


@pytest.fixture(scope="module")
def directory() -> Iterator[Path]:
    """A directory that the server's user may reach, which pytest's own, as root, is not."""
    path = Path(tempfile.mkdtemp(prefix="postgres-"))
    if (owner := _owner()) is not None:
        os.chown(path, owner, owner)
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="module")
def postgres(directory: Path) -> Iterator[Postgres]:
    """A server that was prepared and is started as the image does it, with the generated configuration."""
    (directory / "password").write_text(f"{FIRST}\n")
    (directory / "password").chmod(0o644)
    try:
        made = run("initdb", directory, "-D", "data", "-U", USER, "--pwfile=password", *INITDB_ARGUMENTS.split())
    except PermissionError as error:  # root's own cache of unpacked packages
        pytest.skip(f"PostgreSQL refuses root, and no other user may run {error.filename}")
    assert made.returncode == 0, made.stderr
    text = postgresql_conf(PostgresParameters())
    assert f"unix_socket_directories = '{SOCKET_DIRECTORY}'\n" in text
    port = free_port()
    text = text.replace(SOCKET_DIRECTORY, str(directory)).replace(f"port = {PORT}\n", f"port = {port}\n")
    (directory / "postgresql.conf").write_text(text.replace("'*'", "'127.0.0.1'"))
    program, log, owner = debian_program("postgres"), directory / "log", _owner()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [program.path, "-D", "data", "-c", f"config_file={directory}/postgresql.conf"],
            env=program.environment,
            cwd=directory,
            user=owner,
            group=owner,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    server = Postgres(directory, port, process, log)
    try:
        eventually(lambda: ready(server, "postgres") == 0, seconds=30, what=f"PostgreSQL is ready; {log.read_text()}")
        created = run("psql", directory, "-U", USER, "-d", "postgres", "-c", f"CREATE DATABASE {DATABASE}", port=port)
        assert created.returncode == 0, created.stderr
        yield server
    finally:
        stop(server)


def ready(server: Postgres, database: str = DATABASE, port: int | None = None) -> int:
    """The status of the probe's own command, which has no password."""
    _, *arguments = ready_command(USER, database)
    return run("pg_isready", server.directory, *arguments, port=port or server.port).returncode


def stop(server: Postgres) -> None:
    """The preStop hook's own command."""
    if server.process.poll() is None:
        run("pg_ctl", server.directory, "stop", "--mode=fast", "--no-wait", "-D", "data")
        server.process.wait(timeout=30)


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
    program, owner = debian_program("psql"), _owner()
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
        user=owner,
        group=owner,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    count = "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)'"
    eventually(lambda: postgres.sql(count, FIRST).stdout.strip() == "1", seconds=10, what="a busy client")
    stop(postgres)
    assert postgres.process.returncode == 0
    assert client.wait(timeout=10) != 0
    assert "database system is shut down" in postgres.log.read_text()
