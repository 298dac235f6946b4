"""The provider `kubernetes`: checks, comparisons and the choice of where an operation goes."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Final

from sandbox.providers.compare import compare
from sandbox.providers.engine_log import EngineLog
from sandbox.providers.kubernetes import config as settings
from sandbox.providers.kubernetes.cluster import Cluster
from sandbox.providers.kubernetes.discovery import renders_namespaced
from sandbox.providers.kubernetes.kubeconfig import remove_copies
from sandbox.providers.kubernetes.lifecycle import Lifecycle
from sandbox.providers.kubernetes.naming import is_patch, with_name, with_namespace
from sandbox.providers.kubernetes.objects import FIELD_MANAGER, hidden, id_of, is_autonamed, name_of, namespace_of
from sandbox.providers.kubernetes.releases import RELEASE, Releases, checked, difference
from sandbox.providers.kubernetes.rendered import Rendered
from sandbox.providers.kubernetes.replacement import replacing
from sandbox.providers.resource import (
    Change,
    Checked,
    Difference,
    Naming,
    Operation,
    Provider,
    ProviderError,
    Resource,
    State,
)
from sandbox.providers.values import Properties, as_text, from_json, has_unknown, reveal, revealed

_UNSUPPORTED: Final = {"kubernetes:kustomize/v2:Directory": "Kustomize folders"}


class KubernetesProvider(Provider):
    """Objects in the cluster of a kubeconfig, or in a folder where rendering is asked for."""

    name = "kubernetes"
    sdk = "pulumi_kubernetes"

    def __init__(self, log: EngineLog) -> None:
        self._log = log
        self._config = settings.Config()
        self._cluster: Cluster | None = None
        self._lock = threading.Lock()
        self._cancelled = False
        self._said_what_a_release_is = False
        self._existing: dict[str, str] = {}
        """Ids by URN of resources that have been compared: where one of them is created, it is being replaced."""

    def check_config(self, inputs: Properties) -> Checked:
        """Refuse unknown settings."""
        return Checked(inputs, settings.problems(inputs))

    def diff_config(self, old: Properties, new: Properties) -> Difference:
        """Changes are taken over in place, but for `clusterIdentifier` and the render folder: another cluster."""
        changes = compare(old, new)
        other = {path for path in changes if path in {"clusterIdentifier", "renderYamlToDirectory"}}
        return Difference(changes, frozenset(other))

    def configure(self, inputs: Properties) -> None:
        """Take the settings; the cluster is connected to by the first operation that needs it."""
        wrong = settings.problems(inputs)
        if wrong:
            raise ProviderError("; ".join(sentence for _, sentence in wrong))
        self._config = settings.parse(inputs)

    def _connected(self) -> Cluster:
        with self._lock:
            if self._cluster is None:
                self._cluster = Cluster(self._config, self._log)
                if self._cancelled:
                    self._cluster.waiter.cancel()
            return self._cluster

    def _lifecycle(self, operation: Operation) -> Lifecycle | Rendered | Releases:
        folder = self._config.render_directory
        if folder is not None:
            return self._rendered(folder)
        return self._releases(operation) if operation.resource.type == RELEASE else self._in_cluster()

    def _releases(self, operation: Operation) -> Releases:
        releases = Releases(self._connected(), self._log)
        with self._lock:
            said, self._said_what_a_release_is = self._said_what_a_release_is, True
        if not said:
            releases.warn(operation)
        return releases

    def _in_cluster(self) -> Lifecycle:
        return Lifecycle(self._connected(), self._config, self._log)

    def _rendered(self, folder: Path) -> Rendered:
        return Rendered(folder, self._log)

    def check(self, resource: Resource, old: Properties, new: Properties, seed: bytes, naming: Naming) -> Checked:
        """Refuse what only the official plugin can do; fill in name and namespace."""
        if resource.type == RELEASE:
            return checked(resource, old, new, seed, naming)
        for prefix, what in _UNSUPPORTED.items():
            if resource.type.startswith(prefix):
                sentence = (
                    f"{what} are not supported by the offline provider `kubernetes`: use Pulumi's official plugin."
                )
                return Checked(new, [("", sentence)])
        missing = [key for key in ("apiVersion", "kind") if not isinstance(new.get(key), str)]
        if missing:
            return Checked(new, [(key, f"`{key}` is missing: every object names its {key}.") for key in missing])
        try:
            inputs = with_name(new, old, resource, seed, naming)
        except ProviderError as error:
            return Checked(new, [("metadata.name", str(error))])
        return Checked(hidden(self._with_namespace(inputs)))

    def _with_namespace(self, inputs: Properties) -> Properties:
        if self._config.render_directory is not None:
            version, kind = as_text(inputs.get("apiVersion")) or "", as_text(inputs.get("kind")) or ""
            named = self._config.namespace or "default"
            return with_namespace(inputs, named) if renders_namespaced(version, kind) else inputs
        if namespace_of(inputs):
            return inputs
        cluster = self._connected()
        kind = cluster.kind_of(inputs)
        if kind is None:  # a custom kind that this very program defines; its objects get theirs when they are made
            return inputs
        return with_namespace(inputs, cluster.namespace if kind.namespaced else None)

    def diff(self, resource: Resource, state: State, new: Properties) -> Difference:
        """Compare inputs; fields that this resource never owned (after an import) are not missed."""
        old = state.inputs
        if resource.type == RELEASE:
            return difference(old, new)
        self._existing[resource.urn] = state.id
        changes = compare(old, new)
        if FIELD_MANAGER not in state.outputs and self._config.render_directory is None:
            changes = {path: change for path, change in changes.items() if change is not Change.DELETED}
        replaces = frozenset[str]() if is_patch(resource) else replacing(old, new, changes, self._config)
        if "apiVersion" in replaces:
            changes.setdefault("apiVersion", Change.UPDATED)
        same_place = (name_of(old), namespace_of(old)) == (name_of(new), namespace_of(new))
        first = bool(replaces) and same_place and not is_autonamed(new)
        return Difference(changes, replaces, delete_before_replace=first)

    def create(self, operation: Operation, inputs: Properties) -> State:
        """Apply the object and wait until it is ready."""
        lifecycle = self._lifecycle(operation)
        if not isinstance(lifecycle, Lifecycle):
            return lifecycle.create(operation, inputs)
        in_the_way = self._existing.get(operation.resource.urn) == id_of(inputs)
        return lifecycle.create(operation, inputs, in_the_way=in_the_way)

    def read(self, operation: Operation, state: State) -> State | None:
        """The object as it is in the cluster."""
        return self._lifecycle(operation).read(operation, state)

    def update(self, operation: Operation, state: State, inputs: Properties) -> State:
        """Apply the changed object and wait until it is ready."""
        return self._lifecycle(operation).update(operation, state, inputs)

    def delete(self, operation: Operation, state: State) -> None:
        """Delete the object and wait until it is gone."""
        self._lifecycle(operation).delete(operation, state)

    def invoke(self, token: str, args: Properties) -> Properties:
        """`yaml:decode`, which the SDK's ConfigFile and ConfigGroup call."""
        if token != "kubernetes:yaml:decode":  # noqa: S105
            return super().invoke(token, args)
        import yaml

        if has_unknown(args):
            return {}
        text = as_text(reveal(args.get("text"))) or ""
        try:
            documents = [from_json(document) for document in yaml.safe_load_all(text) if document]
        except yaml.YAMLError as error:
            raise ProviderError(f"The YAML text cannot be read: {error}") from error
        default = as_text(args.get("defaultNamespace"))
        objects = [revealed(document) for document in documents if isinstance(document, dict)]
        return {"result": [with_namespace(item, default) if default else item for item in objects]}

    def close(self) -> None:
        """Remove the client's copies of the kubeconfig's key."""
        remove_copies()

    def cancel(self) -> None:
        """End all waits."""
        with self._lock:
            self._cancelled = True
            if self._cluster is not None:
                self._cluster.waiter.cancel()
