"""Who hears of which alert: the guide's routes and receivers (section Monitoring & Observabilité), as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

WATCHDOG: Final = "Watchdog"
"""The alert that always fires: whoever stops hearing it knows that alerting itself is broken."""


@dataclass(frozen=True)
class Receiver:
    """Somebody who is told."""

    name: str
    channel: str | None = None
    """Slack channel; the default webhook is told where absent, or where the stack has no Slack."""
    title: str = ""
    text: str = ""


@dataclass(frozen=True)
class Route:
    """Alerts that match go to the receiver, and to no later route."""

    receiver: str
    matchers: tuple[str, ...]


GROUP_BY: Final = ("alertname", "environment")
GROUP_WAIT_SECONDS: Final = 10
GROUP_INTERVAL_SECONDS: Final = 10
REPEAT_INTERVAL: Final = "1h"
DEFAULT_RECEIVER: Final = Receiver("web.hook")
RECEIVERS: Final = (
    DEFAULT_RECEIVER,
    Receiver(
        "critical-alerts",
        channel="#jarvis-critical",
        title="CRITICAL: {{ .GroupLabels.alertname }}",
        text="{{ .CommonAnnotations.summary }}",
    ),
    Receiver("production-alerts", channel="#jarvis-production", title="PROD: {{ .GroupLabels.alertname }}"),
)
ROUTES: Final = (
    Route("critical-alerts", ('severity="critical"',)),
    Route("production-alerts", ('environment="production"',)),
)
"""In order: the first that matches takes the alert, so a critical one of production goes to critical-alerts only."""


@dataclass(frozen=True)
class Inhibition:
    """While an alert that matches `source` fires, those that match `target` and share the labels `equal` are muted."""

    source: tuple[str, ...]
    target: tuple[str, ...]
    equal: tuple[str, ...]


INHIBITIONS: Final = (
    Inhibition(('severity="critical"',), ('severity="warning"',), ("alertname", "environment", "job")),
    # A service that is down breaks its objectives too: one message is enough.
    Inhibition(('alertname="ServiceDown"',), ('alertname=~".*BudgetBurn"',), ("environment", "job")),
)
