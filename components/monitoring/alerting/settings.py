"""Who is told of alerts, and what is promised to users."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator

from components.monitoring.signals.metrics import RESPONSE_TIME
from components.settings.section import Section
from components.settings.text import Matching, not_allowed
from components.settings.workloads import ImageReference, Resources, Storage

ReceiverUrl = Annotated[
    str,
    Matching(
        r"https?://[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?(/[^\s?#]*)?",
        "an http or https URL without a query, such as http://webhook-handler:5000/alerts",
    ),
]


class AlertmanagerSettings(Section):
    """Alertmanager. Grouping, routes and receivers are the guide's; resources are ours, it gives no figure."""

    image: ImageReference = "quay.io/prometheus/alertmanager:v0.34.2"
    replicas: Annotated[int, Field(ge=1, le=9)] = 1
    """Pods that share silences and what was sent already: with 3, one may fail unnoticed."""
    webhook_url: ReceiverUrl = "http://webhook-handler:5000/alerts"
    """The guide's default receiver, which is also told what Slack would be, where the stack has no Slack."""
    heartbeat_url: ReceiverUrl | None = None
    """Told every minute that alerting works, by an alert that always fires; a service there, outside of the cluster,
    raises the alarm when it hears nothing more. Nobody watches alerting itself where absent."""
    storage: Storage = Storage(size="1Gi")
    """Room for each Pod's silences."""
    resources: Resources = Resources.of(requests=("25m", "64Mi"), limits=("200m", "256Mi"))


class Objectives(Section):
    """What Jarvis promises over 30 days; alerts fire by how fast the rest, the error budget, is used up."""

    availability_percent: Annotated[float, Field(ge=90, le=99.99)] = 99.9
    """Requests that end without an error."""
    latency_percent: Annotated[float, Field(ge=50, le=99.9)] = 95
    """Answers of the AI within `latencySeconds`."""
    latency_seconds: float = 5
    """A bucket of the guide's histogram: 0.1, 0.25, 0.5, 1, 2, 5 or 10."""

    @field_validator("latency_seconds")
    @classmethod
    def _a_bucket(cls, seconds: float) -> float:
        if seconds not in RESPONSE_TIME.buckets:
            raise not_allowed(f"a bucket of {RESPONSE_TIME.name}: {', '.join(f'{b:g}' for b in RESPONSE_TIME.buckets)}")
        return seconds
