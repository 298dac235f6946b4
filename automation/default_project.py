"""This repository's project: `infra.program`, its settings, and the sandbox package's tools."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, cast

import yaml

from automation.addons import AddonRelease
from automation.cluster import cluster_section, makes_its_cluster
from automation.errors import AutomationError, BadInputError
from automation.layout import Layout
from automation.project import Project, Say
from automation.rehearsal import SandboxCluster

CLOUD_PROVIDERS: Final = {"aws": "aws", "azure": "azure-native"}
"""The provider of each kind of `jarvis:cloud`."""
ROOT: Final = Path(__file__).resolve().parents[1]


def default_project() -> Project:
    """The project that `python -m automation` works on."""
    layout = Layout(ROOT)
    return Project(
        layout,
        SandboxTools(layout),
        _program,
        check_stack_file,
        needed_secrets=needed_secrets,
        kinds_in_place=kinds_in_place,
        addon_releases=addon_releases,
        cloud_providers=cloud_providers,
        policies=ROOT / "policies",
    )


def _program() -> None:
    from infra.program import program

    program()


def check_stack_file(path: Path, placeholders: bool) -> None:
    """Raise BadInputError, one sentence a problem. With `placeholders`, a missing secret is none: it gets one."""
    from infra.settings.errors import SettingsError
    from infra.settings.load import load_stack_file

    try:
        load_stack_file(path)
    except SettingsError as error:
        problems = [item for item in error.problems if not (placeholders and item.missing_secret)]
        if problems:
            raise BadInputError("\n".join(str(problem) for problem in problems)) from None


def needed_secrets(config: Mapping[str, Any]) -> tuple[str, ...]:
    """Members of `jarvis:secrets` that a stack with this configuration cannot do without."""
    from pydantic import SecretStr

    from components.secrets.settings import ConfigSecrets

    def kind_of(section: str, otherwise: str) -> str:
        return cast("dict[str, str]", config.get(section) or {}).get("kind", otherwise)

    kind = kind_of("jarvis:secrets", "generated")
    if kind == "external-secrets":
        return ()
    names: list[str] = []
    if kind == "config":
        fields = ConfigSecrets.model_fields.items()
        names += [field.alias or name for name, field in fields if field.annotation is SecretStr]
    if kind_of("jarvis:backup", "none") == "object-storage":
        names += ["backupAccessKeyId", "backupSecretAccessKey"]
    return tuple(names)


def cloud_providers(path: Path) -> tuple[str, ...]:
    """The providers of the clouds that a stack file names: by the kind of `jarvis:cloud`, or by settings of their own.

    A file that cannot be read names none: what is wrong with it is reported when it is checked.
    """
    try:
        content: object = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return ()
    config = cast("dict[str, Any]", content).get("config") if isinstance(content, dict) else None
    settings = cast("dict[str, object]", config) if isinstance(config, dict) else {}
    cloud = settings.get("jarvis:cloud")
    kind = cast("dict[str, object]", cloud).get("kind") if isinstance(cloud, dict) else None
    named = {key.split(":")[0] for key in settings} | ({CLOUD_PROVIDERS.get(str(kind))})
    return tuple(name for name in CLOUD_PROVIDERS.values() if name in named)


def kinds_in_place(path: Path) -> tuple[str, ...]:
    """Projects whose kinds are in the stack's cluster already: its add-ons of kind `external`."""
    from automation.commands.images import platform_settings
    from components.platform.catalogue import SANDBOX_KINDS
    from components.platform.settings import ExternalAddon

    settings = platform_settings(path)
    external = (name for name in SANDBOX_KINDS if isinstance(getattr(settings, name), ExternalAddon))
    return tuple(project for name in external for project in SANDBOX_KINDS[name])


def addon_releases(path: Path) -> tuple[AddonRelease, ...]:
    """The add-ons of kind `helm`; none where the stack makes its cluster itself, which nobody else can be in."""
    from automation.commands.images import platform_settings
    from components.platform.catalogue import CATALOGUE
    from components.platform.releases import helm_addons
    from components.platform.settings import PlatformSettings

    if makes_its_cluster(cluster_section(path)):
        return ()
    releases: list[AddonRelease] = []
    for key, addon in helm_addons(platform_settings(path)).items():
        setting, chart = PlatformSettings.model_fields[key].alias or key, CATALOGUE[key]
        releases.append(AddonRelease(f"jarvis:platform.{setting}", chart.name, addon.namespace or chart.namespace))
    return tuple(releases)


class SandboxTools:
    """The sandbox package, its errors turned into this package's."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def pulumi(self, say: Say) -> Path:
        """The pinned CLI."""
        return self._tool("pulumi", say)

    def kubectl(self, say: Say) -> Path:
        """The pinned kubectl."""
        return self._tool("kubectl", say)

    def write_plugins(self, folder: Path) -> Path:
        """The offline providers, as executables in one folder."""
        from sandbox.plugins import write_plugins

        return write_plugins(folder, Path(sys.executable))

    def write_language_host(self, folder: Path) -> Path:
        """The Python language host, as an executable in a folder of its own."""
        from sandbox.plugins import write_language_host

        return write_language_host(folder, Path(sys.executable))

    def write_policy_pack(self, folder: Path, pack: Path) -> Path:
        """The policy pack, as an executable."""
        from sandbox.plugins import write_policy_pack

        return write_policy_pack(folder, Path(sys.executable), pack)

    def start_sandbox(self, say: Say) -> SandboxCluster:
        """Start the control plane, or find it running."""
        from sandbox.control_plane import ControlPlane
        from sandbox.errors import SandboxError
        from sandbox.toolchain import Toolchain

        plane = ControlPlane(self._layout.sandbox, Toolchain(say=say), say)
        try:
            plane.start()
        except SandboxError as error:
            raise AutomationError(str(error)) from error
        return SandboxCluster(plane.kubeconfig, plane.context)

    def running_sandbox(self) -> SandboxCluster | None:
        """The control plane where it runs now."""
        from sandbox.control_plane import ControlPlane

        plane = ControlPlane(self._layout.sandbox)
        return SandboxCluster(plane.kubeconfig, plane.context) if plane.running() else None

    def install_kinds(self, cluster: SandboxCluster, projects: tuple[str, ...]) -> None:
        """Published definitions where they are at hand, minimal ones elsewhere."""
        from sandbox.errors import SandboxError
        from sandbox.kinds import install

        try:
            install(cluster.kubeconfig, projects)
        except SandboxError as error:
            raise AutomationError(str(error)) from error

    def _tool(self, name: str, say: Say) -> Path:
        from sandbox.errors import SandboxError
        from sandbox.toolchain import Toolchain

        try:
            return Toolchain(say=say).ensure(name)[name]
        except SandboxError as error:
            raise AutomationError(str(error)) from error
