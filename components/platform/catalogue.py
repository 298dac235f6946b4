"""The controllers that a stack may need: chart, version, namespace, images, kinds and what comes before.

Versions are those whose published schemas the tests judge custom resources by.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from components.platform import chart_values
from components.platform.addon_chart import AddonChart, ChartImage, Kind
from components.platform.aks_catalogue import AKS_CHARTS
from components.platform.eks_catalogue import EKS_CHARTS

_QUAY_ARGO: Final = "quay.io/argoproj"
_JETSTACK: Final = "quay.io/jetstack"
_CNPG: Final = "ghcr.io/cloudnative-pg"
_ESO: Final = "ghcr.io/external-secrets/external-secrets"
_ENVOY: Final = "docker.io/envoyproxy"
_GATEWAY: Final = "gateway.networking.k8s.io"
_CNPG_CHARTS: Final = "https://cloudnative-pg.github.io/charts"
_ARGO_CHARTS: Final = "https://argoproj.github.io/argo-helm"

CATALOGUE: Final[Mapping[str, AddonChart]] = {
    "cert_manager": AddonChart(
        name="cert-manager",
        chart="cert-manager",
        repository="https://charts.jetstack.io",
        version="v1.21.1",
        app_version="v1.21.1",
        namespace="cert-manager",
        images=tuple(
            ChartImage(
                f"{_JETSTACK}/cert-manager-{part}",
                repository=f"{prefix}image.repository",
                tag_at=f"{prefix}image.tag",
            )
            for part, prefix in (
                ("controller", ""),
                ("webhook", "webhook."),
                ("cainjector", "cainjector."),
                ("acmesolver", "acmesolver."),
                ("startupapicheck", "startupapicheck."),
            )
        ),
        values=chart_values.CERT_MANAGER,
        replicas_at=("replicaCount", "webhook.replicaCount", "cainjector.replicaCount"),
        pull_secrets_at=("global.imagePullSecrets",),
        kinds=(
            Kind("cert-manager.io", "v1", "Certificate", "certificates"),
            Kind("cert-manager.io", "v1", "Issuer", "issuers"),
            Kind("cert-manager.io", "v1", "ClusterIssuer", "clusterissuers", namespaced=False),
        ),
    ),
    "cloudnative_pg": AddonChart(
        name="cloudnative-pg",
        chart="cloudnative-pg",
        repository=_CNPG_CHARTS,
        version="0.29.0",
        app_version="1.30.0",
        namespace="cnpg-system",
        images=(ChartImage(f"{_CNPG}/cloudnative-pg", repository="image.repository", tag_at="image.tag"),),
        values=chart_values.CLOUDNATIVE_PG,
        replicas_at=("replicaCount",),
        kinds=tuple(
            Kind("postgresql.cnpg.io", "v1", kind, plural)
            for kind, plural in (
                ("Cluster", "clusters"),
                ("Pooler", "poolers"),
                ("Backup", "backups"),
                ("ScheduledBackup", "scheduledbackups"),
                ("Database", "databases"),
            )
        ),
    ),
    "barman_cloud": AddonChart(
        name="barman-cloud",
        chart="plugin-barman-cloud",
        repository=_CNPG_CHARTS,
        version="0.7.1",
        app_version="v0.14.0",
        namespace="cnpg-system",  # where the operator is, which finds its plugins nowhere else
        images=tuple(
            ChartImage(
                f"{_CNPG}/plugin-barman-cloud{suffix}",
                registry=f"{value}.registry",
                repository=f"{value}.repository",
                tag_at=f"{value}.tag",
            )
            for suffix, value in (("", "image"), ("-sidecar", "sidecarImage"))
        ),
        values=chart_values.BARMAN_CLOUD,
        kinds=(Kind("barmancloud.cnpg.io", "v1", "ObjectStore", "objectstores"),),
        after=("cloudnative_pg", "cert_manager"),  # its TLS between operator and plugin is cert-manager's
    ),
    "gateway": AddonChart(
        name="envoy-gateway",
        chart=f"oci://{_ENVOY}/gateway-helm",
        repository=None,
        version="v1.9.0",
        app_version="v1.9.0",
        namespace="envoy-gateway-system",
        images=(
            ChartImage(f"{_ENVOY}/gateway", whole="global.images.envoyGateway.image"),
            ChartImage(f"{_ENVOY}/envoy", "distroless-v1.39.0", whole="global.images.envoyProxy.image"),
            ChartImage(f"{_ENVOY}/ratelimit", "17b1956c", whole="global.images.ratelimit.image"),
        ),
        values=chart_values.ENVOY_GATEWAY,
        replicas_at=("deployment.replicas",),
        pull_secrets_at=("global.imagePullSecrets",),
        kinds=(
            Kind(_GATEWAY, "v1", "GatewayClass", "gatewayclasses", namespaced=False),
            Kind(_GATEWAY, "v1", "Gateway", "gateways"),
            Kind(_GATEWAY, "v1", "HTTPRoute", "httproutes"),
            Kind("gateway.envoyproxy.io", "v1alpha1", "EnvoyProxy", "envoyproxies"),
            Kind("gateway.envoyproxy.io", "v1alpha1", "ClientTrafficPolicy", "clienttrafficpolicies"),
            Kind("gateway.envoyproxy.io", "v1alpha1", "BackendTrafficPolicy", "backendtrafficpolicies"),
            Kind("gateway.envoyproxy.io", "v1alpha1", "SecurityPolicy", "securitypolicies"),
        ),
        pod_security="baseline",  # the proxies of all Gateways run here too, in Pods that their owners shape
    ),
    "external_secrets": AddonChart(
        name="external-secrets",
        chart="external-secrets",
        repository="https://charts.external-secrets.io",
        version="2.9.0",
        app_version="v2.9.0",
        namespace="external-secrets",
        images=tuple(
            ChartImage(_ESO, repository=f"{prefix}image.repository", tag_at=f"{prefix}image.tag")
            for prefix in ("", "webhook.", "certController.")
        ),
        values=chart_values.EXTERNAL_SECRETS,
        replicas_at=("replicaCount", "webhook.replicaCount", "certController.replicaCount"),
        pull_secrets_at=("global.imagePullSecrets",),
        kinds=(
            Kind("external-secrets.io", "v1", "ExternalSecret", "externalsecrets"),
            Kind("external-secrets.io", "v1", "SecretStore", "secretstores"),
            Kind("external-secrets.io", "v1", "ClusterSecretStore", "clustersecretstores", namespaced=False),
        ),
    ),
    "argo_rollouts": AddonChart(
        name="argo-rollouts",
        chart="argo-rollouts",
        repository=_ARGO_CHARTS,
        version="2.41.0",
        app_version="v1.9.1",
        namespace="argo-rollouts",
        images=(
            ChartImage(
                f"{_QUAY_ARGO}/argo-rollouts",
                registry="controller.image.registry",
                repository="controller.image.repository",
                tag_at="controller.image.tag",
            ),
        ),
        values=chart_values.ARGO_ROLLOUTS,
        replicas_at=("controller.replicas",),
        kinds=(
            Kind("argoproj.io", "v1alpha1", "Rollout", "rollouts"),
            Kind("argoproj.io", "v1alpha1", "AnalysisTemplate", "analysistemplates"),
        ),
    ),
    "argo_cd": AddonChart(
        name="argo-cd",
        chart="argo-cd",
        repository=_ARGO_CHARTS,
        version="10.3.3",
        app_version="v3.5.1",
        namespace="argocd",
        images=(
            ChartImage(f"{_QUAY_ARGO}/argocd", repository="global.image.repository", tag_at="global.image.tag"),
            ChartImage(
                "ecr-public.aws.com/docker/library/redis",
                "8.2.3-alpine",
                repository="redis.image.repository",
                tag_at="redis.image.tag",
            ),
        ),
        values=chart_values.ARGO_CD,
        replicas_at=("server.replicas", "repoServer.replicas", "applicationSet.replicas"),
        pull_secrets_at=("global.imagePullSecrets",),
        kinds=(
            Kind("argoproj.io", "v1alpha1", "Application", "applications"),
            Kind("argoproj.io", "v1alpha1", "AppProject", "appprojects"),
        ),
        pod_security="baseline",
    ),
    "metrics_server": AddonChart(
        name="metrics-server",
        chart="metrics-server",
        repository="https://kubernetes-sigs.github.io/metrics-server/",
        version="3.13.1",
        app_version="v0.8.1",
        namespace="kube-system",
        images=(
            ChartImage(
                "registry.k8s.io/metrics-server/metrics-server", repository="image.repository", tag_at="image.tag"
            ),
        ),
        values=chart_values.METRICS_SERVER,
        replicas_at=("replicas",),
        pod_security=None,
    ),
    **EKS_CHARTS,
    **AKS_CHARTS,
}
"""By the setting's name in PlatformSettings."""

SANDBOX_KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "cert_manager": ("cert-manager",),
    "cloudnative_pg": ("cloudnative-pg",),
    "barman_cloud": ("plugin-barman-cloud",),
    "gateway": ("gateway-api", "envoy-gateway"),
    "external_secrets": ("external-secrets",),
    "argo_rollouts": ("argo-rollouts",),
    "argo_cd": ("argo-cd",),
    "metrics_server": (),
    "aws_load_balancer_controller": ("aws-load-balancer-controller",),
    "cluster_autoscaler": (),
    "karpenter": ("karpenter",),
    "alb_controller": ("gateway-api", "alb-controller"),
    "traefik": ("traefik",),
    "prometheus_operator": ("prometheus-operator",),
}
"""Projects whose kinds are in a cluster that has the add-on, by the setting's name."""
