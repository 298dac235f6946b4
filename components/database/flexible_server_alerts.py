"""When a Flexible Server has somebody told."""

from __future__ import annotations

from typing import Final

from pulumi_azure_native import monitor

from components.azure.alerts import Threshold
from components.cloud.azure.contract import Monitoring

_NAMESPACE: Final = "Microsoft.DBforPostgreSQL/flexibleServers"
_LAG_SECONDS: Final = 300.0
"""Source: https://learn.microsoft.com/azure/postgresql/read-replica/concepts-read-replicas, section Monitor replication
(2026-11-24)."""


def thresholds(monitoring: Monitoring | None, *, follows: bool) -> tuple[Threshold, ...]:
    """The alerts on a server, one more where it follows another; none where the stack has nobody to tell."""
    if monitoring is None:
        return ()
    full = {"cpu": monitoring.cpu_percent, "memory": monitoring.memory_percent, "storage": monitoring.storage_percent}
    return (
        *(_nearly_used_up(part, percent) for part, percent in full.items()),
        Threshold(
            "database-down",
            "The database does not answer.",
            "is_db_alive",
            _NAMESPACE,
            monitor.Operator.LESS_THAN,
            1.0,
            monitor.AggregationTypeEnum.MAXIMUM,
            severity=0,
            window="PT5M",
        ),
        *((_LAG,) if follows else ()),
    )


def _nearly_used_up(part: str, percent: int) -> Threshold:
    return Threshold(
        f"database-{part}",
        f"The database's {part} is nearly used up.",
        f"{part}_percent",
        _NAMESPACE,
        monitor.Operator.GREATER_THAN,
        float(percent),
    )


_LAG: Final = Threshold(
    "database-lag",
    "The database is far behind the server that it follows: a failover now would lose what is missing.",
    "physical_replication_delay_in_seconds",
    _NAMESPACE,
    monitor.Operator.GREATER_THAN,
    _LAG_SECONDS,
    monitor.AggregationTypeEnum.MAXIMUM,
    severity=1,
)
