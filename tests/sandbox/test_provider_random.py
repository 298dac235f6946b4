"""The offline provider `random` under the real engine: made once, kept, replaced by keepers, never in plain text."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bcrypt
import pulumi
import pulumi_random as random
import pytest
from pulumi import automation as auto

from sandbox.plugins import write_plugins
from sandbox.toolchain import Toolchain

Program = Callable[[], None]


class Project:
    """One stack of one test, with a file backend of its own."""

    def __init__(self, root: Path, pulumi_cli: Path) -> None:
        (root / "bin").mkdir()
        (root / "bin" / "pulumi").symlink_to(pulumi_cli)
        (root / "state").mkdir()
        plugins = write_plugins(root / "plugins", Path(sys.executable))
        self.root = root
        self.lines: list[str] = []
        self._command = auto.PulumiCommand(str(root))
        self._environment = {
            "PATH": f"{plugins}{os.pathsep}{os.environ['PATH']}",
            "PULUMI_HOME": str(root / "home"),
            "PULUMI_BACKEND_URL": f"file://{root / 'state'}",
            "PULUMI_CONFIG_PASSPHRASE": "test",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        }

    def stack(self, program: Program) -> auto.Stack:
        return auto.create_or_select_stack(
            "test",
            project_name="random-test",
            program=program,
            opts=auto.LocalWorkspaceOptions(pulumi_command=self._command, env_vars=self._environment),
        )

    def up(self, program: Program) -> auto.UpResult:
        return self.stack(program).up(on_output=self.lines.append, color="never")

    @property
    def state(self) -> str:
        """The checkpoint as it lies on the disk."""
        return next((self.root / "state").rglob("stacks/**/test.json")).read_text("utf-8")

    def resource(self, name: str) -> dict[str, Any]:
        resources = json.loads(self.state)["checkpoint"]["latest"]["resources"]
        return next(item for item in resources if item["urn"].endswith(f"::{name}"))


@pytest.fixture
def project(tmp_path: Path, toolchain: Toolchain) -> Project:
    return Project(tmp_path, toolchain.ensure("pulumi")["pulumi"])


def values(result: auto.UpResult) -> dict[str, Any]:
    return {name: output.value for name, output in result.outputs.items()}


def every_kind() -> None:
    password = random.RandomPassword("password", length=20, min_numeric=3, override_special="_-")
    pulumi.export("password", password.result)
    pulumi.export("hash", password.bcrypt_hash)
    pulumi.export("string", random.RandomString("string", length=8, special=False, upper=False).result)
    identity = random.RandomId("id", byte_length=4, prefix="x-")
    pulumi.export("hex", identity.hex)
    pulumi.export("integer", random.RandomInteger("integer", min=5, max=7).result)
    pulumi.export("uuid", random.RandomUuid("uuid").result)
    pulumi.export("uuid4", random.RandomUuid4("uuid4").result)
    pulumi.export("uuid7", random.RandomUuid7("uuid7").result)
    pulumi.export("pet", random.RandomPet("pet", length=3, prefix="jarvis").id)
    pulumi.export("shuffled", random.RandomShuffle("shuffle", inputs=["a", "b", "c"], result_count=5).results)
    pulumi.export("bytes", random.RandomBytes("bytes", length=16).hex)


def test_every_kind_is_made_once_and_kept(project: Project) -> None:
    first = values(project.up(every_kind))
    assert len(first["password"]) == 20
    assert sum(character.isdigit() for character in first["password"]) >= 3
    assert bcrypt.checkpw(first["password"].encode(), first["hash"].encode())
    assert first["string"].isalnum()
    assert first["string"] == first["string"].lower()
    assert first["hex"].startswith("x-")
    assert len(first["hex"]) == 10
    assert first["integer"] in {5, 6, 7}
    assert [first[name][14] for name in ("uuid", "uuid4", "uuid7")] == ["4", "4", "7"]
    assert first["pet"].startswith("jarvis-")
    assert first["pet"].count("-") == 3
    assert sorted(first["shuffled"][:3]) == ["a", "b", "c"]
    assert len(first["shuffled"]) == 5
    assert len(first["bytes"]) == 32

    again = project.up(every_kind)
    assert values(again) == first
    assert again.summary.resource_changes == {"same": 11}
    refreshed = project.stack(every_kind).refresh()
    assert refreshed.summary.resource_changes == {"same": 11}


def test_secret_values_are_nowhere_in_plain_text(project: Project) -> None:
    result = project.up(every_kind)
    shown = "\n".join(project.lines)
    for name in ("password", "hash", "bytes"):
        assert result.outputs[name].secret, name
        assert result.outputs[name].value not in project.state, name
        assert result.outputs[name].value not in shown, name


def test_a_keeper_replaces_the_value_and_nothing_else_does(project: Project) -> None:
    def program(release: str, keeper_secret: bool = False) -> Program:
        def run() -> None:
            keeper = pulumi.Output.secret(release) if keeper_secret else release
            made = random.RandomPassword("password", length=12, keepers={"release": keeper})
            pulumi.export("password", made.result)

        return run

    one = values(project.up(program("1")))["password"]
    assert values(project.up(program("1", keeper_secret=True)))["password"] == one
    result = project.up(program("2"))
    assert values(result)["password"] != one
    assert result.summary.resource_changes == {"same": 1, "replace": 1}


def test_naming_a_default_changes_nothing(project: Project) -> None:
    def plain() -> None:
        pulumi.export("string", random.RandomString("string", length=12).result)

    def spelled_out() -> None:
        pulumi.export("string", random.RandomString("string", length=12, special=True, min_lower=0).result)

    first = values(project.up(plain))
    again = project.up(spelled_out)
    assert values(again) == first
    assert again.summary.resource_changes is not None
    assert "replace" not in again.summary.resource_changes


@pytest.mark.parametrize(
    ("program", "named"),
    [
        (lambda: random.RandomPassword("p", length=4, min_upper=5), "length"),
        (lambda: random.RandomPassword("p", length=0), "length"),
        (lambda: random.RandomInteger("i", min=3, max=2), "min"),
        (
            lambda: random.RandomString("s", length=4, upper=False, lower=False, numeric=False, special=False),
            "special",
        ),
        (lambda: random.RandomPassword("p", length="many"), "length"),
    ],
)
def test_bad_arguments_are_refused_with_a_sentence(project: Project, program: Program, named: str) -> None:
    with pytest.raises(auto.CommandError) as refused:
        project.up(program)
    text = str(refused.value)
    assert named in text
    assert "Unexpected error" not in text
    assert "Traceback" not in text


def test_a_password_is_imported_without_its_id_giving_it_away(project: Project) -> None:
    def program() -> None:
        options = pulumi.ResourceOptions(import_="Example0Value")
        pulumi.export("password", random.RandomPassword("password", length=13, opts=options).result)

    result = project.up(program)
    assert values(result)["password"] == "Example0Value"
    assert project.resource("password")["id"] == "none"


def test_a_value_that_depends_on_one_to_come_is_previewed(project: Project) -> None:
    def program() -> None:
        length = random.RandomInteger("length", min=20, max=20)
        pulumi.export("password", random.RandomPassword("password", length=length.result).result)

    preview = project.stack(program).preview()
    assert preview.change_summary == {"create": 3}
    assert len(values(project.up(program))["password"]) == 20


def test_destroy_forgets_everything(project: Project) -> None:
    project.up(every_kind)
    project.stack(every_kind).destroy()
    latest = json.loads(project.state)["checkpoint"]["latest"]
    assert [item for item in latest.get("resources") or [] if item["type"].startswith("random:")] == []
