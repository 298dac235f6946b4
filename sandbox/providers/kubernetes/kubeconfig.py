"""From the provider's settings to a client for a cluster."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sandbox.providers.kubernetes.config import Config
from sandbox.providers.resource import ProviderError
from sandbox.providers.values import Properties, Value, as_list, as_object, as_text, from_json

if TYPE_CHECKING:
    from kubernetes.client import ApiClient

_CONNECTIONS: Final = 64
"""Kept open to the API server; more are made for a moment where they are needed."""
_FILES: Final = {
    ("clusters", "cluster"): ("certificate-authority",),
    ("users", "user"): ("client-certificate", "client-key", "tokenFile"),
}
"""Keys that name files, by section and item."""


def connect(config: Config) -> tuple[ApiClient, str]:
    """A client for the cluster, and the namespace of objects that name none.

    Raises ProviderError where there is no kubeconfig, or not the context.
    """
    from kubernetes import config as loader
    from kubernetes.client import ApiClient, Configuration

    load: Any = loader  # its functions have no types
    settings = Configuration()
    settings.connection_pool_maxsize = _CONNECTIONS
    content = _content(config)
    context = config.context
    try:
        if content is None:
            load.load_kube_config(context=context, client_configuration=settings)
        else:
            context = _context(content, config)
            chosen = _with_cluster(content, context, config.cluster)
            load.load_kube_config_from_dict(chosen, context=context, client_configuration=settings)
    except loader.ConfigException as error:
        raise ProviderError(f"The kubeconfig cannot be used: {error}") from error
    if not settings.verify_ssl:
        _silence_unverified()
    return ApiClient(settings), config.namespace or _namespace(content or {}, context) or "default"


def remove_copies() -> None:
    """Remove the temporary files in which the client keeps the certificates and keys of a kubeconfig that embeds them.

    It would do so itself at a normal exit, which a plugin does not wait for.
    """
    if "kubernetes.config.kube_config" in sys.modules:
        loader: Any = sys.modules["kubernetes.config.kube_config"]
        loader._cleanup_temp_files()


def _silence_unverified() -> None:
    """A kubeconfig that switches verification off means it: no warning at every call."""
    from urllib3 import disable_warnings
    from urllib3.exceptions import InsecureRequestWarning

    disable_warnings(InsecureRequestWarning)


def _content(config: Config) -> Properties | None:
    """The kubeconfig's content; None where several files have to be merged by the client."""
    import yaml

    given = config.kubeconfig or os.environ.get("KUBECONFIG") or "~/.kube/config"
    if config.kubeconfig is None and os.pathsep in given:
        return None
    path = Path(given).expanduser() if "\n" not in given and not given.lstrip().startswith("{") else None
    if path is not None and not path.is_file():
        raise ProviderError(
            f"There is no kubeconfig at {path}: give the provider `kubeconfig` (a path or the content), "
            "or set KUBECONFIG."
        )
    try:
        content = from_json(yaml.safe_load(path.read_text() if path else given))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        where = f"at {path}" if path else "given to the provider"
        raise ProviderError(f"The kubeconfig {where} cannot be read: {type(error).__name__}.") from error
    if not isinstance(content, dict):
        raise ProviderError("The kubeconfig is not a YAML object with `clusters`, `users` and `contexts`.")
    return _absolute(content, path.parent) if path else content


def _absolute(content: Properties, folder: Path) -> Properties:
    """The kubeconfig with the files that it names found from its own folder."""
    found = dict(content)
    for (section, item), keys in _FILES.items():
        entries: list[Value] = []
        for entry in map(as_object, as_list(content.get(section))):
            settings = as_object(entry.get(item))
            files: Properties = {key: str(folder / name) for key in keys if (name := as_text(settings.get(key)))}
            entries.append({**entry, item: {**settings, **files}})
        found[section] = entries
    return found


def _contexts(content: Properties) -> dict[str, Properties]:
    entries = map(as_object, as_list(content.get("contexts")))
    return {as_text(entry.get("name")) or "": as_object(entry.get("context")) for entry in entries}


def _context(content: Properties, config: Config) -> str:
    name = config.context or as_text(content.get("current-context")) or ""
    contexts = _contexts(content)
    if name not in contexts:
        known = ", ".join(contexts) or "none"
        raise ProviderError(f"The kubeconfig has no context `{name}`; it has: {known}.")
    return name


def _with_cluster(content: Properties, context: str, cluster: str | None) -> Properties:
    """The kubeconfig with another cluster in the context, where the provider's settings name one."""
    if cluster is None:
        return content
    contexts: list[Value] = [
        {"name": name, "context": {**entry, "cluster": cluster} if name == context else entry}
        for name, entry in _contexts(content).items()
    ]
    return {**content, "contexts": contexts}


def _namespace(content: Properties, context: str | None) -> str | None:
    return as_text(_contexts(content).get(context or "", {}).get("namespace"))
