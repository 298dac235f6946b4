"""Settings of container images: where they come from and how they are pulled."""

from __future__ import annotations

from typing import Annotated

from components.settings.section import Section
from components.settings.text import Matching
from components.settings.workloads import DnsLabel, ImageTag, PullPolicy

Registry = Annotated[
    str,
    Matching(
        r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?(/[a-z0-9._-]+)*",
        "a registry's host, with a port and a path where needed, such as registry.jarvis.local:5000/apps",
    ),
]
Repository = Annotated[
    str,
    Matching(
        r"[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*",
        "an image's name without registry and tag, such as jarvis or team/jarvis",
    ),
]
ImageDigest = Annotated[
    str, Matching(r"sha256:[0-9a-f]{64}", "the digest of an image: sha256: and 64 lower-case hexadecimal digits")
]


class Image(Section):
    """One container image."""

    registry: Registry | None = None
    """Registry; the container runtime's default where absent."""
    repository: Repository
    tag: ImageTag
    digest: ImageDigest | None = None
    """Pins the content: a mutable tag then rolls out whenever its digest here changes."""
    pull_policy: PullPolicy = "IfNotPresent"
    """When the node pulls the image: a mutable tag needs Always."""

    @property
    def reference(self) -> str:
        """`registry/repository:tag@digest`, as a Pod names it."""
        registry = f"{self.registry}/" if self.registry else ""
        digest = f"@{self.digest}" if self.digest else ""
        return f"{registry}{self.repository}:{self.tag}{digest}"


class ImageOverride(Section):
    """What one service's image has different from the application's images."""

    registry: Registry | None = None
    """Another registry."""
    repository: Repository | None = None
    """The whole name: no service suffix is added."""
    tag: ImageTag | None = None
    """Another tag."""
    digest: ImageDigest | None = None
    """Pins the content: a mutable tag then rolls out whenever its digest here changes."""
    pull_policy: PullPolicy | None = None
    """Another policy."""


class AppImages(Section):
    """The images of the application's own services, built together under one tag (the guide's `image` values)."""

    registry: Registry | None = None
    """Registry; the container runtime's default where absent."""
    repository: Repository = "jarvis"
    """The backend's image; the other services' add their name: `jarvis-frontend`."""
    tag: ImageTag
    pull_policy: PullPolicy = "IfNotPresent"
    """When the node pulls the image: a mutable tag needs Always."""
    pull_secrets: tuple[DnsLabel, ...] = ()
    """Names of Secrets in the namespace that open the registry."""

    def of(self, service: str, override: ImageOverride | None = None) -> Image:
        """The image of one service: `jarvis` for `backend`, `jarvis-<service>` for the others."""
        override = override or ImageOverride()
        suffix = "" if service == "backend" else f"-{service}"
        return Image(
            registry=override.registry or self.registry,
            repository=override.repository or f"{self.repository}{suffix}",
            tag=override.tag or self.tag,
            digest=override.digest,
            pull_policy=override.pull_policy or self.pull_policy,
        )
