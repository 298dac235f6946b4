"""Where backups go: settings, and what databases are told."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest
from pydantic import TypeAdapter, ValidationError

from components.backup.contract import BackupTarget, ObjectStorageTarget, VolumeTarget
from components.backup.kinds import create_backup
from components.backup.settings import BackupSettings, NoBackup, ObjectLocation, ObjectStorageBackup, VolumeBackup
from components.network.contract import CidrPeer
from tests.support.mocks import registered
from tests.unit.database.support import ACCESS_KEY, OTHER, PLACE, TWO_STORAGES, credentials

ADAPTER: TypeAdapter[Any] = TypeAdapter(BackupSettings)


def created(settings: BackupSettings) -> BackupTarget | None:
    given: list[BackupTarget | None] = []
    graph = registered(lambda: given.append(create_backup(settings, credentials=credentials())))
    assert not graph.resources
    return given[0]


def test_none() -> None:
    assert created(NoBackup()) is None


def test_a_volume_is_told_its_plan() -> None:
    target = created(VolumeBackup())
    assert isinstance(target, VolumeTarget)
    assert (target.plan.schedule, target.plan.retention_days) == ("0 2 * * *", 30)


def test_two_places() -> None:
    target = created(TWO_STORAGES)
    assert isinstance(target, ObjectStorageTarget)
    assert (target.plan.schedule, target.plan.retention_days) == ("0 */6 * * *", 30)
    assert target.location.url == "s3://jarvis-backups/jarvis/production"
    assert target.location.port == 9000
    assert target.second is not None
    assert (target.second.port, target.second.peers) == (443, (CidrPeer("203.0.113.0/24"),))


def test_the_key_is_the_stacks() -> None:
    seen: list[str] = []

    def build() -> None:
        target = create_backup(TWO_STORAGES, credentials=credentials())
        assert isinstance(target, ObjectStorageTarget)
        target.location.access_key_id.value.apply(seen.append)

    registered(build)
    assert seen == [ACCESS_KEY]


def test_object_storage_without_a_key_is_refused() -> None:
    from dataclasses import replace

    def build() -> None:
        create_backup(TWO_STORAGES, credentials=replace(credentials(), backup_access_key_id=None))

    with pytest.raises(pulumi.RunError, match=r"needs jarvis:secrets\.backupAccessKeyId"):
        registered(build)


@pytest.mark.parametrize(
    ("url", "port", "encrypted"),
    [
        (None, 443, True),
        ("https://s3.example.com", 443, True),
        ("http://minio", 80, False),
        ("http://minio.storage.svc:9000", 9000, False),
    ],
)
def test_the_storages_address(url: str | None, port: int, encrypted: bool) -> None:
    location = ObjectLocation(bucket="jarvis-backups", endpoint_url=url)
    assert (location.port, location.encrypted_transport) == (port, encrypted)


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "a schedule with seconds": ({"kind": "volume", "schedule": "0 0 2 * * *"}, "a cron schedule of five fields"),
    "no retention": ({"kind": "volume", "retentionDays": 0}, "greater than or equal to 1"),
    "no bucket": ({"kind": "object-storage", "location": {}}, "bucket"),
    "a bucket with a path": ({"kind": "object-storage", "location": {"bucket": "a/b"}}, "a bucket's name"),
    "an address with a path": (
        {"kind": "object-storage", "location": {**PLACE, "endpointUrl": "https://s3.example.com/bucket"}},
        "a scheme, a host and a port without a path",
    ),
    "the same place twice": (
        {"kind": "object-storage", "location": PLACE, "second": {**PLACE, "path": "elsewhere"}},
        "second.bucket jarvis-backups is location.bucket again",
    ),
    "no range": ({"kind": "object-storage", "location": {**PLACE, "addresses": ["s3"]}}, "a range of addresses"),
    "unknown kind": ({"kind": "tape"}, "'none', 'volume', 'object-storage'"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_settings_are_refused(name: str) -> None:
    wrong, sentence = WRONG[name]
    with pytest.raises(ValidationError) as caught:
        ADAPTER.validate_python(wrong)
    assert sentence in str(caught.value)


def test_the_same_bucket_name_at_another_provider_is_another_place() -> None:
    location = {**OTHER, "bucket": PLACE["bucket"]}
    ObjectStorageBackup.model_validate({"location": PLACE, "second": location})
