"""The rules of one stack: the same, whichever kind of monitoring delivers them."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from components.monitoring.settings import MonitoringSettings
from components.monitoring.signals.model import Exporter, RuleGroup
from components.monitoring.signals.rules import RuleOptions, rule_groups
from components.network.contract import ServiceEndpoint


def stack_rules(
    settings: MonitoringSettings, environment: str, exporters: AbstractSet[Exporter], backend: ServiceEndpoint
) -> tuple[RuleGroup, ...]:
    """Every group whose metrics `exporters` serve, with the stack's own objectives and runbooks."""
    objectives = settings.objectives
    return rule_groups(
        RuleOptions(
            environment,
            frozenset(exporters),
            availability_percent=objectives.availability_percent,
            latency_percent=objectives.latency_percent,
            latency_seconds=objectives.latency_seconds,
            certificate_days=backend.certificate_days,
            runbooks=settings.runbooks,
        )
    )
