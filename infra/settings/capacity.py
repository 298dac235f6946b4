"""What the containers and claims of a stack ask for together, as far as its settings tell."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING, Final, Literal, cast

from components.backup.settings import ObjectStorageBackup, VolumeBackup
from components.database.settings import CloudNativePgDatabase
from components.exposure.gateway_settings import EnvoyProxies
from components.jarvis.services import JobSettings, ServiceSettings
from components.monitoring.exporters.settings import NodeExporterSettings
from components.platform.settings import PlatformSettings
from components.settings.quantities import quantity_value
from components.settings.section import Section
from components.settings.workloads import Resources, Storage
from infra.settings.document import Path

if TYPE_CHECKING:
    from infra.settings.model import StackSettings

Side = Literal["requests", "limits"]
Resource = Literal["cpu", "memory"]
SIDES: Final[tuple[Side, ...]] = ("requests", "limits")
RESOURCES: Final[tuple[Resource, ...]] = ("cpu", "memory")
_UNITS: Final[dict[Resource, tuple[Decimal, str]]] = {"cpu": (Decimal("0.001"), "m"), "memory": (Decimal(2**20), "Mi")}
_ELSEWHERE: Final = (EnvoyProxies, NodeExporterSettings, PlatformSettings)
"""What runs in namespaces of its own, past the stack's quota."""
_INSTANCE: Final = ("database", "resources")
_ARCHIVER: Final = ("database", "sidecarResources")
"""Of the container that a PostgreSQL instance has where it is archived."""
_SIDECARS: Final = (_ARCHIVER, ("database", "exporter", "resources"), ("cache", "exporter", "resources"))
"""Containers in the Pods of others."""


def containers(stack: StackSettings) -> Iterator[tuple[Path, Resources, int]]:
    """Path, resources and number of all containers in the stack's namespace; 0 for those of Jobs, which end."""
    archived = isinstance(_section(stack, "backup"), ObjectStorageBackup)
    further = 0 if _standby(stack) is None else 1
    for path, resources, copies in _containers(stack, (), 1):
        if path == _ARCHIVER and not archived:
            continue
        yield path, resources, copies + (further if path in (_ARCHIVER, _INSTANCE) else 0)


def total(stack: StackSettings, side: Side, resource: Resource) -> Decimal:
    """Cores or bytes that containers ask for at least: those that run side by side for as long as the stack does."""
    pairs = ((part.requests if side == "requests" else part.limits, copies) for _, part, copies in containers(stack))
    texts = ((pair.cpu if resource == "cpu" else pair.memory, copies) for pair, copies in pairs)
    return sum((quantity_value(text) * copies for text, copies in texts), Decimal(0))


def claims(stack: StackSettings) -> Iterator[tuple[Path, Storage, int]]:
    """Path, settings and number of all claims."""
    yield from _volumes(stack, (), 1)
    standby = _standby(stack)
    if standby is None:
        return
    for name, volume in (("storage", standby.storage), ("walStorage", standby.wal_storage)):
        if volume is not None:
            yield ("database", name), volume, 1


def total_storage(stack: StackSettings) -> Decimal:
    """Bytes of all claims."""
    return sum((quantity_value(volume.size) * copies for _, volume, copies in claims(stack)), Decimal(0))


def number_of_pods(stack: StackSettings) -> int:
    """How many Pods there are with autoscaling at its maximum; Jobs and the second Pods of a roll-out come on top."""
    return sum(copies for path, _, copies in containers(stack) if path not in _SIDECARS)


def number_of_claims(stack: StackSettings) -> int:
    """How many claims there are."""
    return sum(copies for _, _, copies in claims(stack))


def written(value: Decimal, resource: Resource) -> str:
    """The quantity as text, rounded up: `2300m`, `9216Mi`."""
    unit, suffix = _UNITS[resource]
    return f"{(value / unit).to_integral_value(ROUND_CEILING):f}{suffix}"


def _standby(stack: StackSettings) -> CloudNativePgDatabase | None:
    """What the PostgreSQL instance beside the cluster is like that archives into a second place; None without one."""
    backup, database = _section(stack, "backup"), _section(stack, "database")
    if isinstance(database, CloudNativePgDatabase) and isinstance(backup, ObjectStorageBackup) and backup.second:
        return database
    return None


def _section(stack: StackSettings, name: str) -> object:
    """The section; None where it is wrong, so that nothing is known of it."""
    return getattr(stack, name, None)


def _containers(section: Section, path: Path, copies: int) -> Iterator[tuple[Path, Resources, int]]:
    copies = _copies(section, copies)
    for name, value in _members(section):
        inside = (*path, name)
        if isinstance(value, Resources):
            yield inside, value, 0 if isinstance(section, JobSettings | VolumeBackup) else copies
        else:
            yield from _containers(value, inside, copies)


def _volumes(section: Section, path: Path, copies: int) -> Iterator[tuple[Path, Storage, int]]:
    copies = _copies(section, copies)
    for name, value in _members(section):
        inside = (*path, name)
        if isinstance(value, Storage):
            yield inside, value, copies
        else:
            yield from _volumes(value, inside, copies)


def _copies(section: Section, copies: int) -> int:
    """Pods of a section: its own number, or that of the section around it."""
    if isinstance(section, ServiceSettings):
        return section.most_replicas
    own = cast("object", getattr(section, "replicas", None) or getattr(section, "instances", None))
    return own if isinstance(own, int) else copies


def _members(section: Section) -> Iterator[tuple[str, Section]]:
    """Sections inside a section whose Pods are in the stack's namespace, by their names in the stack file."""
    for name, field in type(section).model_fields.items():
        value = cast("object", getattr(section, name, None))
        if isinstance(value, _ELSEWHERE) or not getattr(value, "enabled", True):
            continue
        if isinstance(value, Section):
            yield field.alias or name, value
