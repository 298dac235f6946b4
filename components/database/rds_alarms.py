"""What of a database on RDS somebody is told of, and what there is to see of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pulumi

from components.cloud.aws.contract import Alarm, AwsCloud, Chart, Line
from components.database.rds_settings import RdsDatabase

_NAMESPACE: Final = "AWS/RDS"
"""Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html (2026-11-24)."""
_GIB: Final = 2**30
_CPU_PERCENT: Final = 80
_CONNECTIONS_SHARE: Final = 0.8
_LAG_SECONDS: Final = 60
_FREE_STORAGE_SHARE: Final = 0.1
_FREE_MEMORY_BYTES: Final = _GIB


def instance_alarms(
    settings: RdsDatabase, identifier: pulumi.Output[str], *, cloud: AwsCloud, parent: pulumi.Resource
) -> None:
    """CPU, memory, storage and connections of the primary."""
    instance = {"DBInstanceIdentifier": identifier}
    for alarm in (*_of_its_class(instance), *_of_its_settings(settings, instance)):
        cloud.alarms.watch(alarm, parent=parent)
    cloud.alarms.show(
        Chart("Seconds of reads and writes", _NAMESPACE, _both("Latency", instance)),
        Chart("Reads and writes in a second", _NAMESPACE, _both("IOPS", instance)),
        Chart("Bytes of reads and writes in a second", _NAMESPACE, _both("Throughput", instance)),
    )


def _of_its_class(instance: Mapping[str, pulumi.Input[str]]) -> tuple[Alarm, ...]:
    """CPU and memory, of which a larger class has more."""
    return (
        Alarm(
            "database-cpu",
            f"PostgreSQL has used more than {_CPU_PERCENT} % of its CPU for 15 minutes: look for slow queries in "
            "Database Insights, or take a larger class.",
            _NAMESPACE,
            "CPUUtilization",
            instance,
            threshold=_CPU_PERCENT,
        ),
        Alarm(
            "database-memory",
            "PostgreSQL has less than 1 GiB of free memory: fewer connections, or a larger class.",
            _NAMESPACE,
            "FreeableMemory",
            instance,
            threshold=_FREE_MEMORY_BYTES,
            comparison="below",
        ),
    )


def _of_its_settings(settings: RdsDatabase, instance: Mapping[str, pulumi.Input[str]]) -> tuple[Alarm, ...]:
    """Storage and connections, whose number settings give."""
    most = settings.max_connections
    return (
        Alarm(
            "database-storage",
            "Less than a tenth of the first storage is free: it no longer grows by itself, so raise maxStorageGib.",
            _NAMESPACE,
            "FreeStorageSpace",
            instance,
            threshold=settings.storage_gib * _GIB * _FREE_STORAGE_SHARE,
            comparison="below",
            statistic="Minimum",
            periods=1,
        ),
        Alarm(
            "database-connections",
            f"More than 80 % of {most} connections are taken: look for clients that keep theirs.",
            _NAMESPACE,
            "DatabaseConnections",
            instance,
            threshold=most * _CONNECTIONS_SHARE,
            statistic="Maximum",
        ),
    )


def _both(metric: str, instance: Mapping[str, pulumi.Input[str]]) -> tuple[Line, ...]:
    return tuple(Line(f"{way}{metric}", instance, way) for way in ("Read", "Write"))


def replica_alarms(name: str, identifier: pulumi.Output[str], *, cloud: AwsCloud, parent: pulumi.Resource) -> None:
    """How far a replica is behind."""
    cloud.alarms.watch(
        Alarm(
            f"{name}-lag",
            f"The replica is more than {_LAG_SECONDS} seconds behind: readers get old data.",
            _NAMESPACE,
            "ReplicaLag",
            {"DBInstanceIdentifier": identifier},
            threshold=_LAG_SECONDS,
            statistic="Maximum",
        ),
        parent=parent,
    )
