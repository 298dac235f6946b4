"""Alerts and recording rules.

The four alerts are the guide's (section Alertes Production Critiques). Where an expression or an annotation differs
from it, docs/decisions/0004-alert-expressions.md says why.
"""

from __future__ import annotations

from typing import Final

from components.monitoring.signals.model import AlertRule, RecordingRule, RuleGroup

ERROR_RATE: Final = RecordingRule(
    record="job:jarvis_requests_errors:rate5m",
    expr="sum by (job) (rate(jarvis_requests_errors_total[5m]))",
)
"""Errors per second of each job."""

RESPONSE_TIME_BUCKETS: Final = RecordingRule(
    record="model_le:jarvis_ai_response_time_seconds_bucket:rate5m",
    expr="sum by (model, le) (rate(jarvis_ai_response_time_seconds_bucket[5m]))",
)
"""Responses per second of each model and bucket, what quantiles are computed from."""

_NEW_SERIES: Final = (
    "(jarvis_database_connections_failed_total > 0 unless jarvis_database_connections_failed_total offset 5m)"
)


def rule_groups(environment: str) -> tuple[RuleGroup, ...]:
    """Every rule of a stack, one group a file."""
    return (
        RuleGroup(f"jarvis-{environment}-critical", critical_alerts(environment)),
        RuleGroup("jarvis-recording", (ERROR_RATE, RESPONSE_TIME_BUCKETS)),
    )


def critical_alerts(environment: str) -> tuple[AlertRule, ...]:
    """The guide's alerts, in its order."""
    return (
        AlertRule(
            name="ServiceDown",
            expr='up{job=~"jarvis-.*"} == 0',
            for_="30s",
            labels={"severity": "critical", "environment": environment},
            annotations={
                "summary": "Service {{ $labels.job }} is down",
                "description": "Service {{ $labels.job }} has been down for more than 30 seconds",
            },
        ),
        AlertRule(
            name="HighErrorRate",
            expr="sum by (job) (rate(jarvis_requests_errors_total[5m])) > 0.1",
            for_="2m",
            labels={"severity": "critical"},
            annotations={
                "summary": "High error rate detected",
                "description": 'Error rate is {{ printf "%.2f" $value }} errors per second',
            },
        ),
        AlertRule(
            name="DatabaseConnectionFailure",
            expr=f"round(increase(jarvis_database_connections_failed_total[5m])) > 0 or {_NEW_SERIES}",
            for_="1m",
            labels={"severity": "critical"},
            annotations={
                "summary": "Database connection failures",
                "description": "{{ $value }} database connections failed",
            },
        ),
        AlertRule(
            name="HighMemoryUsage",
            expr=(
                'container_memory_working_set_bytes{container!=""}'
                ' / (container_spec_memory_limit_bytes{container!=""} > 0) > 0.9'
            ),
            for_="5m",
            labels={"severity": "warning"},
            annotations={
                "summary": "High memory usage",
                "description": "Container {{ $labels.container }} using {{ $value | humanizePercentage }} memory",
            },
        ),
    )
