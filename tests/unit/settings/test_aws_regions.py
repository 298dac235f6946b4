"""Two regions of AWS: the example of the second one is valid, and what would keep it from taking over is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from components.cloud.aws.settings import AwsCloudSettings
from components.database.rds_settings import RdsDatabase
from components.database.rds_source import FollowedInstance
from components.exposure.alb_settings import AlbExposure
from infra.settings.capacity import total
from infra.settings.load import load_stack_file
from infra.settings.model import StackSettings
from tests.unit.settings.stacks import (
    ABSENT,
    Case,
    assert_refused,
    changed,
    production_aws,
    recovery_aws,
    written,
)

BACKUPS = "arn:aws:rds:us-west-2:123456789012:auto-backup:ab-L2IJCEXJP7XQ7HOJ4"
FOLLOWED = "arn:aws:rds:us-east-1:123456789012:db:jarvis-postgres-prod"
ON_THE_DAY = {
    "database.source": ABSENT,
    "database.multiAz": True,
    "app.migration": ABSENT,
    "app.admin": ABSENT,
    "app.backend.replicas": 2,
    "app.frontend.replicas": 2,
    "cache.nodes": 3,
    "cloud.recoveryRegion": "us-east-2",
}

CASES: dict[str, Case] = {
    "a replica of the same region": (
        recovery_aws,
        {"database.source.arn": FOLLOWED.replace("us-east-1", "us-west-2")},
        "jarvis:database.source.arn must be of another region than us-west-2: jarvis:database.replica makes replicas "
        "here.",
    ),
    "a replica of another account": (
        recovery_aws,
        {"database.source.arn": FOLLOWED.replace("123456789012", "999999999999")},
        "jarvis:database.source.arn must be of account 123456789012, jarvis:cloud.accountId, not 999999999999.",
    ),
    "backups of another region": (
        recovery_aws,
        {
            **ON_THE_DAY,
            "database.source": {"kind": "point-in-time", "backupArn": BACKUPS.replace("us-west-2", "us-east-1")},
        },
        "jarvis:database.source.backupArn must be of us-west-2, the stack's region, not us-east-1: RDS restores only "
        "what lies there.",
    ),
    "a migration of a replica": (
        recovery_aws,
        {"app.migration": {}},
        "jarvis:app.migration must be null while jarvis:database.source follows another instance: a replica takes no "
        "writes.",
    ),
    "a secondary with the primary's names": (
        recovery_aws,
        {"cloud.name": ABSENT},
        "jarvis:cloud.name is missing: the primary, in the same account, has the names that begin with "
        "jarvis-production.",
    ),
    "health elsewhere": (
        recovery_aws,
        {"app.backend.healthPath": "/alive"},
        "jarvis:app.backend.healthPath must be /health with jarvis:exposure.kind alb, which asks there, not /alive.",
    ),
    "one Pod of a stack that no longer stands by": (
        recovery_aws,
        {**ON_THE_DAY, "app.backend.replicas": 1},
        "jarvis:app.backend.replicas must be 2 or more in production, not 1: one is no zero-downtime release.",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_does_not_fit_is_refused(name: str, tmp_path: Path) -> None:
    stack, changes, sentence = CASES[name]
    assert_refused(tmp_path, stack, changes, sentence)


def recovery(directory: Path, changes: dict[str, Any] | None = None) -> StackSettings:
    return load_stack_file(written(directory, changed(recovery_aws(), changes or {})))


def test_the_example_follows_production_from_another_region(tmp_path: Path) -> None:
    stack = recovery(tmp_path)
    assert isinstance(stack.cloud, AwsCloudSettings)
    assert stack.cloud.region == "us-west-2"
    assert isinstance(stack.database, RdsDatabase)
    assert stack.database.follows
    assert isinstance(stack.exposure, AlbExposure)
    assert stack.exposure.is_secondary
    assert stack.app.backend.least_replicas == stack.app.frontend.least_replicas == 1


def test_the_example_is_of_the_stack_that_it_stands_by_for(tmp_path: Path) -> None:
    stack, other = recovery(tmp_path), production_aws()
    cloud = AwsCloudSettings.model_validate(other["jarvis:cloud"])
    database = RdsDatabase.model_validate(other["jarvis:database"])
    exposure = AlbExposure.model_validate(other["jarvis:exposure"])
    assert isinstance(stack.cloud, AwsCloudSettings)
    assert isinstance(stack.database, RdsDatabase)
    assert isinstance(stack.exposure, AlbExposure)
    assert stack.cloud.region == cloud.recovery_region
    assert stack.cloud.account_id == cloud.account_id
    for name in ("database", "username", "version", "instance_class"):
        assert getattr(stack.database, name) == getattr(database, name)
    assert stack.database.source == FollowedInstance(
        arn=f"arn:aws:rds:{cloud.region}:{cloud.account_id}:db:{database.identifier}"
    )
    for name in ("hosts", "cdn"):
        assert getattr(stack.exposure, name) == getattr(exposure, name)
    assert stack.exposure.zone.name == exposure.zone.name
    assert stack.exposure.zone.id is not None  # looked up, it would be by way of the region that may be lost
    assert stack.app.image.tag == other["jarvis:app"]["image"]["tag"]


def test_the_example_s_nodes_carry_what_runs_before_the_day(tmp_path: Path) -> None:
    stack = recovery(tmp_path)
    assert total(stack, "requests", "cpu") < 2 * 4 - 1  # two nodes of four processors, less the system's part
    assert total(stack, "requests", "memory") < 2 * 14 * 2**30


def test_on_the_day_the_example_stands_alone(tmp_path: Path) -> None:
    stack = recovery(tmp_path, {**ON_THE_DAY, "cluster.nodes.minSize": 2})
    assert isinstance(stack.database, RdsDatabase)
    assert not stack.database.follows
    restored = {**ON_THE_DAY, "database.source": {"kind": "point-in-time", "backupArn": BACKUPS}}
    assert recovery(tmp_path, restored).app.migration is not None
