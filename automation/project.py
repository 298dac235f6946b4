"""What the commands work on: a program, how its settings are checked, and the tools that run it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from automation.addons import AddonRelease
from automation.layout import Layout
from automation.plugins import KUBERNETES_STACK
from automation.rehearsal import NeededSecrets, SandboxCluster

Say = Callable[[str], None]
"""Tells people something while a step is under way."""


class Tools(Protocol):
    """What the commands need of the sandbox package."""

    def pulumi(self, say: Say) -> Path:
        """The pinned CLI, built where it is not yet."""
        ...

    def kubectl(self, say: Say) -> Path:
        """The pinned kubectl, likewise."""
        ...

    def write_plugins(self, folder: Path) -> Path:
        """Make the offline providers' executables and return the folder that holds them."""
        ...

    def write_language_host(self, folder: Path) -> Path:
        """Make the Python language host, for a CLI that has none beside it, and return its folder."""
        ...

    def write_policy_pack(self, folder: Path, pack: Path) -> Path:
        """Make the executable in `folder` that serves the policy pack `pack` to an engine, and return it."""
        ...

    def start_sandbox(self, say: Say) -> SandboxCluster:
        """Start the control plane, or find it running."""
        ...

    def running_sandbox(self) -> SandboxCluster | None:
        """The control plane where it runs now."""
        ...

    def install_kinds(self, cluster: SandboxCluster, projects: tuple[str, ...]) -> None:
        """Let the sandbox admit the kinds that these projects define."""
        ...


@dataclass(frozen=True)
class Project:
    """One Pulumi project of this repository."""

    layout: Layout
    tools: Tools
    program: Callable[[], None]
    check: Callable[[Path, bool], None]
    """Checks a stack file; raises BadInputError. True where its secrets get placeholders and may be missing."""
    needed_secrets: NeededSecrets = lambda _: ()
    """Which members of `jarvis:secrets` a stack cannot do without."""
    kinds_in_place: Callable[[Path], tuple[str, ...]] = lambda _: ()
    """Projects whose kinds a stack file takes to be in its cluster; a sandbox has to admit them."""
    addon_releases: Callable[[Path], tuple[AddonRelease, ...]] = lambda _: ()
    """The Helm releases that a stack file asks for in a cluster which it does not make itself."""
    providers: tuple[str, ...] = KUBERNETES_STACK
    """Those that every stack uses."""
    cloud_providers: Callable[[Path], tuple[str, ...]] = lambda _: ()
    """Those that a stack file asks for on top."""
    policies: Path | None = None
    """The folder of the policy pack that every preview and every deployment is judged by."""
    name: str = "jarvis"
    """The Pulumi project's name."""

    def providers_of(self, stack: str) -> tuple[str, ...]:
        """The providers of a stack."""
        return (*self.providers, *self.cloud_providers(self.layout.stack_file(stack)))
