"""Objects that break a promise, with the sentence of their refusal, and objects that keep them all."""

from __future__ import annotations

import uuid
from typing import Any

from tests.support.admission import container, pod_spec, service, workload

DIGEST = f"@sha256:{'0' * 64}"
REGISTRIES_ALLOWED = (
    *("docker.io/library", "docker.io/ollama", "quay.io/prometheus", "registry.jarvis.local:5000"),
    *("ghcr.io/cloudnative-pg", "quay.io/jetstack"),
)


def images(*references: str) -> dict[str, Any]:
    return pod_spec(*(container(name=f"c{index}", image=image) for index, image in enumerate(references)))


def mount(**source: Any) -> dict[str, Any]:
    return pod_spec(volumes=[{"name": "data", **source}])


def solver(owner: str, controller: bool = True) -> dict[str, Any]:
    item = service("cm-acme-http-solver-x", type="NodePort")
    reference = {"apiVersion": "acme.cert-manager.io/v1", "kind": owner, "name": "x", "uid": str(uuid.uuid4())}
    item["metadata"]["labels"] = {"acme.cert-manager.io/http01-solver": "true"}
    item["metadata"]["ownerReferences"] = [{**reference, "controller": controller}]
    return item


TAGS = "has no tag or one that is moved from build to build: name a fixed version, or a digest (@sha256:...)."
REGISTRIES = "is from no allowed registry: take it from docker.io/library, docker.io/ollama, "
LIMITS_ONLY = {"limits": {"cpu": "1"}}
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "latest": (
        workload("Deployment", images("quay.io/prometheus/prometheus:latest")),
        f"The image of container c0 (quay.io/prometheus/prometheus:latest) {TAGS}",
    ),
    "no tag": (workload("Deployment", images("redis")), f"The image of container c0 (redis) {TAGS}"),
    "no tag, port": (
        workload("Deployment", images("registry.jarvis.local:5000/a")),
        f"The image of container c0 (registry.jarvis.local:5000/a) {TAGS}",
    ),
    "any case": (workload("Deployment", images("redis:Latest")), f"The image of container c0 (redis:Latest) {TAGS}"),
    "second": (
        workload("Deployment", images("redis:8.10.2", "redis:main", "redis:stable")),
        f"The image of container c1 (redis:main), container c2 (redis:stable) {TAGS}",
    ),
    "init": (
        workload("Deployment", pod_spec(initContainers=[container(name="first", image="redis:edge")])),
        f"The image of init container first (redis:edge) {TAGS}",
    ),
    "image volume": (
        workload("Deployment", mount(image={"reference": "redis:latest"})),
        f"The image of volume data (redis:latest) {TAGS}",
    ),
    "pattern of another name": (workload("Deployment", images("jarvis:staging")), TAGS),
    "pattern of another registry": (workload("Deployment", images("quay.io/prometheus/jarvis-stt:staging")), TAGS),
    "pattern of another tag": (workload("Deployment", images("jarvis-stt:latest")), TAGS),
    "hub": (workload("Deployment", images("grafana/grafana:12.4.3")), f"(grafana/grafana:12.4.3) {REGISTRIES}"),
    "hub in full": (workload("Deployment", images("docker.io/grafana/grafana:12.4.3")), REGISTRIES),
    "old hub": (workload("Deployment", images("index.docker.io/grafana/grafana:12.4.3")), REGISTRIES),
    "other port": (workload("Deployment", images("registry.jarvis.local:5001/a:1")), REGISTRIES),
    "no port": (workload("Deployment", images("registry.jarvis.local/a:1")), REGISTRIES),
    "longer name": (workload("Deployment", images("quay.io/prometheuscommunity/a:1")), REGISTRIES),
    "name within": (workload("Deployment", images("evil.example/quay.io/prometheus/a:1")), REGISTRIES),
    "dot for any": (workload("Deployment", images("quayxio/prometheus/a:1")), REGISTRIES),
    "digest elsewhere": (workload("Deployment", images(f"evil.example/a{DIGEST}")), REGISTRIES),
    "localhost": (workload("Deployment", images("localhost/a:1")), REGISTRIES),
    "privileged": (
        workload("Deployment", pod_spec(container(securityContext={"privileged": True}))),
        "container main is privileged: leave securityContext.privileged out.",
    ),
    "host network": (
        workload("Deployment", pod_spec(hostNetwork=True)),
        "hostNetwork is set, which shares a namespace with the node: leave it out.",
    ),
    "host pid, ipc": (
        workload("Deployment", pod_spec(hostPID=True, hostIPC=True)),
        "hostPID, hostIPC is set, which shares a namespace with the node: leave it out.",
    ),
    "host path": (
        workload("Deployment", mount(hostPath={"path": "/"})),
        "volume data is a path of the node (hostPath): use an emptyDir or a PersistentVolumeClaim.",
    ),
    "host port": (
        workload("Deployment", pod_spec(container(ports=[{"containerPort": 80, "hostPort": 80}]))),
        "container main takes a port of the node (hostPort): reach it by a Service.",
    ),
    "no resources": (
        workload("Deployment", pod_spec(container(resources={}))),
        "Resources are missing of container main (requests.cpu, requests.memory, limits.cpu, limits.memory): "
        "set requests and limits of cpu and memory.",
    ),
    "init's resources": (
        workload("Deployment", pod_spec(initContainers=[container(name="first", resources=LIMITS_ONLY)])),
        "Resources are missing of init container first (requests.cpu, requests.memory, limits.memory)",
    ),
    "node port": (
        service(type="NodePort"),
        "Service judged is of type NodePort: make it ClusterIP, or name it in jarvis:security "
        "admission.services.allowed.",
    ),
    "load balancer": (service(type="LoadBalancer"), "Service judged is of type LoadBalancer: "),
    "external addresses": (
        service(externalIPs=["192.0.2.1"]),
        "Service judged takes the addresses 192.0.2.1: leave externalIPs out.",
    ),
    "solver of nobody's": (solver("Challenge", controller=False), "is of type NodePort"),
    "solver of another kind": (solver("Deployment"), "is of type NodePort"),
}
ACCEPTED: dict[str, dict[str, Any]] = {
    "fixed": workload("Deployment", images("redis:8.10.2", "docker.io/redis:8", "docker.io/library/redis:8")),
    "old hub": workload("Deployment", images("index.docker.io/redis:8", "index.docker.io/library/redis:8")),
    "digest": workload("Deployment", images(f"redis{DIGEST}", f"redis:latest{DIGEST}")),
    "registry with a port": workload("Deployment", images("registry.jarvis.local:5000/a/b/c:1")),
    "tag that only contains one": workload("Deployment", images("redis:8-latest", "redis:latest-8", "stable:1")),
    "allowed pattern": workload("Deployment", images("jarvis-stt:staging", "docker.io/library/jarvis-tts:staging")),
    "image volume": workload("Deployment", mount(image={"reference": "redis:8.10.2"})),
    "own volume": workload("Deployment", mount(emptyDir={})),
    "container port": workload("Deployment", pod_spec(container(ports=[{"containerPort": 80}]))),
    "explicitly not": workload("Deployment", pod_spec(container(securityContext={"privileged": False}))),
    "init": workload("Deployment", pod_spec(initContainers=[container(name="first")])),
    "cluster ip": service(),
    "headless": service(clusterIP="None"),
    "named by the settings": service("named", type="LoadBalancer"),
    "the stack's own": service("own", type="NodePort"),
    "cert-manager's": solver("Challenge"),
}


BROKEN: dict[str, dict[str, Any]] = {
    "image-tags": images("redis:latest"),
    "registries": images("evil.example/a:1"),
    "privileges": pod_spec(hostNetwork=True),
    "resources": pod_spec(container(resources={})),
}


def owned(item: dict[str, Any], api_version: str, kind: str) -> dict[str, Any]:
    reference = {"apiVersion": api_version, "kind": kind, "name": "x", "uid": str(uuid.uuid4()), "controller": True}
    return {**item, "metadata": {**item["metadata"], "ownerReferences": [reference]}}


OPERATOR_IMAGE = "ghcr.io/cloudnative-pg/cloudnative-pg:1.30.0"
CONTROLLERS: dict[str, dict[str, Any]] = {
    "CloudNativePG's instance": owned(
        workload(
            "Pod",
            pod_spec(
                container(name="postgres", image="ghcr.io/cloudnative-pg/postgresql:18.1-standard-trixie"),
                initContainers=[
                    container(name="bootstrap-controller", image=OPERATOR_IMAGE),
                    container(
                        name="plugin-barman-cloud",
                        image="ghcr.io/cloudnative-pg/plugin-barman-cloud-sidecar:v0.14.0",
                        restartPolicy="Always",
                    ),
                ],
            ),
        ),
        "postgresql.cnpg.io/v1",
        "Cluster",
    ),
    "CloudNativePG's initdb Job": owned(
        workload("Job", pod_spec(container(resources={}))), "postgresql.cnpg.io/v1", "Cluster"
    ),
    "CloudNativePG's Pooler": owned(
        workload("Deployment", pod_spec(initContainers=[container(name="bootstrap-controller", resources={})])),
        "postgresql.cnpg.io/v1",
        "Pooler",
    ),
    "cert-manager's solver": owned(
        workload(
            "Pod",
            pod_spec(
                container(
                    name="acmesolver",
                    image="quay.io/jetstack/cert-manager-acmesolver:v1.21.1",
                    resources={
                        "requests": {"cpu": "10m", "memory": "64Mi"},
                        "limits": {"cpu": "100m", "memory": "64Mi"},
                    },
                )
            ),
        ),
        "acme.cert-manager.io/v1",
        "Challenge",
    ),
}
