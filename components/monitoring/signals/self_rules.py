"""Alerts on the observability stack itself, and on what the guide's four alerts cannot see."""

from __future__ import annotations

from typing import Final

from components.monitoring.signals.model import RuleGroup, alert
from components.monitoring.signals.routing import WATCHDOG

ALWAYS: Final = RuleGroup(
    "jarvis-self",
    (
        alert(
            WATCHDOG,
            "vector(1)",
            "0s",
            "none",
            "Alerting works",
            "Always fires. Whoever stops hearing it must look at Prometheus and Alertmanager",
        ),
        alert(
            "TargetsMissing",
            'absent(up{job="jarvis-backend"}) or absent(up{job="jarvis-microservices"})',
            "2m",
            "critical",
            "No target of {{ $labels.job }} is left",
            "Prometheus finds no Pod of {{ $labels.job }}: nothing runs there, or discovery is broken",
        ),
        alert(
            "RequestCounterMissing",
            'absent(jarvis_requests_total) and on () (max(up{job="jarvis-backend"}) == 1)',
            "15m",
            "warning",
            "The backend does not count its requests",
            "jarvis_requests_total is exported by no backend: the availability objective is not watched",
        ),
        alert(
            "ExporterDown",
            'up{job!~"jarvis-.*"} == 0',
            "5m",
            "warning",
            "{{ $labels.job }} is not observed",
            "The target {{ $labels.instance }} of {{ $labels.job }} has not answered for 5 minutes",
        ),
        alert(
            "PrometheusConfigurationRejected",
            "prometheus_config_last_reload_successful == 0",
            "5m",
            "warning",
            "Prometheus runs with an old configuration",
            "{{ $labels.instance }} could not load its present configuration",
        ),
        alert(
            "PrometheusRuleFailures",
            "increase(prometheus_rule_evaluation_failures_total[5m]) > 0",
            "15m",
            "warning",
            "Rules are not evaluated",
            '{{ $labels.instance }}: {{ $value | printf "%.0f" }} failures in 5 minutes, so alerts may be missing',
        ),
    ),
)

ALERTING: Final = RuleGroup(
    "jarvis-alerting",
    (
        alert(
            "AlertsNotDelivered",
            "rate(prometheus_notifications_errors_total[5m]) / rate(prometheus_notifications_sent_total[5m]) > 0.01",
            "15m",
            "critical",
            "Prometheus cannot reach an Alertmanager",
            "{{ $value | humanizePercentage }} of the alerts for {{ $labels.alertmanager }} are lost",
        ),
        alert(
            "NoAlertmanager",
            "prometheus_notifications_alertmanagers_discovered < 1",
            "10m",
            "critical",
            "Prometheus knows no Alertmanager",
            "{{ $labels.instance }} has nowhere to send alerts to",
        ),
        alert(
            "NotificationsFailing",
            "rate(alertmanager_notifications_failed_total[5m]) > 0",
            "10m",
            "critical",
            "Notifications by {{ $labels.integration }} fail",
            "{{ $labels.instance }} cannot deliver by {{ $labels.integration }}: people are not told",
        ),
        alert(
            "AlertmanagerClusterSplit",
            "max by (job) (alertmanager_cluster_members) != count by (job) (alertmanager_cluster_members)",
            "15m",
            "warning",
            "The Alertmanagers do not see each other",
            "{{ $value }} members are seen: silences are not shared, and notifications come twice",
        ),
    ),
    needs="alertmanager",
)

DATABASE: Final = RuleGroup(
    "jarvis-postgres",
    (
        alert(
            "PostgresDown",
            "pg_up == 0",
            "1m",
            "critical",
            "PostgreSQL does not answer",
            "The server behind {{ $labels.instance }} has not answered its exporter for a minute",
        ),
        alert(
            "PostgresConnectionsExhausted",
            "sum by (pod) (pg_stat_database_numbackends) / max by (pod) (pg_settings_max_connections) > 0.8",
            "5m",
            "warning",
            "PostgreSQL runs out of connections",
            "{{ $value | humanizePercentage }} of the connections of {{ $labels.pod }} are taken",
        ),
    ),
    needs="postgres-exporter",
)

DATABASE_CLUSTER: Final = RuleGroup(
    "jarvis-postgres-cluster",
    (
        alert(
            "PostgresInstanceDown",
            "cnpg_collector_up == 0",
            "1m",
            "critical",
            "An instance of the PostgreSQL cluster is down",
            "{{ $labels.pod }} has not answered for a minute",
        ),
        alert(
            "PostgresReplicationLag",
            "cnpg_pg_replication_lag > 60",
            "5m",
            "warning",
            "A PostgreSQL replica falls behind",
            "{{ $labels.pod }} is {{ $value | humanizeDuration }} behind its primary",
        ),
        alert(
            "WalArchivingFailing",
            "cnpg_pg_stat_archiver_last_failed_time - cnpg_pg_stat_archiver_last_archived_time > 1",
            "10m",
            "critical",
            "Write-ahead log is not archived",
            "{{ $labels.pod }} has failed to archive since its last success: the recovery point of 1 h is at risk",
        ),
        alert(
            "BaseBackupTooOld",
            "time() - max by (job) (barman_cloud_cloudnative_pg_io_last_available_backup_timestamp) > 43200",
            "15m",
            "critical",
            "The last base backup of PostgreSQL is too old",
            "It is {{ $value | humanizeDuration }} old; one is due every 6 hours",
        ),
    ),
    needs="cloudnative-pg",
)

POOLER: Final = RuleGroup(
    "jarvis-postgres-pooler",
    (
        alert(
            "PoolerDown",
            "cnpg_pgbouncer_last_collection_error == 1",
            "1m",
            "critical",
            "An instance of the connection pooler does not answer",
            "PgBouncer in {{ $labels.pod }} has not answered for a minute: requests that write may fail",
        ),
        alert(
            "PoolerClientsWait",
            "max by (pod) (cnpg_pgbouncer_pools_maxwait) > 1",
            "5m",
            "warning",
            "Requests wait for a database connection",
            "A client of {{ $labels.pod }} has waited {{ $value | humanizeDuration }} for a connection to PostgreSQL",
        ),
    ),
    needs="pgbouncer",
)

CACHE: Final = RuleGroup(
    "jarvis-redis",
    (
        alert(
            "RedisDown",
            "redis_up == 0",
            "1m",
            "critical",
            "Redis does not answer",
            "The server behind {{ $labels.instance }} has not answered its exporter for a minute",
        ),
        alert(
            "RedisReplicaLost",
            'redis_connected_slaves < 1 and on (pod) redis_instance_info{role="master"} and on () count(redis_up) > 1',
            "5m",
            "warning",
            "The Redis primary has no replica",
            "{{ $labels.pod }} has nobody to take over from it",
        ),
        alert(
            "RedisRejectsConnections",
            "increase(redis_rejected_connections_total[5m]) > 0",
            "1m",
            "warning",
            "Redis rejects connections",
            '{{ $value | printf "%.0f" }} were rejected by {{ $labels.pod }} in 5 minutes',
        ),
    ),
    needs="redis-exporter",
)

SELF_GROUPS: Final = (ALWAYS, ALERTING, DATABASE, DATABASE_CLUSTER, POOLER, CACHE)
