"""Building the pinned tools: what a build is named after, and what happens when it goes wrong. `go` is a stand-in."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from sandbox.errors import SandboxError
from sandbox.toolchain import TOOLS, Toolchain, link_flags, module_versions, prometheus_version

ROOT = Path(__file__).parents[3]
FAKE_GO = """#!/bin/sh
while [ "$1" != "-o" ]; do shift; done
folder=$2; shift 2
echo run >> "$GO_CALLS"
{body}
for package in "$@"; do
  name=$(echo "$package" | sed 's#/v[0-9]*$##; s#.*/##')
  printf '#!/bin/sh\\n' > "$folder/$name"; chmod +x "$folder/$name"
done
"""


@pytest.fixture
def fake_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return install_go(tmp_path, monkeypatch, "")


def install_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str) -> Path:
    program = tmp_path / "bin" / "go"
    program.parent.mkdir(exist_ok=True)
    program.write_text(FAKE_GO.format(body=body))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}/usr/bin:/bin")
    calls = tmp_path / "calls"
    calls.touch()
    monkeypatch.setenv("GO_CALLS", str(calls))
    return calls


def test_every_tool_is_pinned_in_its_go_mod() -> None:
    for name, tool in TOOLS.items():
        text = (ROOT / "tools" / tool.folder / "go.mod").read_text()
        # What is built in a copy of its module is no `tool` there: Go would want to build it in place.
        assert (tool.module if tool.page else tool.package) in text, f"{name} is no tool of its go.mod"
        assert tool.module in module_versions(tool.folder)


def test_the_cli_is_the_sdk_s_version() -> None:
    requirements = (ROOT / "requirements.txt").read_text()
    assert f"pulumi=={Toolchain().version('pulumi').removeprefix('v')}\n" in requirements


def test_versions_are_linked_in() -> None:
    assert "gitVersion=v1.36.2" in link_flags("k8s.io/kubernetes", "v1.36.2")
    assert "gitMinor=36" in link_flags("k8s.io/kubernetes", "v1.36.2")
    assert prometheus_version("v0.313.5") == "3.13.5"


def test_a_tool_s_folder_changes_with_its_version_only(tmp_path: Path) -> None:
    folder = Toolchain(tmp_path).path("etcd").parent.name
    assert folder.startswith(f"etcd-{module_versions('.')['go.etcd.io/etcd/server/v3']}-")


def test_what_is_built_is_not_built_again(tmp_path: Path, fake_go: Path) -> None:
    toolchain = Toolchain(tmp_path / "cache", say=lambda _: None)
    paths = toolchain.ensure("etcd", "kubectl")
    assert all(os.access(path, os.X_OK) for path in paths.values())
    assert [path.name for path in paths.values()] == ["etcd", "kubectl"]
    toolchain.ensure("etcd")
    assert len(fake_go.read_text().splitlines()) == 2  # one a module, none for the second call


def test_no_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SandboxError, match="`go` is not on PATH"):
        Toolchain(tmp_path / "cache", say=lambda _: None).ensure("etcd")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("write /x: no space left on device", "The disk is full"),
        ("dial tcp: lookup example: no such host", "could not be fetched"),
        ("verifying module: checksum mismatch", "tools/go.sum names"),
        ("syntax error", "Building the tools failed"),
    ],
)
def test_a_failed_build_is_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str, sentence: str
) -> None:
    install_go(tmp_path, monkeypatch, f"echo '{words}'; exit 1")
    toolchain = Toolchain(tmp_path / "cache", say=lambda _: None)
    with pytest.raises(SandboxError, match=sentence) as caught:
        toolchain.ensure("etcd")
    assert words in str(caught.value)
    assert not toolchain.path("etcd").exists()


def test_two_builds_at_once_are_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = install_go(tmp_path, monkeypatch, "sleep 0.5")
    said: list[str] = []
    threads = [
        threading.Thread(target=Toolchain(tmp_path / "cache", say=said.append).ensure, args=("etcd",)) for _ in "ab"
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(calls.read_text().splitlines()) == 1
    assert any("waiting for it" in line for line in said)


def test_a_program_of_the_project_s_own_is_built_anew_when_its_source_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools = tmp_path / "tools"
    shutil.copytree(ROOT / "tools" / "observability" / "otelcol", tools / "observability" / "otelcol")
    shutil.copy(ROOT / "tools" / "go.mod", tools)
    monkeypatch.setattr("sandbox.toolchain.TOOLS_FOLDER", tools)
    toolchain = Toolchain(tmp_path)
    before, etcd = toolchain.path("otelcol"), toolchain.path("etcd")
    (tools / "observability" / "otelcol" / "main.go").write_text("package main\n\nfunc main() {}\n")
    assert toolchain.path("otelcol") != before
    assert toolchain.path("etcd") == etcd


def test_a_killed_build_leaves_nothing_that_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install_go(tmp_path, monkeypatch, "sleep 30")
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "xdg")}
    command = [sys.executable, "-m", "sandbox.toolchain", "etcd"]
    child = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL, start_new_session=True)
    deadline = time.monotonic() + 10
    while not list((tmp_path / "xdg").glob("jarvis/tools/building-*")) and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    install_go(tmp_path, monkeypatch, "")
    toolchain = Toolchain(tmp_path / "xdg" / "jarvis" / "tools", say=lambda _: None)
    assert toolchain.ensure("etcd")["etcd"].is_file()
    assert not list((tmp_path / "xdg").glob("jarvis/tools/building-*"))


def test_an_unknown_tool_is_bad_input() -> None:
    command = [sys.executable, "-m", "sandbox.toolchain", "kubelet"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "There is no tool 'kubelet'" in done.stderr
