"""The images and charts that a planned stack pulls, each with who uses it and where a mirror has it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from automation.rendering.plan import Planned
from components.platform.addon_chart import AddonChart
from components.platform.catalogue import CATALOGUE
from components.platform.mirror import images_of
from components.platform.references import published
from components.platform.releases import images_in_values
from components.platform.settings import Mirror

_RELEASE: Final = "kubernetes:helm.sh/v3:Release"


@dataclass(frozen=True)
class Image:
    """One image."""

    source: str
    """Where it is published."""
    target: str | None
    """Where the mirror has it; None without a mirror, or where a value of the stack file names a place of its own."""
    used_by: tuple[str, ...]


@dataclass(frozen=True)
class Chart:
    """One chart at one version."""

    name: str
    version: str
    source: str
    """Its repository, or its own address where that is an OCI one."""
    target: str | None
    used_by: tuple[str, ...]


@dataclass(frozen=True)
class Inventory:
    """What has to be there before a site without the internet can run the stack."""

    images: tuple[Image, ...]
    charts: tuple[Chart, ...]
    unknown: tuple[str, ...]
    """Releases of charts that are not in the catalogue: nobody here knows their images."""


def inventory_of(planned: Iterable[Planned], mirror: Mirror | None) -> Inventory:
    """The stack's images by source and charts by name, whatever the order of the plan."""
    users: dict[str, set[str]] = {}
    charts: dict[tuple[str, str], set[str]] = {}
    unknown: list[str] = []
    for item in planned:
        if item.type == _RELEASE:
            release = f"Release {item.inputs.get('name') or item.name}"
            chart = _chart_of(item)
            charts.setdefault((str(item.inputs.get("chart")), str(item.inputs.get("version"))), set()).add(release)
            if chart is None:
                unknown.append(release)
            references = [] if chart is None else images_in_values(chart, item.inputs.get("values") or {})
            _note(users, references, release)
        elif item.type.startswith("kubernetes:"):
            _note(users, images_of(item.inputs.get("spec")), _object_name(item.inputs))
    return Inventory(
        images=tuple(_image(reference, users[reference], mirror) for reference in _by_source(users, mirror)),
        charts=tuple(
            sorted((_chart(*key, users) for key, users in charts.items()), key=lambda item: (item.name, item.version))
        ),
        unknown=tuple(sorted(unknown)),
    )


def _note(users: dict[str, set[str]], references: Iterable[str], user: str) -> None:
    for reference in references:
        users.setdefault(reference, set()).add(user)


def _by_source(users: Mapping[str, object], mirror: Mirror | None) -> list[str]:
    return sorted(users, key=lambda reference: (_source(reference, mirror), reference))


def _source(reference: str, mirror: Mirror | None) -> str:
    return published(reference, mirror.registry if mirror is not None else None)


def _image(reference: str, users: set[str], mirror: Mirror | None) -> Image:
    inside = mirror is not None and reference.startswith(f"{mirror.registry}/")
    return Image(_source(reference, mirror), reference if inside else None, tuple(sorted(users)))


def _chart(address: str, version: str, users: set[str]) -> Chart:
    name = address.rstrip("/").rpartition("/")[2]
    chart = _by_chart().get(name)
    source = address if chart is None else chart.repository or chart.chart
    moved = address if chart is not None and address.startswith("oci://") and address != chart.chart else None
    return Chart(name, version, source, moved, tuple(sorted(users)))


def _chart_of(item: Planned) -> AddonChart | None:
    return _by_chart().get(str(item.inputs.get("chart")).rstrip("/").rpartition("/")[2])


def _by_chart() -> dict[str, AddonChart]:
    return {chart.chart.rpartition("/")[2]: chart for chart in CATALOGUE.values()}


def _object_name(inputs: Mapping[str, Any]) -> str:
    metadata = cast("Mapping[str, object]", inputs.get("metadata") or {})
    namespace = f" in {metadata['namespace']}" if isinstance(metadata.get("namespace"), str) else ""
    return f"{inputs.get('kind')} {metadata.get('name')}{namespace}"
