"""What Argo CD has to know of the objects that it syncs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class SyncedObject:
    """One manifest of the repository."""

    group: str
    """API group; empty for the core group."""
    kind: str
    name: str
    namespace: str | None
    """None for an object of the cluster as a whole."""


@dataclass(frozen=True, order=True)
class OwnedField:
    """A field that a controller of the cluster sets, whatever the repository says."""

    namespace: str
    group: str
    kind: str
    name: str
    pointer: str
    """Where in the object it is (RFC 6901), such as /spec/replicas."""


@dataclass(frozen=True)
class ChartRelease:
    """A Helm release."""

    name: str
    namespace: str
    repository: str
    """Address of the chart repository; of an OCI registry, without its scheme."""
    chart: str
    version: str
    wave: int
    """When it is synced, where an Application of Applications syncs it."""
    values: Mapping[str, object] = field(default_factory=dict[str, object])
    skip_crds: bool = False
    create_namespace: bool = False
