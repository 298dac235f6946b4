"""Makes a sandbox admit the operators' custom kinds, and plays the operators' part: they do not run there."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sandbox.definitions import PUBLISHED_VARIABLE, Definition, definitions, object_name, operators, published_folder
from sandbox.errors import SandboxError
from sandbox.providers.kubernetes.api import ApiError
from sandbox.providers.kubernetes.objects import metadata, name_of
from sandbox.providers.kubernetes.readiness import condition
from sandbox.providers.values import Properties, Value, as_list, as_object, as_text

if TYPE_CHECKING:
    from sandbox.providers.kubernetes.api import Api

STAGES: Final = Path(__file__).with_name("stages")
"""One file an operator: what kwok makes of its objects, as it would."""
_OPERATORS_OF: Final = {
    "alb-controller": ("gateway-api", "alb-controller"),
    "gateway-helm": ("gateway-api", "envoy-gateway"),
    "kube-prometheus-stack": ("prometheus-operator",),
}
"""Of charts that are not called as what they install."""
_DEFINITIONS: Final = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
_STAGES: Final = "/apis/kwok.x-k8s.io/v1alpha1/stages"
_RECORD: Final = "/api/v1/namespaces/kube-system/configmaps/sandbox-kinds"
"""Which definitions the API server has, by name and fingerprint: it takes seconds to be given the large ones again."""
_SIMULATED: Final = re.compile(r"^ {2}resourceRef: \{apiGroup: (\S+/\S+), kind: (\w+)\}$", re.MULTILINE)
"""The kind that a stage is for."""
_MANAGER: Final = {"fieldManager": "sandbox", "force": "true"}
_ESTABLISHED_SECONDS: Final = 60.0
_STAGES_TAKEN_SECONDS: Final = 0.3
"""Ample for kwok to be told of a stage and to put it on its list."""
_LOOKED_AT: Final = "sandbox/looked-at"
_AT_ONCE: Final = 4
SIMULATOR: Final = "kwok"
"""What plays the operators, and the nodes: the kind of its stages, and the stages of what every cluster has."""


def install(kubeconfig: Path, wanted: Sequence[str] | None = None, *, strict: bool = False) -> None:
    """Define the kinds of the operators `wanted` (all that are known where None); what is there already is kept.

    A minimal definition never takes the place of a published one: it could drop versions that objects are stored in.
    `strict` insists on published definitions, which check every field. Raises SandboxError where there are none,
    where an operator is not known here, or where the API server refuses.
    """
    from sandbox.providers.engine_log import EngineLog
    from sandbox.providers.kubernetes.cluster import Cluster
    from sandbox.providers.kubernetes.config import Config
    from sandbox.providers.resource import ProviderError

    chosen = tuple(name for name in operators() if name != SIMULATOR) if wanted is None else tuple(wanted)
    if strict:
        _insist_on_published()
    try:
        install_through(Cluster(Config(kubeconfig=str(kubeconfig)), EngineLog()).api, chosen)
    except ProviderError as error:
        raise SandboxError(f"The custom kinds could not be installed: {error}") from error


def operators_of_chart(chart: str) -> tuple[str, ...]:
    """The operators whose kinds a chart defines, by its name, path or address; () where it defines none known here."""
    name = chart.rstrip("/").rpartition("/")[2]
    return _OPERATORS_OF.get(name, (name,) if name in operators() else ())


def install_through(api: Api, wanted: Iterable[str]) -> None:
    """The same over a connection that there is."""
    chosen = tuple(wanted)
    needed = [item for operator in chosen for item in definitions(operator)]
    present = _present(api)
    missing = [item for item in needed if not item.is_met_by(present.get(item.name))]

    def define(item: Definition) -> None:
        api.apply_text(f"{_DEFINITIONS}/{item.name}", item.text, _MANAGER)

    if missing:
        # Struck off first: where one of them is refused, the record must not speak of what the others replaced.
        _note(api, dict.fromkeys((item.name for item in missing), None))
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(define, missing))
        for item in missing:
            _wait_until_served(api, item)
        _note(api, {item.name: item.fingerprint for item in missing})
    _play_operators(api, chosen)


def _note(api: Api, data: Properties) -> None:
    api.merge(_RECORD, {"data": data}, {})


def _present(api: Api) -> dict[str, str]:
    """Fingerprints of the definitions that the API server has, by name; makes the record where there is none."""
    record: Properties = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "sandbox-kinds"}}
    noted = as_object(api.apply(_RECORD, record, _MANAGER).get("data"))
    there = _versions(api, _DEFINITIONS)
    return {name: text for name, value in noted.items() if name in there and (text := as_text(value))}


def _wait_until_served(api: Api, definition: Definition) -> None:
    deadline = time.monotonic() + _ESTABLISHED_SECONDS
    while condition(api.get(f"{_DEFINITIONS}/{definition.name}"), "Established").get("status") != "True":
        if time.monotonic() > deadline:
            raise SandboxError(f"The API server does not serve {definition.name} after {_ESTABLISHED_SECONDS:.0f} s.")
        time.sleep(0.1)


def _play_operators(api: Api, wanted: Iterable[str]) -> None:
    """Tell kwok what becomes of the operators' objects. It can only watch kinds that there are by now."""
    known = _versions(api, _STAGES)
    new: list[str] = []
    for operator in wanted:
        path = STAGES / f"{operator}.yaml"
        stages = path.read_text("utf-8") if path.is_file() else ""
        _wait_until_described(api, set(_SIMULATED.findall(stages)))
        for text in stages.split("\n---\n") if stages else ():
            name = object_name(text)
            if _version(api.apply_text(f"{_STAGES}/{name}", text, _MANAGER)) != known.get(name):
                new.append(name)
    if new:
        _have_stages_seen(api, new[-1])


def _have_stages_seen(api: Api, name: str) -> None:
    """Change the stage `name`, which means nothing, so that kwok looks at all of them once more.

    kwok 0.8 keeps its list of stages under a version that can be newer than the list. Asked in between, it works with
    a list that lacks the newest stages until some stage changes: no object of their kinds would become ready.
    """
    time.sleep(_STAGES_TAKEN_SECONDS)
    api.merge(f"{_STAGES}/{name}", {"metadata": {"annotations": {_LOOKED_AT: str(time.time_ns())}}}, {})


def _versions(api: Api, path: str) -> dict[str, Value]:
    """The objects that the API server lists at `path`, by name."""
    items = map(as_object, as_list(api.metadata_of_all(path).get("items")))
    return {name_of(item): _version(item) for item in items}


def _version(item: Properties) -> Value:
    return metadata(item).get("resourceVersion")


def _wait_until_described(api: Api, wanted: set[tuple[str, str]]) -> None:
    """Until the API server publishes the schemas of kinds (each with its version), a while after it serves them.

    kwok reads a schema when the stage comes and never again: too early, and no object of the kind becomes ready.
    """
    deadline = time.monotonic() + _ESTABLISHED_SECONDS
    versions = {version for version, _ in wanted}
    while missing := wanted.difference(*(_described(api, version) for version in versions)):
        if time.monotonic() > deadline:
            named = ", ".join(f"{version} {kind}" for version, kind in sorted(missing))
            raise SandboxError(f"The API server has no schema of {named} after {_ESTABLISHED_SECONDS:.0f} s.")
        time.sleep(0.2)


def _described(api: Api, version: str) -> set[tuple[str, str]]:
    try:
        schemas = as_object(as_object(api.get(f"/openapi/v3/apis/{version}").get("components")).get("schemas"))
    except ApiError as error:
        if error.missing:
            return set()
        raise
    kinds = (as_list(as_object(schema).get("x-kubernetes-group-version-kind")) for schema in schemas.values())
    return {(version, as_text(as_object(item).get("kind")) or "") for found in kinds for item in found}


def _insist_on_published() -> None:
    if published_folder() is None:
        raise SandboxError(
            "There are no published definitions of custom kinds here: name their folder in the environment variable "
            f"{PUBLISHED_VARIABLE}, one sub-folder <operator>-<version> an operator."
        )
