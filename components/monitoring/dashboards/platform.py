"""Dashboard `jarvis-platform`: what carries Jarvis, as far as the stack has exporters for it."""

from __future__ import annotations

from collections.abc import Set

from grafana_foundation_sdk.models.dashboard import Dashboard

from components.monitoring.dashboards.panels import Panel, Query, graph, new_dashboard, number, with_panels
from components.monitoring.signals.model import Exporter

_RESTARTS = "sum by (pod, container) (increase(kube_pod_container_status_restarts_total[1h]))"
_FREE = "kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes"


def platform(exporters: Set[Exporter]) -> Dashboard | None:
    """Workloads, volumes, the database's pooler, nodes, logs and traces; None where nothing exports any of it."""
    groups: tuple[tuple[Exporter, tuple[Panel, ...]], ...] = (
        ("kube-state-metrics", _workloads()),
        ("kubelet", _volumes()),
        ("pgbouncer", _pooler()),
        ("node-exporter", _nodes()),
        ("loki", _logs()),
        ("alloy", _log_collector()),
        ("otel-collector", _traces()),
    )
    panels = [panel for exporter, group in groups if exporter in exporters for panel in group]
    if not panels:
        return None
    builder = new_dashboard("jarvis-platform", "Jarvis platform", "Workloads, volumes, nodes, logs and traces")
    return with_panels(builder, *panels)


def _workloads() -> tuple[Panel, ...]:
    missing = "sum(kube_statefulset_replicas - kube_statefulset_status_replicas_ready)"
    return (
        number("Replicas missing", f"sum(kube_deployment_status_replicas_unavailable) + {missing}", span=8),
        number("Restarts in 1 h", "sum(increase(kube_pod_container_status_restarts_total[1h]))", span=8),
        number("Pods that wait", 'sum(kube_pod_status_phase{phase="Pending"})', span=8),
        graph("Replicas wanted", Query("kube_deployment_spec_replicas", "{{deployment}}")),
        graph("Restarts in the hour before", Query(_RESTARTS, "{{pod}} {{container}}")),
    )


def _volumes() -> tuple[Panel, ...]:
    used = f"1 - min by (persistentvolumeclaim) ({_FREE})"
    return (
        graph(
            "Volumes in use",
            Query(used, "{{persistentvolumeclaim}}"),
            unit="percentunit",
            description="VolumeAlmostFull fires above the line.",
            limit=0.9,
        ),
    )


def _pooler() -> tuple[Panel, ...]:
    active, waiting = "cnpg_pgbouncer_pools_cl_active", "cnpg_pgbouncer_pools_cl_waiting"
    return (
        graph(
            "Clients of the database pooler",
            Query(f"sum by (pod) ({active})", "{{pod}} served"),
            Query(f"sum by (pod) ({waiting})", "{{pod}} waiting"),
        ),
        graph(
            "Longest wait for a database connection",
            Query("max by (pod) (cnpg_pgbouncer_pools_maxwait)", "{{pod}}"),
            unit="s",
            description="PoolerClientsWait fires above the line.",
            limit=1,
        ),
    )


def _nodes() -> tuple[Panel, ...]:
    disk = 'fstype!~"tmpfs|overlay|squashfs|ramfs"'
    full = f"1 - node_filesystem_avail_bytes{{{disk}}} / node_filesystem_size_bytes{{{disk}}}"
    idle = 'avg by (node) (rate(node_cpu_seconds_total{mode="idle"}[$__rate_interval]))'
    return (
        graph(
            "Node memory in use",
            Query("1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes", "{{node}}"),
            unit="percentunit",
            description="NodeMemoryLow fires above the line.",
            limit=0.9,
        ),
        graph("Node processors busy", Query(f"1 - {idle}", "{{node}}"), unit="percentunit"),
        graph("Node load", Query("node_load5", "{{node}}")),
        graph(
            "Node disks in use",
            Query(f"max by (node, device) ({full})", "{{node}} {{device}}"),
            unit="percentunit",
            description="NodeDiskAlmostFull fires above the line.",
            limit=0.9,
        ),
    )


def _logs() -> tuple[Panel, ...]:
    received, refused = "loki_distributor_bytes_received_total", "loki_discarded_samples_total"
    return (
        graph("Logs received", Query(f"sum(rate({received}[$__rate_interval]))", "bytes per second"), unit="Bps"),
        graph(
            "Log lines refused per second",
            Query(f"sum by (reason) (rate({refused}[$__rate_interval]))", "{{reason}}"),
        ),
    )


def _log_collector() -> tuple[Panel, ...]:
    sent, dropped = "loki_write_sent_entries_total", "loki_write_dropped_entries_total"
    return (
        graph(
            "Log lines of the collector per second",
            Query(f"sum(rate({sent}[$__rate_interval]))", "delivered"),
            Query(f"sum(rate({dropped}[$__rate_interval]))", "given up"),
        ),
    )


def _traces() -> tuple[Panel, ...]:
    accepted, sent = "otelcol_receiver_accepted_spans", "otelcol_exporter_sent_spans"
    failed = "otelcol_exporter_send_failed_spans"
    waiting = "max by (exporter) (otelcol_exporter_queue_size / otelcol_exporter_queue_capacity)"
    return (
        graph(
            "Spans per second",
            Query(f"sum(rate({accepted}[$__rate_interval]))", "taken"),
            Query(f"sum(rate({sent}[$__rate_interval]))", "kept"),
            Query(f"sum(rate({failed}[$__rate_interval]))", "lost"),
            description="What is taken and neither kept nor lost is left out by sampling.",
        ),
        graph(
            "Queue to the trace store",
            Query(waiting, "{{exporter}}"),
            unit="percentunit",
            description="TraceQueueFillsUp fires above the line.",
            limit=0.8,
        ),
    )
