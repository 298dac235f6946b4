"""The automation through the real engine, over a small project without providers."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from automation.checkpoints import Checkpoint
from automation.engine import pulumi_on_path
from sandbox.toolchain import Toolchain

ROOT = Path(__file__).resolve().parents[2]
SECRET = "canary-5ecret-value"


@pytest.fixture(scope="module")
def pulumi() -> Path:
    on_path = pulumi_on_path()
    return on_path[0] if on_path is not None else Toolchain().ensure("pulumi")["pulumi"]


class Tiny:
    """The small project in a folder of its own, and processes of the automation over it."""

    def __init__(self, root: Path, pulumi: Path) -> None:
        self.root = root
        self.pulumi = pulumi
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PULUMI_")},
            "PULUMI_HOME": str(root / "home"),
        }
        (root / "Pulumi.yaml").write_text("name: jarvis\nruntime: python\n")
        self.configure()

    def configure(self, **settings: object) -> None:
        """Set `jarvis:...` settings; what the engine keeps in the file stays."""
        file = self.root / "Pulumi.dev.yaml"
        content = yaml.safe_load(file.read_text()) if file.exists() else {"config": {}}
        config = content.setdefault("config", {})
        config |= {f"jarvis:{name}": str(value) for name, value in settings.items()}
        file.write_text(yaml.safe_dump(content))

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.support.tiny_project", str(self.root), str(self.pulumi), *arguments]
        return subprocess.Popen(
            command, cwd=ROOT, env=self.environment, text=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        process = self.start(*arguments)
        output, errors = process.communicate(timeout=120)
        assert "Traceback" not in output + errors
        return subprocess.CompletedProcess(arguments, process.returncode, output, errors)

    def json(self, *arguments: str) -> dict[str, Any]:
        done = self.run(*arguments, "--json")
        return {"code": done.returncode, **json.loads(done.stdout)}

    @property
    def backend(self) -> Path:
        return self.root / ".state/stacks/.pulumi"

    def until(self, reached: Callable[[], bool], process: subprocess.Popen[str]) -> None:
        deadline = time.monotonic() + 60
        while not reached():
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def locks(self) -> list[Path]:
        return list((self.backend / "locks").rglob("*.json"))

    def resources(self) -> list[dict[str, Any]]:
        return Checkpoint(self.backend, "jarvis", "dev").deployment().get("resources", [])


@pytest.fixture
def tiny(tmp_path: Path, pulumi: Path) -> Tiny:
    return Tiny(tmp_path, pulumi)


def _engine_pid(tiny: Tiny) -> int:
    return int(json.loads(tiny.locks()[0].read_text())["pid"])


def test_up_twice_status_and_destroy(tiny: Tiny) -> None:
    tiny.configure(parts=3)
    first = tiny.json("up", "dev")
    assert set(first) == {"code", "stack", "result", "changes", "seconds", "offline", "diagnostics"}
    assert (first["code"], first["result"], first["changes"]["create"]) == (0, "succeeded", 4)
    second = tiny.json("up", "dev", "--expect-no-changes")
    assert (second["code"], second["changes"]) == (0, {"create": 0, "update": 0, "delete": 0, "replace": 0, "same": 4})
    status = tiny.json("status", "dev")
    assert status["deployed"]
    assert status["resources"] == {"jarvis:tiny:Part": 3, "pulumi:pulumi:Stack": 1}
    assert tiny.json("destroy", "dev", "--yes")["changes"]["delete"] == 4
    assert tiny.resources() == []


def test_json_is_the_only_thing_on_stdout(tiny: Tiny) -> None:
    done = tiny.run("up", "dev", "--json")
    assert len(done.stdout.splitlines()) == 1
    assert "the program prints this" in done.stderr


def test_the_table_shows_endpoints(tiny: Tiny) -> None:
    done = tiny.run("up", "dev")
    assert "http://localhost:3000" in done.stdout
    assert "up of dev succeeded" in done.stdout


def test_expected_no_changes_and_found_some_changes_nothing(tiny: Tiny) -> None:
    tiny.run("up", "dev")
    tiny.configure(parts=2)
    for command in ("preview", "up"):
        found = tiny.json(command, "dev", "--expect-no-changes")
        assert (found["code"], found["result"], found["changes"]["create"]) == (3, "changes-found", 1)
    assert len(tiny.resources()) == 2


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ("sentence", "jarvis:fail asks for a failure."),
        ("error", "The program failed with ValueError: something unforeseen"),
        ("later", "ZeroDivisionError: integer division or modulo by zero"),
    ],
)
def test_a_failing_program_is_a_sentence_and_the_log_has_the_rest(tiny: Tiny, how: str, sentence: str) -> None:
    tiny.configure(fail=how)
    failed = tiny.json("up", "dev")
    assert (failed["code"], failed["result"]) == (1, "failed")
    assert [item["message"] for item in failed["diagnostics"]] == [sentence]
    logs = "".join(path.read_text() for path in (tiny.root / ".state/logs").iterdir())
    assert sentence.rpartition(": ")[2] in logs
    assert how == "sentence" or "Traceback" in logs


def test_no_secret_in_plain_text_anywhere(tiny: Tiny) -> None:
    tiny.run("up", "dev")
    environment = {
        **tiny.environment,
        "PULUMI_BACKEND_URL": (tiny.root / ".state/stacks").as_uri() + "?metadata=skip",
        "PULUMI_CONFIG_PASSPHRASE_FILE": str(tiny.root / ".state/stacks/passphrase"),
    }
    command = [tiny.pulumi, "config", "set", "--secret", "jarvis:token", SECRET, "--stack", "dev"]
    subprocess.run(command, cwd=tiny.root, env=environment, check=True, capture_output=True)
    said = ""
    for arguments in (
        ("preview", "dev", "--json"), ("preview", "dev", "--format", "markdown"), ("up", "dev"),
        ("up", "dev", "--json"),
        ("outputs", "dev"), ("outputs", "dev", "--json"), ("status", "dev"), ("env", "dev"),
    ):  # fmt: skip
        done = tiny.run(*arguments)
        said += done.stdout + done.stderr
    assert "the token is [secret]" in said
    assert SECRET not in said
    holding = [path for path in tiny.root.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()]
    assert holding == []
    assert json.loads(tiny.run("outputs", "dev", "--json").stdout)["token"] == "[secret]"
    assert json.loads(tiny.run("outputs", "dev", "--json", "--show-secrets").stdout)["token"] == SECRET


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_cancels_cleanly_and_the_next_run_goes_on(tiny: Tiny, number: signal.Signals) -> None:
    tiny.run("up", "dev")
    tiny.configure(sleep=60, parts=5)
    process = tiny.start("up", "dev", "--json")
    tiny.until(lambda: len(tiny.resources()) == 6, process)
    process.send_signal(number)
    started = time.monotonic()
    output, errors = process.communicate(timeout=30)
    assert time.monotonic() - started < 15, "the program's own sleep does not hold the process"
    assert process.returncode == 1
    assert json.loads(output)["result"] == "interrupted"
    assert "waiting for the operations under way" in errors
    assert tiny.locks() == []
    tiny.configure(sleep=0)
    again = tiny.json("up", "dev")
    assert (again["code"], again["changes"]["same"]) == (0, 6)


def test_an_interrupt_before_the_engine_runs_starts_nothing(tiny: Tiny) -> None:
    process = tiny.start("up", "dev")
    time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode != 0
    assert tiny.run("up", "dev").returncode == 0


def test_a_second_run_is_refused_while_one_holds_the_lock(tiny: Tiny) -> None:
    tiny.run("up", "dev")
    tiny.configure(sleep=20)
    process = tiny.start("up", "dev")
    tiny.until(lambda: bool(tiny.locks()), process)
    refused = tiny.json("up", "dev")
    assert refused["code"] == 1
    assert f"locked by process {_engine_pid(tiny)}" in refused["diagnostics"][0]["message"]
    assert len(tiny.json("status", "dev")["locks"]) == 1
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)


@pytest.mark.parametrize("victims", ["engine", "all"])
def test_a_killed_run_leaves_a_lock_that_the_next_run_removes(tiny: Tiny, victims: str) -> None:
    tiny.run("up", "dev")
    tiny.configure(sleep=20, parts=4)
    process = tiny.start("up", "dev")
    tiny.until(lambda: bool(tiny.locks()), process)
    if victims == "all":
        process.kill()
    os.kill(_engine_pid(tiny), signal.SIGKILL)
    process.communicate(timeout=30)
    assert process.returncode != 0
    assert tiny.locks() != []
    tiny.configure(sleep=0)
    done = tiny.run("up", "dev")
    assert done.returncode == 0
    assert "Removed the lock of a run that was killed" in done.stderr
    assert len(tiny.resources()) == 5


def test_an_engine_whose_automation_was_killed_ends_and_is_waited_for(tiny: Tiny) -> None:
    tiny.run("up", "dev")
    tiny.configure(sleep=20)
    process = tiny.start("up", "dev")
    tiny.until(lambda: bool(tiny.locks()), process)
    process.kill()
    process.communicate(timeout=30)
    tiny.configure(sleep=0)
    assert tiny.run("up", "dev").returncode == 0


def test_a_state_cut_short_is_restored(tiny: Tiny) -> None:
    tiny.configure(parts=2)
    tiny.run("up", "dev")
    state = tiny.backend / "stacks/jarvis/dev.json"
    state.write_bytes(state.read_bytes()[:200])
    done = tiny.run("up", "dev")
    assert done.returncode == 0
    assert "could not be read; restored" in done.stderr
    assert len(tiny.resources()) == 3


def test_every_write_is_preceded_by_a_backup(tiny: Tiny) -> None:
    tiny.run("up", "dev")
    backups = tiny.root / ".state/backups/dev"
    before = len(list(backups.iterdir()))
    for command in (("preview", "dev"), ("up", "dev", "--expect-no-changes"), ("status", "dev")):
        tiny.run(*command)
    assert len(list(backups.iterdir())) == before
    for command in (("up", "dev"), ("refresh", "dev"), ("destroy", "dev", "--yes")):
        tiny.run(*command)
    assert len(list(backups.iterdir())) == before + 3


def test_sandbox_runs_leave_the_stack_file_and_its_state_alone(tiny: Tiny) -> None:
    file = tiny.root / "Pulumi.dev.yaml"
    file.write_text("config:\n  jarvis:secrets:\n    kind: config\n  jarvis:token:\n    secure: of-the-real-key\n")
    before = file.read_bytes()
    done = tiny.run("up", "dev", "--sandbox")
    assert done.returncode == 0, done.stderr
    assert "jarvis:secrets.postgresPassword, jarvis:token" in done.stderr
    assert "placeholder" in done.stderr
    assert file.read_bytes() == before
    assert not tiny.backend.exists()
    second = tiny.json("up", "dev", "--sandbox")
    assert second["changes"]["update"] == 0
    assert tiny.json("destroy", "dev", "--sandbox")["code"] == 0


def test_plain_pulumi_works_in_the_printed_environment(tiny: Tiny) -> None:
    tiny.run("up", "dev")
    exports = f'"$0" -m tests.support.tiny_project {tiny.root} {tiny.pulumi} env dev'
    script = f'eval "$({exports})"; cd {tiny.root}; pulumi stack output --json'
    done = subprocess.run(
        ["/bin/sh", "-c", script, sys.executable], cwd=ROOT, env=tiny.environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert json.loads(done.stdout)["endpoints"] == {"frontend": "http://localhost:3000"}, done.stderr
