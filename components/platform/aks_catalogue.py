"""The controllers that only a cluster of Azure Kubernetes Service may need.

Sources (2026-11-24): https://learn.microsoft.com/azure/application-gateway/for-containers/alb-controller-helm-chart and
https://learn.microsoft.com/azure/application-gateway/for-containers/alb-controller-release-notes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from components.azure.alb_controller import NAMESPACE
from components.platform import chart_values
from components.platform.addon_chart import AddonChart, ChartImage, Kind

_REGISTRY: Final = "mcr.microsoft.com"
_GROUP: Final = "alb.networking.azure.io"


def _image(name: str, key: str) -> ChartImage:
    return ChartImage(
        f"{_REGISTRY}/application-lb/images/{name}",
        registry="albController.image.registry",
        repository=f"albController.image.name.{key}",
    )


AKS_CHARTS: Final[Mapping[str, AddonChart]] = {
    "alb_controller": AddonChart(
        name="alb-controller",
        chart=f"oci://{_REGISTRY}/application-lb/charts/alb-controller",
        repository=None,
        version="1.12.1",
        app_version="1.12.1",
        # Of the release alone: what it installs is in a namespace that the chart itself makes.
        namespace="kube-system",
        images=(
            _image("alb-controller", "controller"),
            _image("alb-controller-bootstrap", "bootstrap"),
            _image("alb-controller-crds", "CRDs"),
        ),
        values={"albController": {"namespace": NAMESPACE, **chart_values.ALB_CONTROLLER}},
        replicas_at=("albController.controller.replicaCount",),
        pull_secrets_at=("albController.imagePullSecrets",),
        kinds=(
            Kind("gateway.networking.k8s.io", "v1", "Gateway", "gateways"),
            Kind("gateway.networking.k8s.io", "v1", "HTTPRoute", "httproutes"),
            Kind(_GROUP, "v1", "BackendTLSPolicy", "backendtlspolicies"),
            Kind(_GROUP, "v1", "WebApplicationFirewallPolicy", "webapplicationfirewallpolicies"),
        ),
        aks_values={"albController.podIdentity.clientID": lambda aks: aks.alb_client_id},
        pod_security=None,
    ),
}
"""By the setting's name in PlatformSettings."""
