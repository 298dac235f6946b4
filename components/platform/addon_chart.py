"""What the catalogue says of each add-on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from pydantic import JsonValue

if TYPE_CHECKING:
    import pulumi

    from components.cluster.contract import AksAccess, EksAccess

PodSecurityLevel = Literal["restricted", "baseline", "privileged"]
Values = Mapping[str, JsonValue]
EksFact: TypeAlias = "Callable[[EksAccess], pulumi.Input[str] | None]"
"""One thing that Amazon's controllers are told of their cluster; None where it has none."""
AksFact: TypeAlias = "Callable[[AksAccess], pulumi.Input[str]]"
"""Likewise of Azure's."""


@dataclass(frozen=True)
class ChartImage:
    """An image that a chart pulls, and the chart values, by dotted paths, that say where from."""

    name: str
    """Its published name, registry and all, without a tag."""
    tag: str | None = None
    """None where it is the add-on's own version."""
    whole: str | None = None
    """Path of a value that is the whole reference."""
    registry: str | None = None
    """Path of a value that is the registry alone."""
    repository: str | None = None
    """Path of the name: with the registry, where that has no value of its own."""
    tag_at: str | None = None
    """Path of the tag."""


@dataclass(frozen=True)
class Kind:
    """A kind of object that an add-on defines."""

    group: str
    version: str
    kind: str
    plural: str
    namespaced: bool = True


@dataclass(frozen=True)
class AddonChart:
    """How one add-on is installed."""

    name: str
    """Its Helm release."""
    chart: str
    repository: str | None
    """The chart repository; None where `chart` is an OCI address."""
    version: str
    app_version: str
    """Tag of its own images."""
    namespace: str
    images: tuple[ChartImage, ...]
    values: Values
    """Resources of every container, security, what keeps its kinds when the release goes."""
    replicas_at: tuple[str, ...] = ()
    """Values that say how many Pods of a part run."""
    pull_secrets_at: tuple[str, ...] = ("imagePullSecrets",)
    """Values that are lists of `{name: ...}`."""
    pull_secret_names_at: tuple[str, ...] = ()
    """Values that are lists of plain names."""
    kinds: tuple[Kind, ...] = ()
    """Those that the stacks use."""
    after: tuple[str, ...] = ()
    """Add-ons, by their settings' names, that have to stand before."""
    eks_values: Mapping[str, EksFact] = field(default_factory=dict[str, EksFact])
    """Values, by dotted paths, that only an EKS cluster can tell; a chart with any is for EKS alone."""
    aks_values: Mapping[str, AksFact] = field(default_factory=dict[str, AksFact])
    """Likewise of AKS."""
    pod_security: PodSecurityLevel | None = "restricted"
    """What its namespace holds Pods to; None where the namespace is the cluster's own."""
