"""Values that this program gives to the add-ons' charts.

Every container has requests and limits, disruptions take one Pod at a time, and no chart deletes its kinds with its
release: that would delete every object of theirs, databases among them. Sources: each chart's own values.yaml at the
version in the catalogue; the figures are this program's, for clusters of some tens of nodes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pydantic import JsonValue


def _resources(cpu: str, memory: str, cpu_limit: str, memory_limit: str) -> dict[str, JsonValue]:
    return {"requests": {"cpu": cpu, "memory": memory}, "limits": {"cpu": cpu_limit, "memory": memory_limit}}


_SMALL: Final = _resources("20m", "64Mi", "200m", "256Mi")
_MEDIUM: Final = _resources("100m", "256Mi", "1000m", "1Gi")
_RESTRICTED: Final[dict[str, JsonValue]] = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "runAsNonRoot": True,
    "capabilities": {"drop": ["ALL"]},
}
_ONE_AT_A_TIME: Final[dict[str, JsonValue]] = {"enabled": True, "maxUnavailable": 1}

CERT_MANAGER: Final[Mapping[str, JsonValue]] = {
    "crds": {"enabled": True, "keep": True},
    "resources": _resources("50m", "128Mi", "500m", "512Mi"),
    "podDisruptionBudget": _ONE_AT_A_TIME,
    "webhook": {"resources": _SMALL, "podDisruptionBudget": _ONE_AT_A_TIME},
    "cainjector": {
        "resources": _resources("50m", "128Mi", "500m", "512Mi"),
        "podDisruptionBudget": _ONE_AT_A_TIME,
    },
    "startupapicheck": {"resources": _SMALL},
}
CLOUDNATIVE_PG: Final[Mapping[str, JsonValue]] = {
    "crds": {"create": True},  # in the chart they carry Helm's annotation to keep them
    "resources": _resources("100m", "256Mi", "1000m", "512Mi"),
}
BARMAN_CLOUD: Final[Mapping[str, JsonValue]] = {
    "crds": {"create": True},  # likewise
    "resources": _SMALL,
}
ENVOY_GATEWAY: Final[Mapping[str, JsonValue]] = {
    # Its kinds lie in the chart's crds folder, which Helm never deletes.
    "deployment": {"envoyGateway": {"resources": _MEDIUM}},
    "certgen": {"job": {"resources": _SMALL}},
}
EXTERNAL_SECRETS: Final[Mapping[str, JsonValue]] = {
    "installCRDs": True,
    "crds": {"annotations": {"helm.sh/resource-policy": "keep"}},
    "leaderElect": True,
    "resources": _resources("50m", "128Mi", "500m", "512Mi"),
    "webhook": {"resources": _SMALL},
    "certController": {"resources": _resources("20m", "128Mi", "200m", "512Mi")},
}
ARGO_ROLLOUTS: Final[Mapping[str, JsonValue]] = {
    "installCRDs": True,
    "keepCRDs": True,
    "controller": {"resources": _resources("100m", "128Mi", "500m", "512Mi"), "pdb": _ONE_AT_A_TIME},
    "dashboard": {"enabled": False},
}
ARGO_CD: Final[Mapping[str, JsonValue]] = {
    "crds": {"install": True, "keep": True},
    "controller": {"resources": _resources("250m", "512Mi", "2000m", "2Gi")},
    "server": {"resources": _MEDIUM, "pdb": _ONE_AT_A_TIME},
    "repoServer": {"resources": _MEDIUM, "pdb": _ONE_AT_A_TIME},
    "applicationSet": {"resources": _resources("50m", "128Mi", "500m", "512Mi"), "pdb": _ONE_AT_A_TIME},
    # One Pod: Argo CD only caches in it, and fills it anew.
    "redis": {"resources": _resources("50m", "64Mi", "250m", "256Mi")},
    "redisSecretInit": {"resources": _SMALL},
    "redis-ha": {"enabled": False},
    "dex": {"enabled": False},
    "notifications": {"enabled": False},
}
METRICS_SERVER: Final[Mapping[str, JsonValue]] = {
    "resources": _resources("100m", "200Mi", "500m", "512Mi"),
    "podDisruptionBudget": _ONE_AT_A_TIME,
}
AWS_LOAD_BALANCER_CONTROLLER: Final[Mapping[str, JsonValue]] = {
    # Its kinds lie in the chart's crds folder. It only has to keep TargetGroupBindings: the program makes the rest.
    "serviceAccount": {"name": "aws-load-balancer-controller"},
    "createIngressClassResource": False,
    "ingressClassParams": {"create": False},
    "enableServiceMutatorWebhook": False,
    "enableBackendSecurityGroup": False,
    "enableShield": False,
    "enableWaf": False,
    "enableWafv2": False,
    "controllerConfig": {
        "featureGates": {"EnableServiceController": False, "NLBGatewayAPI": False, "ALBGatewayAPI": False}
    },
    "keepTLSSecret": True,  # else each run would make a new certificate
    "podSecurityContext": {"fsGroup": 65534, "runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
    "securityContext": _RESTRICTED,
    "podDisruptionBudget": {"maxUnavailable": 1},
    "resources": _resources("50m", "128Mi", "500m", "512Mi"),
}
CLUSTER_AUTOSCALER: Final[Mapping[str, JsonValue]] = {
    "cloudProvider": "aws",
    "rbac": {"serviceAccount": {"name": "cluster-autoscaler"}},
    "extraArgs": {
        "balance-similar-node-groups": True,
        "expander": "least-waste",
        # Pods with an emptyDir, as all of the stack's have, would keep their node for ever; likewise kube-system's.
        "skip-nodes-with-local-storage": False,
        "skip-nodes-with-system-pods": False,
    },
    "securityContext": {
        "runAsNonRoot": True,
        "runAsUser": 65534,
        "runAsGroup": 65534,
        "seccompProfile": {"type": "RuntimeDefault"},
    },
    "containerSecurityContext": _RESTRICTED,
    "podDisruptionBudget": {"maxUnavailable": 1},
    "resources": _resources("100m", "300Mi", "500m", "1Gi"),
}
KARPENTER: Final[Mapping[str, JsonValue]] = {
    # Its kinds lie in the chart's crds folder, which Helm never deletes, and its Pods are restricted by themselves.
    "serviceAccount": {"name": "karpenter"},
    "settings": {"eksControlPlane": True, "enableZonalShift": True},
    # The chart's digest would win over any tag, of a version that the stack file chooses too.
    "controller": {"image": {"digest": ""}, "resources": _resources("500m", "1Gi", "1000m", "1Gi")},
}
ALB_CONTROLLER: Final[dict[str, JsonValue]] = {
    # Its Pods are restricted by themselves, and it brings the Gateway API, which AKS has not.
    "controller": {"resource": _resources("100m", "200Mi", "400m", "400Mi")},
    "init": {"resource": _resources("100m", "128Mi", "200m", "128Mi")},
    "securityPolicyFeatureFlag": True,
}
