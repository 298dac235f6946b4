"""Names and namespaces for objects that the program leaves without."""

from __future__ import annotations

import hashlib
from typing import Final

from sandbox.providers.kubernetes.objects import AUTONAMED, is_autonamed, metadata, name_of, with_metadata
from sandbox.providers.resource import Naming, ProviderError, Resource
from sandbox.providers.values import Properties, Unknown, as_object

_SUFFIX: Final = 8
_PATCH_NEEDS_NAME: Final = "A patch has to name the object that it changes: set `metadata.name`."


def is_patch(resource: Resource) -> bool:
    """Whether the resource changes some fields of an object that somebody else made (`ConfigMapPatch`)."""
    return resource.type.endswith("Patch") and resource.type.count(":") == 2  # noqa: PLR2004


def kind_from_type(type: str) -> tuple[str, str]:
    """API version and kind of `kubernetes:apps/v1:Deployment`; the core group is written `core`."""
    _, version, kind = type.split(":", 2)
    version = version.removeprefix("core/")
    return version, kind.removesuffix("Patch")


def with_name(inputs: Properties, old: Properties, resource: Resource, seed: bytes, naming: Naming) -> Properties:
    """The inputs with a name: the program's own, the one chosen before, or a new one."""
    if isinstance(inputs.get("metadata"), Unknown):
        return inputs
    meta = metadata(inputs)
    if meta.get("name") is not None or meta.get("generateName") is not None:
        return inputs
    if is_patch(resource):
        raise ProviderError(_PATCH_NEEDS_NAME)
    if is_autonamed(old):
        name = name_of(old)
    elif naming.disabled:
        raise ProviderError("Automatic naming is switched off (`pulumi:autonaming`): set `metadata.name`.")
    else:
        name = naming.proposed or f"{resource.name.lower()}-{random_text(seed)}"
    annotations = {**as_object(meta.get("annotations")), AUTONAMED: "true"}
    return with_metadata(inputs, {**meta, "name": name, "annotations": annotations})


def random_text(seed: bytes) -> str:
    """Text that is the same for the same seed, so that a preview names what `up` will make."""
    return hashlib.sha256(seed).hexdigest()[:_SUFFIX]


def with_namespace(inputs: Properties, namespace: str | None) -> Properties:
    """The inputs in the namespace where they name none; None takes an empty one away."""
    if isinstance(inputs.get("metadata"), Unknown):
        return inputs
    meta = metadata(inputs)
    if meta.get("namespace"):
        return inputs
    rest = {key: value for key, value in meta.items() if key != "namespace"}
    return with_metadata(inputs, rest if namespace is None else {**rest, "namespace": namespace})
