"""Wrong stack files of the real program: by the command line, in a process of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from automation.default_project import check_stack_file, needed_secrets
from automation.errors import BadInputError
from tests.unit.settings import (
    test_fitting_rules,
    test_rules,
    test_stack_file,
    test_wrong_values,
    test_wrong_workloads,
)
from tests.unit.settings.stacks import (
    ABSENT,
    DEV,
    PRODUCTION,
    PRODUCTION_SECRETS,
    SECRETS,
    STAGING,
    changed,
    production,
    raw,
    staging,
    written,
)

ROOT = Path(__file__).resolve().parents[3]
WRONG = {
    **{
        name: (DEV, *test_wrong_values.CASES[name])
        for name in ("environment misspelt", "memory in GB", "secret in plain text", "interface not among the origins")
    },
    **{name: (DEV, *test_wrong_workloads.CASES[name]) for name in ("version unknown", "cache limit at maxMemory")},
    **{name: (production(), *test_rules.CASES[name]) for name in ("debug", "mutable tag", "backups in one place")},
    **{
        name: (staging(), *test_fitting_rules.CASES[name][1:])
        for name in ("registry that nothing allows", "Ingress without Traefik")
    },
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with the project's file and no state."""
    shutil.copy(ROOT / "Pulumi.yaml", tmp_path)
    return tmp_path


def _run(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`python -m automation ARGUMENTS` there; where it would start anything, it would fail for want of a tool."""
    return subprocess.run(
        [sys.executable, "-m", "tests.support.jarvis_project", project, project / "no-sandbox", *arguments],
        cwd=ROOT, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
        env={**os.environ, "PATH": "/usr/bin:/bin"},
    )  # fmt: skip


def _assert_refused(done: subprocess.CompletedProcess[str], project: Path, sentence: str) -> None:
    assert done.returncode == 2, done.stderr
    assert sentence in done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert [path.name for path in (project / ".state").iterdir()] == ["logs"], "no sandbox and no state"


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_setting_is_a_sentence_and_nothing_is_started(name: str, project: Path) -> None:
    stack, changes, sentence = WRONG[name]
    written(project, changed(stack, changes))
    _assert_refused(_run(project, "preview", "dev", "--sandbox"), project, sentence)


@pytest.mark.parametrize("command", ["up", "preview"])
def test_a_file_that_is_no_yaml_is_a_sentence(command: str, project: Path) -> None:
    text, sentence = test_stack_file.CASES["two colons"]
    raw(project, text)
    _assert_refused(_run(project, command, "dev"), project, sentence)


def test_placeholders_stand_for_missing_secrets_only(tmp_path: Path) -> None:
    lacking = {key: value for key, value in SECRETS.items() if key != "redisPassword"}
    check_stack_file(written(tmp_path, changed(DEV, {"secrets": lacking})), placeholders=True)
    for secret in ("hunter2hunter2", None):
        path = written(tmp_path, changed(DEV, {"secrets": {**lacking, "redisPassword": secret}}))
        with pytest.raises(BadInputError, match="redisPassword"):
            check_stack_file(path, placeholders=True)


def test_a_missing_secret_is_a_problem_where_it_is_needed(tmp_path: Path) -> None:
    path = written(tmp_path, changed(DEV, {"secrets": SECRETS, "secrets.redisPassword": ABSENT}))
    with pytest.raises(BadInputError, match="redisPassword is missing"):
        check_stack_file(path, placeholders=False)


def test_production_plans_with_placeholders_and_deploys_with_every_secret_only(tmp_path: Path) -> None:
    path = written(tmp_path, PRODUCTION)
    check_stack_file(path, placeholders=True)
    with pytest.raises(BadInputError) as caught:
        check_stack_file(path, placeholders=False)
    for name in PRODUCTION_SECRETS.keys() - {"kind"}:
        assert f"pulumi config set --secret --path 'jarvis:secrets.{name}' --stack dev" in str(caught.value)


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (DEV, set()),
        (STAGING, set()),
        (PRODUCTION, PRODUCTION_SECRETS.keys() - {"kind"}),
        ({**PRODUCTION, "jarvis:backup": {"kind": "none"}}, SECRETS.keys() - {"kind"}),
        ({**PRODUCTION, "jarvis:secrets": {"kind": "external-secrets"}}, set()),
    ],
    ids=["dev", "staging", "production", "without backup", "external secrets"],
)
def test_the_rehearsal_asks_for_what_the_loader_misses(config: dict[str, Any], expected: set[str]) -> None:
    assert set(needed_secrets(config)) == expected
