"""Alerts on what carries Jarvis: its workloads, volumes and nodes, and observability itself. All thresholds are ours.

Only conditions that somebody must act on; each group is delivered where its metrics are.
"""

from __future__ import annotations

from typing import Final

from components.monitoring.signals.model import AlertRule, RuleGroup, alert

_NOT_MEANT_TO_RUN: Final = 'kube_cronjob_spec_suspend{cronjob!="postgres-restore"} == 1'
"""A restore is a suspended CronJob for good: people start it."""
_REAL_DISKS: Final = 'fstype!~"tmpfs|overlay|squashfs|ramfs",mountpoint!~"/(boot|run).*"'


def platform_groups() -> tuple[RuleGroup, ...]:
    """Every group; each names the exporter without which it is left out."""
    return (
        RuleGroup("jarvis-workloads", workload_alerts(), needs="kube-state-metrics"),
        RuleGroup("jarvis-volumes", volume_alerts(), needs="kubelet"),
        RuleGroup("jarvis-nodes", node_alerts(), needs="node-exporter"),
        RuleGroup("jarvis-logs", log_alerts(), needs="loki"),
        RuleGroup("jarvis-log-collector", log_collector_alerts(), needs="alloy"),
        RuleGroup("jarvis-traces", trace_alerts(), needs="tempo"),
        RuleGroup("jarvis-trace-collector", trace_collector_alerts(), needs="otel-collector"),
    )


def certificate_groups(days: int | None) -> tuple[RuleGroup, ...]:
    """On Pods of the backend that have run for nearly as long as the certificate is good that they read at their start.

    Two weeks are left to restart them.
    """
    if days is None:
        return ()
    age = 'max by (namespace, pod) (time() - kube_pod_start_time{pod=~"jarvis-backend-.*"})'
    outlived = alert(
        "PodOutlivesCertificate",
        f"{age} > {max(days - 14, 1)} * 86400",
        "1h",
        "warning",
        "{{ $labels.pod }} serves a certificate that is about to end",
        "{{ $labels.pod }} has run for {{ $value | humanizeDuration }} on the certificate that it read at its start",
    )
    return (RuleGroup("jarvis-certificates", (outlived,), needs="kube-state-metrics"),)


def workload_alerts() -> tuple[AlertRule, ...]:
    """Of kube-state-metrics, over the stack's namespace."""
    return (*_replica_alerts(), *_pod_alerts(), *_job_alerts())


def _replica_alerts() -> tuple[AlertRule, ...]:
    autoscaler = "kube_horizontalpodautoscaler"
    return (
        alert(
            "DeploymentReplicasUnavailable",
            "kube_deployment_status_replicas_unavailable > 0",
            "15m",
            "warning",
            "Deployment {{ $labels.deployment }} lacks replicas",
            "{{ $value }} replicas of {{ $labels.deployment }} have not been available for 15 minutes",
        ),
        alert(
            "StatefulSetReplicasUnavailable",
            "kube_statefulset_replicas - kube_statefulset_status_replicas_ready > 0",
            "10m",
            "critical",
            "StatefulSet {{ $labels.statefulset }} lacks replicas",
            "{{ $value }} replicas of {{ $labels.statefulset }} have not been ready for 10 minutes",
        ),
        alert(
            "AutoscalerAtMaximum",
            f"{autoscaler}_status_current_replicas >= {autoscaler}_spec_max_replicas",
            "30m",
            "warning",
            "Autoscaler {{ $labels.horizontalpodautoscaler }} can add no more replicas",
            "{{ $labels.horizontalpodautoscaler }} has run all its {{ $value }} replicas for 30 minutes",
        ),
    )


def _pod_alerts() -> tuple[AlertRule, ...]:
    restarts = "increase(kube_pod_container_status_restarts_total[30m])"
    return (
        alert(
            "ContainerRestarting",
            f"round({restarts}) > 3",
            "0s",
            "warning",
            "Container {{ $labels.container }} restarts again and again",
            "{{ $labels.container }} of {{ $labels.pod }} restarted {{ $value }} times in 30 minutes",
        ),
        alert(
            "PodPending",
            'sum by (namespace, pod) (kube_pod_status_phase{phase="Pending"}) > 0',
            "15m",
            "warning",
            "Pod {{ $labels.pod }} does not start",
            "{{ $labels.pod }} has waited for a node, a volume or an image for 15 minutes",
        ),
        alert(
            "VolumeNotBound",
            'sum by (namespace, persistentvolumeclaim) (kube_persistentvolumeclaim_status_phase{phase!="Bound"}) > 0',
            "10m",
            "warning",
            "Claim {{ $labels.persistentvolumeclaim }} has no volume",
            "{{ $labels.persistentvolumeclaim }} has been without a volume for 10 minutes",
        ),
    )


def _job_alerts() -> tuple[AlertRule, ...]:
    # Whatever the schedule: the time between two runs, and a tenth of it for the run itself.
    between = "(kube_cronjob_next_schedule_time - kube_cronjob_status_last_schedule_time)"
    succeeded = "(kube_cronjob_status_last_successful_time or kube_cronjob_created)"
    return (
        alert(
            "JobFailed",
            "sum by (namespace, job_name) (kube_job_status_failed) > 0",
            "5m",
            "warning",
            "Job {{ $labels.job_name }} failed",
            "{{ $value }} Pods of {{ $labels.job_name }} failed",
        ),
        alert(
            "CronJobOverdue",
            f"time() - {succeeded} > 1.1 * {between}",
            "1h",
            "critical",
            "CronJob {{ $labels.cronjob }} has missed a run",
            "{{ $labels.cronjob }} has not succeeded for {{ $value | humanizeDuration }}, longer than its schedule",
        ),
        alert(
            "CronJobSuspended",
            _NOT_MEANT_TO_RUN,
            "1d",
            "warning",
            "CronJob {{ $labels.cronjob }} is suspended",
            "{{ $labels.cronjob }} has been suspended for a day",
        ),
    )


def volume_alerts() -> tuple[AlertRule, ...]:
    """Of the kubelets, over the stack's namespace."""
    free = "kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes"
    by_claim = f"min by (namespace, persistentvolumeclaim) ({free})"
    trend = "predict_linear(kubelet_volume_stats_available_bytes[6h], 4 * 86400)"
    trend_by_claim = f"min by (namespace, persistentvolumeclaim) ({trend})"
    return (
        alert(
            "VolumeAlmostFull",
            f"{by_claim} < 0.1",
            "5m",
            "critical",
            "Volume {{ $labels.persistentvolumeclaim }} is almost full",
            "{{ $labels.persistentvolumeclaim }} has {{ $value | humanizePercentage }} of its space left",
        ),
        alert(
            "VolumeFillsUp",
            f"{by_claim} < 0.3 and {trend_by_claim} < 0",
            "1h",
            "warning",
            "Volume {{ $labels.persistentvolumeclaim }} will be full within 4 days",
            "{{ $labels.persistentvolumeclaim }} has {{ $value | humanizePercentage }} of its space left",
        ),
    )


def node_alerts() -> tuple[AlertRule, ...]:
    """Of node-exporter."""
    disk = f"node_filesystem_avail_bytes{{{_REAL_DISKS}}} / node_filesystem_size_bytes{{{_REAL_DISKS}}}"
    busy = '1 - avg by (node) (rate(node_cpu_seconds_total{mode="idle"}[5m]))'
    return (
        alert(
            "NodeMemoryLow",
            "node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes < 0.1",
            "10m",
            "warning",
            "Node {{ $labels.node }} is short of memory",
            "{{ $labels.node }} has {{ $value | humanizePercentage }} of its memory left",
        ),
        alert(
            "NodeDiskAlmostFull",
            f"min by (node, device) ({disk}) < 0.1",
            "10m",
            "critical",
            "A disk of node {{ $labels.node }} is almost full",
            "{{ $labels.device }} of {{ $labels.node }} has {{ $value | humanizePercentage }} of its space left",
        ),
        alert(
            "NodeProcessorsBusy",
            f"{busy} > 0.95",
            "30m",
            "warning",
            "Node {{ $labels.node }} has no processor time left",
            "The processors of {{ $labels.node }} have been {{ $value | humanizePercentage }} busy for 30 minutes",
        ),
    )


def log_alerts() -> tuple[AlertRule, ...]:
    """Of Loki: each means that lines are lost, or cannot be read."""
    requests = "rate(loki_request_duration_seconds_count"
    failed = f'sum by (route) ({requests}{{status_code=~"5.."}}[5m]))'
    return (
        alert(
            "LogsDiscarded",
            "sum by (reason) (rate(loki_discarded_samples_total[5m])) > 0",
            "10m",
            "warning",
            "Loki refuses log lines",
            'Loki refuses {{ printf "%.2f" $value }} lines per second: {{ $labels.reason }}',
        ),
        alert(
            "LokiRequestErrors",
            f"{failed} / sum by (route) ({requests}[5m])) > 0.1",
            "15m",
            "critical",
            "Loki fails to answer",
            "{{ $value | humanizePercentage }} of the requests to {{ $labels.route }} fail",
        ),
        alert(
            "NoLogsArrive",
            "sum(rate(loki_distributor_lines_received_total[15m])) == 0",
            "15m",
            "critical",
            "No log lines arrive",
            "Loki has received no line for 15 minutes",
        ),
    )


def log_collector_alerts() -> tuple[AlertRule, ...]:
    """Of Alloy."""
    return (
        alert(
            "LogCollectorDropsLines",
            "sum by (reason) (rate(loki_write_dropped_entries_total[5m])) > 0",
            "5m",
            "warning",
            "The log collector gives lines up",
            'The log collector drops {{ printf "%.2f" $value }} lines per second: {{ $labels.reason }}',
        ),
    )


def trace_collector_alerts() -> tuple[AlertRule, ...]:
    """Of the OpenTelemetry Collector."""
    waiting = "otelcol_exporter_queue_size / otelcol_exporter_queue_capacity"
    return (
        alert(
            "TracesNotDelivered",
            "sum by (exporter) (rate(otelcol_exporter_send_failed_spans[5m])) > 0",
            "5m",
            "warning",
            "Traces do not reach their store",
            '{{ printf "%.2f" $value }} spans per second are lost on their way to {{ $labels.exporter }}',
        ),
        alert(
            "TraceQueueFillsUp",
            f"max by (exporter) ({waiting}) > 0.8",
            "10m",
            "warning",
            "Traces wait for their store",
            "The queue to {{ $labels.exporter }} is {{ $value | humanizePercentage }} full",
        ),
        alert(
            "TracesRefused",
            "sum(rate(otelcol_receiver_refused_spans[5m])) > 0",
            "10m",
            "warning",
            "The trace collector refuses spans",
            'The collector refuses {{ printf "%.2f" $value }} spans per second: it is short of memory',
        ),
    )


def trace_alerts() -> tuple[AlertRule, ...]:
    """Of Tempo."""
    return (
        alert(
            "SpansDiscarded",
            "sum by (reason) (rate(tempo_discarded_spans_total[5m])) > 0",
            "10m",
            "warning",
            "Tempo refuses spans",
            'Tempo refuses {{ printf "%.2f" $value }} spans per second: {{ $labels.reason }}',
        ),
    )
