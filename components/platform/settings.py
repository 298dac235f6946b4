"""The controllers that a cluster needs before the stack can be put into it, and where images and charts come from."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, JsonValue, model_validator

from components.settings.section import Section
from components.settings.text import Matching
from components.settings.workloads import DnsLabel, ImageTag

ChartVersion = Annotated[
    str,
    Matching(
        r"v?[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?",
        "one chart version, such as 0.29.0 or v1.21.1",
        max_length=64,
    ),
]
RegistryPath = Annotated[
    str,
    Matching(
        r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?(/[a-z0-9]+([._-][a-z0-9]+)*)*",
        "a registry, perhaps with a port and a path, such as registry.example.com:5000/mirror",
        max_length=200,
    ),
]


class NoAddon(Section):
    """The stack does without."""

    kind: Literal["none"] = "none"


class ExternalAddon(Section):
    """It is in the cluster already, or somebody else puts it there: nothing is made."""

    kind: Literal["external"]


class HelmAddon(Section):
    """Installed from its chart, and removed with the stack; the kinds that it defines stay, and what is of them."""

    kind: Literal["helm"]
    version: ChartVersion | None = None
    """The chart's version; the one that this program was made for where absent."""
    app_version: ImageTag | None = None
    """Tag of the controller's images, which goes with another `version`."""
    namespace: DnsLabel | None = None
    """The controller's usual one where absent."""
    replicas: Annotated[int, Field(ge=1, le=5)] = 2
    """Pods of each part that several of may run; one of them leads."""
    values: dict[str, JsonValue] = Field(default_factory=dict)
    """Values of the chart, over those that this program sets."""
    timeout_seconds: Annotated[int, Field(ge=60, le=3600)] = 600
    """How long its Pods may take to get ready, before the installation is rolled back."""

    @model_validator(mode="after")
    def _version_with_its_images(self) -> Self:
        if (self.version is None) != (self.app_version is None):
            raise ValueError("version and appVersion go together: the chart's own and that of the images in it")
        return self


Addon = Annotated[NoAddon | ExternalAddon | HelmAddon, Field(discriminator="kind")]
OthersAddon = Annotated[NoAddon | ExternalAddon, Field(discriminator="kind")]
"""One that this program never installs."""


class Mirror(Section):
    """A registry that holds copies of everything, for sites that reach no other: `automation images` lists what."""

    registry: RegistryPath
    """Images are pulled from here under their whole name: REGISTRY/docker.io/library/redis:8."""
    charts: RegistryPath | None = None
    """Charts are pulled from here as OCI artifacts; from `charts` under `registry` where absent."""
    pull_secrets: tuple[DnsLabel, ...] = ()
    """Secrets of type kubernetes.io/dockerconfigjson, to be there in each namespace that pulls."""

    @property
    def chart_registry(self) -> str:
        """Where charts are, without oci://."""
        return self.charts or f"{self.registry}/charts"


class PlatformSettings(Section):
    """Which controllers there are. Of several stacks in a cluster one installs them, the others say `external`."""

    cert_manager: Addon = NoAddon()
    """cert-manager, which issues certificates."""
    cloudnative_pg: Addon = NoAddon()
    """CloudNativePG, which runs PostgreSQL clusters."""
    barman_cloud: Addon = NoAddon()
    """CloudNativePG's plugin for base backups and WAL archives in object storage."""
    gateway: Addon = NoAddon()
    """Envoy Gateway with the Gateway API; `external` for any other controller of it."""
    external_secrets: Addon = NoAddon()
    """External Secrets, which fetches secrets from a store."""
    argo_rollouts: Addon = NoAddon()
    """Argo Rollouts, for blue/green and canary releases."""
    argo_cd: Addon = NoAddon()
    """Argo CD, which syncs rendered manifests."""
    metrics_server: Addon = NoAddon()
    """metrics-server, for autoscaling; K3s and most managed clusters have it, those of kinds eks and aks for sure."""
    aws_load_balancer_controller: Addon = NoAddon()
    """AWS Load Balancer Controller, which registers Pods in target groups; for a cluster of kind eks."""
    cluster_autoscaler: Addon = NoAddon()
    """Cluster Autoscaler, which sizes node groups; for a cluster of kind eks with `autoscaler: cluster-autoscaler`.

    Its minor version has to be Kubernetes' own: another `cluster.version` needs a chart version of one's own.
    """
    karpenter: Addon = NoAddon()
    """Karpenter, which makes nodes as Pods need them; for a cluster of kind eks with `autoscaler: karpenter`."""
    alb_controller: Addon = NoAddon()
    """ALB controller, which keeps an Application Gateway for Containers, with the Gateway API; for a cluster of kind
    aks with `albController: true`."""
    traefik: OthersAddon = NoAddon()
    """Traefik's kinds; K3s has it."""
    prometheus_operator: OthersAddon = NoAddon()
    """The Prometheus Operator, as kube-prometheus-stack brings it."""
    mirror: Mirror | None = None
    """Null pulls everything from where it is published."""
