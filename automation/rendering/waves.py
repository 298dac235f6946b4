"""In which order Argo CD applies the objects: sync waves that follow the program's own dependencies.

Argo CD sorts a wave by kind and goes on to the next one once everything in this one is healthy; a sync fails where
something is degraded. It does not wait for the last wave.
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
_NEVER_GATES: Final = frozenset(
    {"CronJob", "HTTPRoute", "HorizontalPodAutoscaler", "Ingress", "PodDisruptionBudget", "Rollout"}
)
"""They are in the last wave: their health tells of more than whether the stack goes up.

A CronJob is degraded after a failed backup, an autoscaler without metrics, a budget while Pods start, an Ingress has no
address for a while, and a Rollout is suspended until somebody promotes it. Nothing of this may hold up a sync.
Source: https://argo-cd.readthedocs.io/en/stable/operator-manual/health/
"""


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
    last = max([EXPOSURE, *(found[urn] for urn in nodes)])
    placed = {urn: last if _never_gates(nodes[urn]) else found[urn] for urn in sorted(nodes)}
    return {**placed, **_claims(nodes, placed, last)}


def _never_gates(manifest: Manifest) -> bool:
    balanced = manifest.kind == "Service" and manifest.body["spec"].get("type") == "LoadBalancer"
    return balanced or manifest.kind in _NEVER_GATES


def _claims(nodes: Mapping[str, Manifest], placed: Mapping[str, int], last: int) -> dict[str, int]:
    """Waves of claims: that of the first Pod that uses it, the last for one that only a later Pod will use.

    Until then a claim may stay unbound (WaitForFirstConsumer), and in a wave of its own would hold up the sync.
    """
    return {
        urn: min(
            (placed[user.urn] for user in nodes.values() if user.waited_for and urn in user.dependencies), default=last
        )
        for urn, manifest in nodes.items()
        if manifest.kind == "PersistentVolumeClaim"
    }


def _begin(manifest: Manifest) -> int:
    if manifest.kind in _KINDS_THAT_RUN_NOTHING:
        return CONFIGURATION
    return _FAMILIES.get(family_of(manifest.urn), APPLICATION)


def family_of(urn: str) -> str:
    """The family of the component that owns the resource, from its URN; empty where none does."""
    types = urn.split("::")[2].split("$")
    return next((token.split(":")[1] for token in types if token.startswith("jarvis:")), "")
