"""How a stack's traces are sampled and kept. The guide has no traces: every figure is ours."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from components.settings.section import Section
from components.settings.workloads import ImageReference, Resources, Storage

Percentage = Annotated[int, Field(ge=1, le=100)]


class HeadSampling(Section):
    """A share of all traces, decided by each trace's number: cheap, and any replica decides alike."""

    kind: Literal["head"] = "head"
    percentage: Percentage = 100
    """Share of all traces that is kept."""


class TailSampling(Section):
    """Every trace with an error, every slow one, and a share of the others, decided once a trace has ended.

    All spans of a trace must reach one process, so there can be one collector only.
    """

    kind: Literal["tail"] = "tail"
    percentage: Percentage = 10
    """Share of the traces that are neither slow nor failed."""
    slow_milliseconds: Annotated[int, Field(ge=1, le=600_000)] = 2000
    """From how long on a trace is kept for its duration."""
    decision_seconds: Annotated[int, Field(ge=1, le=300)] = 30
    """How long a trace's spans are waited for; what comes later follows the decision. The AI's answers take long."""
    traces_in_memory: Annotated[int, Field(ge=100, le=1_000_000)] = 20_000
    """Traces that wait for their decision; the oldest is lost where more come."""


class CollectorSettings(Section):
    """The OpenTelemetry Collector."""

    image: ImageReference = (
        "ghcr.io/open-telemetry/opentelemetry-collector-releases/opentelemetry-collector-k8s:0.160.0"
    )
    replicas: Annotated[int, Field(ge=1, le=10)] = 1
    """Pods; more than one with sampling of kind `head` only."""
    sampling: Annotated[HeadSampling | TailSampling, Field(discriminator="kind")] = TailSampling()
    """Which traces are kept."""
    resources: Resources = Resources.of(requests=("100m", "256Mi"), limits=("500m", "512Mi"))

    @model_validator(mode="after")
    def _one_process_sees_whole_traces(self) -> Self:
        if self.replicas > 1 and self.sampling.kind == "tail":
            raise ValueError(
                f"replicas {self.replicas} would each see a part of a trace: sampling.kind tail needs replicas 1, "
                "or give sampling.kind head"
            )
        return self


class TempoSettings(Section):
    """The trace store: one Pod with its volume."""

    image: ImageReference = "docker.io/grafana/tempo:3.0.3"
    retention_hours: Annotated[int, Field(ge=1, le=8760)] = 168
    """How long traces are kept, in hours."""
    storage: Storage = Storage(size="10Gi")
    """About a million spans take 1 GB."""
    resources: Resources = Resources.of(requests=("250m", "512Mi"), limits=("1000m", "2Gi"))


class TracesSettings(Section):
    """Tempo and the collector before it."""

    collector: CollectorSettings = CollectorSettings()
    tempo: TempoSettings = TempoSettings()
    span_metrics: bool = False
    """Whether rates, errors and durations of spans are written to Prometheus, which must take OTLP for it."""
