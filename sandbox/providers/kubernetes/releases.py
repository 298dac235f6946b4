"""Helm releases without their charts, which cannot be had offline.

A release is recorded in its namespace, and the kinds that its chart defines are admitted, so that everything which
builds on it can be deployed and checked. Nothing of the chart runs, so only a sandbox, where nothing ever runs, may
have one.
"""

from __future__ import annotations

from typing import Final

from sandbox.errors import SandboxError
from sandbox.kinds import install_through, operators_of_chart
from sandbox.providers.compare import compare
from sandbox.providers.engine_log import EngineLog
from sandbox.providers.kubernetes.api import Api, ApiError
from sandbox.providers.kubernetes.cluster import Cluster
from sandbox.providers.kubernetes.naming import random_text
from sandbox.providers.kubernetes.objects import annotation
from sandbox.providers.kubernetes.release_inputs import problems
from sandbox.providers.resource import Checked, Difference, Naming, Operation, ProviderError, Resource, State
from sandbox.providers.values import Properties, as_list, as_number, as_object, as_text, revealed

RELEASE: Final = "kubernetes:helm.sh/v3:Release"
_NOTICE: Final = (
    "Offline provider: Helm charts are not installed here. Each release is recorded, and the kinds that its chart "
    "defines are admitted; its controllers do not run."
)
_SIMULATED: Final = "kwok.x-k8s.io/node"
_REPLACING: Final = frozenset({"name", "namespace"})
_MANAGER: Final = {"fieldManager": "pulumi-helm-offline", "force": "true"}


def checked(resource: Resource, old: Properties, new: Properties, seed: bytes, naming: Naming) -> Checked:
    """Refuse inputs that the SDK's types do not know; give the release a name where it has none."""
    wrong = problems(new)
    if wrong or new.get("name") is not None:
        return Checked(new, wrong)
    chosen = as_text(old.get("name")) or naming.proposed or f"{resource.name.lower()}-{random_text(seed)}"
    return Checked({**new, "name": chosen})


def difference(old: Properties, new: Properties) -> Difference:
    """What changed; another name or namespace is another release."""
    changes = compare(old, new)
    return Difference(changes, frozenset(_REPLACING & changes.keys()))


class Releases:
    """The releases of one cluster."""

    def __init__(self, cluster: Cluster, log: EngineLog) -> None:
        self._api: Api = cluster.api
        self._default_namespace = cluster.namespace
        self._log = log

    def create(self, operation: Operation, inputs: Properties) -> State:
        """Admit the chart's kinds and record the release."""
        return self._recorded(operation, inputs, 1)

    def update(self, operation: Operation, state: State, inputs: Properties) -> State:
        """The same for the next revision."""
        revision = as_number(as_object(state.outputs.get("status")).get("revision")) or 1
        return self._recorded(operation, inputs, revision + 1)

    def read(self, operation: Operation, state: State) -> State | None:
        """The release as it is recorded; None where somebody removed it, or its namespace."""
        del operation
        try:
            self._api.get(self._path_of(state.id))
        except ApiError as error:
            if error.missing:
                return None
            raise
        if not state.inputs:
            raise ProviderError("A Helm release cannot be imported offline: its values are in its chart's own format.")
        return state

    def delete(self, operation: Operation, state: State) -> None:
        """Forget the release. The kinds stay, as with the real charts: what people made of them is not deleted."""
        del operation
        try:
            self._api.delete(self._path_of(state.id), {})
        except ApiError as error:
            if not error.missing:
                raise

    def warn(self, operation: Operation) -> None:
        """Say what an offline release is."""
        self._log.warning(operation.resource.urn, _NOTICE)

    def _recorded(self, operation: Operation, inputs: Properties, revision: int) -> State:
        namespace = as_text(inputs.get("namespace")) or self._default_namespace
        outputs = _outputs(inputs, namespace, revision)
        if operation.preview:
            return State("", outputs)
        self._need_sandbox()
        self._need_namespace(namespace, inputs)
        chart = as_text(inputs.get("chart")) or ""
        name = as_text(inputs.get("name")) or ""
        if inputs.get("skipCrds") is not True:
            self._admit(operators_of_chart(chart))
        id = f"{namespace}/{name}"
        record: Properties = {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": _record_name(name), "namespace": namespace, "labels": {"owner": "helm-offline"}},
            "data": {"chart": chart, "version": as_text(inputs.get("version")) or "", "revision": str(revision)},
        }
        self._api.apply(self._path_of(id), record, _MANAGER)
        return State(id, outputs)

    def _admit(self, operators: tuple[str, ...]) -> None:
        try:
            install_through(self._api, operators)
        except SandboxError as error:
            raise ProviderError(str(error)) from error

    def _need_sandbox(self) -> None:
        """Raise ProviderError in a cluster where a recorded release would pass for one that runs."""
        nodes = [as_object(node) for node in as_list(self._api.get("/api/v1/nodes").get("items"))]
        if not nodes or any(annotation(node, _SIMULATED) is None for node in nodes):
            raise ProviderError(
                "The offline provider `kubernetes` cannot install Helm charts, and only in a sandbox does it record "
                "releases instead: use Pulumi's official plugin, or set the add-on to `kind: external`."
            )

    def _need_namespace(self, namespace: str, inputs: Properties) -> None:
        path = f"/api/v1/namespaces/{namespace}"
        try:
            self._api.get(path)
        except ApiError as error:
            if not error.missing:
                raise
            if inputs.get("createNamespace") is not True:
                raise ProviderError(
                    f"The release's namespace {namespace} does not exist: make it before, or set `createNamespace`."
                ) from error
            made: Properties = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
            self._api.apply(path, made, _MANAGER)

    def _path_of(self, id: str) -> str:
        namespace, _, name = id.rpartition("/")
        return f"/api/v1/namespaces/{namespace}/configmaps/{_record_name(name)}"


def _record_name(release: str) -> str:
    return f"helm-release.{release}"


def _outputs(inputs: Properties, namespace: str, revision: int) -> Properties:
    plain = revealed(inputs)
    status: Properties = {
        "status": "deployed",
        "name": plain.get("name"),
        "namespace": namespace,
        "revision": revision,
        "chart": (as_text(plain.get("chart")) or "").rpartition("/")[2],
        "version": plain.get("version"),
    }
    return {**inputs, "namespace": namespace, "resourceNames": {}, "status": status}
