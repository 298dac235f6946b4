"""State files: backups that cannot be read by others, repair of what cannot be read at all."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from automation.checkpoints import KEPT_BACKUPS, Checkpoint, back_up, drop_broken_sidecars, read_deployment, repair
from automation.errors import AutomationError


def _state(serial: int) -> bytes:
    latest = {"manifest": {}, "resources": [{"urn": f"urn:{serial}"}]}
    return json.dumps({"version": 3, "checkpoint": {"stack": "organization/jarvis/dev", "latest": latest}}).encode()


@pytest.fixture
def checkpoint(tmp_path: Path) -> Checkpoint:
    checkpoint = Checkpoint(tmp_path / ".pulumi", "jarvis", "dev")
    checkpoint.path.parent.mkdir(parents=True)
    checkpoint.path.write_bytes(_state(1))
    return checkpoint


@pytest.mark.parametrize(
    "broken", [b"", b"{", _state(9)[:-20], b"\x00" * 40, b"[]", b"{}", b'{"checkpoint": {}}', b"\xff\xfe"]
)
def test_an_unreadable_state_falls_back_to_the_engines_own_copy(
    checkpoint: Checkpoint, tmp_path: Path, broken: bytes
) -> None:
    checkpoint.path.write_bytes(broken)
    checkpoint.path.with_name("dev.json.bak").write_bytes(_state(2))
    said = list[str]()
    repair(checkpoint, tmp_path / "backups", said.append)
    assert checkpoint.deployment()["resources"] == [{"urn": "urn:2"}]
    assert "dev.json.bak" in said[0]
    kept = list((tmp_path / "backups").glob("*.unreadable"))
    assert [path.read_bytes() for path in kept] == [broken]


def test_without_the_engines_copy_our_newest_readable_backup_is_used(checkpoint: Checkpoint, tmp_path: Path) -> None:
    backups = tmp_path / "backups"
    for serial in (3, 4):
        back_up(_state(serial), backups)
    sorted(backups.glob("*.json.gz"))[-1].write_bytes(b"cut")
    checkpoint.path.write_bytes(b"{")
    checkpoint.path.with_name("dev.json.bak").write_bytes(b"")
    repair(checkpoint, backups, lambda _: None)
    assert checkpoint.deployment()["resources"] == [{"urn": "urn:3"}]


def test_a_sidecar_cut_short_is_removed_and_others_stay(checkpoint: Checkpoint) -> None:
    """The engine says `failed to load checkpoint: EOF` over an empty one."""
    broken, whole = (checkpoint.path.with_name(name) for name in ("dev.json.attrs", "dev.json.bak.attrs"))
    broken.write_text("")
    whole.write_text('{"user.content_type": "application/json"}')
    drop_broken_sidecars(checkpoint.folder)
    assert not broken.exists()
    assert whole.exists()


def test_with_no_readable_copy_nothing_is_touched(checkpoint: Checkpoint, tmp_path: Path) -> None:
    checkpoint.path.write_bytes(b"{")
    with pytest.raises(AutomationError, match="no readable copy"):
        repair(checkpoint, tmp_path / "backups", lambda _: None)
    assert checkpoint.path.read_bytes() == b"{"


def test_a_readable_state_is_left_alone(checkpoint: Checkpoint, tmp_path: Path) -> None:
    checkpoint.path.with_name("dev.json.bak").write_bytes(_state(2))
    repair(checkpoint, tmp_path / "backups", pytest.fail)
    assert checkpoint.path.read_bytes() == _state(1)


def test_a_stack_that_was_never_updated_is_readable() -> None:
    assert read_deployment(b'{"version": 3, "checkpoint": {"stack": "organization/jarvis/dev"}}') == {}


def test_a_compressed_state_is_found_and_repaired_compressed(checkpoint: Checkpoint, tmp_path: Path) -> None:
    checkpoint.path.unlink()
    compressed = checkpoint.folder / "stacks/jarvis/dev.json.gz"
    compressed.write_bytes(gzip.compress(_state(5))[:-9])
    compressed.with_name("dev.json.gz.bak").write_bytes(gzip.compress(_state(6)))
    assert checkpoint.path == compressed
    repair(checkpoint, tmp_path / "backups", lambda _: None)
    assert compressed.read_bytes()[:2] == b"\x1f\x8b"
    assert checkpoint.deployment()["resources"] == [{"urn": "urn:6"}]


def test_twenty_backups_are_kept_for_their_owner_only(tmp_path: Path) -> None:
    for serial in range(KEPT_BACKUPS + 5):
        back_up(_state(serial), tmp_path)
    kept = sorted(tmp_path.iterdir())
    assert len(kept) == KEPT_BACKUPS == 20
    assert read_deployment(kept[-1].read_bytes())["resources"] == [{"urn": "urn:24"}]
    assert read_deployment(kept[0].read_bytes())["resources"] == [{"urn": "urn:5"}]
    assert {path.stat().st_mode & 0o077 for path in kept} == {0}
