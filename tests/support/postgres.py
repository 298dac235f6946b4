"""A PostgreSQL server of a test's own: prepared and started as the image does it, every file in one directory."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from components.database.configuration import CONFIG_DIRECTORY, INITDB_ARGUMENTS, PORT, SOCKET_DIRECTORY, TLS_DIRECTORY
from tests.support.debian import debian_program
from tests.support.prometheus import eventually, free_port

USER, DATABASE = "jarvis", "jarvis_test"
PASSWORD = "the-first-password"
NOBODY = 65534
"""PostgreSQL refuses to run as root."""


def owner() -> int | None:
    """Who runs the server and the programs that share files with it."""
    return NOBODY if os.geteuid() == 0 else None


@dataclass(frozen=True)
class Postgres:
    """A running server."""

    directory: Path
    port: int
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def password_file(self) -> Path:
        return self.directory / "password"

    def sql(
        self, statement: str, password: str | None, *, database: str = DATABASE, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """Ask over TCP, as the application does."""
        line = ["--no-psqlrc", "--no-password", "-h", "127.0.0.1", "-U", USER, "-d", database, "-tAc", statement]
        return run("psql", self.directory, *line, password=password, port=self.port, variables=variables)

    def ask(self, statement: str, *, database: str = DATABASE) -> str:
        """The answer, which there has to be, over the socket that asks for no password."""
        line = ["--no-psqlrc", "-v", "ON_ERROR_STOP=1", "-U", USER, "-d", database, "-tAc", statement]
        done = run("psql", self.directory, *line, port=self.port)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def show(self, parameter: str) -> str:
        """A parameter's value."""
        done = self.sql(f"SHOW {parameter}", self.password_file.read_text().strip())
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


def environment(directory: Path, port: int = PORT, password: str | None = None) -> dict[str, str]:
    """The environment of the server's container, with the client programs on PATH."""
    program = debian_program("psql")
    variables = {
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
    variables.pop("PGDATA", None)
    return variables


def run(
    name: str,
    directory: Path,
    *arguments: str | Path,
    password: str | None = None,
    port: int = PORT,
    variables: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs, or `sh`, as the server's user with the environment of its container."""
    line = ["sh", *arguments] if name == "sh" else [debian_program(name).path, *arguments]
    user = owner()
    return subprocess.run(
        line,
        env={**environment(directory, port, password), **(variables or {})},
        cwd=directory,
        user=user,
        group=user,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@contextmanager
def reachable_directory() -> Generator[Path]:
    """A directory that the server's user may reach, which pytest's own, as root, is not."""
    path = Path(tempfile.mkdtemp(prefix="postgres-"))
    user = owner()
    if user is not None:
        os.chown(path, user, user)
    try:
        yield path
    finally:
        shutil.rmtree(path)


@contextmanager
def running_postgres(directory: Path, files: Mapping[str, str]) -> Generator[Postgres]:
    """A server over `files`, the ConfigMap's, with the Pod's folders and ports replaced by the test's own."""
    (directory / "password").write_text(f"{PASSWORD}\n")
    (directory / "password").chmod(0o644)
    try:
        made = run("initdb", directory, "-D", "data", "-U", USER, "--pwfile=password", *INITDB_ARGUMENTS.split())
    except PermissionError as error:  # root's own cache of unpacked packages
        pytest.skip(f"PostgreSQL refuses root, and no other user may run {error.filename}")
    assert made.returncode == 0, made.stderr
    port = free_port()
    for name, text in files.items():
        (directory / name).write_text(_moved(text, directory, port))
    log = directory / "log"
    server = Postgres(directory, port, _start(directory, log), log)
    try:
        eventually(lambda: _accepts(server), seconds=30, what=f"PostgreSQL is ready; {log.read_text()}")
        server.ask(f"CREATE DATABASE {DATABASE}", database="postgres")
        yield server
    finally:
        stop(server)


def _moved(text: str, directory: Path, port: int) -> str:
    for folder, own in ((SOCKET_DIRECTORY, ""), (CONFIG_DIRECTORY, ""), (TLS_DIRECTORY, "/tls")):
        text = text.replace(f"'{folder}'", f"'{directory}{own}'").replace(f"'{folder}/", f"'{directory}{own}/")
    return text.replace(f"port = {PORT}\n", f"port = {port}\n").replace("'*'", "'127.0.0.1'")


def _start(directory: Path, log: Path) -> subprocess.Popen[bytes]:
    program, user = debian_program("postgres"), owner()
    with log.open("wb") as output:
        return subprocess.Popen(
            [program.path, "-D", "data", "-c", f"config_file={directory}/postgresql.conf"],
            env=program.environment,
            cwd=directory,
            user=user,
            group=user,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


def _accepts(server: Postgres) -> bool:
    return run("pg_isready", server.directory, "--quiet", "--host=127.0.0.1", port=server.port).returncode == 0


def stop(server: Postgres) -> None:
    """The preStop hook's own command."""
    if server.process.poll() is None:
        run("pg_ctl", server.directory, "stop", "--mode=fast", "--no-wait", "-D", "data")
        server.process.wait(timeout=30)
