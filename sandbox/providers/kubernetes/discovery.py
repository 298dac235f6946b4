"""Where the API server keeps objects of a kind: asked from the server itself, so custom kinds work as well."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sandbox.providers.kubernetes.api import Api, ApiError
from sandbox.providers.values import Properties, as_list, as_object, as_text

_BUILT_IN_NAMESPACED: Final = frozenset({"", "apps", "batch", "networking.k8s.io", "policy", "autoscaling"})
"""Groups whose kinds are namespaced but for the ones below; used only to render without a cluster."""
_BUILT_IN_CLUSTER_KINDS: Final = frozenset(
    {"Namespace", "Node", "PersistentVolume", "IngressClass", "ClusterRole", "ClusterRoleBinding", "StorageClass"}
)


@dataclass(frozen=True)
class Kind:
    """One kind of object."""

    api_version: str
    kind: str
    plural: str
    namespaced: bool

    def collection(self, namespace: str | None) -> str:
        """The path of all objects of the kind in the namespace."""
        base = f"/apis/{self.api_version}" if "/" in self.api_version else f"/api/{self.api_version}"
        scope = f"/namespaces/{namespace}" if self.namespaced else ""
        return f"{base}{scope}/{self.plural}"

    def path(self, namespace: str | None, name: str) -> str:
        """The path of one object."""
        return f"{self.collection(namespace)}/{name}"


def group_of(api_version: str) -> str:
    """The API group of `apps/v1`: `apps`; empty for the core group."""
    return api_version.rpartition("/")[0]


def renders_namespaced(api_version: str, kind: str) -> bool:
    """Whether a built-in kind is namespaced, as far as is known without a cluster."""
    group = group_of(api_version)
    if group == "rbac.authorization.k8s.io":
        return kind in {"Role", "RoleBinding"}
    return group in _BUILT_IN_NAMESPACED and kind not in _BUILT_IN_CLUSTER_KINDS


class Discovery:
    """The server's kinds, by group version; asked again when a kind is not among those that are known."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._known: dict[str, dict[str, Kind]] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def find(self, api_version: str, kind: str) -> Kind | None:
        """The kind, None where the server doesn't have it (yet)."""
        known = self._known.get(api_version, {}).get(kind)
        if known is not None:
            return known
        with self._lock:
            lock = self._locks.setdefault(api_version, threading.Lock())
        with lock:
            known = self._known.get(api_version, {}).get(kind)
            if known is None:
                self._known[api_version] = self._ask(api_version)
                known = self._known[api_version].get(kind)
        return known

    def _ask(self, api_version: str) -> dict[str, Kind]:
        base = f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"
        try:
            answer = self._api.get(base)
        except ApiError as error:
            if error.missing:
                return {}
            raise
        return {kind.kind: kind for kind in _kinds(api_version, map(as_object, as_list(answer.get("resources"))))}


def _kinds(api_version: str, resources: Iterable[Properties]) -> Iterable[Kind]:
    for resource in resources:
        plural, kind = as_text(resource.get("name")), as_text(resource.get("kind"))
        if plural and kind and "/" not in plural:  # with a slash it is a subresource
            yield Kind(api_version, kind, plural, resource.get("namespaced") is True)
