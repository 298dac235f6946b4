"""`status`: what is deployed, how it is, and whether anything is under way. Starts nothing and changes nothing."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from automation.cluster import ClusterAddress, UnknownClusterError
from automation.exports import namespace_of, stack_outputs
from automation.locks import locks_of
from automation.pending import pending_operations
from automation.readiness import Workload, workloads
from automation.safety import repair_state
from automation.session import Session


@dataclass
class Status:
    """The status of one stack."""

    stack: str
    deployed: bool
    last_update: str | None = None
    resources: dict[str, int] = field(default_factory=dict[str, int])
    """Number of resources by type."""
    pending: list[str] = field(default_factory=list[str])
    """URNs of operations that a killed run left."""
    locks: list[str] = field(default_factory=list[str])
    workloads: list[Workload] = field(default_factory=list[Workload])
    cluster: str = "unknown"
    """`reachable`, or why it is not."""


def run(session: Session) -> None:
    """Print the status."""
    status = _read(session)
    if session.options.format == "json":
        print(json.dumps(_as_object(status), ensure_ascii=False))
        return
    total = sum(status.resources.values())
    rows = {
        "Stack": status.stack,
        "Last update": status.last_update or "never",
        "Resources": f"{total} of {len(status.resources)} types" if status.deployed else "not deployed",
        "Left under way": ", ".join(status.pending) or "nothing",
        "Locked by": "; ".join(status.locks) or "nobody",
        "Cluster": status.cluster,
    }
    session.display.pairs(rows)
    if status.workloads:
        session.display.workloads(status.workloads)


def _read(session: Session) -> Status:
    repair_state(session)
    deployment = session.deployment()
    status = Status(session.options.stack, deployed=bool(deployment.get("resources")))
    manifest = cast("Mapping[str, Any]", deployment.get("manifest") or {})
    time = str(manifest.get("time", ""))
    status.last_update = f"{time[:19]}Z" if time else None
    resources = cast("list[dict[str, Any]]", deployment.get("resources") or [])
    status.resources = dict(Counter(str(resource["type"]) for resource in resources).most_common())
    status.pending = [str(operation["resource"]["urn"]) for operation in pending_operations(deployment)]
    checkpoint = session.checkpoint
    if checkpoint is not None:
        status.locks = [
            f"{lock}{' (dead; the next run removes it)' if lock.is_stale else ''}"
            for lock in locks_of(checkpoint.folder, checkpoint.project, checkpoint.stack)
        ]
    _add_workloads(session, status, namespace_of(stack_outputs(deployment)))
    return status


def _add_workloads(session: Session, status: Status, namespace: str | None) -> None:
    if namespace is None:
        status.cluster = "nothing is deployed in it"
        return
    try:
        status.workloads = workloads(_address(session), namespace)
        status.cluster = "reachable"
    except (OSError, UnknownClusterError) as error:
        status.cluster = str(error)


def _address(session: Session) -> ClusterAddress:
    if not session.options.sandbox:
        return session.cluster()
    sandbox = session.project.tools.running_sandbox()
    if sandbox is None:
        raise OSError("the sandbox is stopped")
    return ClusterAddress(str(sandbox.kubeconfig), sandbox.context)


def _as_object(status: Status) -> dict[str, object]:
    return {
        "stack": status.stack,
        "deployed": status.deployed,
        "lastUpdate": status.last_update,
        "resources": status.resources,
        "pending": status.pending,
        "locks": status.locks,
        "cluster": status.cluster,
        "workloads": [
            {"kind": item.kind, "name": item.name, "ready": item.ready, "desired": item.desired}
            for item in status.workloads
        ],
    }
