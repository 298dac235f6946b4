"""The life of an object in a cluster: apply, wait, read back, delete."""

from __future__ import annotations

import secrets
import time
from typing import Final

from sandbox.providers.kubernetes import drift
from sandbox.providers.kubernetes.api import ApiError, UnreachableError
from sandbox.providers.kubernetes.cluster import Cluster
from sandbox.providers.kubernetes.config import Config
from sandbox.providers.kubernetes.diff import merge_patch
from sandbox.providers.kubernetes.discovery import Kind
from sandbox.providers.kubernetes.naming import is_patch, kind_from_type
from sandbox.providers.kubernetes.objects import (
    FIELD_MANAGER,
    annotation,
    hidden,
    id_of,
    metadata,
    name_of,
    namespace_of,
    outputs,
    split_id,
    with_metadata,
)
from sandbox.providers.kubernetes.preview import can_rehearse, expected, rehearsed
from sandbox.providers.kubernetes.waiting import NotReadyError, skips_waiting, timeout_of
from sandbox.providers.resource import InitializationError, Operation, ProviderError, State
from sandbox.providers.values import Properties, as_object, as_text, has_unknown, marked_like, revealed

_FORCE: Final = "pulumi.com/patchForce"
_MANAGER: Final = "pulumi.com/patchFieldManager"
_PROPAGATION: Final = "pulumi.com/deletionPropagationPolicy"
_POLICIES: Final = {"background": "Background", "foreground": "Foreground", "orphan": "Orphan"}
_PATIENCE_SECONDS: Final = 30.0
_RETRY_SECONDS: Final = 0.25
_CONFLICT_HINT: Final = (
    "\nThe field is set by another field manager. Leave it out of the program (or name it in `ignoreChanges`), or take "
    f'it over with the annotation `{_FORCE}: "true"` on this resource.'
)


class Lifecycle:
    """Operations on objects of one cluster."""

    def __init__(self, cluster: Cluster, config: Config) -> None:
        self._cluster, self._config = cluster, config

    def create(self, operation: Operation, inputs: Properties, *, in_the_way: bool = False) -> State:
        """Apply a new object, taking over one that exists already, and wait for it.

        `in_the_way`: an object of the same name is there now, but is going to be deleted before.
        """
        manager = annotation(inputs, _MANAGER) or f"pulumi-kubernetes-{secrets.token_hex(4)}"
        if operation.preview:
            return self._preview(inputs, manager, {}, in_the_way=in_the_way)
        return self._applied(operation, inputs, manager, {})

    def update(self, operation: Operation, state: State, inputs: Properties) -> State:
        """Apply the changed object and wait for it."""
        manager = as_text(state.outputs.get(FIELD_MANAGER)) or f"pulumi-kubernetes-{secrets.token_hex(4)}"
        manager = annotation(inputs, _MANAGER) or manager
        if operation.preview:
            return self._preview(inputs, manager, state.inputs)
        return self._applied(operation, inputs, manager, state.inputs)

    def _preview(self, inputs: Properties, manager: str, old: Properties, *, in_the_way: bool = False) -> State:
        """What the server would make of it, where it can be asked: not before the namespace or the kind exist."""
        kind = self._cluster.kind_of(inputs)
        alone = State("", expected(inputs, inputs, manager, is_new=not old))
        if kind is None or has_unknown(inputs) or (in_the_way and not can_rehearse(inputs)):
            return alone
        body = rehearsed(inputs) if in_the_way else inputs
        try:
            live = self._send(kind, body, manager, old, dry_run=True)
        except ApiError as error:
            if error.missing_kind == "namespaces" or (in_the_way and error.over_quota):
                return alone
            raise
        if in_the_way:
            live = with_metadata(live, {**metadata(live), "name": name_of(inputs)})
        return State("", expected(live, inputs, manager, is_new=not old))

    def _applied(self, operation: Operation, inputs: Properties, manager: str, old: Properties) -> State:
        kind = self._cluster.need_kind(inputs)
        live = self._send_patiently(kind, inputs, manager, old)
        id = id_of(live)
        if not (skips_waiting(inputs) or is_patch(operation.resource)):
            path = kind.path(namespace_of(live), name_of(live))
            try:
                seconds = timeout_of(inputs, operation)
                live = self._cluster.waiter.until_ready(path, live, operation, seconds)
            except NotReadyError as error:
                seen = outputs(error.live, inputs, manager)
                raise InitializationError(id, seen, inputs, error.reasons) from error
        return State(id, outputs(live, inputs, manager))

    def _send_patiently(self, kind: Kind, inputs: Properties, manager: str, old: Properties) -> Properties:
        """Send; where the server is only not ready for the object yet, try again for a while."""
        end = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                return self._send(kind, inputs, manager, old)
            except ApiError as error:
                if not error.passing or time.monotonic() > end or self._cluster.waiter.pause(_RETRY_SECONDS):
                    raise

    def _send(
        self, kind: Kind, inputs: Properties, manager: str, old: Properties, *, dry_run: bool = False
    ) -> Properties:
        body = revealed(inputs)
        namespace = self._cluster.namespace_for(body, kind)
        query = {"fieldManager": manager, "fieldValidation": "Warn" if not self._config.server_side_apply else "Strict"}
        if dry_run:
            query["dryRun"] = "All"
        if not name_of(body):
            return self._cluster.api.post(kind.collection(namespace), body, query)
        path = kind.path(namespace, name_of(body))
        if not self._config.server_side_apply:
            return self._send_client_side(kind, path, body, old, query)
        query["force"] = "true" if self._forces(body) else "false"
        try:
            return self._cluster.api.apply(path, body, query)
        except ApiError as error:
            if error.field_conflict:
                raise ProviderError(f"{error}{_CONFLICT_HINT}") from error
            raise

    def _send_client_side(
        self, kind: Kind, path: str, body: Properties, old: Properties, query: dict[str, str]
    ) -> Properties:
        if not old:
            return self._cluster.api.post(path.rpartition("/")[0], body, query)
        del kind
        return self._cluster.api.merge(path, as_object(merge_patch(revealed(old), body)), query)

    def _forces(self, body: Properties) -> bool:
        chosen = annotation(body, _FORCE)
        return self._config.patch_force if chosen is None else chosen.lower() == "true"

    def read(self, operation: Operation, state: State) -> State | None:
        """The object as it is; inputs show drift, or all of the object where it is imported."""
        version, kind_name = kind_from_type(operation.resource.type)
        named: Properties = state.inputs or state.outputs or {"apiVersion": version, "kind": kind_name}
        kind = self._cluster.kind_of(named)
        if kind is None:
            return None
        namespace, name = split_id(state.id)
        if kind.namespaced and namespace is None:
            namespace = self._cluster.namespace
        live = self._cluster.waiter.look(kind.path(namespace, name))
        if live is None:
            return None
        manager = as_text(state.outputs.get(FIELD_MANAGER))
        if not state.inputs:
            inputs = hidden(drift.imported(live))
            return State(id_of(live), outputs(live, inputs, manager), inputs)
        found = drift.as_live(revealed(state.inputs), live)
        inputs = hidden({key: marked_like(value, state.inputs.get(key)) for key, value in found.items()})
        return State(id_of(live), outputs(live, state.inputs, manager), inputs)

    def delete(self, operation: Operation, state: State) -> None:
        """Delete the object and wait until it is gone; of a patch, give its fields up."""
        known = state.outputs
        try:
            kind = self._cluster.kind_of(known)
            if kind is None:
                return
            namespace, name = split_id(state.id)
            path = kind.path(namespace if kind.namespaced else None, name)
            if is_patch(operation.resource):
                self._give_up(path, known)
            else:
                self._delete(path, operation, known)
        except ApiError as error:
            if not error.missing:
                raise
        except UnreachableError:
            if not self._config.delete_unreachable:
                raise

    def _delete(self, path: str, operation: Operation, known: Properties) -> None:
        policy = _POLICIES.get((annotation(known, _PROPAGATION) or "").lower(), "Foreground")
        live = self._cluster.waiter.look(path)
        if live is None:
            return
        self._cluster.api.delete(path, {"propagationPolicy": policy})
        if not skips_waiting(known):
            uid = as_text(metadata(live).get("uid")) or ""
            self._cluster.waiter.until_gone(path, uid, operation, timeout_of(known, operation))

    def _give_up(self, path: str, known: Properties) -> None:
        """Apply nothing under the patch's own name: the server then drops the fields that only it owned."""
        nothing: Properties = {
            "apiVersion": known.get("apiVersion"),
            "kind": known.get("kind"),
            "metadata": {"name": metadata(known).get("name")},
        }
        manager = as_text(known.get(FIELD_MANAGER))
        if manager and self._cluster.waiter.look(path) is not None:
            self._cluster.api.apply(path, nothing, {"fieldManager": manager, "force": "false"})
