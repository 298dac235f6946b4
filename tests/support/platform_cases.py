"""Made-up samples for every alert on workloads, volumes, nodes, logs and traces, in promtool's notation.

Source of the notation: https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/#series
"""

from __future__ import annotations

from dataclasses import dataclass

NAMESPACE = 'namespace="jarvis-production"'


@dataclass(frozen=True)
class Case:
    """Samples each minute, when the alert must and must not fire, and what it then says."""

    alert: str
    series: dict[str, str]
    silent_at: tuple[str, ...]
    firing_at: tuple[str, ...]
    labels: dict[str, str]
    summary: str
    description: str


def of(*labels: str) -> str:
    return f"{{{','.join([NAMESPACE, *labels])}}}"


def labels(**values: str) -> dict[str, str]:
    return {"namespace": "jarvis-production", **values}


DEPLOYMENT, STATEFUL_SET = 'deployment="jarvis-backend"', 'statefulset="loki"'
AUTOSCALER, CLAIM = 'horizontalpodautoscaler="jarvis-backend"', 'persistentvolumeclaim="loki-data"'
CONTAINER = 'pod="jarvis-backend-1",container="jarvis-backend"'
POD, PENDING, BOUND = 'pod="jarvis-backend-1"', 'phase="Pending"', 'phase="Bound"'
JOB, CRON_JOB = 'job_name="migration",reason="BackoffLimitExceeded"', 'cronjob="postgres-backup"'
NODE, DISK = 'node="node-1"', 'device="/dev/sda1",fstype="ext4",mountpoint="/"'
TMPFS = 'device="tmpfs",fstype="tmpfs",mountpoint="/dev/shm"'
QUEUE = '{exporter="otlp_grpc/tempo",data_type="traces"}'
PUSH = 'route="loki_api_v1_push",method="POST"'

CASES = (
    Case(
        "DeploymentReplicasUnavailable",
        {f"kube_deployment_status_replicas_unavailable{of(DEPLOYMENT)}": "0x4 1x25 0x10"},
        ("4m", "18m", "31m"),
        ("21m", "29m"),
        labels(deployment="jarvis-backend", severity="warning"),
        "Deployment jarvis-backend lacks replicas",
        "1 replicas of jarvis-backend have not been available for 15 minutes",
    ),
    Case(
        "StatefulSetReplicasUnavailable",
        {
            f"kube_statefulset_replicas{of(STATEFUL_SET)}": "3x40",
            f"kube_statefulset_status_replicas_ready{of(STATEFUL_SET)}": "3x4 1x20 3x20",
        },
        ("4m", "12m", "26m"),
        ("16m", "24m"),
        labels(statefulset="loki", severity="critical"),
        "StatefulSet loki lacks replicas",
        "2 replicas of loki have not been ready for 10 minutes",
    ),
    Case(
        "AutoscalerAtMaximum",
        {
            f"kube_horizontalpodautoscaler_status_current_replicas{of(AUTOSCALER)}": "10x40 9x20",
            f"kube_horizontalpodautoscaler_spec_max_replicas{of(AUTOSCALER)}": "10x60",
        },
        ("5m", "29m", "42m"),
        ("31m", "40m"),
        labels(horizontalpodautoscaler="jarvis-backend", severity="warning"),
        "Autoscaler jarvis-backend can add no more replicas",
        "jarvis-backend has run all its 10 replicas for 30 minutes",
    ),
    Case(
        "ContainerRestarting",
        {f"kube_pod_container_status_restarts_total{of(CONTAINER)}": "0x30 0+1x5 5x60"},
        ("30m", "32m", "80m"),
        ("36m", "50m"),
        labels(pod="jarvis-backend-1", container="jarvis-backend", severity="warning"),
        "Container jarvis-backend restarts again and again",
        "jarvis-backend of jarvis-backend-1 restarted 5 times in 30 minutes",
    ),
    Case(
        "PodPending",
        {f"kube_pod_status_phase{of(POD, PENDING)}": "1x20 0x10"},
        ("10m", "22m"),
        ("16m", "20m"),
        labels(pod="jarvis-backend-1", severity="warning"),
        "Pod jarvis-backend-1 does not start",
        "jarvis-backend-1 has waited for a node, a volume or an image for 15 minutes",
    ),
    Case(
        "VolumeNotBound",
        {
            f"kube_persistentvolumeclaim_status_phase{of(CLAIM, PENDING)}": "1x20 0x10",
            f"kube_persistentvolumeclaim_status_phase{of(CLAIM, BOUND)}": "0x20 1x10",
        },
        ("5m", "22m"),
        ("11m", "20m"),
        labels(persistentvolumeclaim="loki-data", severity="warning"),
        "Claim loki-data has no volume",
        "loki-data has been without a volume for 10 minutes",
    ),
    Case(
        "JobFailed",
        {f"kube_job_status_failed{of(JOB)}": "0x4 1x20"},
        ("4m", "8m"),
        ("11m",),
        labels(job_name="migration", severity="warning"),
        "Job migration failed",
        "1 Pods of migration failed",
    ),
    Case(
        # Every 6 hours, at 0, 6 and 12 h; the runs at 6 h and later fail.
        "CronJobOverdue",
        {
            f"kube_cronjob_created{of(CRON_JOB)}": "-600x900",
            f"kube_cronjob_status_last_successful_time{of(CRON_JOB)}": "60x900",
            f"kube_cronjob_status_last_schedule_time{of(CRON_JOB)}": "0x360 21600x360 43200x180",
            f"kube_cronjob_next_schedule_time{of(CRON_JOB)}": "21600x360 43200x360 64800x180",
        },
        ("5h", "6h30m", "7h30m"),
        ("8h",),
        labels(cronjob="postgres-backup", severity="critical"),
        "CronJob postgres-backup has missed a run",
        "postgres-backup has not succeeded for 7h 59m 0s, longer than its schedule",
    ),
    Case(
        # None has ever succeeded.
        "CronJobOverdue",
        {
            f"kube_cronjob_created{of(CRON_JOB)}": "0x900",
            f"kube_cronjob_status_last_schedule_time{of(CRON_JOB)}": "0x900",
            f"kube_cronjob_next_schedule_time{of(CRON_JOB)}": "21600x900",
        },
        ("6h",),
        ("8h",),
        labels(cronjob="postgres-backup", severity="critical"),
        "CronJob postgres-backup has missed a run",
        "postgres-backup has not succeeded for 8h 0m 0s, longer than its schedule",
    ),
    Case(
        "CronJobSuspended",
        {f"kube_cronjob_spec_suspend{of(CRON_JOB)}": "0x10 1x1600 0x10"},
        ("5m", "20h", "27h"),
        ("25h",),
        labels(cronjob="postgres-backup", severity="warning"),
        "CronJob postgres-backup is suspended",
        "postgres-backup has been suspended for a day",
    ),
    Case(
        "VolumeAlmostFull",
        {
            f"kubelet_volume_stats_available_bytes{of(CLAIM)}": "20x4 5x20 20x10",
            f"kubelet_volume_stats_capacity_bytes{of(CLAIM)}": "100x40",
        },
        ("4m", "8m", "26m"),
        ("11m", "24m"),
        labels(persistentvolumeclaim="loki-data", severity="critical"),
        "Volume loki-data is almost full",
        "loki-data has 5% of its space left",
    ),
    Case(
        "VolumeFillsUp",
        {
            f"kubelet_volume_stats_available_bytes{of(CLAIM)}": "400-0.2x700",
            f"kubelet_volume_stats_capacity_bytes{of(CLAIM)}": "1000x700",
        },
        ("5h",),
        ("10h",),
        labels(persistentvolumeclaim="loki-data", severity="warning"),
        "Volume loki-data will be full within 4 days",
        "loki-data has 28% of its space left",
    ),
    Case(
        "NodeMemoryLow",
        {
            f"node_memory_MemAvailable_bytes{{{NODE}}}": "50x4 8x20 50x10",
            f"node_memory_MemTotal_bytes{{{NODE}}}": "100x40",
        },
        ("4m", "12m", "26m"),
        ("16m", "24m"),
        {"node": "node-1", "severity": "warning"},
        "Node node-1 is short of memory",
        "node-1 has 8% of its memory left",
    ),
    Case(
        "NodeDiskAlmostFull",
        {
            f"node_filesystem_avail_bytes{{{NODE},{DISK}}}": "50x4 8x20 50x10",
            f"node_filesystem_size_bytes{{{NODE},{DISK}}}": "100x40",
            f"node_filesystem_avail_bytes{{{NODE},{TMPFS}}}": "0x40",
            f"node_filesystem_size_bytes{{{NODE},{TMPFS}}}": "100x40",
        },
        ("4m", "12m", "26m"),
        ("16m", "24m"),
        {"node": "node-1", "device": "/dev/sda1", "severity": "critical"},
        "A disk of node node-1 is almost full",
        "/dev/sda1 of node-1 has 8% of its space left",
    ),
    Case(
        "NodeProcessorsBusy",
        {f'node_cpu_seconds_total{{{NODE},cpu="0",mode="idle"}}': "0+60x10 600x45 600+60x20"},
        ("10m", "40m", "62m"),
        ("50m",),
        {"node": "node-1", "severity": "warning"},
        "Node node-1 has no processor time left",
        "The processors of node-1 have been 100% busy for 30 minutes",
    ),
    Case(
        "LogsDiscarded",
        {'loki_discarded_samples_total{reason="rate_limited",tenant="fake"}': "0x4 0+60x20 1200x30"},
        ("4m", "12m", "40m"),
        ("20m",),
        {"reason": "rate_limited", "severity": "warning"},
        "Loki refuses log lines",
        "Loki refuses 1.00 lines per second: rate_limited",
    ),
    Case(
        "LokiRequestErrors",
        {
            f'loki_request_duration_seconds_count{{{PUSH},status_code="500"}}': "0+20x40",
            f'loki_request_duration_seconds_count{{{PUSH},status_code="204"}}': "0+80x40",
        },
        ("10m",),
        ("20m",),
        {"route": "loki_api_v1_push", "severity": "critical"},
        "Loki fails to answer",
        "20% of the requests to loki_api_v1_push fail",
    ),
    Case(
        "NoLogsArrive",
        {'loki_distributor_lines_received_total{tenant="fake"}': "0+60x10 600x50"},
        ("10m", "30m"),
        ("45m",),
        {"severity": "critical"},
        "No log lines arrive",
        "Loki has received no line for 15 minutes",
    ),
    Case(
        "LogCollectorDropsLines",
        {'loki_write_dropped_entries_total{host="loki:3100",reason="ingester_error"}': "0x4 0+30x20 600x30"},
        ("4m", "8m", "40m"),
        ("20m",),
        {"reason": "ingester_error", "severity": "warning"},
        "The log collector gives lines up",
        "The log collector drops 0.50 lines per second: ingester_error",
    ),
    Case(
        "TracesNotDelivered",
        {'otelcol_exporter_send_failed_spans{exporter="otlp_grpc/tempo"}': "0x4 0+30x20 600x30"},
        ("4m", "8m", "40m"),
        ("20m",),
        {"exporter": "otlp_grpc/tempo", "severity": "warning"},
        "Traces do not reach their store",
        "0.50 spans per second are lost on their way to otlp_grpc/tempo",
    ),
    Case(
        "TraceQueueFillsUp",
        {
            f"otelcol_exporter_queue_size{QUEUE}": "0x4 900x20 0x10",
            f"otelcol_exporter_queue_capacity{QUEUE}": "1000x40",
        },
        ("4m", "12m", "26m"),
        ("16m", "24m"),
        {"exporter": "otlp_grpc/tempo", "severity": "warning"},
        "Traces wait for their store",
        "The queue to otlp_grpc/tempo is 90% full",
    ),
    Case(
        "TracesRefused",
        {'otelcol_receiver_refused_spans{receiver="otlp",transport="grpc"}': "0x4 0+30x20 600x30"},
        ("4m", "12m", "40m"),
        ("20m",),
        {"severity": "warning"},
        "The trace collector refuses spans",
        "The collector refuses 0.50 spans per second: it is short of memory",
    ),
    Case(
        "SpansDiscarded",
        {'tempo_discarded_spans_total{reason="rate_limited",tenant="single-tenant"}': "0x4 0+30x20 600x30"},
        ("4m", "12m", "40m"),
        ("20m",),
        {"reason": "rate_limited", "severity": "warning"},
        "Tempo refuses spans",
        "Tempo refuses 0.50 spans per second: rate_limited",
    ),
)
