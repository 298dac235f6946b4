"""Fields that controllers set in rendered objects: a sync that set them back would fight with the controller."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from automation.rendering.manifests import Manifest
from components.gitops.contract import OwnedField

_REPLICAS: Final = "/spec/replicas"
_SWITCH: Final = "/spec/selector/rollouts-pod-template-hash"


def owned_fields(manifest: Manifest) -> Iterator[OwnedField]:
    """What the controller of this object sets in others."""
    match manifest.kind:
        case "HorizontalPodAutoscaler":
            yield _replicas(manifest, manifest.body["spec"]["scaleTargetRef"])
        case "Rollout":
            workload = manifest.body["spec"].get("workloadRef")
            if workload is not None:
                yield _replicas(manifest, workload)
            for namespace, name in switched_services(manifest):
                yield OwnedField(namespace, "", "Service", name, _SWITCH)
        case _:
            return


def switched_services(manifest: Manifest) -> Iterator[tuple[str, str]]:
    """Namespace and name of each Service that a Rollout points at one of two versions."""
    if manifest.kind != "Rollout":
        return
    strategies = cast("Mapping[str, Mapping[str, Any]]", manifest.body["spec"].get("strategy") or {})
    for strategy in strategies.values():
        for key in ("activeService", "previewService", "stableService", "canaryService"):
            name = strategy.get(key)
            if isinstance(name, str):
                yield manifest.namespace or "default", name


def _replicas(manifest: Manifest, target: Mapping[str, str]) -> OwnedField:
    group = target.get("apiVersion", "").rpartition("/")[0]
    return OwnedField(manifest.namespace or "default", group, target["kind"], target["name"], _REPLICAS)
