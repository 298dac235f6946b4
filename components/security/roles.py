"""What the two roles of people may do: verbs and resources by name, never a wildcard.

Source of the verbs: https://kubernetes.io/docs/reference/access-authn-authz/authorization/
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

READ: Final = ("get", "list", "watch")
OPERATOR_MARK: Final = ("jarvis.io", "stacks", "operate")
"""API group, resource and verb of a right that no API asks for: policies know operators by it."""


@dataclass(frozen=True)
class Right:
    """Verbs on resources of one API group."""

    group: str
    resources: tuple[str, ...]
    verbs: tuple[str, ...] = READ


VIEWER: Final = (
    Right(
        "",
        (
            "pods",
            "pods/status",
            "services",
            "endpoints",
            "events",
            "configmaps",
            "persistentvolumeclaims",
            "serviceaccounts",
            "resourcequotas",
            "limitranges",
            "replicationcontrollers",
        ),
    ),
    Right("events.k8s.io", ("events",)),
    Right("discovery.k8s.io", ("endpointslices",)),
    Right(
        "apps",
        (
            "deployments",
            "deployments/scale",
            "replicasets",
            "statefulsets",
            "statefulsets/scale",
            "daemonsets",
            "controllerrevisions",
        ),
    ),
    Right("batch", ("jobs", "cronjobs")),
    Right("autoscaling", ("horizontalpodautoscalers",)),
    Right("policy", ("poddisruptionbudgets",)),
    Right("networking.k8s.io", ("ingresses", "networkpolicies")),
    Right("metrics.k8s.io", ("pods",), ("get", "list")),
    Right(
        "postgresql.cnpg.io",
        (
            "clusters",
            "poolers",
            "backups",
            "scheduledbackups",
            "databases",
            "databaseroles",
            "imagecatalogs",
            "publications",
            "subscriptions",
            "failoverquorums",
        ),
    ),
    Right("barmancloud.cnpg.io", ("objectstores",)),
    Right(
        "gateway.networking.k8s.io",
        (
            "gateways",
            "httproutes",
            "grpcroutes",
            "tlsroutes",
            "tcproutes",
            "udproutes",
            "backendtlspolicies",
            "listenersets",
            "referencegrants",
        ),
    ),
    Right("argoproj.io", ("rollouts", "rollouts/scale", "analysisruns", "analysistemplates", "experiments")),
    Right("cert-manager.io", ("certificates", "certificaterequests", "issuers")),
    Right("acme.cert-manager.io", ("orders", "challenges")),
    Right("external-secrets.io", ("externalsecrets", "secretstores")),
    Right(
        "monitoring.coreos.com",
        (
            "prometheuses",
            "prometheusrules",
            "servicemonitors",
            "podmonitors",
            "probes",
            "alertmanagers",
            "alertmanagerconfigs",
            "scrapeconfigs",
        ),
    ),
)
"""Reads what is deployed. A Secret's values cannot be kept from whoever may read it at all, so nobody may."""

OPERATOR: Final = (
    *VIEWER,
    Right("", ("pods/log",), ("get",)),
    Right("rbac.authorization.k8s.io", ("roles", "rolebindings")),
    Right("coordination.k8s.io", ("leases",)),
    # A WebSocket, which kubectl opens, is a GET; create is what the older protocol and newer servers ask for.
    Right("", ("pods/exec", "pods/portforward"), ("get", "create")),
    Right("", ("pods",), ("delete",)),
    Right("", ("pods/eviction",), ("create",)),
    Right("apps", ("deployments/scale", "statefulsets/scale"), ("update", "patch")),
    Right("argoproj.io", ("rollouts/scale",), ("update", "patch")),
    Right("batch", ("jobs",), ("delete",)),
    Right(OPERATOR_MARK[0], (OPERATOR_MARK[1],), (OPERATOR_MARK[2],)),
)
"""Keeps what is deployed running."""
HELD_OPERATOR: Final = (
    *OPERATOR,
    Right("apps", ("deployments", "statefulsets", "daemonsets"), ("patch",)),
    Right("batch", ("jobs",), ("create",)),
)
"""Restarts workloads and starts CronJobs, too. Only where `operator_promises` are kept: with these two rights alone one
can run any program with any Secret of the namespace."""
