"""In which order Argo CD applies the objects: sync waves that follow the program's own dependencies.

Argo CD goes on to the next wave once everything in this one is healthy, and sorts a wave by kind by itself.
Source: https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from automation.errors import AutomationError
from automation.rendering.manifests import Manifest, RequiredSecret

WAVE: Final = "argocd.argoproj.io/sync-wave"
RELEASES, CONFIGURATION, DATA, APPLICATION, EXPOSURE = -10, 0, 10, 20, 30
_FAMILIES: Final[Mapping[str, int]] = {
    "backup": DATA,
    "cache": DATA,
    "certificates": CONFIGURATION,
    "cluster": CONFIGURATION,
    "database": DATA,
    "exposure": EXPOSURE,
    "network": CONFIGURATION,
    "platform": CONFIGURATION,
    "secrets": CONFIGURATION,
    "security": CONFIGURATION,
}
"""The wave in which a family begins; APPLICATION for any other."""
_KINDS_THAT_RUN_NOTHING: Final = frozenset(
    {
        "ClusterRole",
        "ClusterRoleBinding",
        "ConfigMap",
        "CustomResourceDefinition",
        "ExternalSecret",
        "LimitRange",
        "Namespace",
        "NetworkPolicy",
        "PriorityClass",
        "ResourceQuota",
        "Role",
        "RoleBinding",
        "ServiceAccount",
    }
)
"""They come first, whichever family has them."""


def waves(manifests: Iterable[Manifest], secrets: Iterable[RequiredSecret] = ()) -> dict[str, int]:
    """The wave of each manifest by URN: its family's, or a later one where something that it waits for is later."""
    nodes = {manifest.urn: manifest for manifest in manifests}
    through = {secret.urn: secret.dependencies for secret in secrets}
    found: dict[str, int] = {}

    def wave(urn: str, above: tuple[str, ...]) -> int:
        if urn in above:
            raise AutomationError(f"{urn} depends on itself.")
        if urn not in found:
            node = nodes.get(urn)
            first = _begin(node) if node is not None else CONFIGURATION
            needed = through.get(urn, frozenset()) if node is None else node.dependencies
            found[urn] = max([first, *(after(other, (*above, urn)) for other in sorted(needed))])
        return found[urn]

    def after(urn: str, above: tuple[str, ...]) -> int:
        """The first wave in which something that depends on `urn` may be."""
        return wave(urn, above) + (1 if urn in nodes and nodes[urn].waited_for else 0)

    for urn in sorted(nodes):
        wave(urn, ())
    return {urn: _with_its_pod(nodes[urn], nodes, found) for urn in sorted(nodes)}


def _begin(manifest: Manifest) -> int:
    if manifest.kind in _KINDS_THAT_RUN_NOTHING:
        return CONFIGURATION
    return _FAMILIES.get(family_of(manifest.urn), APPLICATION)


def family_of(urn: str) -> str:
    """The family of the component that owns the resource, from its URN; empty where none does."""
    types = urn.split("::")[2].split("$")
    return next((token.split(":")[1] for token in types if token.startswith("jarvis:")), "")


def _with_its_pod(manifest: Manifest, nodes: Mapping[str, Manifest], found: Mapping[str, int]) -> int:
    """A claim's is that of what uses it: unbound until then (WaitForFirstConsumer), alone it would hold up the sync."""
    own = found[manifest.urn]
    if manifest.kind != "PersistentVolumeClaim":
        return own
    users = [found[node.urn] for node in nodes.values() if manifest.urn in node.dependencies and node.waited_for]
    return min(users, default=own)
