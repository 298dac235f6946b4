"""Every metric that a rule or a dashboard may use, and who exports it."""

from __future__ import annotations

from typing import Final

from components.monitoring.signals.model import Metric
from components.monitoring.signals.platform_metrics import OBSERVABILITY_METRICS

RESPONSE_TIME: Final = Metric(
    "jarvis_ai_response_time_seconds",
    "histogram",
    "Time taken for AI to generate response",
    ("model", "environment"),
    "application",
    buckets=(0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0),
)

CUSTOM_METRICS: Final = (
    Metric(
        "jarvis_conversations_total",
        "counter",
        "Total conversations with Jarvis",
        ("user_id", "environment"),
        "application",
    ),
    RESPONSE_TIME,
    Metric("jarvis_active_users", "gauge", "Number of active users", ("environment",), "application"),
    Metric(
        "jarvis_memory_usage_bytes", "gauge", "Memory usage by component", ("component", "environment"), "application"
    ),
    Metric(
        "jarvis_database_connections_active",
        "gauge",
        "Active database connections",
        ("database", "environment"),
        "application",
    ),
)
"""The guide's custom_metrics.py."""

ALERTED_METRICS: Final = (
    Metric("jarvis_requests_errors_total", "counter", "Requests that ended in an error", (), "application"),
    Metric(
        "jarvis_database_connections_failed_total", "counter", "Database connections that failed", (), "application"
    ),
)
"""Metrics that the guide's alerts use and custom_metrics.py lacks; the guide names no label of theirs."""

OBJECTIVE_METRICS: Final = (
    Metric("jarvis_requests_total", "counter", "Requests, whatever their end", (), "application"),
)
"""What the availability objective is measured by. The guide has no counter of all requests: see
docs/decisions/0006-service-level-objectives.md."""

PLATFORM_METRICS: Final = (
    Metric("up", "gauge", "Whether the last scrape of a target succeeded", (), "prometheus"),
    Metric("ALERTS", "gauge", "Pending and firing alerts", ("alertname", "alertstate", "severity"), "prometheus"),
    Metric(
        "container_memory_working_set_bytes",
        "gauge",
        "Memory of a container that the kernel cannot reclaim at once",
        ("namespace", "pod", "container"),
        "cadvisor",
    ),
    Metric(
        "container_spec_memory_limit_bytes",
        "gauge",
        "Memory limit of a container, 0 where it has none",
        ("namespace", "pod", "container"),
        "cadvisor",
    ),
    Metric(
        "container_cpu_usage_seconds_total",
        "counter",
        "CPU time of a container",
        ("namespace", "pod", "container"),
        "cadvisor",
    ),
    Metric("prometheus_config_last_reload_successful", "gauge", "Whether the last reload succeeded", (), "prometheus"),
    Metric("prometheus_rule_evaluation_failures_total", "counter", "Rules that failed", ("rule_group",), "prometheus"),
    Metric("prometheus_notifications_errors_total", "counter", "Alerts not sent", ("alertmanager",), "prometheus"),
    Metric("prometheus_notifications_sent_total", "counter", "Alerts sent", ("alertmanager",), "prometheus"),
    Metric("prometheus_notifications_alertmanagers_discovered", "gauge", "Alertmanagers known", (), "prometheus"),
    Metric(
        "alertmanager_notifications_failed_total",
        "counter",
        "Notifications that failed",
        ("integration",),
        "alertmanager",
    ),
    Metric("alertmanager_cluster_members", "gauge", "Members of the cluster that are seen", (), "alertmanager"),
)
"""Metrics of Prometheus itself, Alertmanager and the kubelets."""

DATA_METRICS: Final = (
    Metric("pg_up", "gauge", "Whether PostgreSQL answers its exporter", (), "postgres-exporter"),
    Metric("pg_stat_database_numbackends", "gauge", "Connections to a database", ("datname",), "postgres-exporter"),
    Metric("pg_settings_max_connections", "gauge", "Connections that are allowed", (), "postgres-exporter"),
    Metric("cnpg_collector_up", "gauge", "Whether an instance answers", ("cluster",), "cloudnative-pg"),
    Metric("cnpg_pg_replication_lag", "gauge", "Seconds behind the primary", (), "cloudnative-pg"),
    Metric("cnpg_pg_stat_archiver_last_failed_time", "gauge", "Last failed archiving, Unix time", (), "cloudnative-pg"),
    Metric("cnpg_pg_stat_archiver_last_archived_time", "gauge", "Last archiving, Unix time", (), "cloudnative-pg"),
    Metric(
        "barman_cloud_cloudnative_pg_io_last_available_backup_timestamp",
        "gauge",
        "Last base backup that is good, Unix time",
        (),
        "cloudnative-pg",
    ),
    Metric("cnpg_pgbouncer_last_collection_error", "gauge", "1 where PgBouncer did not answer", (), "pgbouncer"),
    Metric("cnpg_pgbouncer_pools_cl_active", "gauge", "Clients that have a server", ("database", "user"), "pgbouncer"),
    Metric("cnpg_pgbouncer_pools_cl_waiting", "gauge", "Clients that wait for one", ("database", "user"), "pgbouncer"),
    Metric("cnpg_pgbouncer_pools_maxwait", "gauge", "Seconds of the longest wait", ("database", "user"), "pgbouncer"),
    Metric("redis_up", "gauge", "Whether Redis answers its exporter", (), "redis-exporter"),
    Metric("redis_connected_slaves", "gauge", "Replicas of an instance", (), "redis-exporter"),
    Metric("redis_instance_info", "gauge", "Facts of an instance, 1", ("role", "redis_version"), "redis-exporter"),
    Metric("redis_rejected_connections_total", "counter", "Connections above maxclients", (), "redis-exporter"),
)
"""Metrics of PostgreSQL and Redis, by their exporters and by CloudNativePG
(https://cloudnative-pg.io/documentation/current/monitoring/, https://cloudnative-pg.io/plugin-barman-cloud/docs/observability;
PgBouncer's: docs/src/connection_pooling.md of github.com/cloudnative-pg/cloudnative-pg, read on 2026-11-24)."""

METRICS: Final = (
    *CUSTOM_METRICS,
    *ALERTED_METRICS,
    *OBJECTIVE_METRICS,
    *PLATFORM_METRICS,
    *DATA_METRICS,
    *OBSERVABILITY_METRICS,
)
