"""One connected cluster: its API, its kinds and the waits on it."""

from __future__ import annotations

from typing import Final

from sandbox.providers.engine_log import EngineLog
from sandbox.providers.kubernetes.api import Api
from sandbox.providers.kubernetes.config import Config
from sandbox.providers.kubernetes.dependants import Dependants
from sandbox.providers.kubernetes.discovery import Discovery, Kind
from sandbox.providers.kubernetes.kubeconfig import connect
from sandbox.providers.kubernetes.objects import namespace_of
from sandbox.providers.kubernetes.waiting import Waiter
from sandbox.providers.resource import ProviderError
from sandbox.providers.values import Properties, as_text

_KIND_SECONDS: Final = 30.0
"""Time for a custom kind to be served after its definition was made."""


class Cluster:
    """A cluster, and the namespace of objects that name none."""

    def __init__(self, config: Config, log: EngineLog) -> None:
        client, self.namespace = connect(config)
        self.api = Api(client)
        self.discovery = Discovery(self.api)
        self.waiter = Waiter(self.api, Dependants(self.api), log)

    def kind_of(self, obj: Properties) -> Kind | None:
        """The object's kind, None where the cluster doesn't have it (yet)."""
        return self.discovery.find(as_text(obj.get("apiVersion")) or "", as_text(obj.get("kind")) or "")

    def need_kind(self, obj: Properties) -> Kind:
        """The object's kind; waits a little for a custom kind that was defined just before."""
        self.waiter.until(lambda: self.kind_of(obj) is not None, _KIND_SECONDS)
        kind = self.kind_of(obj)
        if kind is None:
            raise ProviderError(
                f"The API server has no kind {obj.get('kind')} in {obj.get('apiVersion')}: "
                "is its CustomResourceDefinition installed, and does this resource depend on it?"
            )
        return kind

    def namespace_for(self, obj: Properties, kind: Kind) -> str | None:
        """The namespace the object is in, None where its kind has none."""
        return (namespace_of(obj) or self.namespace) if kind.namespaced else None
