"""Objects and requests by which tests ask a real API server for its judgement; nothing is stored."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kubernetes import config as kubeconfig
from kubernetes.client import ApiClient, ApiException
from kubernetes.dynamic import DynamicClient

from sandbox.control_plane import ControlPlane

RESOURCES = {side: {"cpu": "100m", "memory": "64Mi"} for side in ("requests", "limits")}
CONTAINER: dict[str, Any] = {"name": "main", "image": "quay.io/prometheus/prometheus:v3.13.5", "resources": RESOURCES}


@dataclass(frozen=True)
class Judge:
    """The API server, for one sender and one namespace."""

    plane: ControlPlane
    namespace: str
    user: str | None = None
    """Whom the administrator acts as."""
    group: str | None = None

    def client(self) -> ApiClient:
        client = kubeconfig.new_client_from_config(str(self.plane.kubeconfig))
        if self.user:
            client.set_default_header("Impersonate-User", self.user)
        if self.group:
            client.set_default_header("Impersonate-Group", self.group)
        return client

    def create(self, item: Mapping[str, Any], namespace: str | None = None, *, dry_run: bool = True) -> str:
        """The sentence of the refusal, empty where the object is let in."""
        body = copy.deepcopy(dict(item))
        body["metadata"]["namespace"] = namespace or self.namespace
        return self._ask("create", body, dry_run)

    def patch(self, item: Mapping[str, Any], change: Mapping[str, Any], *, dry_run: bool = True) -> str:
        """The sentence of the refusal of a merge patch on a stored object, empty where it is let in."""
        metadata = {"name": item["metadata"]["name"], "namespace": self.namespace}
        body = {"apiVersion": item["apiVersion"], "kind": item["kind"], **change}
        body["metadata"] = {**change.get("metadata", {}), **metadata}
        return self._ask("patch", body, dry_run, content_type="application/merge-patch+json")

    def _ask(self, verb: str, body: dict[str, Any], dry_run: bool, **options: Any) -> str:
        client = DynamicClient(self.client())
        resource = client.resources.get(api_version=body["apiVersion"], kind=body["kind"])
        query = [("dryRun", "All")] if dry_run else []
        try:
            getattr(resource, verb)(body=body, namespace=body["metadata"]["namespace"], query_params=query, **options)
        except ApiException as error:
            return str(json.loads(error.body)["message"])
        return ""


def container(**changes: Any) -> dict[str, Any]:
    """A container that keeps every promise, but for the changes."""
    return {**CONTAINER, **changes}


def pod_spec(*containers: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """A Pod's specification; of one faultless container where none is given."""
    return {"containers": [dict(item) for item in containers] or [container()], **changes}


def workload(kind: str, spec: Mapping[str, Any], name: str = "judged") -> dict[str, Any]:
    """The Pod in a Deployment, StatefulSet, DaemonSet, ReplicaSet, Job or CronJob; a Pod too."""
    labels = {"app": name}
    template = {"metadata": {"labels": labels}, "spec": dict(spec)}
    selecting = {"selector": {"matchLabels": labels}, "template": template}
    job = {"template": {"spec": {"restartPolicy": "Never", **spec}}}
    version, body = {
        "Pod": ("v1", dict(spec)),
        "Deployment": ("apps/v1", selecting),
        "StatefulSet": ("apps/v1", {**selecting, "serviceName": name}),
        "DaemonSet": ("apps/v1", selecting),
        "ReplicaSet": ("apps/v1", selecting),
        "Job": ("batch/v1", job),
        "CronJob": ("batch/v1", {"schedule": "0 0 * * *", "jobTemplate": {"spec": job}}),
    }[kind]
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name}, "spec": body}


def with_image(spec: Mapping[str, Any], image: str) -> dict[str, Any]:
    """A Pod of its own with the first container of an admitted one, but for the image."""
    first, *others = spec["containers"]
    return workload("Pod", {**spec, "containers": [{**first, "image": image}, *others]})


def service(name: str = "judged", **spec: Any) -> dict[str, Any]:
    body = {"selector": {"app": name}, "ports": [{"port": 80}], **spec}
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": body}


WORKLOADS = ("Pod", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob")
