"""The provider's own settings, named as the official provider names them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sandbox.providers import rehearsal
from sandbox.providers.values import Properties, Value, as_text, reveal

_FLAGS: Final = (
    "alwaysRender",
    "deleteUnreachable",
    "enableConfigMapMutable",
    "enablePatchForce",
    "enableSecretMutable",
    "enableServerSideApply",
    "skipUpdateUnreachable",
    "suppressDeprecationWarnings",
    "suppressHelmHookWarnings",
    "upsertExistingObjects",
)
_TEXTS: Final = ("cluster", "clusterIdentifier", "context", "kubeconfig", "namespace", "renderYamlToDirectory")
_OBJECTS: Final = ("helmReleaseSettings", "kubeClientSettings")
_ENGINE_KEYS: Final = ("version", "pluginDownloadURL")


@dataclass(frozen=True)
class Config:
    """The settings with their defaults."""

    kubeconfig: str | None = None
    """A path or the text of a kubeconfig; None means KUBECONFIG, else ~/.kube/config."""
    context: str | None = None
    cluster: str | None = None
    namespace: str | None = None
    render_directory: Path | None = None
    server_side_apply: bool = True
    patch_force: bool = False
    config_map_mutable: bool = False
    secret_mutable: bool = False
    delete_unreachable: bool = False
    skip_update_unreachable: bool = False


def problems(inputs: Properties) -> list[tuple[str, str]]:
    """What is wrong with the settings: (setting, sentence)."""
    allowed = {*_FLAGS, *_TEXTS, *_OBJECTS}
    found: list[tuple[str, str]] = []
    for key, value in inputs.items():
        if key in _ENGINE_KEYS or key.startswith("__"):
            continue
        if key not in allowed:
            names = ", ".join(sorted(allowed))
            found.append((key, f"The provider `kubernetes` has no setting `{key}`; it has: {names}."))
        elif key in _FLAGS and _flag(value) is None:
            found.append((key, f"The setting `{key}` is true or false, not {reveal(value)!r}."))
    return found


def parse(inputs: Properties) -> Config:
    """The settings; environment variables fill in what is left open, as with the official provider.

    In a rehearsal every kubeconfig leads to the sandbox: whatever the program gives may be of a cluster that is only
    planned, or of one that is real.
    """

    def text(key: str, variable: str | None = None) -> str | None:
        return as_text(inputs.get(key)) or (os.environ.get(variable) if variable else None) or None

    def flag(key: str, variable: str, *, default: bool) -> bool:
        chosen = _flag(inputs.get(key)) if key in inputs else _flag(os.environ.get(variable))
        return default if chosen is None else chosen

    render = text("renderYamlToDirectory")
    rehearsed = rehearsal.cluster()
    return Config(
        kubeconfig=rehearsed.kubeconfig if rehearsed else text("kubeconfig"),
        context=rehearsed.context if rehearsed else text("context"),
        cluster=None if rehearsed else text("cluster"),
        namespace=text("namespace"),
        render_directory=Path(render) if render else None,
        server_side_apply=flag("enableServerSideApply", "PULUMI_K8S_ENABLE_SERVER_SIDE_APPLY", default=True),
        patch_force=flag("enablePatchForce", "PULUMI_K8S_ENABLE_PATCH_FORCE", default=False),
        config_map_mutable=flag("enableConfigMapMutable", "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE", default=False),
        secret_mutable=flag("enableSecretMutable", "PULUMI_K8S_ENABLE_SECRET_MUTABLE", default=False),
        delete_unreachable=flag("deleteUnreachable", "PULUMI_K8S_DELETE_UNREACHABLE", default=False),
        skip_update_unreachable=flag("skipUpdateUnreachable", "PULUMI_K8S_SKIP_UPDATE_UNREACHABLE", default=False),
    )


def _flag(value: Value) -> bool | None:
    plain = reveal(value)
    if isinstance(plain, bool):
        return plain
    return {"true": True, "false": False}.get(plain.lower()) if isinstance(plain, str) else None
