"""Checksum annotations that cover secrets, made anew over what is rendered.

A digest of a secret beside everything else that went into it lets a reader of the repository try guesses offline, so
none is written. What takes its place covers the ConfigMaps and ExternalSecrets that the Pod reads: a change of these
still rolls it. A new value of a Secret that is not rendered does not; whoever changes one restarts what reads it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, cast

from automation.rendering.plan import Hidden
from components.kubernetes.checksum import CHECKSUM_ANNOTATION

if TYPE_CHECKING:
    from automation.rendering.manifests import Manifest

_CONFIG: Final = frozenset({"configMap", "configMapRef", "configMapKeyRef"})
_SECRET: Final = frozenset({"secret", "secretRef", "secretKeyRef"})
_Sources = Mapping[tuple[str, str, str], object]
"""What a Pod may read, by `ConfigMap` or `Secret`, namespace and name."""


def with_checksums(manifests: Sequence[Manifest]) -> list[Manifest]:
    """The manifests, every hidden checksum in them made anew."""
    sources = dict(_sources(manifests))

    def renewed(manifest: Manifest) -> Manifest:
        body = _renewed(manifest.body, manifest.namespace or "", sources)
        return replace(manifest, body=cast("dict[str, Any]", body))

    return [renewed(manifest) for manifest in manifests]


def _sources(manifests: Sequence[Manifest]) -> Iterator[tuple[tuple[str, str, str], object]]:
    for manifest in manifests:
        namespace = manifest.namespace or ""
        if manifest.kind == "ConfigMap":
            content = {key: manifest.body.get(key) for key in ("data", "binaryData")}
            yield ("ConfigMap", namespace, manifest.name), content
        elif manifest.kind == "ExternalSecret":
            target = manifest.body["spec"].get("target", {}).get("name", manifest.name)
            yield ("Secret", namespace, target), manifest.body["spec"]


def _renewed(value: object, namespace: str, sources: _Sources) -> object:
    if isinstance(value, list):
        return [_renewed(item, namespace, sources) for item in cast("list[object]", value)]
    if not isinstance(value, Mapping):
        return value
    fields = cast("Mapping[str, Any]", value)
    renewed = {key: _renewed(item, namespace, sources) for key, item in fields.items()}
    match fields.get("metadata"):
        case {"annotations": {**annotations}} if isinstance(annotations.get(CHECKSUM_ANNOTATION), Hidden):
            digest = _digest(fields.get("spec"), namespace, sources)
            changed = {**annotations, CHECKSUM_ANNOTATION: digest}
            renewed["metadata"] = {**cast("dict[str, Any]", renewed["metadata"]), "annotations": changed}
        case _:
            pass
    return renewed


def _digest(spec: object, namespace: str, sources: _Sources) -> str:
    read = {
        f"{kind}/{name}": sources[kind, namespace, name]
        for kind, name in set(_references(spec))
        if (kind, namespace, name) in sources
    }
    return hashlib.sha256(json.dumps(read, sort_keys=True).encode()).hexdigest()


def _references(value: object) -> Iterator[tuple[str, str]]:
    """`ConfigMap` or `Secret`, and the name, of everything that a Pod's spec mounts or takes variables from."""
    if isinstance(value, list):
        for item in cast("list[object]", value):
            yield from _references(item)
    if not isinstance(value, Mapping):
        return
    for key, item in cast("Mapping[str, object]", value).items():
        kind = "ConfigMap" if key in _CONFIG else "Secret" if key in _SECRET else None
        match item:
            case {"name": str(name)} | {"secretName": str(name)} if kind is not None:
                yield kind, name
            case _:
                pass
        yield from _references(item)
