"""`images`: every image and chart that the stack pulls, for sites that reach no registry but a mirror."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import yaml

from automation.session import Session

if TYPE_CHECKING:
    from automation.inventory import Inventory
    from components.platform.settings import PlatformSettings

PLATFORM: Final = "jarvis:platform"


def run(session: Session) -> None:
    """List them; nothing is deployed and no cluster is asked."""
    from automation.inventory import inventory_of
    from automation.rendering.preview import plan_of

    options, display = session.options, session.display
    mirror = platform_settings(session.project.layout.stack_file(options.stack)).mirror
    display.say(f"Planning {options.stack}; no cluster is asked and nothing is deployed.")
    inventory = inventory_of(plan_of(session), mirror)
    session.interrupts.check()
    if inventory.unknown:
        names = ", ".join(inventory.unknown)
        display.say(f"These charts are not in the catalogue, so their images are not listed: {names}.", "yellow")
    if options.format == "json":
        print(json.dumps(as_object(options.stack, inventory)))
        return
    print("\n".join(lines(inventory)))


def platform_settings(stack_file: Path) -> PlatformSettings:
    """The section of the stack file, which has been checked by now; its defaults where there is none."""
    from components.platform.settings import PlatformSettings

    content = cast("dict[str, dict[str, object]]", yaml.safe_load(stack_file.read_text("utf-8")) or {})
    return PlatformSettings.model_validate((content.get("config") or {}).get(PLATFORM) or {})


def as_object(stack: str, inventory: Inventory) -> dict[str, object]:
    """What --json prints. `target` is null where there is no mirror."""
    images = [{"source": item.source, "target": item.target, "usedBy": list(item.used_by)} for item in inventory.images]
    charts = [
        {
            "name": item.name,
            "version": item.version,
            "source": item.source,
            "target": item.target,
            "usedBy": list(item.used_by),
        }
        for item in inventory.charts
    ]
    return {"stack": stack, "images": images, "charts": charts, "unknownCharts": list(inventory.unknown)}


def lines(inventory: Inventory) -> Iterator[str]:
    """What people read: names are never cut short, so that they can be copied."""
    yield f"Images ({len(inventory.images)})"
    for image in inventory.images:
        yield f"  {image.source}"
        if image.target is not None:
            yield f"    copy to: {image.target}"
        yield f"    used by: {', '.join(image.used_by)}"
    yield f"Charts ({len(inventory.charts)})"
    for chart in inventory.charts:
        yield f"  {chart.name} {chart.version} from {chart.source}"
        if chart.target is not None:
            yield f"    copy to: {chart.target}"
        yield f"    used by: {', '.join(chart.used_by)}"
