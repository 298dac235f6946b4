"""Whose state a run works on, and with which passphrase."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from automation.backend import own_backend, users_backend
from automation.errors import BadInputError
from automation.layout import Layout


@pytest.fixture
def layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "Pulumi.yaml").write_text("name: jarvis\nruntime: python\n")
    (tmp_path / "Pulumi.dev.yaml").write_text("config: {}\n")
    return Layout(tmp_path)


def test_without_any_choice_the_state_is_ours_with_a_private_passphrase(layout: Layout) -> None:
    backend = users_backend(layout, "dev", {})
    file = Path(backend.environment["PULUMI_CONFIG_PASSPHRASE_FILE"])
    assert backend.folder == layout.stacks / ".pulumi"
    assert file.stat().st_mode & 0o077 == 0
    assert len(file.read_text()) >= 32
    assert users_backend(layout, "dev", {}).environment == backend.environment, "the passphrase is made once"


def test_a_passphrase_of_the_environment_cannot_replace_our_own(tmp_path: Path) -> None:
    assert own_backend(tmp_path / "s").dropped == {"PULUMI_CONFIG_PASSPHRASE"}


def test_a_passphrase_that_the_user_gives_is_kept(layout: Layout) -> None:
    backend = users_backend(layout, "dev", {"PULUMI_CONFIG_PASSPHRASE": ""})
    assert "PULUMI_CONFIG_PASSPHRASE_FILE" not in backend.environment
    assert backend.dropped == frozenset()


def test_the_users_choice_comes_first(layout: Layout, tmp_path: Path) -> None:
    home = tmp_path / "pulumi-home"
    home.mkdir()
    (home / "credentials.json").write_text(json.dumps({"current": "https://api.pulumi.com"}))
    environ = {"PULUMI_HOME": str(home)}
    assert users_backend(layout, "dev", environ).url == "https://api.pulumi.com"
    (layout.root / "Pulumi.yaml").write_text("name: jarvis\nruntime: python\nbackend: {url: https://pulumi.example}\n")
    assert users_backend(layout, "dev", environ).url == "https://pulumi.example"
    environ |= {"PULUMI_BACKEND_URL": "file:///srv/state", "PULUMI_CONFIG_PASSPHRASE": "x"}
    backend = users_backend(layout, "dev", environ)
    assert backend.url == "file:///srv/state"
    assert backend.folder == Path("/srv/state/.pulumi")


@pytest.mark.parametrize("url", ["file:///srv/state", "s3://bucket", "azblob://container", "gs://bucket"])
def test_a_missing_passphrase_is_one_sentence(layout: Layout, url: str) -> None:
    with pytest.raises(BadInputError, match="PULUMI_CONFIG_PASSPHRASE"):
        users_backend(layout, "dev", {"PULUMI_BACKEND_URL": url})


def test_a_passphrase_file_that_is_not_there_is_named(layout: Layout) -> None:
    environ = {"PULUMI_BACKEND_URL": "file:///srv/state", "PULUMI_CONFIG_PASSPHRASE_FILE": "/nowhere"}
    with pytest.raises(BadInputError, match="/nowhere"):
        users_backend(layout, "dev", environ)


def test_a_key_service_needs_no_passphrase(layout: Layout) -> None:
    layout.stack_file("dev").write_text("secretsprovider: awskms://alias/jarvis\n")
    assert users_backend(layout, "dev", {"PULUMI_BACKEND_URL": "s3://bucket"}).folder is None


def test_folders_with_spaces(tmp_path: Path) -> None:
    assert own_backend(tmp_path / "a b").folder == tmp_path / "a b/.pulumi"
