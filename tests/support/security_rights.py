"""What people are asked whether they may do: the whole table, so that what is not on a list is a no."""

from __future__ import annotations

GROUP = "jarvis-operators"
LOOKS = ("get", "list", "watch")
OBJECTS = (
    *(
        "pods",
        "services",
        "configmaps",
        "events",
        "deployments.apps",
        "statefulsets.apps",
        "cronjobs.batch",
        "jobs.batch",
    ),
    *("networkpolicies.networking.k8s.io", "horizontalpodautoscalers.autoscaling", "ingresses.networking.k8s.io"),
    *("clusters.postgresql.cnpg.io", "poolers.postgresql.cnpg.io", "objectstores.barmancloud.cnpg.io"),
    *("httproutes.gateway.networking.k8s.io", "gateways.gateway.networking.k8s.io", "rollouts.argoproj.io"),
)
WRITES = ("create", "update", "patch", "delete", "deletecollection")
OPERATOR_MORE = {
    *(("get", "pods/log"), ("create", "pods/exec"), ("get", "pods/exec"), ("create", "pods/portforward")),
    *(("get", "pods/portforward"), ("delete", "pods"), ("create", "pods/eviction"), ("create", "jobs.batch")),
    *(("delete", "jobs.batch"), ("patch", "deployments.apps"), ("patch", "statefulsets.apps")),
    *(("patch", "daemonsets.apps"), ("patch", "deployments.apps/scale"), ("update", "statefulsets.apps/scale")),
    *(("patch", "rollouts.argoproj.io/scale"), ("list", "roles.rbac.authorization.k8s.io")),
}
NOBODY: set[tuple[str, str]] = {
    *((verb, "secrets") for verb in (*LOOKS, *WRITES)),
    *((verb, kind) for verb in WRITES for kind in ("services", "configmaps", "serviceaccounts", "cronjobs.batch")),
    *((verb, kind) for verb in WRITES for kind in ("networkpolicies.networking.k8s.io", "ingresses.networking.k8s.io")),
    *((verb, kind) for verb in WRITES for kind in ("clusters.postgresql.cnpg.io", "rollouts.argoproj.io")),
    *(
        (verb, f"{kind}.rbac.authorization.k8s.io")
        for verb in (*WRITES, "escalate", "bind")
        for kind in ("roles", "rolebindings", "clusterroles", "clusterrolebindings")
    ),
    *(("impersonate", kind) for kind in ("users", "groups", "serviceaccounts")),
    *(("create", "serviceaccounts/token"), ("create", "pods"), ("patch", "pods"), ("create", "pods/attach")),
    *(("patch", "pods/ephemeralcontainers"), ("create", "pods/proxy"), ("get", "services/proxy")),
    *(("create", "deployments.apps"), ("update", "deployments.apps"), ("delete", "deployments.apps")),
    *(("delete", "persistentvolumeclaims"), ("patch", "resourcequotas"), ("patch", "limitranges")),
    *(("get", "nodes"), ("get", "namespaces"), ("delete", "namespaces"), ("list", "persistentvolumes")),
    *((verb, "validatingadmissionpolicies.admissionregistration.k8s.io") for verb in ("get", "delete", "patch")),
}
VIEWER = {(verb, kind) for verb in LOOKS for kind in OBJECTS}
OPERATOR = VIEWER | OPERATOR_MORE
ASKED = OPERATOR | NOBODY
PEOPLE: dict[str, tuple[str, str | None, set[tuple[str, str]]]] = {
    "user": ("olga@jarvis.local", None, OPERATOR),
    "group": ("anna@jarvis.local", GROUP, OPERATOR),
    "service account": ("system:serviceaccount:default:robot", None, OPERATOR),
    "viewer": ("viktor@jarvis.local", None, VIEWER),
    "stranger": ("eve@jarvis.local", None, set()),
}
