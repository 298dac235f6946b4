"""Alerts and recording rules.

The four alerts are the guide's (section Alertes Production Critiques). Where an expression or an annotation differs
from it, docs/decisions/0004-alert-expressions.md says why.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from components.monitoring.signals.model import AlertRule, Exporter, RecordingRule, RuleGroup, alert
from components.monitoring.signals.platform_rules import certificate_groups, platform_groups
from components.monitoring.signals.self_rules import SELF_GROUPS
from components.monitoring.signals.slo import availability, latency, slo_groups

RUNBOOKS: Final = "https://github.com/enzo/jarvis/blob/main/docs/runbooks"
"""The guide's repository."""

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


@dataclass(frozen=True)
class RuleOptions:
    """What the rules of one stack depend on."""

    environment: str
    exporters: frozenset[Exporter] = frozenset()
    """What exports metrics there, beside the application, Prometheus and the kubelets."""
    availability_percent: float = 99.9
    latency_percent: float = 95
    latency_seconds: float = 5
    certificate_days: int | None = None
    """Days after its start until the certificate that a Pod of the backend serves may end; None where it has none."""
    runbooks: str = RUNBOOKS
    """Address under which each alert has a page of its own name."""


def rule_groups(options: RuleOptions) -> tuple[RuleGroup, ...]:
    """Every rule of a stack, one group a file; groups on what does not run there are left out."""
    objectives = (
        availability(options.availability_percent),
        latency(options.latency_percent, options.latency_seconds),
    )
    groups = (
        RuleGroup(f"jarvis-{options.environment}-critical", critical_alerts(options.environment)),
        RuleGroup("jarvis-recording", (ERROR_RATE, RESPONSE_TIME_BUCKETS)),
        *slo_groups(objectives),
        *SELF_GROUPS,
        *platform_groups(),
        *certificate_groups(options.certificate_days),
    )
    return tuple(
        _with_runbooks(group, options.runbooks)
        for group in groups
        if group.needs is None or group.needs in options.exporters
    )


def _with_runbooks(group: RuleGroup, address: str) -> RuleGroup:
    def complete(rule: AlertRule | RecordingRule) -> AlertRule | RecordingRule:
        if isinstance(rule, RecordingRule):
            return rule
        return replace(rule, annotations={**rule.annotations, "runbook_url": f"{address}/{rule.name}.md"})

    return replace(group, rules=tuple(complete(rule) for rule in group.rules))


def critical_alerts(environment: str) -> tuple[AlertRule, ...]:
    """The guide's alerts, in its order."""
    used = 'container_memory_working_set_bytes{container!=""}'
    limit = 'container_spec_memory_limit_bytes{container!=""}'
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
        alert(
            "HighErrorRate",
            "sum by (job) (rate(jarvis_requests_errors_total[5m])) > 0.1",
            "2m",
            "critical",
            "High error rate detected",
            'Error rate is {{ printf "%.2f" $value }} errors per second',
        ),
        alert(
            "DatabaseConnectionFailure",
            f"round(increase(jarvis_database_connections_failed_total[5m])) > 0 or {_NEW_SERIES}",
            "1m",
            "critical",
            "Database connection failures",
            "{{ $value }} database connections failed",
        ),
        alert(
            "HighMemoryUsage",
            f"{used} / ({limit} > 0) > 0.9",
            "5m",
            "warning",
            "High memory usage",
            "Container {{ $labels.container }} using {{ $value | humanizePercentage }} memory",
        ),
    )
