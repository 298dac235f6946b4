"""What the containers and claims of a stack ask for together, as far as its settings tell."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_CEILING, Decimal
from typing import Final, Literal, cast

from components.jarvis.services import JobSettings, ServiceSettings
from components.settings.quantities import quantity_value
from components.settings.section import Section
from components.settings.workloads import Resources, Storage
from infra.settings.document import Path

Side = Literal["requests", "limits"]
Resource = Literal["cpu", "memory"]
SIDES: Final[tuple[Side, ...]] = ("requests", "limits")
RESOURCES: Final[tuple[Resource, ...]] = ("cpu", "memory")
_UNITS: Final[dict[Resource, tuple[Decimal, str]]] = {"cpu": (Decimal("0.001"), "m"), "memory": (Decimal(2**20), "Mi")}


def containers(section: Section, path: Path = (), copies: int = 1) -> Iterator[tuple[Path, Resources, int]]:
    """Path, resources and number of all containers that a section has settings of; 0 for those of Jobs, which end."""
    copies = _copies(section, copies)
    for name, value in _members(section):
        inside = (*path, name)
        if isinstance(value, Resources):
            yield inside, value, copies
        else:
            yield from containers(value, inside, copies)


def total(section: Section, side: Side, resource: Resource) -> Decimal:
    """Cores or bytes that containers ask for at least: those that run side by side for as long as the stack does."""
    pairs = ((part.requests if side == "requests" else part.limits, copies) for _, part, copies in containers(section))
    texts = ((pair.cpu if resource == "cpu" else pair.memory, copies) for pair, copies in pairs)
    return sum((quantity_value(text) * copies for text, copies in texts), Decimal(0))


def total_storage(section: Section, copies: int = 1) -> Decimal:
    """Bytes of all claims."""
    copies = _copies(section, copies)
    sizes = (
        quantity_value(value.size) * copies if isinstance(value, Storage) else total_storage(value, copies)
        for _, value in _members(section)
    )
    return sum(sizes, Decimal(0))


def written(value: Decimal, resource: Resource) -> str:
    """The quantity as text, rounded up: `2300m`, `9216Mi`."""
    unit, suffix = _UNITS[resource]
    return f"{(value / unit).to_integral_value(ROUND_CEILING)}{suffix}"


def _copies(section: Section, copies: int) -> int:
    """Pods of a section: its own number, or that of the section around it."""
    if isinstance(section, JobSettings):
        return 0
    if isinstance(section, ServiceSettings):
        return section.most_replicas
    own = cast("object", getattr(section, "replicas", None) or getattr(section, "instances", None))
    return own if isinstance(own, int) else copies


def _members(section: Section) -> Iterator[tuple[str, Section]]:
    """Sections inside a section, by their names in the stack file."""
    for name, field in type(section).model_fields.items():
        value = cast("object", getattr(section, name, None))
        if isinstance(value, Section):
            yield field.alias or name, value
