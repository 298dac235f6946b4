"""The workflows: actionlint and zizmor over them, and what both would let pass."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox.toolchain import Toolchain

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
ALL = [*WORKFLOWS, *sorted((ROOT / ".github/actions").rglob("action.yml"))]


def _load(path: Path) -> dict[Any, Any]:
    return yaml.safe_load(path.read_text())


def _jobs() -> list[tuple[str, dict[str, Any]]]:
    return [(f"{path.stem}.{name}", job) for path in WORKFLOWS for name, job in _load(path)["jobs"].items()]


def test_actionlint_finds_nothing() -> None:
    built = Toolchain(say=lambda _: None).path("actionlint")
    actionlint = str(built) if built.is_file() else shutil.which("actionlint")
    if actionlint is None:
        pytest.skip("actionlint is not built: python -m sandbox.toolchain actionlint")
    done = subprocess.run([actionlint, "-no-color"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_zizmor_finds_nothing() -> None:
    zizmor = Path(sys.executable).with_name("zizmor")
    if not zizmor.is_file():
        pytest.skip("zizmor is not installed")
    done = subprocess.run(
        [zizmor, "--offline", "--quiet", "--no-progress", ".github"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_every_action_is_pinned_by_commit_with_its_version(path: Path) -> None:
    used = re.findall(r"uses: (.+)", path.read_text())
    for line in used:
        assert line.startswith("./") or re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+(\.\d+)?", line), line


def test_one_action_has_one_version() -> None:
    versions: dict[str, set[str]] = {}
    for path in ALL:
        for action, version in re.findall(r"uses: ([\w-]+/[\w-]+)@(\S+ # \S+)", path.read_text()):
            versions.setdefault(action, set()).add(version)
    assert {action: found for action, found in versions.items() if len(found) > 1} == {}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_grants_nothing_by_itself(path: Path) -> None:
    assert _load(path)["permissions"] == {}


@pytest.mark.parametrize(("name", "job"), _jobs(), ids=[name for name, _ in _jobs()])
def test_jobs_end_and_grant_what_they_need(name: str, job: dict[str, Any]) -> None:
    assert "permissions" in job
    assert "uses" in job or job["timeout-minutes"] <= 60
    for step in job.get("steps", []):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


def test_a_pull_request_gets_no_credentials() -> None:
    workflow = ROOT / ".github/workflows/pull-request.yml"
    assert list(_load(workflow)[True]) == ["pull_request"]  # YAML reads the key `on` as true
    assert "secrets." not in workflow.read_text()
    assert all(job["permissions"] == {"contents": "read"} for job in _load(workflow)["jobs"].values())


def test_the_writer_of_comments_runs_no_code_of_the_pull_request() -> None:
    job = _load(ROOT / ".github/workflows/preview-comment.yml")["jobs"]["comment"]
    assert [step["uses"].partition("@")[0] for step in job["steps"]] == [
        "actions/download-artifact",
        "actions/github-script",
    ]
    assert "contents" not in job["permissions"]


def _workflow(name: str) -> dict[Any, Any]:
    return _load(ROOT / f".github/workflows/{name}.yml")


def test_deployments_use_oidc_and_queue() -> None:
    staging = _workflow("staging")
    jobs = [
        *staging["jobs"].values(),
        *_workflow("promote")["jobs"].values(),
        *_workflow("production")["jobs"].values(),
    ]
    assert all(job["permissions"] == {"contents": "read", "id-token": "write"} for job in jobs)
    assert staging["concurrency"] == {"group": "deploy-staging", "cancel-in-progress": False}
    for stack, job in _workflow("production")["jobs"].items():
        assert job["concurrency"] == {"group": f"deploy-{stack}", "cancel-in-progress": False}
    assert not re.search(r"\$\{\{\s*secrets\.", "".join(path.read_text() for path in ALL))


def test_production_waits_for_approval_after_a_preview() -> None:
    jobs = _workflow("promote")["jobs"]
    assert [job["with"]["command"] for job in jobs.values()] == ["preview", "up"]
    assert jobs["up"]["needs"] == "preview"
    assert jobs["up"]["with"]["environment"] == "${{ inputs.stack }}"
    assert jobs["preview"]["with"]["environment"] == "${{ inputs.stack }}-preview"
    for job in jobs.values():
        assert {key: job["with"][key] for key in ("stack", "cloud", "runner")} == {
            key: f"${{{{ inputs.{key} }}}}" for key in ("stack", "cloud", "runner")
        }


def test_every_production_stack_is_promoted_into_its_own_cloud() -> None:
    workflow = _workflow("production")
    stacks = [path.name.split(".")[1] for path in sorted(ROOT.glob("Pulumi.production*.yaml"))]
    assert workflow[True]["push"] == {"tags": ["v*"]}
    assert sorted(workflow[True]["workflow_dispatch"]["inputs"]["stack"]["options"]) == sorted(stacks)
    assert sorted(workflow["jobs"]) == sorted(stacks)
    for stack, job in workflow["jobs"].items():
        assert job["uses"] == "./.github/workflows/promote.yml"
        assert job["with"]["stack"] == stack
        assert job["if"].endswith(f", '{stack}')"), "the others' jobs are skipped"
        cloud = _load(ROOT / f"Pulumi.{stack}.yaml")["config"].get("jarvis:cloud", {}).get("kind", "")
        assert job["with"].get("cloud", "") == cloud


@pytest.mark.parametrize(
    ("cloud", "steps"),
    [
        ("", ["mkdir"]),
        ("aws", ["aws-actions/configure-aws-credentials"]),
        ("azure", ["azure/login", "azure/use-kubelogin"]),
    ],
)
def test_a_cloud_is_signed_into_by_oidc_alone(cloud: str, steps: list[str]) -> None:
    found = [
        step for step in _workflow("deploy")["jobs"]["run"]["steps"] if step.get("if") == f"inputs.cloud == '{cloud}'"
    ]
    assert [re.split("[@ ]", step.get("uses") or step["run"])[0] for step in found] == steps
    given = {key for step in found for key in step.get("with", {})}
    assert given.isdisjoint({"creds", "aws-access-key-id", "aws-secret-access-key", "client-secret"})


def test_a_pull_request_previews_every_stack_without_a_cloud() -> None:
    (step,) = [step for step in _workflow("pull-request")["jobs"]["preview"]["steps"] if "env" in step]
    assert "for file in Pulumi.*.yaml; do" in step["run"]
    assert '-m automation preview "${stack%.yaml}" --sandbox --offline ' in step["run"]
    stacks = {path.name.split(".")[1] for path in ROOT.glob("Pulumi.*.yaml")}
    assert stacks == {"dev", "staging", "production", "production-aws", "production-azure"}


def test_the_workflow_installs_the_pinned_cli() -> None:
    steps = _load(ROOT / ".github/workflows/deploy.yml")["jobs"]["run"]["steps"]
    given = next(step for step in steps if step.get("uses", "").startswith("pulumi/actions@"))["with"]["pulumi-version"]
    assert f"v{given}" == Toolchain(say=lambda _: None).version("pulumi")


def test_the_kubeconfig_holds_no_key(tmp_path: Path) -> None:
    script = ROOT / ".github/scripts/oidc_kubeconfig.py"
    file = tmp_path / "kubeconfig"
    environment = {"CLUSTER_SERVER": "https://cluster.example:6443", "CLUSTER_CA": "QQ=="}
    subprocess.run([sys.executable, script, file], check=True, env=environment)
    assert file.stat().st_mode & 0o077 == 0
    user = json.loads(file.read_text())["users"][0]["user"]
    assert user["exec"]["args"] == [str(script)]
    assert list(user) == ["exec"]
