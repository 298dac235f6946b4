"""Settings of scale and availability: how many Pods there are, where they go, and who goes first."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from components.settings.section import Section

Percent = Annotated[int, Field(ge=1, le=1000)]
"""Of what the containers request: 100 is the whole request, and a limit above it allows more."""
Replicas = Annotated[int, Field(ge=1, le=100)]
Domains = Annotated[int, Field(ge=2, le=100)]


class ScalingPolicy(Section):
    """The most that may change within one period."""

    type: Literal["Pods", "Percent"]
    """Whether `value` is a number of Pods or a share of the present ones."""
    value: Annotated[int, Field(ge=1, le=1000)]
    """Pods, or percent."""
    period_seconds: Annotated[int, Field(ge=1, le=1800)]
    """The period."""


class ScalingRules(Section):
    """How fast the number of Pods may change in one direction."""

    stabilization_seconds: Annotated[int, Field(ge=0, le=3600)]
    """Time that is looked back on: only what was called for throughout it is done."""
    policies: Annotated[tuple[ScalingPolicy, ...], Field(min_length=1)]
    """The one that allows the most counts."""


class ScaleUp(ScalingRules):
    """At once, doubling or four more Pods every 15 seconds: Kubernetes' own rules."""

    stabilization_seconds: Annotated[int, Field(ge=0, le=3600)] = 0
    """Time that is looked back on: only what was called for throughout it is done."""
    policies: Annotated[tuple[ScalingPolicy, ...], Field(min_length=1)] = (
        ScalingPolicy(type="Percent", value=100, period_seconds=15),
        ScalingPolicy(type="Pods", value=4, period_seconds=15),
    )
    """The one that allows the most counts."""


class ScaleDown(ScalingRules):
    """After five calm minutes, a quarter of the Pods a minute: a second wave of users still finds most of them."""

    stabilization_seconds: Annotated[int, Field(ge=0, le=3600)] = 300
    """Time that is looked back on: only what was called for throughout it is done."""
    policies: Annotated[tuple[ScalingPolicy, ...], Field(min_length=1)] = (
        ScalingPolicy(type="Percent", value=25, period_seconds=60),
    )
    """The one that allows the most counts."""


class Autoscaling(Section):
    """A HorizontalPodAutoscaler. Figures: the guide's values-staging.yaml (2 to 10 Pods at 70 % CPU).

    It needs the metrics API (metrics-server). Without metrics it still keeps the number between the bounds. Taken out
    again, the number of Pods has to be taken back from it: one deployment with `forceConflicts` of `jarvis:cluster`.
    """

    min_replicas: Replicas = 2
    """Pods at the least, and at the very first start."""
    max_replicas: Replicas = 10
    """Pods at the most; quotas must have room for them."""
    cpu_utilization: Percent = 70
    """Mean CPU use that is aimed at, in percent of the requests."""
    memory_utilization: Percent | None = 80
    """Mean memory use that is aimed at, in percent of the requests; null leaves memory out."""
    scale_up: ScaleUp = ScaleUp()
    scale_down: ScaleDown = ScaleDown()

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.max_replicas < self.min_replicas:
            raise ValueError(f"maxReplicas {self.max_replicas} is below minReplicas {self.min_replicas}")
        return self


class Spread(Section):
    """How far apart the Pods of one service are kept.

    `preferred`: as far as there is room. `required`: a Pod waits rather than make one place carry two more than the
    other.
    """

    zones: Literal["preferred", "required"] = "preferred"
    """Over zones; `required` needs nodes with the label topology.kubernetes.io/zone."""
    nodes: Literal["preferred", "required"] = "preferred"
    """Over nodes."""
    min_zones: Domains | None = None
    """Zones there must be before one takes a second Pod; for clusters that can make nodes in a further zone."""
    min_nodes: Domains | None = None
    """Nodes there must be before one takes a second Pod."""

    @model_validator(mode="after")
    def _minimum_of_what_is_required(self) -> Self:
        for name, spread, minimum in (("zones", self.zones, self.min_zones), ("nodes", self.nodes, self.min_nodes)):
            if minimum is not None and spread != "required":
                raise ValueError(f"min{name.title()} {minimum} needs {name} required: preferences have no minimum")
        return self


class Priorities(Section):
    """PriorityClasses: who is scheduled first, and who goes last where a node runs short."""

    backend: Annotated[int, Field(ge=1, le=1_000_000_000)] = 300_000
    """Of the backend, the interface, speech and the models."""
    frontend: Annotated[int, Field(ge=1, le=1_000_000_000)] = 200_000
    """Of the frontend."""
    batch: Annotated[int, Field(ge=1, le=1_000_000_000)] = 100_000
    """Of the tasks of a release, which never displace anything."""
    preemption: bool = False
    """Whether a service's waiting Pod displaces running ones of lower priority. Pods without a class, as databases
    mostly are, have priority 0 and would be displaced first."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.backend > self.frontend > self.batch:
            raise ValueError(
                f"backend {self.backend}, frontend {self.frontend} and batch {self.batch} must fall in this order"
            )
        return self


class Availability(Section):
    """What keeps every service up while Pods, nodes and zones come and go."""

    spread: Spread = Spread()
    priorities: Priorities | None = None
    """PriorityClasses of the stack's own; none where absent, `{}` for the defaults."""
    min_ready_seconds: Annotated[int, Field(ge=0, le=3600)] = 0
    """How long a new Pod must stay ready before the rollout goes on to the next."""
