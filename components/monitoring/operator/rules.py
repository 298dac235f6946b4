"""Rules as the PrometheusRule that the operator hands to Prometheus.

Source: https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.PrometheusRule
"""

from __future__ import annotations

from collections.abc import Sequence

from components.kubernetes.custom import Field
from components.monitoring.operator.sharing import Sharing
from components.monitoring.prometheus_config import INTERVAL
from components.monitoring.signals.model import AlertRule, RecordingRule, RuleGroup


def rule_spec(groups: Sequence[RuleGroup], sharing: Sharing, environment: str) -> dict[str, Field]:
    """The `spec`: the same rules as everywhere, over the stack's own samples.

    Every alert bears what Alertmanager routes by: the namespace, which the operator asks of all that a stack's routes
    take, and the environment, which is an external label of a Prometheus of one's own.
    """
    return {
        "groups": [
            {
                "name": group.name,
                "interval": INTERVAL,
                "rules": [_rule(rule, sharing, environment) for rule in group.rules],
            }
            for group in groups
        ]
    }


def _rule(rule: AlertRule | RecordingRule, sharing: Sharing, environment: str) -> dict[str, Field]:
    own = {"namespace": sharing.namespace}
    match rule:
        case AlertRule():
            return {
                "alert": rule.name,
                "expr": sharing.query(rule.expr),
                "for": rule.for_,
                "labels": {**rule.labels, **own, "environment": environment},
                "annotations": rule.annotations,
            }
        case RecordingRule():
            return {"record": rule.record, "expr": sharing.query(rule.expr), "labels": own}
