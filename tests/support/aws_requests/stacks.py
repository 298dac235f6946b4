"""The stacks on AWS whose requests are judged: the stack files as they are, and with what they leave out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from unittest.mock import patch

from components.cache.elasticache_settings import ElastiCacheCache
from components.cluster.eks_settings import EksCluster
from components.database.rds_settings import RdsDatabase
from components.database.rds_source import Snapshot
from components.exposure.alb_settings import AlbExposure, Failover
from infra.program import deploy
from infra.settings.model import StackSettings
from tests.contract import support
from tests.support.aws_requests.plan import PlannedResource, planned
from tests.support.jarvis_project import REPOSITORY


def production() -> StackSettings:
    """The stack file `production-aws`."""
    return support.stack_settings("production-aws")


def production_otherwise() -> StackSettings:
    """The same with each choice that the file does not make."""
    settings = production()
    cluster, database, cache, exposure = settings.cluster, settings.database, settings.cache, settings.exposure
    assert isinstance(cluster, EksCluster) and isinstance(database, RdsDatabase)
    assert isinstance(cache, ElastiCacheCache) and isinstance(exposure, AlbExposure)
    viewer = "arn:aws:iam::123456789012:role/viewer"
    changes = {
        "cluster": cluster.model_copy(
            update={
                "autoscaler": "karpenter",
                "external_secrets": True,
                "public_access": ("203.0.113.0/24",),
                "viewers": (viewer,),
            }
        ),
        "backup": settings.backup.model_copy(update={"lock_days": 14}) if settings.backup else None,
        "database": database.model_copy(update={"source": Snapshot(name="jarvis-postgres-final-snapshot")}),
        "cache": cache.model_copy(update={"engine": "redis", "engine_version": "7.1"}),
        "exposure": exposure.model_copy(update={"failover": Failover(role="primary"), "cdn": None}),
    }
    return settings.model_copy(update=changes)


def recovery() -> StackSettings:
    """The example of a stack in a second region, whose database follows production's."""
    with patch.object(support, "REPOSITORY", REPOSITORY / "examples"):
        return support.stack_settings("recovery-aws")


STACKS: Mapping[str, Callable[[], StackSettings]] = {
    "production-aws": production,
    "production-aws otherwise": production_otherwise,
    "recovery-aws": recovery,
}


def plan_of(stack: str) -> list[PlannedResource]:
    """What AWS would have to make of a stack."""
    settings = STACKS[stack]()
    return planned(lambda: deploy(settings))
