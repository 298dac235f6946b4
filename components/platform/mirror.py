"""Points every image of the program's own objects to a mirror, in one place, whichever component made them."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

import pulumi

from components.platform.references import mirrored
from components.platform.settings import Mirror

_IMAGES: Final = frozenset({"image", "imageName", "image_name"})
"""Members that hold an image: of containers, and of the operators' kinds."""
_VOLUME: Final = "image"
_CONTAINERS: Final = "containers"
_API_NAME: Final = "imagePullSecrets"
_OF_ARGUMENTS: Final = "__of_arguments"
"""Marks the members of an SDK's argument object while they are changed."""
_CLUSTER: Final = "kubernetes:postgresql.cnpg.io/v1:Cluster"
"""Its Pods are made by its operator, from members of its own."""
_SKIPPED: Final = ("kubernetes:helm.sh/", "kubernetes:core/v1:ConfigMap", "kubernetes:core/v1:Secret")
"""Releases get their mirror as values; data is nobody's to rewrite."""
Members = Mapping[str, object]


def install_mirror(mirror: Mirror | None) -> None:
    """Rewrite the images of every Kubernetes object that is registered from now on. Call it before any is."""
    if mirror is None:
        return

    def changed(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        props = cast("Mapping[str, object]", args.props)
        if not args.type_.startswith("kubernetes:") or args.type_.startswith(_SKIPPED) or "spec" not in props:
            return None
        spec = redirected(args.type_, props["spec"], mirror)
        return pulumi.ResourceTransformationResult({**props, "spec": spec}, args.opts)

    pulumi.runtime.register_stack_transformation(changed)


def redirected(type: str, spec: object, mirror: Mirror) -> object:
    """The spec of an object of the type, its images in the mirror, its Pods with the pull secrets.

    Takes plain mappings and the SDK's argument objects, and outputs of either.
    """
    walk = _Walk(lambda reference: mirrored(reference, mirror.registry), mirror.pull_secrets)
    walked = walk.value(spec)
    return _rebuilt(walked, walk.with_secrets) if type == _CLUSTER else walked


def images_of(spec: object) -> list[str]:
    """Every image that a spec of plain values names, in the order in which it stands there, each once."""
    found: dict[str, None] = {}

    def note(reference: str) -> str:
        found[reference] = None
        return reference

    _Walk(note, ()).value(spec)
    return list(found)


@dataclass(frozen=True)
class _Walk:
    """One walk through a spec, of which it makes a changed copy."""

    change: Callable[[str], str]
    pull_secrets: Sequence[str]

    def value(self, value: object) -> object:
        """The value with every image in it changed."""
        if isinstance(value, pulumi.Output):
            return cast("pulumi.Output[object]", value).apply(self.value)
        if isinstance(value, list | tuple):
            return [self.value(item) for item in cast("Sequence[object]", value)]
        return _rebuilt(value, self._members)

    def _members(self, members: Members) -> Members:
        walked = {key: self._member(key, value) for key, value in members.items()}
        return self.with_secrets(walked) if members.get(_CONTAINERS) is not None else walked

    def _member(self, key: str, value: object) -> object:
        if key in _IMAGES and isinstance(value, str | pulumi.Output):
            return self._reference(cast("object", value))
        if key == _VOLUME:
            return _rebuilt(value, self._volume)
        return self.value(value)

    def _reference(self, value: object) -> object:
        if isinstance(value, pulumi.Output):
            return cast("pulumi.Output[object]", value).apply(self._reference)
        return self.change(value) if isinstance(value, str) else self.value(value)

    def _volume(self, members: Members) -> Members:
        """A volume that is an image: `image: {reference: ...}`."""
        return {key: self._reference(value) if key == "reference" else value for key, value in members.items()}

    def with_secrets(self, members: Members) -> Members:
        """The Pod with the pull secrets beside those that it names itself."""
        if not self.pull_secrets:
            return members
        # The SDK's argument objects have Python's names, mappings the API's.
        key = "image_pull_secrets" if "image_pull_secrets" in members or _OF_ARGUMENTS in members else _API_NAME
        own = cast("Sequence[object]", members.get(key) or [])
        return {**members, key: [*own, *({"name": name} for name in self.pull_secrets)]}


def _rebuilt(value: object, change: Callable[[Members], Members]) -> object:
    """A copy of a mapping or an SDK's argument object with changed members; anything else as it is."""
    if isinstance(value, Mapping):
        return change(cast("Members", value))
    if not type(value).__module__.startswith("pulumi_kubernetes.") or not hasattr(value, "__dict__"):
        return value
    made = copy.copy(value)
    # They keep their members, under Python's names, where any object does.
    vars(made).update(change({**vars(value), _OF_ARGUMENTS: True}))
    vars(made).pop(_OF_ARGUMENTS)
    return made
