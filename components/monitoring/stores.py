"""The stack's own logs and traces, where it has them: the same in every kind of monitoring."""

from __future__ import annotations

import pulumi

from components.cluster.contract import ClusterAccess
from components.monitoring.logs.logs import Logs
from components.monitoring.logs.settings import LogsSettings
from components.monitoring.parts import Part
from components.monitoring.traces.settings import TracesSettings
from components.monitoring.traces.traces import Traces


def logs_and_traces(
    logs: LogsSettings | None,
    traces: TracesSettings | None,
    *,
    cluster: ClusterAccess,
    parent: pulumi.Resource,
    protect: bool,
) -> tuple[Part, ...]:
    """Those that are asked for, each told whether Grafana has the other to lead to; `protect` keeps their volumes."""
    opts = pulumi.ResourceOptions(parent=parent)
    parts: list[Part] = []
    if logs is not None:
        kept = Logs("logs", logs, cluster=cluster, traces=traces is not None, protect=protect, opts=opts)
        parts += kept.endpoints.parts
    if traces is not None:
        taken = Traces("traces", traces, cluster=cluster, logs=logs is not None, protect=protect, opts=opts)
        parts += taken.endpoints.parts
    return tuple(parts)
