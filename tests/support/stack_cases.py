"""Made-up samples for every alert beside the guide's four and those on what carries Jarvis, in promtool's notation.

Source of the notation: https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/#series
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Series = dict[str, str]


@dataclass(frozen=True)
class Case:
    """Samples with which an alert fires from `at` on and not before, and samples with which it never does."""

    alert: str
    bad: Series
    calm: Series
    at: str
    not_at: str
    interval: str = "15s"
    window: str = ""


PROMETHEUS = '{job="prometheus",instance="localhost:9090"}'
MANAGERS = [f'{{job="alertmanager",instance="10.0.0.{n}:9093"}}' for n in (1, 2)]
POSTGRES = '{job="postgres",instance="10.0.0.9:9187",pod="postgres-0"}'
POOLER = '{job="postgres-pooler",instance="10.0.0.7:9127",pod="postgres-pooler-rw-5d-x"'
REDIS = '{job="redis",instance="10.0.0.8:9121",pod="redis-0"}'
BACKEND = '{job="jarvis-backend",instance="10.0.0.5:8000"}'
UP = {f"up{BACKEND}": "1x400", 'up{job="jarvis-microservices",instance="10.0.0.4:8001"}': "1x400"}
SENT, LOST = f"prometheus_notifications_sent_total{PROMETHEUS}", f"prometheus_notifications_errors_total{PROMETHEUS}"


def burning(window: str, at: str, not_at: str, percent: float, interval: str) -> Case:
    """Requests of which so many percent fail from the start on, or a twentieth of that: less than any budget."""
    total = f"jarvis_requests_total{BACKEND}"
    failed = f"jarvis_requests_errors_total{BACKEND}"
    return Case(
        "AvailabilityBudgetBurn",
        {total: "0+10000x1000", failed: f"0+{round(100 * percent)}x1000"},
        {total: "0+10000x1000", failed: f"0+{round(100 * percent) // 40}x1000"},
        at,
        not_at,
        interval,
        window,
    )


def slow(window: str, at: str, not_at: str, percent: float, interval: str) -> Case:
    """Answers of which so many percent take longer than 5 s."""
    labels = 'job="jarvis-backend",instance="10.0.0.5:8000",model="m",environment="production"'
    name = "jarvis_ai_response_time_seconds"

    def answers(late: float) -> Series:
        return {
            f"{name}_count{{{labels}}}": "0+10000x1000",
            f'{name}_bucket{{{labels},le="5.0"}}': f"0+{round(100 * (100 - late))}x1000",
        }

    return Case("LatencyBudgetBurn", answers(percent), answers(percent / 40), at, not_at, interval, window)


CASES = (
    Case(
        "PodOutlivesCertificate",
        {'kube_pod_start_time{pod="jarvis-backend-1"}': "-15000000x400"},
        {'kube_pod_start_time{pod="jarvis-backend-1"}': "-14000000x400"},
        at="1h15s",
        not_at="30m",
    ),
    Case(
        "TargetsMissing",
        {f"up{BACKEND}": "1x400"},
        UP,
        at="2m15s",
        not_at="1m45s",
    ),
    Case(
        "RequestCounterMissing",
        UP,
        {**UP, f"jarvis_requests_total{BACKEND}": "0+1x400"},
        at="15m15s",
        not_at="14m",
    ),
    Case("ExporterDown", {f"up{POSTGRES}": "0x400"}, {f"up{BACKEND}": "0x400"}, at="5m15s", not_at="4m"),
    Case(
        "PrometheusConfigurationRejected",
        {f"prometheus_config_last_reload_successful{PROMETHEUS}": "0x400"},
        {f"prometheus_config_last_reload_successful{PROMETHEUS}": "1x400"},
        at="5m15s",
        not_at="4m",
    ),
    Case(
        "PrometheusRuleFailures",
        {f"prometheus_rule_evaluation_failures_total{PROMETHEUS}": "0+1x400"},
        {f"prometheus_rule_evaluation_failures_total{PROMETHEUS}": "7x400"},
        at="16m",
        not_at="10m",
    ),
    Case(
        "AlertsNotDelivered",
        {SENT: "0+10x400", LOST: "0+1x400"},
        {SENT: "0+1000x400", LOST: "0+1x400"},
        at="16m",
        not_at="10m",
    ),
    Case(
        "NoAlertmanager",
        {f"prometheus_notifications_alertmanagers_discovered{PROMETHEUS}": "0x400"},
        {f"prometheus_notifications_alertmanagers_discovered{PROMETHEUS}": "3x400"},
        at="10m15s",
        not_at="9m",
    ),
    Case(
        "NotificationsFailing",
        {f"alertmanager_notifications_failed_total{MANAGERS[0]}": "0+1x400"},
        {f"alertmanager_notifications_failed_total{MANAGERS[0]}": "3x400"},
        at="11m",
        not_at="9m",
    ),
    Case(
        "AlertmanagerClusterSplit",
        {f"alertmanager_cluster_members{manager}": "1x400" for manager in MANAGERS},
        {f"alertmanager_cluster_members{manager}": "2x400" for manager in MANAGERS},
        at="15m15s",
        not_at="14m",
    ),
    Case("PostgresDown", {f"pg_up{POSTGRES}": "0x400"}, {f"pg_up{POSTGRES}": "1x400"}, at="1m15s", not_at="45s"),
    Case(
        "PostgresConnectionsExhausted",
        {
            'pg_stat_database_numbackends{pod="postgres-0",datname="jarvis"}': "100x400",
            'pg_stat_database_numbackends{pod="postgres-0",datname="postgres"}': "70x400",
            'pg_settings_max_connections{pod="postgres-0"}': "200x400",
        },
        {
            'pg_stat_database_numbackends{pod="postgres-0",datname="jarvis"}': "100x400",
            'pg_settings_max_connections{pod="postgres-0"}': "200x400",
        },
        at="5m15s",
        not_at="4m",
    ),
    Case(
        "PostgresInstanceDown",
        {f"cnpg_collector_up{POSTGRES}": "0x400"},
        {f"cnpg_collector_up{POSTGRES}": "1x400"},
        at="1m15s",
        not_at="45s",
    ),
    Case(
        "PostgresReplicationLag",
        {f"cnpg_pg_replication_lag{POSTGRES}": "61x400"},
        {f"cnpg_pg_replication_lag{POSTGRES}": "59x400"},
        at="5m15s",
        not_at="4m",
    ),
    Case(
        "WalArchivingFailing",
        {
            f"cnpg_pg_stat_archiver_last_failed_time{POSTGRES}": "1000x400",
            f"cnpg_pg_stat_archiver_last_archived_time{POSTGRES}": "900x400",
        },
        {
            f"cnpg_pg_stat_archiver_last_failed_time{POSTGRES}": "1000x400",
            f"cnpg_pg_stat_archiver_last_archived_time{POSTGRES}": "1100x400",
        },
        at="10m15s",
        not_at="9m",
    ),
    Case(
        "PoolerDown",
        {f"cnpg_pgbouncer_last_collection_error{POOLER}}}": "1x400"},
        {f"cnpg_pgbouncer_last_collection_error{POOLER}}}": "0x400"},
        at="1m15s",
        not_at="45s",
    ),
    Case(
        "PoolerClientsWait",
        {f'cnpg_pgbouncer_pools_maxwait{POOLER},database="{name}"}}': "3x400" for name in ("jarvis", "pgbouncer")},
        {f'cnpg_pgbouncer_pools_maxwait{POOLER},database="{name}"}}': "1x400" for name in ("jarvis", "pgbouncer")},
        at="5m15s",
        not_at="4m",
    ),
    Case(
        "BaseBackupTooOld",
        {f"barman_cloud_cloudnative_pg_io_last_available_backup_timestamp{POSTGRES}": "0x1000"},
        {f"barman_cloud_cloudnative_pg_io_last_available_backup_timestamp{POSTGRES}": "0+60x1000"},
        at="12h20m",
        not_at="12h",
        interval="1m",
    ),
    Case("RedisDown", {f"redis_up{REDIS}": "0x400"}, {f"redis_up{REDIS}": "1x400"}, at="1m15s", not_at="45s"),
    Case(
        "RedisReplicaLost",
        {
            f"redis_connected_slaves{REDIS}": "0x400",
            'redis_instance_info{pod="redis-0",role="master"}': "1x400",
            f"redis_up{REDIS}": "1x400",
            'redis_up{pod="redis-1"}': "1x400",
        },
        {
            f"redis_connected_slaves{REDIS}": "0x400",
            'redis_instance_info{pod="redis-0",role="master"}': "1x400",
            f"redis_up{REDIS}": "1x400",
        },
        at="5m15s",
        not_at="4m",
    ),
    Case(
        "RedisRejectsConnections",
        {f"redis_rejected_connections_total{REDIS}": "0+1x400"},
        {f"redis_rejected_connections_total{REDIS}": "5x400"},
        at="2m",
        not_at="1m",
    ),
    burning("1h", at="5m", not_at="1m", percent=2, interval="1m"),
    burning("6h", at="35m", not_at="1m", percent=1, interval="1m"),
    burning("1d", at="3h", not_at="9m", percent=0.4, interval="3m"),
    burning("3d", at="7h", not_at="9m", percent=0.2, interval="3m"),
    slow("1h", at="5m", not_at="1m", percent=80, interval="1m"),
    slow("6h", at="35m", not_at="1m", percent=40, interval="1m"),
    slow("1d", at="3h", not_at="9m", percent=20, interval="3m"),
    slow("3d", at="7h", not_at="9m", percent=8, interval="3m"),
)


def firing(case: Case, at: str, expected: int) -> dict[str, Any]:
    window = f',window="{case.window}"' if case.window else ""
    expr = f'count(ALERTS{{alertname="{case.alert}",alertstate="firing"{window}}}) or vector(0)'
    return {"expr": expr, "eval_time": at, "exp_samples": [{"labels": "{}", "value": expected}]}


def scenario(case: Case, series: Series, expressions: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "interval": case.interval,
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": expressions,
    }
