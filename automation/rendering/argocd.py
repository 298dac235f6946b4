"""What turns manifests into an Argo CD application: waves, hooks, options, and the objects that sync them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, cast

from automation.errors import AutomationError
from automation.rendering.manifests import Manifest, Rendering, annotated, hidden_in
from automation.rendering.owned import owned_fields, switched_services
from automation.rendering.plan import Planned
from automation.rendering.waves import RELEASES, WAVE, family_of
from components.gitops.contract import ChartRelease, SyncedObject
from components.gitops.settings import GitopsSettings
from components.gitops.stack import StackDelivery

_HOOK: Final = {"argocd.argoproj.io/hook": "Sync", "argocd.argoproj.io/hook-delete-policy": "BeforeHookCreation"}
_OPTIONS: Final = "argocd.argoproj.io/sync-options"
_FINISHED_JOB_SECONDS: Final = 7 * 24 * 3600
"""How long a finished Job, and what it wrote, can be looked at."""
_BUILT_IN: Final = frozenset({"", "apps", "autoscaling", "batch", "policy"})
_BUILT_IN_SUFFIXES: Final = (
    "admissionregistration",
    "apiextensions",
    "apiregistration",
    "coordination",
    "discovery",
    "networking",
    "node",
    "rbac.authorization",
    "scheduling",
    "storage",
)


def prepared(manifests: Sequence[Manifest], waves: Mapping[str, int]) -> list[Manifest]:
    """The manifests with Argo CD's annotations."""
    switched = {service for manifest in manifests for service in switched_services(manifest)}
    return [
        _prepared(manifest, waves[manifest.urn], merged=(manifest.namespace, manifest.name) in switched)
        for manifest in manifests
    ]


def _prepared(manifest: Manifest, wave: int, *, merged: bool) -> Manifest:
    annotations = {WAVE: str(wave)}
    options = list(_sync_options(manifest))
    if merged and manifest.kind == "Service":
        # Applied on the server, the selector would be set back whole, and with it the switch between two versions:
        # https://github.com/argoproj/argo-rollouts/issues/3437
        options.append("ServerSideApply=false")
    if options:
        annotations[_OPTIONS] = ",".join(options)
    if manifest.kind != "Job" or manifest.group != "batch":
        return annotated(manifest, annotations)
    # A Job's template cannot be changed: as a hook it is deleted and made anew by each sync, in its own wave. Argo CD
    # prunes no hooks (https://github.com/argoproj/argo-cd/issues/16895), so those of earlier releases, which have
    # other names, go by their age.
    spec = {"ttlSecondsAfterFinished": _FINISHED_JOB_SECONDS, **manifest.body["spec"]}
    return annotated(replace(manifest, body={**manifest.body, "spec": spec}), {**annotations, **_HOOK})


def _sync_options(manifest: Manifest) -> Iterator[str]:
    if manifest.protect:
        yield "Prune=false"
        yield "Delete=false"
    if not _is_built_in(manifest.group):
        # An add-on's Application may still be bringing the kind: the other objects go ahead, this one is tried again.
        yield "SkipDryRunOnMissingResource=true"


def _is_built_in(group: str) -> bool:
    return group in _BUILT_IN or group.removesuffix(".k8s.io") in _BUILT_IN_SUFFIXES


def delivery(settings: GitopsSettings, rendering: Rendering) -> StackDelivery:
    """What makes the AppProject and the Applications; raises AutomationError for a stack without a namespace."""
    for manifest in rendering.manifests:
        if manifest.kind == "Namespace" and family_of(manifest.urn) == "cluster":
            labels = cast("Mapping[str, str]", manifest.body["metadata"].get("labels") or {})
            return StackDelivery(settings, labels.get("environment", manifest.name), manifest.name)
    raise AutomationError("The stack has no namespace of its own, so Argo CD cannot be confined to it.")


def objects_for(made: StackDelivery, manifests: Sequence[Manifest], folder: str) -> dict[str, dict[str, Any]]:
    """What syncs the manifests, by file name: an administrator applies it, Argo CD does the rest."""
    synced = [SyncedObject(item.group, item.kind, item.name, item.namespace) for item in manifests]
    owned = [field for item in manifests for field in owned_fields(item)]
    return {
        "project.yaml": made.project(synced).as_manifest(),
        "application.yaml": made.application(folder, owned).as_manifest(),
    }


def addons_for(made: StackDelivery, planned: Sequence[Planned]) -> dict[str, dict[str, Any]]:
    """What syncs the Helm releases that the stack needs, by file name; nothing where it needs none."""
    releases = sorted((release_of(item) for item in planned), key=lambda release: release.name)
    if not releases:
        return {}
    applications = {f"addon-{release.name}.yaml": made.addon(release).as_manifest() for release in releases}
    return {"project.yaml": made.addons_project(releases).as_manifest(), **applications}


def release_of(item: Planned) -> ChartRelease:
    """A planned Helm release; raises AutomationError where Argo CD could not fetch or render it."""
    inputs = item.inputs
    problems = [f"its {path} is {found.value}" for path, found in hidden_in(inputs, "")]
    chart, version = inputs.get("chart"), inputs.get("version")
    repository = cast("Mapping[str, Any]", inputs.get("repositoryOpts") or {}).get("repo")
    if not isinstance(version, str):
        problems.append("it pins no version")
    if isinstance(chart, str) and chart.startswith("oci://"):
        repository, _, chart = chart.removeprefix("oci://").rpartition("/")
    if not isinstance(chart, str) or not isinstance(repository, str):
        problems.append("its chart comes from no repository")
    if inputs.get("valueYamlFiles"):
        problems.append("its values come from files")
    if problems:
        raise AutomationError(f"The Helm release {item.name} cannot be an Application: {'; '.join(problems)}.")
    return ChartRelease(
        name=inputs.get("name") or item.name,
        namespace=inputs.get("namespace") or "default",
        repository=cast("str", repository),
        chart=cast("str", chart),
        version=cast("str", version),
        wave=RELEASES,
        values=inputs.get("values") or {},
        skip_crds=bool(inputs.get("skipCrds")),
        create_namespace=bool(inputs.get("createNamespace")),
    )
