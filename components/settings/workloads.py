"""Settings that every workload shares: resources, storage, images."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import model_validator

from components.settings.quantities import CpuQuantity, MemoryQuantity, quantity_value
from components.settings.section import Section
from components.settings.text import Matching

PullPolicy = Literal["Always", "IfNotPresent", "Never"]
DnsLabel = Annotated[
    str,
    Matching(
        r"[a-z0-9]([-a-z0-9]*[a-z0-9])?",
        "lower-case letters, digits and hyphens, 63 characters at most, no hyphen first or last (RFC 1123)",
        max_length=63,
    ),
]
ImageTag = Annotated[
    str,
    Matching(
        r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}",
        "a container image tag: letters, digits, dots, hyphens and underscores, 128 at most, such as 1.9.0",
    ),
]
ImageReference = Annotated[
    str,
    Matching(
        r"[a-z0-9][a-z0-9.:-]*(/[a-z0-9][a-z0-9._-]*)+:[A-Za-z0-9_][A-Za-z0-9._-]{0,127}(@sha256:[0-9a-f]{64})?",
        "an image with its registry and its tag, such as quay.io/prometheus/prometheus:v3.13.5",
    ),
]


def image_tag(reference: str) -> str:
    """The tag of an ImageReference."""
    return reference.partition("@")[0].rpartition(":")[2]


class ResourcePair(Section):
    """One side, requests or limits, of a container's resources."""

    cpu: CpuQuantity
    """CPU in cores."""
    memory: MemoryQuantity
    """Memory in bytes."""

    def as_map(self) -> dict[str, str]:
        """The pair in the shape of a Kubernetes resource list."""
        return {"cpu": self.cpu, "memory": self.memory}


class Resources(Section):
    """A container's requests and limits; a limit below its request is refused."""

    requests: ResourcePair
    limits: ResourcePair

    @model_validator(mode="after")
    def _limits_cover_requests(self) -> Self:
        for name, request, limit in (
            ("cpu", self.requests.cpu, self.limits.cpu),
            ("memory", self.requests.memory, self.limits.memory),
        ):
            if quantity_value(limit) < quantity_value(request):
                raise ValueError(f"limits.{name} {limit} is below requests.{name} {request}")
        return self

    @classmethod
    def of(cls, requests: tuple[str, str], limits: tuple[str, str]) -> Resources:
        """Resources from (cpu, memory) pairs, for defaults."""
        return cls(
            requests=ResourcePair(cpu=requests[0], memory=requests[1]),
            limits=ResourcePair(cpu=limits[0], memory=limits[1]),
        )


class Storage(Section):
    """A persistent volume claim."""

    size: MemoryQuantity
    """Bytes asked for."""
    storage_class: DnsLabel | None = None
    """StorageClass; the cluster's default where absent."""
