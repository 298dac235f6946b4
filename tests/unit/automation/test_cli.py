"""The command line: exit codes, sentences and start-up, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from automation.cli import exit_code, parser

ROOT = Path(__file__).resolve().parents[3]


def _run(*arguments: str, root: Path | None = None) -> subprocess.CompletedProcess[str]:
    module = ["automation"] if root is None else ["tests.support.tiny_project", str(root), "/nowhere/pulumi"]
    environment = {**os.environ, "PATH": "/usr/bin:/bin"}
    return subprocess.run(
        [sys.executable, "-m", *module, *arguments],
        cwd=ROOT, capture_output=True, text=True, check=False, env=environment, stdin=subprocess.DEVNULL,
    )  # fmt: skip


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: jarvis\nruntime: python\n")
    (tmp_path / "Pulumi.dev.yaml").write_text("config: {}\n")
    (tmp_path / "Pulumi.wrong.yaml").write_text("config:\n  jarvis:wrong: true\n")
    return tmp_path


def test_help_is_quick_and_names_every_command() -> None:
    started = time.monotonic()
    done = _run("--help")
    took = time.monotonic() - started
    assert done.returncode == 0
    for command in ("up", "preview", "refresh", "destroy", "outputs", "status", "env", "port-forward"):
        assert f"\n    {command}" in done.stdout
    assert "exit codes" in done.stdout
    assert took < 3, "0.1 s on an idle machine; the bound is wide for a busy one"


def test_help_imports_nothing_slow() -> None:
    slow = ("pulumi", "rich", "yaml", "pydantic", "grpc")
    code = f"import sys, automation.cli as c; c.parser().format_help(); print([m for m in {slow} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "arguments",
    [[], ["up"], ["deploy", "dev"], ["up", "dev", "extra"], ["up", "dev", "--fast"], ["up", "dev", "--format", "xml"],
     ["env", "dev", "--json"], ["preview", "dev", "--show-secrets"], ["destroy", "dev", "--expect-no-changes"]],
)  # fmt: skip
def test_a_wrong_command_line_is_exit_code_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        parser().parse_args(arguments)
    assert raised.value.code == 2


@pytest.mark.parametrize("command", ["up", "preview", "refresh", "destroy", "outputs", "status", "env", "port-forward"])
def test_an_unknown_stack_is_named_with_those_there_are(root: Path, command: str) -> None:
    done = _run(command, "dve", root=root)
    assert done.returncode == 2
    assert done.stderr == "There is no stack 'dve'. There are dev, wrong.\n"
    assert done.stdout == ""


@pytest.mark.parametrize("stack", ["", "../dev", "dev/../dev", "a b", "Pulumi.dev.yaml"])
def test_a_stack_name_is_no_path(root: Path, stack: str) -> None:
    assert _run("up", stack, root=root).returncode == 2


def test_wrong_settings_are_sentences_before_anything_is_started(root: Path) -> None:
    done = _run("up", "wrong", root=root)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "Pulumi.wrong.yaml: jarvis:wrong is wrong.",
        "Pulumi.wrong.yaml: and so is the rest.",
    ]
    assert [path.name for path in (root / ".state").iterdir()] == ["logs"]


def test_wrong_settings_with_json_are_one_object(root: Path) -> None:
    done = _run("preview", "wrong", "--json", root=root)
    assert done.returncode == 2
    answer = json.loads(done.stdout)
    assert answer["result"] == "invalid"
    assert [item["message"] for item in answer["diagnostics"]] == done.stderr.splitlines()


def test_an_unforeseen_error_is_a_sentence_and_its_traceback_is_in_the_log(root: Path) -> None:
    done = _run("up", "dev", root=root)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr + done.stdout


def test_destroying_has_to_be_meant(root: Path) -> None:
    done = _run("destroy", "dev", root=root)
    assert done.returncode == 2
    assert "--yes" in done.stderr


def test_status_and_destroy_of_what_was_never_deployed(root: Path) -> None:
    status = _run("status", "dev", "--json", root=root)
    assert status.returncode == 0
    assert json.loads(status.stdout)["deployed"] is False
    assert _run("destroy", "dev", "--yes", root=root).returncode == 0
    assert _run("outputs", "dev", root=root).returncode == 2
    assert _run("port-forward", "dev", root=root).returncode == 2


def test_exit_codes() -> None:
    results = ("succeeded", "failed", "interrupted", "invalid", "changes-found")
    assert [int(exit_code(result)) for result in results] == [0, 1, 1, 2, 3]
