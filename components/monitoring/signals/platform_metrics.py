"""Metrics of the cluster, the nodes and of observability itself, as far as rules and dashboards use them."""

from __future__ import annotations

from typing import Final

from components.monitoring.signals.model import Metric

WORKLOAD_METRICS: Final = (
    Metric("kube_pod_start_time", "gauge", "Start of a Pod, Unix time", ("namespace", "pod"), "kube-state-metrics"),
    Metric(
        "kube_deployment_spec_replicas",
        "gauge",
        "Replicas that a Deployment wants",
        ("namespace", "deployment"),
        "kube-state-metrics",
    ),
    Metric(
        "kube_deployment_status_replicas_unavailable",
        "gauge",
        "Replicas of a Deployment that do not serve",
        ("namespace", "deployment"),
        "kube-state-metrics",
    ),
    Metric(
        "kube_statefulset_replicas",
        "gauge",
        "Replicas that a StatefulSet wants",
        ("namespace", "statefulset"),
        "kube-state-metrics",
    ),
    Metric(
        "kube_statefulset_status_replicas_ready",
        "gauge",
        "Replicas of a StatefulSet that are ready",
        ("namespace", "statefulset"),
        "kube-state-metrics",
    ),
    Metric(
        "kube_pod_container_status_restarts_total",
        "counter",
        "Restarts of a container",
        ("namespace", "pod", "container"),
        "kube-state-metrics",
    ),
    Metric(
        "kube_pod_status_phase",
        "gauge",
        "1 for the phase that a Pod is in",
        ("namespace", "pod", "phase"),
        "kube-state-metrics",
    ),
    Metric(
        "kube_job_status_failed",
        "gauge",
        "Pods of a Job that failed",
        ("namespace", "job_name"),
        "kube-state-metrics",
    ),
    Metric(
        "kube_cronjob_status_last_successful_time",
        "gauge",
        "When a CronJob last succeeded, in Unix seconds",
        ("namespace", "cronjob"),
        "kube-state-metrics",
    ),
    Metric(
        "kube_cronjob_created",
        "gauge",
        "When a CronJob was made, in Unix seconds",
        ("namespace", "cronjob"),
        "kube-state-metrics",
    ),
    Metric(
        "kube_cronjob_status_last_schedule_time",
        "gauge",
        "When a CronJob last began, in Unix seconds",
        ("namespace", "cronjob"),
        "kube-state-metrics",
    ),
    Metric(
        "kube_cronjob_next_schedule_time",
        "gauge",
        "When a CronJob begins next, in Unix seconds",
        ("namespace", "cronjob"),
        "kube-state-metrics",
    ),
    Metric(
        "kube_cronjob_spec_suspend",
        "gauge",
        "1 for a CronJob that is suspended",
        ("namespace", "cronjob"),
        "kube-state-metrics",
    ),
    Metric(
        "kube_horizontalpodautoscaler_status_current_replicas",
        "gauge",
        "Replicas that an autoscaler sees",
        ("namespace", "horizontalpodautoscaler"),
        "kube-state-metrics",
    ),
    Metric(
        "kube_horizontalpodautoscaler_spec_max_replicas",
        "gauge",
        "Replicas that an autoscaler may make",
        ("namespace", "horizontalpodautoscaler"),
        "kube-state-metrics",
    ),
    Metric(
        "kube_persistentvolumeclaim_status_phase",
        "gauge",
        "1 for the phase that a claim is in",
        ("namespace", "persistentvolumeclaim", "phase"),
        "kube-state-metrics",
    ),
)
"""Source: https://github.com/kubernetes/kube-state-metrics/tree/main/docs/metrics"""

VOLUME_METRICS: Final = (
    Metric(
        "kubelet_volume_stats_available_bytes",
        "gauge",
        "Free bytes of a volume",
        ("namespace", "persistentvolumeclaim"),
        "kubelet",
    ),
    Metric(
        "kubelet_volume_stats_capacity_bytes",
        "gauge",
        "Size of a volume",
        ("namespace", "persistentvolumeclaim"),
        "kubelet",
    ),
)
"""Source: https://kubernetes.io/docs/reference/instrumentation/metrics/"""

NODE_METRICS: Final = (
    Metric("node_memory_MemAvailable_bytes", "gauge", "Memory that programs may have", (), "node-exporter"),
    Metric("node_memory_MemTotal_bytes", "gauge", "Memory of the node", (), "node-exporter"),
    Metric(
        "node_filesystem_avail_bytes",
        "gauge",
        "Free bytes of a file system",
        ("device", "fstype", "mountpoint"),
        "node-exporter",
    ),
    Metric(
        "node_filesystem_size_bytes",
        "gauge",
        "Size of a file system",
        ("device", "fstype", "mountpoint"),
        "node-exporter",
    ),
    Metric("node_cpu_seconds_total", "counter", "CPU time by mode", ("cpu", "mode"), "node-exporter"),
    Metric("node_load5", "gauge", "Load over 5 minutes", (), "node-exporter"),
)
"""Source: https://github.com/prometheus/node_exporter"""

LOG_METRICS: Final = (
    Metric("loki_distributor_bytes_received_total", "counter", "Bytes of lines that came in", ("tenant",), "loki"),
    Metric("loki_distributor_lines_received_total", "counter", "Lines that came in", ("tenant",), "loki"),
    Metric("loki_discarded_samples_total", "counter", "Lines that Loki refused", ("reason", "tenant"), "loki"),
    Metric(
        "loki_request_duration_seconds",
        "histogram",
        "Time that requests took",
        ("method", "route", "status_code"),
        "loki",
        buckets=(0.1, 1.0, 10.0),
    ),
    Metric(
        "loki_write_dropped_entries_total",
        "counter",
        "Lines that the collector gave up",
        ("host", "reason"),
        "alloy",
    ),
    Metric("loki_write_sent_entries_total", "counter", "Lines that the collector delivered", ("host",), "alloy"),
)
"""Sources: https://grafana.com/docs/loki/latest/operations/observability/ and Alloy's reference of loki.write."""

PIPELINE_METRICS: Final = (
    Metric(
        "otelcol_receiver_accepted_spans",
        "counter",
        "Spans that the collector took",
        ("receiver", "transport"),
        "otel-collector",
    ),
    Metric(
        "otelcol_receiver_refused_spans",
        "counter",
        "Spans that the collector refused",
        ("receiver", "transport"),
        "otel-collector",
    ),
    Metric("otelcol_exporter_sent_spans", "counter", "Spans that reached Tempo", ("exporter",), "otel-collector"),
    Metric(
        "otelcol_exporter_send_failed_spans",
        "counter",
        "Spans that did not reach Tempo, all tries over",
        ("exporter",),
        "otel-collector",
    ),
    Metric(
        "otelcol_exporter_queue_size",
        "gauge",
        "Batches that wait for Tempo",
        ("data_type", "exporter"),
        "otel-collector",
    ),
    Metric(
        "otelcol_exporter_queue_capacity",
        "gauge",
        "Batches that may wait",
        ("data_type", "exporter"),
        "otel-collector",
    ),
    Metric("tempo_distributor_spans_received_total", "counter", "Spans that Tempo took", ("tenant",), "tempo"),
    Metric("tempo_discarded_spans_total", "counter", "Spans that Tempo refused", ("reason", "tenant"), "tempo"),
)
"""The collector's counters carry no `_total`: so it names them itself."""

OBSERVABILITY_METRICS: Final = (
    *WORKLOAD_METRICS,
    *VOLUME_METRICS,
    *NODE_METRICS,
    *LOG_METRICS,
    *PIPELINE_METRICS,
)
"""All of this file."""
