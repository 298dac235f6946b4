"""The Jobs' very commands dump a real PostgreSQL database and bring it back; what goes wrong harms nothing."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from components.backup.contract import Plan, VolumeTarget
from components.backup.settings import VolumeBackup
from components.database.configuration import PORT, postgresql_conf
from components.database.dump_backup import BACKUP_DIRECTORY, SCRIPTS_DIRECTORY
from components.database.kinds import create_database
from components.database.settings import ContainerDatabase, PostgresParameters
from tests.support.debian import debian_program
from tests.support.mocks import Graph, cluster_access, credential, registered
from tests.support.postgres import (
    DATABASE,
    PASSWORD,
    USER,
    Postgres,
    environment,
    owner,
    reachable_directory,
    run,
    running_postgres,
)
from tests.support.prometheus import eventually

DATA = """
CREATE TABLE users (id serial PRIMARY KEY, name text NOT NULL UNIQUE, seen timestamptz, tags text[]);
INSERT INTO users (name, seen, tags)
  SELECT 'user-' || n, timestamptz '2026-01-01 00:00Z' + n * interval '1 hour', ARRAY['a', n::text]
  FROM generate_series(1, 5000) AS n;
CREATE TABLE messages (
  id bigserial PRIMARY KEY, author int REFERENCES users, body text, facts jsonb, mood float8, picture bytea);
INSERT INTO messages (author, body, facts, mood, picture)
  SELECT 1 + n % 5000, repeat(md5(n::text), CASE n WHEN 7 THEN 100000 ELSE 2000 END),
    jsonb_build_object('n', n, 'text', E'é\\t\\n"'), 1.0 / n,
    decode(repeat(md5((n * 7)::text), 1000), 'hex')
  FROM generate_series(1, 20) AS n;
CREATE SCHEMA "Brain Memory";
CREATE TABLE "Brain Memory"."Facts" (at date, what text) PARTITION BY RANGE (at);
CREATE TABLE "Brain Memory".old PARTITION OF "Brain Memory"."Facts" FOR VALUES FROM (MINVALUE) TO ('2026-01-01');
CREATE TABLE "Brain Memory".new PARTITION OF "Brain Memory"."Facts" FOR VALUES FROM ('2026-01-01') TO (MAXVALUE);
INSERT INTO "Brain Memory"."Facts" SELECT date '2025-12-01' + n, 'fact ' || n FROM generate_series(1, 100) AS n;
CREATE TABLE empty ();
CREATE VIEW authors AS SELECT DISTINCT name FROM users JOIN messages ON author = users.id;
CREATE TABLE ticks (at timestamptz DEFAULT clock_timestamp());
"""
CONTENT = """
SELECT string_agg(line, E'\\n' ORDER BY line) FROM (
  SELECT 'users ' || count(*) || ' ' || md5(string_agg(u::text, '' ORDER BY id)) FROM users AS u
  UNION ALL SELECT 'messages ' || count(*) || ' ' || md5(string_agg(m::text, '' ORDER BY id)) FROM messages AS m
  UNION ALL SELECT 'facts ' || count(*) || ' ' || md5(string_agg(f::text, '' ORDER BY what))
    FROM "Brain Memory"."Facts" AS f
  UNION ALL SELECT 'authors ' || count(*) FROM authors
  UNION ALL SELECT 'next user ' || last_value FROM users_id_seq
  UNION ALL SELECT 'constraints ' || count(*) FROM pg_constraint WHERE conrelid IN (
    'users'::regclass, 'messages'::regclass)
) AS all_of_it (line)
"""
"""The test's own account of the data, which shares nothing with the scripts' account."""


def jobs_of(days: int = 30) -> Graph:
    plan = VolumeBackup()
    target = VolumeTarget(Plan(plan.schedule, days), plan.storage, plan.deadline_seconds, plan.resources)
    settings = ContainerDatabase(database=DATABASE, username=USER)

    def build() -> None:
        create_database(settings, cluster=cluster_access(), password=credential(PASSWORD), backup=target, protect=False)

    return registered(build)


@dataclass(frozen=True)
class Jobs:
    """Runs the Jobs' containers, with the Pod's folders and addresses replaced by the test's own."""

    server: Postgres
    graph: Graph

    @property
    def backups(self) -> Path:
        return self.server.directory / "backups"

    @property
    def folders(self) -> list[str]:
        """Finished backups, oldest first."""
        return sorted(path.name for path in self.backups.iterdir() if not path.name.startswith("."))

    def container(self, job: str) -> dict[str, Any]:
        template = self.graph.one("CronJob", job).inputs["spec"]["jobTemplate"]["spec"]["template"]
        return template["spec"]["containers"][0]

    def line(self, job: str, choice: dict[str, str]) -> tuple[list[str], dict[str, str]]:
        """The command and its variables."""
        variables = {item["name"]: item.get("value", PASSWORD) for item in self.container(job)["env"]} | choice
        assert variables["PGPORT"] == str(PORT)
        own = {"PGHOST": "127.0.0.1", "PGPORT": str(self.server.port), "BACKUP_DIRECTORY": str(self.backups)}
        command = [self._argument(text, variables) for text in self.container(job)["command"]]
        return command, {**environment(self.server.directory), **variables, **own}

    def _argument(self, text: str, variables: dict[str, str]) -> str:
        assert BACKUP_DIRECTORY not in text
        text = text.replace(SCRIPTS_DIRECTORY, str(self.server.directory / "scripts"))
        return variables[text[2:-1]] if text.startswith("$(") else text

    def start(self, job: str, **choice: str) -> subprocess.Popen[str]:
        command, variables = self.line(job, choice)
        user = owner()
        return subprocess.Popen(
            command,
            env=variables,
            cwd=self.server.directory,
            user=user,
            group=user,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, job: str, **choice: str) -> tuple[int, str]:
        """The status and all that it said."""
        process = self.start(job, **choice)
        text, _ = process.communicate(timeout=120)
        return process.returncode, text

    def back_up(self) -> str:
        """The name of a new backup."""
        before = set(self.folders)
        status, text = self.run("postgres-backup")
        assert status == 0, text
        [name] = set(self.folders) - before
        return name

    def restore(self, backup: str, disconnect: str = "") -> tuple[int, str]:
        return self.run("postgres-restore", BACKUP=backup, DISCONNECT=disconnect)

    def content(self, database: str = DATABASE) -> str:
        return self.server.ask(CONTENT, database=database)

    def databases(self) -> set[str]:
        return set(self.server.ask("SELECT datname FROM pg_database", database="postgres").split())


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    text = postgresql_conf(PostgresParameters()) + "fsync = off\n"
    with reachable_directory() as directory, running_postgres(directory, {"postgresql.conf": text}) as postgres:
        yield postgres


@pytest.fixture(scope="module")
def graph() -> Graph:
    return jobs_of()


@pytest.fixture
def jobs(server: Postgres, graph: Graph) -> Iterator[Jobs]:
    """A server with the data and an empty volume."""
    folder = server.directory / "scripts"
    folder.mkdir(exist_ok=True)
    for name, text in graph.one("ConfigMap", "postgres-backup").inputs["data"].items():
        (folder / name).write_text(text)
    made = Jobs(server, graph)
    shutil.rmtree(made.backups, ignore_errors=True)  # of a test whose end failed
    made.backups.mkdir()
    if (user := owner()) is not None:
        os.chown(made.backups, user, user)
    server.ask(f"CREATE DATABASE {DATABASE}" if DATABASE not in made.databases() else "SELECT 1", database="postgres")
    (server.directory / "data.sql").write_text(DATA)
    loaded = run("psql", server.directory, "-qvON_ERROR_STOP=1", "-U", USER, "-d", DATABASE, "-f", "data.sql",
                 port=server.port)  # fmt: skip
    assert loaded.returncode == 0, loaded.stderr
    yield made
    for name in made.databases() - {"postgres", "template0", "template1"}:
        server.ask(f'DROP DATABASE "{name}" WITH (FORCE)', database="postgres")
    shutil.rmtree(made.backups)


@contextmanager
def session(server: Postgres, statement: str, name: str = "application") -> Generator[subprocess.Popen[bytes]]:
    """A client that is connected and busy."""
    user = owner()
    process = subprocess.Popen(
        [debian_program("psql").path, "-U", USER, "-d", DATABASE, "-c", statement],
        env={**environment(server.directory, server.port), "PGAPPNAME": name},
        user=user,
        group=user,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    busy = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
    try:
        eventually(lambda: server.ask(busy, database="postgres") == "1", seconds=10, what="a busy client")
        yield process
    finally:
        process.kill()
        process.wait()
        # The server would sleep on without its client.
        ended = "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
        server.ask(ended, database="postgres")


def harm(jobs: Jobs) -> None:
    """What a restore is for."""
    jobs.server.ask("DELETE FROM messages WHERE id > 3; UPDATE users SET name = 'x' || name; DROP VIEW authors")


def test_what_was_dumped_comes_back_whatever_happened_to_it(jobs: Jobs) -> None:
    before = jobs.content()
    name = jobs.back_up()
    harm(jobs)
    status, text = jobs.restore("latest")
    assert status == 0, text
    assert name in text
    assert jobs.content() == before
    assert "messages 20 " in before
    jobs.server.ask("INSERT INTO users (name) VALUES ('the next one')")


def test_what_was_there_before_a_restore_is_kept(jobs: Jobs) -> None:
    jobs.back_up()
    harm(jobs)
    assert jobs.restore("latest")[0] == 0
    [previous] = [name for name in jobs.databases() if name.startswith("before_")]
    assert jobs.server.ask("SELECT count(*) FROM messages", database=previous) == "3"
    assert jobs.databases() == {"postgres", "template0", "template1", DATABASE, previous}


def test_a_backup_describes_itself(jobs: Jobs) -> None:
    folder = jobs.backups / jobs.back_up()
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["database"] == DATABASE
    assert manifest["startedAt"] <= manifest["finishedAt"]
    assert manifest["extensions"].keys() == {"plpgsql"}
    rows = dict(line.split("\t")[:2] for line in (folder / "tables.tsv").read_text().splitlines())
    assert rows == {
        '"Brain Memory".new': "70",
        '"Brain Memory".old': "30",
        "public.empty": "0",
        "public.messages": "20",
        "public.ticks": "0",
        "public.users": "5000",
    }
    sums = {line.split()[1]: line.split()[0] for line in (folder / "SHA256SUMS").read_text().splitlines()}
    assert sums == {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in sums}
    assert set(sums) | {"SHA256SUMS"} == {path.name for path in folder.iterdir()}
    assert "TABLE DATA public messages" in (folder / "contents.list").read_text()


def test_backups_of_one_second_are_two(jobs: Jobs) -> None:
    names = [jobs.back_up() for _ in range(3)]
    assert jobs.folders == names


def test_others_cannot_read_a_backup(jobs: Jobs) -> None:
    folder = jobs.backups / jobs.back_up()
    assert not [path for path in (folder, *folder.iterdir()) if path.stat().st_mode & 0o077]


def test_figures_and_dump_are_of_one_moment_while_others_write(jobs: Jobs) -> None:
    done = threading.Event()

    def write() -> None:
        while not done.is_set():
            jobs.server.ask("INSERT INTO ticks SELECT FROM generate_series(1, 100)")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        eventually(lambda: jobs.server.ask("SELECT count(*) FROM ticks") != "0", seconds=10, what="a written row")
        name = jobs.back_up()
    finally:
        done.set()
        writer.join()
    status, text = jobs.restore(name)
    assert status == 0, text
    [line] = [line for line in (jobs.backups / name / "tables.tsv").read_text().splitlines() if "ticks" in line]
    assert jobs.server.ask("SELECT count(*) FROM ticks") == line.split("\t")[1] != "0"


def test_a_restore_refuses_while_a_client_is_connected(jobs: Jobs) -> None:
    name = jobs.back_up()
    harm(jobs)
    with session(jobs.server, "SELECT pg_sleep(60)") as client:
        status, text = jobs.restore(name)
        assert status != 0
        assert f"1 clients are connected to {DATABASE}: stop the application" in text
        assert client.poll() is None
    assert jobs.server.ask("SELECT count(*) FROM messages") == "3"
    assert not [name for name in jobs.databases() if name.startswith(("restored_", "before_"))]


def test_a_restore_that_was_told_to_ends_the_sessions(jobs: Jobs) -> None:
    before = jobs.content()
    name = jobs.back_up()
    harm(jobs)
    with session(jobs.server, "SELECT pg_sleep(60)") as client:
        status, text = jobs.restore(name, disconnect="--disconnect")
        assert status == 0, text
        assert client.wait(timeout=10) != 0
    assert jobs.content() == before


def test_the_exporter_is_no_client(jobs: Jobs) -> None:
    name = jobs.back_up()
    uri = next(
        item["value"]
        for container in jobs.graph.one("StatefulSet", "postgres").inputs["spec"]["template"]["spec"]["containers"]
        for item in container.get("env") or []
        if item["name"] == "DATA_SOURCE_URI"
    )
    with session(jobs.server, "SELECT pg_sleep(60)", uri.partition("application_name=")[2]):
        status, text = jobs.restore(name)
    assert status == 0, text


def spoil(path: Path, *, seal: bool) -> None:
    """Damage a dump; `seal` makes its checksum fit again, as if it had been damaged before."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 64] = bytes(64)
    path.write_bytes(data)
    if seal:
        sums = path.with_name("SHA256SUMS")
        others = [line for line in sums.read_text().splitlines() if path.name not in line]
        sums.write_text("\n".join([*others, f"{hashlib.sha256(data).hexdigest()}  {path.name}", ""]))


@pytest.mark.parametrize(
    ("file", "seal", "sentence"),
    [
        ("database.dump", False, "is damaged: a checksum differs"),
        ("tables.tsv", False, "is damaged: a checksum differs"),
        ("database.dump", True, "pg_restore failed"),
        ("tables.tsv", True, "does not hold what was dumped"),
    ],
)
def test_a_damaged_backup_is_refused_and_changes_nothing(jobs: Jobs, file: str, seal: bool, sentence: str) -> None:
    name = jobs.back_up()
    harm(jobs)
    spoil(jobs.backups / name / file, seal=seal)
    status, text = jobs.restore(name)
    assert status != 0
    assert sentence in text
    assert jobs.databases() == {"postgres", "template0", "template1", DATABASE}
    assert jobs.server.ask("SELECT count(*) FROM messages") == "3"


@pytest.mark.parametrize(
    ("backup", "sentence"),
    [
        ("latest", f"there is no backup of {DATABASE}"),
        ("jarvis_test-20200101T000000Z", "there is no backup jarvis_test-20200101T000000Z"),
        ("../backups", "is no backup's name"),
        ("", "say which backup"),
    ],
)
def test_a_backup_that_is_not_there(jobs: Jobs, backup: str, sentence: str) -> None:
    status, text = jobs.restore(backup)
    assert status != 0
    assert sentence in text


@contextmanager
def hanging_backup(jobs: Jobs) -> Generator[subprocess.Popen[str]]:
    """A backup in the middle of its dump: it waits for a table that somebody has locked."""
    with session(jobs.server, "BEGIN; LOCK TABLE messages; SELECT pg_sleep(60)"):
        process = jobs.start("postgres-backup")
        waiting = (
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pg_dump' AND wait_event_type = 'Lock'"
        )
        eventually(lambda: jobs.server.ask(waiting, database="postgres") == "1", seconds=20, what="a waiting dump")
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate(timeout=30)


def test_a_killed_backup_leaves_no_half_one(jobs: Jobs) -> None:
    first = jobs.back_up()
    with hanging_backup(jobs) as process:
        os.killpg(process.pid, signal.SIGKILL)
    assert jobs.folders == [first]
    assert [path for path in jobs.backups.iterdir() if path.name.startswith(".partial-")]
    status, text = jobs.restore("latest", disconnect="--disconnect")  # the server may not know yet that it is alone
    assert status == 0, text
    assert first in text
    second = jobs.back_up()
    assert jobs.folders == [first, second]
    assert not [path for path in jobs.backups.iterdir() if path.name.startswith(".partial-")]


def test_two_at_a_time_are_refused(jobs: Jobs) -> None:
    with hanging_backup(jobs):
        status, text = jobs.run("postgres-backup")
        assert (status != 0, "another backup or a restore is running" in text) == (True, True)
        status, text = jobs.restore("latest")
        assert (status != 0, "a backup or another restore is running" in text) == (True, True)
    assert jobs.folders == []


def named(age: timedelta) -> str:
    return f"{DATABASE}-{datetime.now(UTC) - age:%Y%m%dT%H%M%SZ}"


def old_backups(jobs: Jobs, ages: Sequence[timedelta]) -> list[str]:
    names = [named(age) for age in ages]
    for name in names:
        (jobs.backups / name).mkdir(parents=True)
        if (user := owner()) is not None:
            os.chown(jobs.backups / name, user, user)
    return names


def test_only_what_is_older_than_the_retention_goes(jobs: Jobs) -> None:
    expired, kept = old_backups(jobs, [timedelta(days=30, minutes=5), timedelta(days=30, minutes=-5)])
    (jobs.backups / "lost+found").mkdir()
    (jobs.backups / "other_database-20200101T000000Z").mkdir()
    name = jobs.back_up()
    assert set(jobs.folders) == {kept, name, "lost+found", "other_database-20200101T000000Z"}
    assert expired not in jobs.folders


@pytest.mark.parametrize("failure", ["wrong password", "no server", "no room"])
def test_a_failed_backup_says_so_and_removes_nothing(jobs: Jobs, failure: str) -> None:
    old = old_backups(jobs, [timedelta(days=100), timedelta(days=31)])
    choice = {"wrong password": {"PGPASSWORD": "wrong"}, "no server": {"PGDATABASE": "nowhere"}, "no room": {}}[failure]
    if failure == "no room":  # a dump that ends too early, as on a full volume
        choice = shim(jobs, "pg_dump", "echo 'No space left on device' >&2; exit 1")
    status, text = jobs.run("postgres-backup", **choice)
    assert status != 0
    assert "backup: " in text
    assert PASSWORD not in text
    assert sorted(jobs.folders) == sorted(old)
    assert not [path for path in jobs.backups.iterdir() if path.name.startswith(".partial-")]


def shim(jobs: Jobs, program: str, script: str) -> dict[str, str]:
    """A PATH on which the program is another one."""
    folder = jobs.server.directory / "bin"
    folder.mkdir(exist_ok=True)
    (folder / program).write_text(f"#!/bin/sh\n{script}\n")
    (folder / program).chmod(0o755)
    return {"PATH": f"{folder}:{environment(jobs.server.directory)['PATH']}"}


def test_a_killed_restore_changes_nothing_and_the_next_one_tidies_up(jobs: Jobs) -> None:
    before = jobs.content()
    name = jobs.back_up()
    harm(jobs)
    real = debian_program("pg_isready").path.with_name("pg_restore")
    path = shim(jobs, "pg_restore", f'case "$*" in *--dbname*) sleep 60 ;; *) exec {real} "$@" ;; esac')
    process = jobs.start("postgres-restore", BACKUP=name, **path)
    eventually(
        lambda: any(item.startswith("restored_") for item in jobs.databases()), seconds=20, what="a new database"
    )
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=30)
    assert jobs.server.ask("SELECT count(*) FROM messages") == "3"
    jobs.server.ask(f"ALTER DATABASE {DATABASE} ALLOW_CONNECTIONS false", database="postgres")  # a moment later
    status, text = jobs.restore(name)
    assert status == 0, text
    assert jobs.content() == before
    assert not [item for item in jobs.databases() if item.startswith("restored_")]
