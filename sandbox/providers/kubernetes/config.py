"""The provider's own settings, named as the official provider names them."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from sandbox.providers.resource import ProviderError
from sandbox.providers.values import Properties, Value, as_object, as_text, reveal

if TYPE_CHECKING:
    from kubernetes.client import ApiClient

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
_CONNECTIONS: Final = 64


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
    """The settings; environment variables fill in what is left open, as with the official provider."""

    def text(key: str, variable: str | None = None) -> str | None:
        return as_text(inputs.get(key)) or (os.environ.get(variable) if variable else None) or None

    def flag(key: str, variable: str, *, default: bool) -> bool:
        chosen = _flag(inputs.get(key)) if key in inputs else _flag(os.environ.get(variable))
        return default if chosen is None else chosen

    render = text("renderYamlToDirectory")
    return Config(
        kubeconfig=text("kubeconfig"),
        context=text("context"),
        cluster=text("cluster"),
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


def connect(config: Config) -> tuple[ApiClient, str]:
    """A client for the cluster and the namespace of objects that name none."""
    from kubernetes.client import ApiClient, Configuration
    from kubernetes.config import ConfigException, load_kube_config, load_kube_config_from_dict

    settings = Configuration()
    settings.connection_pool_maxsize = _CONNECTIONS
    content = _content(config)
    chosen = _chosen(content, config)
    try:
        if content is None:
            load_kube_config(context=config.context, client_configuration=settings)
        else:
            load_kube_config_from_dict(content, context=chosen, client_configuration=settings)
    except ConfigException as error:
        raise ProviderError(f"The kubeconfig cannot be used: {error}") from error
    if not settings.verify_ssl:
        _silence_unverified()
    return ApiClient(settings), config.namespace or _namespace(content, chosen) or "default"


def _silence_unverified() -> None:
    """A kubeconfig that switches verification off means it: no warning at every call."""
    from urllib3 import disable_warnings
    from urllib3.exceptions import InsecureRequestWarning

    disable_warnings(InsecureRequestWarning)


def _content(config: Config) -> dict[str, Any] | None:
    """The kubeconfig's content; None where several files have to be merged by the client."""
    import yaml

    given = config.kubeconfig or os.environ.get("KUBECONFIG") or "~/.kube/config"
    if config.kubeconfig is None and os.pathsep in given:
        return None
    path = Path(given).expanduser() if "\n" not in given and not given.lstrip().startswith("{") else None
    if path is not None and not path.is_file():
        raise ProviderError(
            f"There is no kubeconfig at {path}: give the provider `kubeconfig` (a path or the content) or set KUBECONFIG."
        )
    try:
        content: object = yaml.safe_load(path.read_text() if path else given)
    except (OSError, yaml.YAMLError) as error:
        where = str(path) if path else "given to the provider"
        raise ProviderError(f"The kubeconfig {where} cannot be read: {type(error).__name__}.") from error
    if not isinstance(content, dict):
        raise ProviderError("The kubeconfig is not a YAML object with `clusters`, `users` and `contexts`.")
    loaded = cast("dict[str, Any]", content)
    return _absolute(loaded, path.parent) if path else loaded


def _absolute(content: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The kubeconfig with the files that it names found from its own folder."""
    for section, item, keys in (
        ("clusters", "cluster", ("certificate-authority",)),
        ("users", "user", ("client-certificate", "client-key", "tokenFile")),
    ):
        for entry in content.get(section) or []:
            settings: dict[str, Any] = entry.get(item) or {}
            settings.update({key: str(folder / settings[key]) for key in keys if settings.get(key)})
    return content


def _chosen(content: dict[str, Any] | None, config: Config) -> str | None:
    if content is None:
        return config.context
    name = config.context or content.get("current-context")
    contexts: list[dict[str, Any]] = content.get("contexts") or []
    names = [str(entry.get("name")) for entry in contexts]
    if name not in names:
        known = ", ".join(names) or "none"
        raise ProviderError(f"The kubeconfig has no context `{name or ''}`; it has: {known}.")
    if config.cluster:
        for entry in contexts:
            if entry.get("name") == name:
                entry["context"] = {**entry.get("context", {}), "cluster": config.cluster}
    return name


def _namespace(content: dict[str, Any] | None, context: str | None) -> str | None:
    for entry in (content or {}).get("contexts") or []:
        if entry.get("name") == context:
            return as_text(as_object(entry.get("context")).get("namespace"))
    return None


def object_setting(value: Value) -> Properties:
    """A setting that is an object; the engine sends it as JSON text."""
    plain = reveal(value)
    return as_object(json.loads(plain)) if isinstance(plain, str) else as_object(plain)
