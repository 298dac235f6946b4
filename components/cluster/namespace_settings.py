"""What a stack's namespace allows, the same in every kind of cluster."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from components.settings.quantities import CpuQuantity, MemoryQuantity, quantity_value
from components.settings.section import Section
from components.settings.text import Matching
from components.settings.workloads import DnsLabel, ResourcePair

PodSecurityVersion = Annotated[str, Matching(r"latest|v1\.[0-9]{1,3}", "latest or a Kubernetes version such as v1.36")]
Count = Annotated[int, Field(ge=1, le=100_000)]


class PodSecurity(Section):
    """The Pod Security Standard that the namespace holds its Pods to.

    Where less than `restricted` is enforced, `restricted` still warns and is still audited.
    """

    enforce: Literal["restricted", "baseline", "privileged"] = "restricted"
    """The standard whose violations are refused."""
    version: PodSecurityVersion = "latest"
    """The Kubernetes version whose standard is meant; pinned, an upgrade of the cluster refuses no Pod of the stack."""


class Quota(Section):
    """What all Pods and claims of the namespace may ask for together.

    The guide gives no figure. Room for one of everything at the guide's staging sizes and for two of everything while
    it rolls out, and as much again.
    """

    requests: ResourcePair = ResourcePair(cpu="16", memory="48Gi")
    """The sum of all containers' requests."""
    limits: ResourcePair = ResourcePair(cpu="32", memory="96Gi")
    """The sum of all containers' limits."""
    pods: Count = 100
    """Pods that have not ended."""
    persistent_volume_claims: Count = 30
    """Claims, whatever their size."""
    storage: MemoryQuantity = "500Gi"
    """Bytes of all claims together."""


class ContainerMaximum(Section):
    """The largest limit that one container may have."""

    cpu: CpuQuantity = "16"
    memory: MemoryQuantity = "64Gi"


class LimitRange(Section):
    """Resources of containers that name none, as Pods of other people's controllers may, and the most for any."""

    default: ResourcePair = ResourcePair(cpu="500m", memory="512Mi")
    """Limits."""
    default_request: ResourcePair = ResourcePair(cpu="100m", memory="128Mi")
    """Requests."""
    max: ContainerMaximum = ContainerMaximum()
    """The largest limit that one container may have."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        for kind in ("cpu", "memory"):
            request, limit = getattr(self.default_request, kind), getattr(self.default, kind)
            most = getattr(self.max, kind)
            if quantity_value(limit) < quantity_value(request):
                raise ValueError(f"default.{kind} {limit} is below defaultRequest.{kind} {request}")
            if quantity_value(most) < quantity_value(limit):
                raise ValueError(f"max.{kind} {most} is below default.{kind} {limit}")
        return self


class NamespaceSettings(Section):
    """The stack's own namespace, made and removed with it."""

    namespace: DnsLabel | None = None
    """The stack's own namespace, made and removed with it; jarvis-ENVIRONMENT, as in the guide, where absent."""
    pod_security: PodSecurity = PodSecurity()
    quota: Quota | None = Quota()
    """Null sets none."""
    limit_range: LimitRange = LimitRange()
