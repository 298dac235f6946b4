"""Planned resources as manifests: without Pulumi's own annotations, without secrets, or with a sentence why not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final, cast

from automation.errors import AutomationError
from automation.rendering.checksums import with_checksums
from automation.rendering.later import LaterValue, with_placeholders
from automation.rendering.plan import Hidden, Planned

_MANAGED_BY: Final = "app.kubernetes.io/managed-by"
_MANAGER: Final = "argocd"
_PULUMI: Final = "pulumi.com/"
_WAIT_FOR: Final = "pulumi.com/waitFor"
_AUTONAMED: Final = "pulumi.com/autonamed"
_ENGINE_WAITS: Final = frozenset({"DaemonSet", "Deployment", "Job", "Rollout", "StatefulSet"})
RELEASE: Final = "kubernetes:helm.sh/v3:Release"
_TOP: Final = ("apiVersion", "kind", "metadata")


@dataclass(frozen=True)
class Manifest:
    """One object of the cluster."""

    urn: str
    body: Mapping[str, Any]
    dependencies: frozenset[str]
    """URNs of what has to stand before."""
    protect: bool
    """Whether it holds what nobody wants deleted by the way."""
    waited_for: bool
    """Whether what depends on it needs it ready, not only there."""

    @property
    def kind(self) -> str:
        """Its kind, such as Deployment."""
        return self.body["kind"]

    @property
    def group(self) -> str:
        """The API group of its kind; empty for the core group."""
        return self.body["apiVersion"].rpartition("/")[0]

    @property
    def name(self) -> str:
        """Its metadata.name."""
        return self.body["metadata"]["name"]

    @property
    def namespace(self) -> str | None:
        """Its namespace; None where the cluster as a whole has it."""
        return self.body["metadata"].get("namespace")

    @property
    def file(self) -> str:
        """Its file, `NAMESPACE/KIND.GROUP-NAME.yaml`: the same for as long as the object is the same."""
        kind = f"{self.kind}.{self.group}" if self.group else self.kind
        return f"{self.namespace or 'cluster'}/{kind.lower()}-{self.name.replace(':', '_')}.yaml"


@dataclass(frozen=True)
class RequiredSecret:
    """A Secret that is written nowhere and has to exist before the first sync."""

    urn: str
    namespace: str
    name: str
    type: str
    keys: tuple[str, ...]
    dependencies: frozenset[str]


@dataclass(frozen=True)
class Rendering:
    """What a stack puts into its cluster."""

    manifests: tuple[Manifest, ...]
    releases: tuple[Planned, ...]
    """Helm releases, whose charts Argo CD fetches."""
    secrets: tuple[RequiredSecret, ...]
    later: tuple[LaterValue, ...] = ()
    """Values of a cloud's resources, which have placeholders."""


def rendering_of(planned: Iterable[Planned]) -> Rendering:
    """Manifests by file name. Raises AutomationError, one sentence a problem, where an object cannot be one."""
    settled = [with_placeholders(item) for item in planned if item.type.startswith("kubernetes:")]
    objects = [item for item, _ in settled]
    later = tuple(value for item, values in settled if not _is_secret(item) for value in values)
    problems = [sentence for item in objects for sentence in _problems(item)]
    if problems:
        raise AutomationError("\n".join(problems))
    releases = tuple(item for item in objects if item.type == RELEASE)
    plain = [item for item in objects if item.type != RELEASE]
    secrets = tuple(_secret(item) for item in plain if _is_secret(item))
    manifests = with_checksums([_manifest(item) for item in plain if not _is_secret(item)])
    leaks = [sentence for item in manifests for sentence in _hidden(item)]
    if leaks:
        raise AutomationError("\n".join(leaks))
    manifests.sort(key=lambda manifest: manifest.file)
    for one, other in pairwise(manifests):
        if one.file == other.file:
            raise AutomationError(f"The program makes {one.kind} {one.name} twice, and one file can hold only one.")
    return Rendering(
        tuple(manifests), releases, tuple(sorted(secrets, key=lambda secret: (secret.namespace, secret.name))), later
    )


def _is_secret(item: Planned) -> bool:
    return item.inputs.get("kind") == "Secret" and item.inputs.get("apiVersion") == "v1"


def _problems(item: Planned) -> Iterator[str]:
    if item.type == RELEASE:
        return
    if item.type.endswith("Patch"):
        yield f"{item.name} changes an object that somebody else made; Argo CD syncs whole objects only."
        return
    metadata = item.inputs.get("metadata")
    if not isinstance(metadata, Mapping):
        yield f"{item.name} has no metadata that is known before it is deployed."
        return
    fields = cast("Mapping[str, Any]", metadata)
    if not isinstance(fields.get("name"), str) or _AUTONAMED in _annotations(fields):
        yield f"{item.name} has no fixed metadata.name, so every rendering would name it anew."


def _annotations(metadata: Mapping[str, Any]) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", metadata.get("annotations") or {})


def _manifest(item: Planned) -> Manifest:
    metadata = cast("Mapping[str, Any]", item.inputs["metadata"])
    given = _annotations(metadata)
    annotations = {key: value for key, value in given.items() if not key.startswith(_PULUMI)}
    labels = dict(cast("Mapping[str, Any]", metadata.get("labels") or {}))
    if _MANAGED_BY in labels:
        labels[_MANAGED_BY] = _MANAGER
    cleaned = {**metadata, "annotations": annotations, "labels": labels}
    body = {**item.inputs, "metadata": {key: value for key, value in cleaned.items() if value}}
    body.pop("status", None)
    waited = item.inputs.get("kind") in _ENGINE_WAITS or _WAIT_FOR in given
    return Manifest(item.urn, body, item.dependencies, item.protect, waited)


def _secret(item: Planned) -> RequiredSecret:
    metadata = cast("Mapping[str, Any]", item.inputs["metadata"])
    keys = {key for part in ("data", "stringData") for key in _keys(item.inputs.get(part))}
    return RequiredSecret(
        urn=item.urn,
        namespace=metadata.get("namespace", "default"),
        name=metadata["name"],
        type=item.inputs.get("type", "Opaque"),
        keys=tuple(sorted(keys)),
        dependencies=item.dependencies,
    )


def _keys(data: object) -> Iterable[str]:
    return cast("Mapping[str, object]", data) if isinstance(data, Mapping) else ()


def _hidden(manifest: Manifest) -> Iterator[str]:
    for path, found in hidden_in(manifest.body, ""):
        yield f"{manifest.kind} {manifest.name} cannot be written: its {path} is {found.value}."


def hidden_in(value: object, path: str) -> Iterator[tuple[str, Hidden]]:
    """Every value that cannot be written, and where it stands."""
    match value:
        case Hidden():
            yield path, value
        case Mapping():
            for key, item in cast("Mapping[str, object]", value).items():
                yield from hidden_in(item, f"{path}.{key}" if path else key)
        case list():
            for index, item in enumerate(cast("list[object]", value)):
                yield from hidden_in(item, f"{path}[{index}]")
        case _:
            return


def annotated(manifest: Manifest, annotations: Mapping[str, str]) -> Manifest:
    """The manifest with further annotations."""
    metadata = manifest.body["metadata"]
    merged = {**_annotations(metadata), **annotations}
    return replace(manifest, body={**manifest.body, "metadata": {**metadata, "annotations": merged}})


def ordered(body: Mapping[str, Any]) -> dict[str, Any]:
    """The object with apiVersion, kind and metadata first, and all other keys, at every depth, sorted."""
    rest = sorted(key for key in body if key not in _TOP)
    return {key: _sorted(body[key]) for key in (*_TOP, *rest) if key in body}


def _sorted(value: object) -> object:
    if isinstance(value, Mapping):
        fields = cast("Mapping[str, object]", value)
        return {key: _sorted(fields[key]) for key in sorted(fields)}
    if isinstance(value, list):
        return [_sorted(item) for item in cast("list[object]", value)]
    return value
