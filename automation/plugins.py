"""Which provider plugins a run uses: Pulumi's official ones wherever they can be had, else the offline ones."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Final, cast

from automation.downloads import Wanted, fetch
from automation.layout import Layout, write_private

_SECONDS: Final = 60.0
"""Time for an official plugin to arrive; the Kubernetes one is about 40 MB."""
_LARGE_SECONDS: Final = 600.0
"""Likewise for a cloud's, which is hundreds of MB."""
_WORD_EVERY_SECONDS: Final = 20.0
_FAILURE_REMEMBERED_SECONDS: Final = 12 * 3600.0
KUBERNETES_STACK: Final = ("kubernetes", "random")
"""Providers of a stack that lives in a Kubernetes cluster."""
PLAN_ONLY: Final = ("aws", "azure-native")
"""Offline providers that check and plan, and create nothing."""


@dataclass(frozen=True)
class Plugins:
    """The plugins of one run."""

    offline: tuple[str, ...] = ()
    """Names of the providers that are offline ones."""
    folder: Path | None = None
    """Holds their executables; goes onto PATH."""
    environment: Mapping[str, str] = field(default_factory=dict[str, str])

    def notice(self) -> str | None:
        """The sentences about what is offline, None where nothing is."""
        if not self.offline:
            return None
        names = " and ".join(filter(None, (", ".join(self.offline[:-1]), self.offline[-1])))
        word = "providers" if len(self.offline) > 1 else "provider"
        used = f"Using the offline {word} {names}: this project's own, in the place of Pulumi's official plugins."
        planned = " and ".join(self.plan_only)
        if not planned:
            return used
        return f"{used} For {planned} they only plan: ids and addresses are made up, and nothing is created there."

    @property
    def plan_only(self) -> tuple[str, ...]:
        """Those of the offline providers that create nothing."""
        return tuple(name for name in self.offline if name in PLAN_ONLY)


def choose_plugins(
    names: tuple[str, ...],
    *,
    insist_offline: bool,
    rehearsal: bool = False,
    pulumi: Path,
    layout: Layout,
    write_plugins: Callable[[Path], Path],
    say: Callable[[str], None],
    in_earnest: bool = False,
) -> Plugins:
    """Official plugins at the SDKs' versions where they are installed or can be, else offline ones.

    An official plugin that could not be fetched is not tried again for 12 hours, unless a run `in_earnest` cannot do
    without: a cloud's is then tried anew, and its being slow is not remembered. `write_plugins` makes the offline
    providers' executables in a folder and returns it. A `rehearsal` of a stack in a cloud is offline whatever there is:
    an official plugin would make real resources.
    """
    insist_offline = insist_offline or (rehearsal and not set(PLAN_ONLY).isdisjoint(names))
    official = set[str]() if insist_offline else _official(names, pulumi, layout, say, in_earnest=in_earnest)
    offline = tuple(name for name in names if name not in official)
    if not offline:
        return Plugins()
    folder = only_these(write_plugins(layout.state / "plugins"), offline, layout.state / "plugins-in-use")
    return Plugins(offline, folder, {"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true"})


def only_these(plugins: Path, names: tuple[str, ...], folder: Path) -> Path:
    """A folder with links to the named providers only: whatever is on PATH wins over an official plugin."""
    there = {path.name.removeprefix("pulumi-resource-") for path in plugins.glob("pulumi-resource-*")}
    if there <= set(names):
        return plugins
    chosen = folder / "-".join(names)
    chosen.mkdir(parents=True, exist_ok=True)
    for name in names:
        link = chosen / f"pulumi-resource-{name}"
        if not link.exists():
            link.unlink(missing_ok=True)
            link.symlink_to(plugins / link.name)
    return chosen


def plugin_version(name: str) -> str:
    """The version of the provider's SDK in this environment, which its plugin has to match: `v4.34.2`."""
    return f"v{installed_version(f'pulumi-{name}')}"


def _official(
    names: tuple[str, ...], pulumi: Path, layout: Layout, say: Callable[[str], None], *, in_earnest: bool
) -> set[str]:
    """Those whose official plugin is installed, or could be installed just now: all at once, as a try takes seconds."""
    home = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
    note = layout.state / "plugins-out-of-reach.json"
    failures = _failures(note)
    versions = {name: plugin_version(name) for name in names}
    installed = {
        name
        for name, version in versions.items()
        if (home / "plugins" / f"resource-{name}-{version}" / f"pulumi-resource-{name}").is_file()
    }
    needed = set(PLAN_ONLY) if in_earnest else set[str]()
    tried = [
        Wanted(name, versions[name], _LARGE_SECONDS if name in PLAN_ONLY else _SECONDS, told=name in PLAN_ONLY)
        for name in names
        if name not in installed
        and (
            name in needed or time.time() - failures.get(f"{name}-{versions[name]}", 0.0) >= _FAILURE_REMEMBERED_SECONDS
        )
    ]
    outcomes = fetch(tried, pulumi, say, word_every=_WORD_EVERY_SECONDS)
    failed = {
        f"{name}-{versions[name]}": time.time()
        for name, outcome in outcomes.items()
        if outcome == "failed" or (outcome == "timed out" and name not in needed)
    }
    if failed:
        write_private(note, json.dumps({**failures, **failed}))
    return installed | {name for name, outcome in outcomes.items() if outcome == "installed"}


def _failures(note: Path) -> dict[str, float]:
    try:
        content: object = json.loads(note.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(content, dict):
        return {}
    entries = cast("dict[str, object]", content)
    return {name: float(at) for name, at in entries.items() if isinstance(at, int | float)}
