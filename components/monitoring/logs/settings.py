"""How a stack's logs are collected and kept."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from components.settings.section import Section
from components.settings.workloads import ImageReference, Resources, Storage


class LokiLimits(Section):
    """What Loki takes before it refuses. The guide gives no figure: these are for one stack's Pods."""

    ingestion_megabytes_per_second: Annotated[int, Field(ge=1, le=1024)] = 8
    """Over all streams, in MB per second; twice that in a burst."""
    stream_megabytes_per_second: Annotated[int, Field(ge=1, le=1024)] = 4
    """Of one container, in MB per second; three times that in a burst."""
    max_streams: Annotated[int, Field(ge=100, le=1_000_000)] = 10_000
    """Streams that are written to at one time: one a container, event source and set of labels."""
    max_line_kilobytes: Annotated[int, Field(ge=1, le=1024)] = 256
    """Longer lines are cut, not refused."""


class LokiSettings(Section):
    """The log store: one Pod with its volume."""

    image: ImageReference = "docker.io/grafana/loki:3.7.8"
    retention_hours: Annotated[int, Field(ge=24, le=87_600)] = 744
    """How long lines are kept, in hours; 744 hours, 31 days, are the guide's. Loki deletes no sooner than after 24."""
    storage: Storage = Storage(size="20Gi")
    """The guide's."""
    limits: LokiLimits = LokiLimits()
    resources: Resources = Resources.of(requests=("250m", "512Mi"), limits=("1000m", "2Gi"))


class AlloySettings(Section):
    """The collector. It reads the logs of the stack's Pods from the API server, so it needs nothing of the nodes."""

    image: ImageReference = "docker.io/grafana/alloy:v1.21.2"
    replicas: Annotated[int, Field(ge=1, le=5)] = 1
    """Two or more share the Pods among themselves."""
    events: bool = True
    """Whether the namespace's Kubernetes events are kept as log lines too."""
    redact: bool = True
    """Whether bearer tokens, JSON web tokens and passwords in URLs or beside their names are masked in every line."""
    resources: Resources = Resources.of(requests=("100m", "256Mi"), limits=("500m", "512Mi"))


class LogsSettings(Section):
    """Loki and its collector."""

    loki: LokiSettings = LokiSettings()
    alloy: AlloySettings = AlloySettings()
