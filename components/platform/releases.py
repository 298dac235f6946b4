"""Add-ons of kind `helm`: their namespaces and their Helm releases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, cast

import pulumi
from pulumi_kubernetes.core.v1 import Namespace
from pulumi_kubernetes.helm.v3 import Release, RepositoryOptsArgs
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs
from pydantic import JsonValue

from components.cluster.contract import ClusterAccess
from components.platform.addon_chart import AddonChart, ChartImage
from components.platform.catalogue import CATALOGUE
from components.platform.contract import Platform
from components.platform.references import image_name, mirrored, mirrored_chart
from components.platform.settings import HelmAddon, Mirror, PlatformSettings

_HISTORY: Final = 5
"""Revisions that Helm keeps of each release."""


def helm_addons(settings: PlatformSettings) -> dict[str, HelmAddon]:
    """The add-ons that are to be installed, by their settings' names, those that others need first."""
    given = {
        name: addon for name in CATALOGUE if isinstance(addon := cast("object", getattr(settings, name)), HelmAddon)
    }
    ordered: dict[str, HelmAddon] = {}

    def place(name: str) -> None:
        for before in CATALOGUE[name].after:
            if before in given:
                place(before)
        ordered.setdefault(name, given[name])

    for name in given:
        place(name)
    return ordered


class Addons(pulumi.ComponentResource):
    """The controllers that the stack installs into its cluster."""

    platform: Platform

    def __init__(
        self,
        name: str,
        settings: PlatformSettings,
        *,
        cluster: ClusterAccess,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("jarvis:platform:Addons", name, None, opts)
        self._cluster, self._mirror = cluster, settings.mirror
        self._namespaces: dict[str, Namespace] = {}
        releases: dict[str, Release] = {}
        for key, addon in helm_addons(settings).items():
            before = [releases[other] for other in CATALOGUE[key].after if other in releases]
            releases[key] = self._release(CATALOGUE[key], addon, before)
        self.platform = Platform(tuple(releases.values()))
        self.register_outputs({"releases": [chart.name for key, chart in CATALOGUE.items() if key in releases]})

    def _release(self, chart: AddonChart, addon: HelmAddon, before: list[Release]) -> Release:
        name = addon.namespace or chart.namespace
        namespace = self._namespace(name, chart) if chart.pod_security is not None else None
        source, repository = chart_source(chart, self._mirror)
        return Release(
            chart.name,
            name=chart.name,
            chart=source,
            version=addon.version or chart.version,
            repository_opts=RepositoryOptsArgs(repo=repository) if repository is not None else None,
            namespace=name,
            values=chart_values(chart, addon, self._mirror, told_of_cluster(chart, self._cluster)),
            atomic=True,
            timeout=addon.timeout_seconds,
            max_history=_HISTORY,
            opts=pulumi.ResourceOptions.merge(
                self._cluster.child_of(self, *before, *([namespace] if namespace is not None else [])),
                pulumi.ResourceOptions(
                    custom_timeouts=pulumi.CustomTimeouts(
                        create=f"{addon.timeout_seconds + 60}s", update=f"{addon.timeout_seconds + 60}s"
                    )
                ),
            ),
        )

    def _namespace(self, name: str, chart: AddonChart) -> Namespace:
        """A namespace that one or several releases share; with the Pod Security that the first of them names."""
        if name not in self._namespaces:
            levels = {"enforce": chart.pod_security, "warn": "restricted", "audit": "restricted"}
            labels = {f"pod-security.kubernetes.io/{mode}": level or "" for mode, level in levels.items()}
            # No environment: a controller serves all of its cluster.
            labels |= {"app.kubernetes.io/part-of": "jarvis", "app.kubernetes.io/managed-by": "pulumi"}
            self._namespaces[name] = Namespace(
                f"{name}-namespace",
                metadata=ObjectMetaArgs(name=name, labels=labels),
                opts=self._cluster.child_of(self),
            )
        return self._namespaces[name]


def chart_source(chart: AddonChart, mirror: Mirror | None) -> tuple[str, str | None]:
    """The chart's name or address, and its repository where the name alone does not say."""
    if mirror is not None:
        return mirrored_chart(chart.chart, mirror.chart_registry), None
    return chart.chart, chart.repository


def chart_images(chart: AddonChart, addon: HelmAddon) -> list[str]:
    """The images that the add-on pulls, as they are published, each once."""
    return list(dict.fromkeys(_published(image, chart, addon) for image in chart.images))


def told_of_cluster(chart: AddonChart, cluster: ClusterAccess) -> dict[str, JsonValue]:
    """What the chart is told of its cluster, by dotted paths.

    Raises pulumi.RunError where the chart is for a cloud's cluster and the cluster is another.
    """
    eks, aks = cluster.eks, cluster.aks
    if eks is None and chart.eks_values:
        raise pulumi.RunError(f"The add-on {chart.name} needs jarvis:cluster of kind eks.")
    if aks is None and chart.aks_values:
        raise pulumi.RunError(f"The add-on {chart.name} needs jarvis:cluster of kind aks with albController: true.")
    found: dict[str, pulumi.Input[str] | None] = {}
    if eks is not None:
        found |= {path: fact(eks) for path, fact in chart.eks_values.items()}
    if aks is not None:
        found |= {path: fact(aks) for path, fact in chart.aks_values.items()}
    # The engine resolves outputs wherever they stand among a release's values.
    return {path: cast("JsonValue", value) for path, value in found.items() if value is not None}


def chart_values(
    chart: AddonChart, addon: HelmAddon, mirror: Mirror | None, of_cluster: Mapping[str, JsonValue] | None = None
) -> dict[str, JsonValue]:
    """The chart's values: this program's, the images' whereabouts, `of_cluster`, and over all those of the stack file.

    `of_cluster` has dotted paths for keys.
    """
    values: dict[str, JsonValue] = {}
    overlay(values, chart.values)
    for path, value in (*_image_values(chart, addon, mirror), *(of_cluster or {}).items()):
        put(values, path, value)
    for path in chart.replicas_at:
        put(values, path, addon.replicas)
    if mirror is not None and mirror.pull_secrets:
        for path in chart.pull_secrets_at:
            put(values, path, [{"name": name} for name in mirror.pull_secrets])
        for path in chart.pull_secret_names_at:
            put(values, path, list(mirror.pull_secrets))
    overlay(values, addon.values)
    return values


def _published(image: ChartImage, chart: AddonChart, addon: HelmAddon) -> str:
    return f"{image.name}:{image.tag or addon.app_version or chart.app_version}"


def images_in_values(chart: AddonChart, values: Mapping[str, JsonValue]) -> list[str]:
    """The images that a release of the chart pulls, as its values say, each once."""
    found: dict[str, None] = {}
    for image in chart.images:
        if image.whole is not None:
            reference = str(_get(values, image.whole))
        else:
            registry = f"{_get(values, image.registry)}/" if image.registry is not None else ""
            tag = image.tag or chart.app_version if image.tag_at is None else _get(values, image.tag_at)
            reference = f"{registry}{_get(values, image.repository or '')}:{tag}"
        found[reference] = None
    return list(found)


def _get(values: Mapping[str, JsonValue], path: str) -> JsonValue:
    found: JsonValue = dict(values)
    for key in path.split("."):
        found = found.get(key) if isinstance(found, dict) else None
    return found


def _image_values(chart: AddonChart, addon: HelmAddon, mirror: Mirror | None) -> Iterator[tuple[str, JsonValue]]:
    for image in chart.images:
        reference = _published(image, chart, addon)
        found = image_name(reference if mirror is None else mirrored(reference, mirror.registry))
        if image.whole is not None:
            yield image.whole, str(found)
        if image.registry is not None:
            yield image.registry, found.registry
        if image.repository is not None:
            yield image.repository, found.repository if image.registry is not None else found.name
        if image.tag_at is not None:
            yield image.tag_at, found.tag


def put(values: dict[str, JsonValue], path: str, value: JsonValue) -> None:
    """Set one value by its dotted path."""
    *parents, last = path.split(".")
    for key in parents:
        below = values.setdefault(key, {})
        if not isinstance(below, dict):
            raise TypeError(f"{path}: {key} holds no values")
        values = below
    values[last] = value


def overlay(values: dict[str, JsonValue], over: Mapping[str, JsonValue]) -> None:
    """Lay values over others, object by object; lists and all else are replaced, as Helm does it."""
    for key, value in over.items():
        below = values.get(key)
        if isinstance(value, dict):
            merged = dict(below) if isinstance(below, dict) else {}
            overlay(merged, value)
            values[key] = merged
        else:
            values[key] = value
