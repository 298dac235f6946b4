"""Official plugins where they can be had, offline ones where not, and no waiting for the same failure twice."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from automation import plugins
from automation.default_project import cloud_providers
from automation.errors import AutomationError, InterruptedRunError
from automation.layout import Layout
from automation.options import Options
from automation.plugins import Plugins, choose_plugins, plugin_version
from automation.safety import refuse_plan_only
from automation.session import Session

NAMES = ("kubernetes", "random")


def _write_plugins(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("kubernetes", "random", "aws"):
        (folder / f"pulumi-resource-{name}").touch()
    (folder / "pulumi-language-python").touch()
    return folder


@pytest.fixture
def choose(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Plugins]:
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "home"))

    def choose(
        *,
        names: tuple[str, ...] = NAMES,
        insist_offline: bool = False,
        rehearsal: bool = False,
        in_earnest: bool = False,
        pulumi: str = "",
        say: Callable[[str], None] = lambda _: None,
    ) -> Plugins:
        executable = tmp_path / "pulumi"
        executable.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/calls\n{pulumi or "exit 1"}\n')
        executable.chmod(0o755)
        return choose_plugins(
            names,
            insist_offline=insist_offline,
            rehearsal=rehearsal,
            pulumi=executable,
            layout=Layout(tmp_path),
            write_plugins=_write_plugins,
            say=say,
            in_earnest=in_earnest,
        )

    return choose


def _install(tmp_path: Path, name: str, version: str | None = None) -> None:
    folder = tmp_path / "home/plugins" / f"resource-{name}-{version or plugin_version(name)}"
    folder.mkdir(parents=True)
    (folder / f"pulumi-resource-{name}").touch()


def _calls(tmp_path: Path) -> list[str]:
    file = tmp_path / "calls"
    return file.read_text().splitlines() if file.exists() else []


def test_installed_official_plugins_are_used_without_a_word(choose: Callable[..., Plugins], tmp_path: Path) -> None:
    for name in NAMES:
        _install(tmp_path, name)
    chosen = choose()
    assert (chosen.offline, chosen.folder, chosen.notice()) == ((), None, None)
    assert _calls(tmp_path) == []


def test_offline_is_offline_whatever_is_installed(choose: Callable[..., Plugins], tmp_path: Path) -> None:
    for name in NAMES:
        _install(tmp_path, name)
    chosen = choose(insist_offline=True)
    assert chosen.offline == NAMES
    assert "offline providers kubernetes and random" in str(chosen.notice())
    assert chosen.environment["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] == "true"
    assert _calls(tmp_path) == []


def test_a_plugin_of_another_version_does_not_count(choose: Callable[..., Plugins], tmp_path: Path) -> None:
    _install(tmp_path, "kubernetes", "v4.0.0")
    assert choose().offline == NAMES
    assert f"plugin install resource kubernetes {plugin_version('kubernetes')} --non-interactive" in _calls(tmp_path)


def test_a_plugin_that_can_be_fetched_is_official(choose: Callable[..., Plugins]) -> None:
    assert choose(pulumi="exit 0").offline == ()


def test_a_failed_fetch_is_remembered(choose: Callable[..., Plugins], tmp_path: Path) -> None:
    choose()
    choose()
    assert len(_calls(tmp_path)) == 2, "one try for each of the two plugins"


def test_all_are_fetched_at_the_same_time(choose: Callable[..., Plugins], tmp_path: Path) -> None:
    """Each succeeds only where the other one is being fetched too."""
    other = f'for i in $(seq 100); do [ "$(wc -l < {tmp_path}/calls)" = 2 ] && exit 0; sleep 0.1; done; exit 1'
    assert choose(pulumi=other).offline == ()


def test_what_can_be_fetched_is_official_and_the_rest_is_not(choose: Callable[..., Plugins], tmp_path: Path) -> None:
    chosen = choose(pulumi='[ "$4" = random ]')
    assert chosen.offline == ("kubernetes",)
    assert list(json.loads((tmp_path / ".state/plugins-out-of-reach.json").read_text())) == [
        f"kubernetes-{plugin_version('kubernetes')}"
    ]


def test_a_failure_is_forgotten_after_half_a_day(choose: Callable[..., Plugins], tmp_path: Path) -> None:
    choose()
    note = tmp_path / ".state/plugins-out-of-reach.json"
    note.write_text(json.dumps({name: at - 13 * 3600 for name, at in json.loads(note.read_text()).items()}))
    choose()
    assert len(_calls(tmp_path)) == 4


@pytest.mark.parametrize("text", ["", "[]", '{"kubernetes": "x"}', "{"])
def test_a_broken_note_is_no_note(choose: Callable[..., Plugins], tmp_path: Path, text: str) -> None:
    (tmp_path / ".state").mkdir()
    (tmp_path / ".state/plugins-out-of-reach.json").write_text(text)
    assert choose().offline == NAMES


def test_a_hanging_fetch_is_given_up(choose: Callable[..., Plugins], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plugins, "_SECONDS", 0.2)
    assert choose(pulumi="exec sleep 20").offline == NAMES


def test_a_cloud_s_plugin_has_ten_minutes_and_words(
    choose: Callable[..., Plugins], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is given more time than the others, and people are told that it is awaited."""
    assert (plugins._SECONDS, plugins._LARGE_SECONDS) == (60, 600)  # pyright: ignore[reportPrivateUsage]
    monkeypatch.setattr(plugins, "_SECONDS", 0.2)
    monkeypatch.setattr(plugins, "_WORD_EVERY_SECONDS", 0.3)
    said: list[str] = []
    assert choose(names=CLOUD, pulumi="sleep 1", say=said.append).offline == NAMES
    assert said[0] == f"Fetching Pulumi's aws plugin {plugin_version('aws')}, hundreds of MB, for at most 10 minutes."
    assert said[1] == "  aws: still on the way after 0 seconds."


def test_a_slow_download_is_not_remembered_where_nothing_else_will_do(
    choose: Callable[..., Plugins], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = tmp_path / ".state/plugins-out-of-reach.json"
    for name in NAMES:
        _install(tmp_path, name)
    monkeypatch.setattr(plugins, "_LARGE_SECONDS", 0.2)
    assert choose(names=CLOUD, in_earnest=True, pulumi="exec sleep 20").offline == ("aws",)
    assert not note.exists()
    assert choose(names=CLOUD, pulumi="exec sleep 20").offline == ("aws",)
    assert list(json.loads(note.read_text())) == [f"aws-{plugin_version('aws')}"]
    assert choose(names=CLOUD, pulumi="exit 0").offline == ("aws",), "a preview does not try again"
    assert choose(names=CLOUD, in_earnest=True, pulumi="exit 0").offline == ()


def test_an_up_without_a_cloud_does_not_try_again(choose: Callable[..., Plugins], tmp_path: Path) -> None:
    choose()
    choose(in_earnest=True)
    assert len(_calls(tmp_path)) == 2


def test_an_interrupt_ends_the_downloads(
    choose: Callable[..., Plugins], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_: str) -> None:
        while not (tmp_path / "pid").exists():
            time.sleep(0.01)
        raise InterruptedRunError("Interrupted.")

    monkeypatch.setattr(plugins, "_WORD_EVERY_SECONDS", 0.0)
    for name in NAMES:
        _install(tmp_path, name)
    with pytest.raises(InterruptedRunError):
        choose(
            names=CLOUD,
            pulumi=f"echo $$ > {tmp_path}/pid.tmp; mv {tmp_path}/pid.tmp {tmp_path}/pid; exec sleep 60",
            say=interrupt,
        )
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_path_gets_only_what_is_offline(choose: Callable[..., Plugins], tmp_path: Path) -> None:
    """What is on PATH wins over an official plugin, so an official one must not have an offline one there."""
    _install(tmp_path, "kubernetes")
    folder = choose().folder
    assert folder is not None
    assert [path.name for path in folder.glob("pulumi-resource-*")] == ["pulumi-resource-random"]


CLOUD = (*NAMES, "aws")


def test_a_rehearsal_in_a_cloud_is_offline_whatever_is_installed(
    choose: Callable[..., Plugins], tmp_path: Path
) -> None:
    """An official plugin would make real resources, and would look for the planned cluster's API server."""
    for name in CLOUD:
        _install(tmp_path, name)
    assert choose(names=CLOUD).offline == ()
    assert choose(names=CLOUD, rehearsal=True).offline == CLOUD
    assert choose(rehearsal=True).offline == (), "a rehearsal without a cloud takes what there is"


def test_the_notice_says_what_is_only_planned(choose: Callable[..., Plugins]) -> None:
    notice = str(choose(names=CLOUD).notice())
    assert notice.endswith("For aws they only plan: ids and addresses are made up, and nothing is created there.")
    assert "plan" not in str(choose().notice())


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("config: {'jarvis:cloud': {kind: aws}}", ("aws",)),
        ("config: {'jarvis:cloud': {kind: azure}}", ("azure-native",)),
        ("config: {'jarvis:cloud': {kind: none}}", ()),
        ("config: {'azure-native:location': francecentral}", ("azure-native",)),
        ("config: {'jarvis:cluster': {kind: existing}}", ()),
        ("config: []", ()),
        ("- no mapping", ()),
        ("not: [yaml", ()),
        ("", ()),
    ],
)
def test_a_stack_file_tells_which_clouds_it_needs(tmp_path: Path, text: str, names: tuple[str, ...]) -> None:
    file = tmp_path / "Pulumi.test.yaml"
    file.write_text(text)
    assert cloud_providers(file) == names


@pytest.mark.parametrize(("sandbox", "refused"), [(True, False), (False, True)])
def test_a_run_in_earnest_is_refused_where_a_provider_only_plans(sandbox: bool, refused: bool) -> None:
    session = SimpleNamespace(plugins=Plugins(CLOUD), options=Options("up", "production-aws", sandbox=sandbox))
    if not refused:
        refuse_plan_only(cast("Session", session))
        return
    with pytest.raises(AutomationError, match=r"Only the offline aws can be had here.*up is refused.*--sandbox"):
        refuse_plan_only(cast("Session", session))
