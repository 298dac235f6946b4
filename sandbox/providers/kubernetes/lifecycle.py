"""The life of an object in a cluster: apply, wait, read back, delete."""

from __future__ import annotations

import hashlib
import time
from functools import partial
from typing import Final

from sandbox.providers.compare import compare, merge_patch
from sandbox.providers.engine_log import EngineLog
from sandbox.providers.kubernetes import drift
from sandbox.providers.kubernetes.api import ApiError, UnreachableError
from sandbox.providers.kubernetes.cluster import Cluster
from sandbox.providers.kubernetes.config import Config
from sandbox.providers.kubernetes.discovery import Kind
from sandbox.providers.kubernetes.ignored import leaving
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

    def __init__(self, cluster: Cluster, config: Config, log: EngineLog) -> None:
        self._cluster, self._config, self._log = cluster, config, log

    def create(self, operation: Operation, inputs: Properties, *, in_the_way: bool = False) -> State:
        """Apply a new object, taking over one that exists already, and wait for it.

        `in_the_way`: an object of the same name is there now, but is going to be deleted before.
        """
        manager = _manager(operation, inputs, {})
        if operation.preview:
            return self._preview(operation, inputs, manager, {}, in_the_way=in_the_way)
        return self._applied(operation, inputs, manager, {})

    def update(self, operation: Operation, state: State, inputs: Properties) -> State:
        """Apply the changed object and wait for it."""
        manager = _manager(operation, inputs, state.outputs)
        if operation.preview:
            return self._preview(operation, inputs, manager, state.inputs)
        return self._applied(operation, inputs, manager, state.inputs)

    def _preview(
        self, operation: Operation, inputs: Properties, manager: str, old: Properties, *, in_the_way: bool = False
    ) -> State:
        """What the server would make of it, where it can be asked: not before the namespace or the kind exist."""
        kind = self._cluster.kind_of(inputs)
        alone = State("", expected(inputs, inputs, manager, is_new=not old))
        if kind is None or has_unknown(inputs) or (in_the_way and not can_rehearse(inputs)):
            return alone
        body = rehearsed(inputs) if in_the_way else inputs
        try:
            live = self._send(operation, kind, body, manager, old)
        except ApiError as error:
            if error.missing_kind == "namespaces" or (in_the_way and error.over_quota):
                return alone
            raise
        if in_the_way:
            live = with_metadata(live, {**metadata(live), "name": name_of(inputs)})
        return State("", expected(live, inputs, manager, is_new=not old))

    def _applied(self, operation: Operation, inputs: Properties, manager: str, old: Properties) -> State:
        kind = self._cluster.need_kind(inputs)
        live = self._send_patiently(operation, kind, inputs, manager, old)
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

    def _send_patiently(
        self, operation: Operation, kind: Kind, inputs: Properties, manager: str, old: Properties
    ) -> Properties:
        """Send; where the server is only not ready for the object yet, try again for a while."""
        end = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                return self._send(operation, kind, inputs, manager, old)
            except ApiError as error:
                if not error.passing or time.monotonic() > end or self._cluster.waiter.pause(_RETRY_SECONDS):
                    raise

    def _send(self, operation: Operation, kind: Kind, inputs: Properties, manager: str, old: Properties) -> Properties:
        body = revealed(inputs)
        namespace = self._cluster.namespace_for(body, kind)
        warn = partial(self._log.warning, operation.resource.urn)
        query = {
            "fieldManager": manager,
            "fieldValidation": "Strict",
            **({"dryRun": "All"} if operation.preview else {}),
        }
        api = self._cluster.api
        path = kind.path(namespace, name_of(body))
        if operation.ignored and self._config.server_side_apply:
            body = leaving(body, operation.ignored, self._cluster.waiter.look(path) or {}, manager)
        if not name_of(body) or (not self._config.server_side_apply and not old):
            return api.post(kind.collection(namespace), body, query, warn)
        if not self._config.server_side_apply:
            return api.merge(path, as_object(merge_patch(revealed(old), body)), query, warn)
        try:
            return api.apply(path, body, {**query, "force": "true" if self._forces(body) else "false"}, warn)
        except ApiError as error:
            if error.field_conflict:
                raise ProviderError(f"{error}{_CONFLICT_HINT}") from error
            raise

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
        if not compare(state.inputs, found) and drift.only_bookkeeping(state.outputs, live):
            return state
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


def _manager(operation: Operation, inputs: Properties, outputs: Properties) -> str:
    """The name under which the object's fields are owned.

    It follows from the resource, so that a run which was killed before it could record the object finds its own fields.
    """
    urn = operation.resource.urn.encode()
    own = f"pulumi-kubernetes-{hashlib.sha256(urn).hexdigest()[:8]}"
    return annotation(inputs, _MANAGER) or as_text(outputs.get(FIELD_MANAGER)) or own
