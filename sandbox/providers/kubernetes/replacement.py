"""Which changes make the API server refuse an update, so that the object has to be replaced.

Source: the official provider's own table, and the validation of Kubernetes v1.36 where that goes further.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from sandbox.providers.kubernetes.config import Config
from sandbox.providers.kubernetes.discovery import group_of
from sandbox.providers.values import Properties, as_text

_ALWAYS: Final = ("kind", "metadata.name", "metadata.namespace")
_CONTAINER: Final = (
    *("args", "command", "env", "envFrom", "imagePullPolicy", "lifecycle", "livenessProbe", "name", "ports"),
    *("readinessProbe", "resources", "securityContext", "startupProbe", "stdin", "stdinOnce", "terminationMessagePath"),
    *("terminationMessagePolicy", "tty", "volumeDevices", "volumeMounts", "workingDir"),
)
_POD: Final = (
    *("affinity", "automountServiceAccountToken", "dnsConfig", "dnsPolicy", "enableServiceLinks", "hostAliases"),
    *("hostIPC", "hostNetwork", "hostPID", "hostUsers", "hostname", "imagePullSecrets", "nodeName", "nodeSelector"),
    *("overhead", "preemptionPolicy", "priority", "priorityClassName", "readinessGates", "restartPolicy"),
    *("runtimeClassName", "schedulerName", "securityContext", "serviceAccount", "serviceAccountName"),
    *("shareProcessNamespace", "subdomain", "terminationGracePeriodSeconds", "topologySpreadConstraints", "volumes"),
)
_VOLUME_SOURCES: Final = (
    *("awsElasticBlockStore", "azureDisk", "azureFile", "cephfs", "cinder", "csi", "fc", "flexVolume", "flocker"),
    *("gcePersistentDisk", "glusterfs", "hostPath", "iscsi", "local", "nfs", "photonPersistentDisk", "portworxVolume"),
    *("quobyte", "rbd", "scaleIO", "storageos", "vsphereVolume"),
)
_IMMUTABLE: Final[dict[tuple[str, str], tuple[str, ...]]] = {
    ("apps", "Deployment"): ("spec.selector",),
    ("apps", "DaemonSet"): ("spec.selector",),
    ("apps", "ReplicaSet"): ("spec.selector",),
    ("apps", "StatefulSet"): (
        *("spec.podManagementPolicy", "spec.selector", "spec.serviceName", "spec.volumeClaimTemplates"),
    ),
    ("batch", "Job"): (
        *("spec.completions", "spec.completionMode", "spec.podReplacementPolicy", "spec.selector", "spec.template"),
    ),
    ("", "Service"): ("spec.clusterIP", "spec.clusterIPs"),
    ("", "Pod"): (
        *(f"spec.{key}" for key in _POD),
        *(f"spec.containers.{key}" for key in _CONTAINER),
        "spec.initContainers",
    ),
    ("", "PersistentVolume"): tuple(f"spec.{key}" for key in _VOLUME_SOURCES),
    ("", "PersistentVolumeClaim"): (
        *("spec.accessModes", "spec.dataSource", "spec.dataSourceRef", "spec.selector", "spec.storageClassName"),
        *("spec.volumeMode", "spec.volumeName"),
    ),
    ("", "ResourceQuota"): ("spec.scopes", "spec.scopeSelector"),
    ("rbac.authorization.k8s.io", "RoleBinding"): ("roleRef",),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): ("roleRef",),
    ("storage.k8s.io", "StorageClass"): ("parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"),
    ("scheduling.k8s.io", "PriorityClass"): ("value", "preemptionPolicy"),
    ("apiextensions.k8s.io", "CustomResourceDefinition"): (*("spec.group", "spec.names.plural", "spec.scope"),),
}
_CONFIG_MAP: Final = ("data", "binaryData", "immutable")
_SECRET: Final = ("data", "stringData", "immutable")
_INDEX: Final = re.compile(r"\[\d+\]")


def replacing(old: Properties, new: Properties, paths: Iterable[str], config: Config) -> frozenset[str]:
    """Those of the changed paths that an update cannot change."""
    immutable = (*_ALWAYS, *_fields(old, new, config))
    found = {path for path in paths if _below(_INDEX.sub("", path), immutable)}
    if group_of(as_text(old.get("apiVersion")) or "") != group_of(as_text(new.get("apiVersion")) or ""):
        found.add("apiVersion")
    return frozenset(found)


def _fields(old: Properties, new: Properties, config: Config) -> tuple[str, ...]:
    group, kind = group_of(as_text(new.get("apiVersion")) or ""), as_text(new.get("kind")) or ""
    if (group, kind) == ("", "ConfigMap"):
        return () if config.config_map_mutable and old.get("immutable") is not True else _CONFIG_MAP
    if (group, kind) == ("", "Secret"):
        return ("type",) if config.secret_mutable and old.get("immutable") is not True else ("type", *_SECRET)
    return _IMMUTABLE.get((group, kind), ())


def _below(path: str, fields: Iterable[str]) -> bool:
    return any(path == field or path.startswith((f"{field}.", f"{field}[")) for field in fields)
