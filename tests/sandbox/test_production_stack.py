"""The production stack as the API server stores it, in the guide's figures; and its end, which leaves its data."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.control_plane import ControlPlane
from tests.support.admission import Judge, with_image
from tests.support.graph import name_of
from tests.support.jarvis_project import JarvisProject
from tests.support.kubectl import Kubectl

NAMESPACE = "jarvis-production"
TLS = "jarvis-production-tls"
HOSTS = ["app.jarvis.com", "api.jarvis.com", "admin.jarvis.com"]
SCALES = {
    "jarvis-backend": (3, 10),
    "jarvis-frontend": (3, 10),
    "jarvis-interface": (2, 6),
    "jarvis-stt": (2, 6),
    "jarvis-tts": (2, 6),
}
"""Fewest and most Pods."""
REPLICATED = {"alertmanager": 3, "prometheus-server": 2, "redis": 3, "redis-sentinel": 3}
"""StatefulSets of more than one."""
CUSTOM = "clusters.postgresql.cnpg.io,persistentvolumeclaims"
NAMESPACED = (
    "deployments,statefulsets,jobs,services,configmaps,secrets,serviceaccounts,networkpolicies,roles,rolebindings,"
    "resourcequotas,limitranges,hpa,pdb,poolers.postgresql.cnpg.io,scheduledbackups.postgresql.cnpg.io,certificates,"
    "issuers,gateways.gateway.networking.k8s.io,httproutes"
)
MADE_BY_KUBERNETES = {"configmap/kube-root-ca.crt", "serviceaccount/default"}
CLUSTER_WIDE = (
    "namespaces,clusterroles,clusterrolebindings,priorityclasses,validatingadmissionpolicies,"
    "validatingadmissionpolicybindings,gatewayclasses"
)


def spec(kubectl: Kubectl, kind: str, name: str) -> dict[str, Any]:
    return kubectl.get(kind, name, "-n", NAMESPACE)["spec"]


def test_images_are_of_one_release(production_stack: JarvisProject, kubectl: Kubectl) -> None:
    for name in ("backend", "frontend", "interface", "stt", "tts"):
        [container] = spec(kubectl, "deployment", f"jarvis-{name}")["template"]["spec"]["containers"]
        assert container["image"] == ("jarvis:1.9.0" if name == "backend" else f"jarvis-{name}:1.9.0")


def test_everything_that_serves_is_replicated_scaled_and_kept_up(
    production_stack: JarvisProject, kubectl: Kubectl
) -> None:
    scales = {item["metadata"]["name"]: item["spec"] for item in kubectl.get("hpa", "-n", NAMESPACE)["items"]}
    assert {name: (item["minReplicas"], item["maxReplicas"]) for name, item in scales.items()} == SCALES
    budgets = {item["metadata"]["name"]: item for item in kubectl.get("pdb", "-n", NAMESPACE)["items"]}
    assert {*SCALES, *REPLICATED, "postgres-pooler-rw", "ollama"} <= set(budgets)
    for name in (*SCALES, *REPLICATED):
        assert budgets[name]["status"]["disruptionsAllowed"] == 1, name
    for name, (fewest, _) in SCALES.items():
        deployment = spec(kubectl, "deployment", name)
        assert deployment["replicas"] == fewest
        assert deployment["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}
        pod = deployment["template"]["spec"]
        assert pod["priorityClassName"].startswith(f"{NAMESPACE}-")
        zones = [item for item in pod["topologySpreadConstraints"] if item["topologyKey"].endswith("/zone")]
        assert [item["whenUnsatisfiable"] for item in zones] == ["DoNotSchedule"], name
        assert "preStop" in pod["containers"][0]["lifecycle"]
    for name, replicas in REPLICATED.items():
        assert spec(kubectl, "statefulset", name)["replicas"] == replicas


def test_the_pods_of_what_users_see_are_in_three_zones(production_stack: JarvisProject, kubectl: Kubectl) -> None:
    zones = {
        item["metadata"]["name"]: item["metadata"]["labels"]["topology.kubernetes.io/zone"]
        for item in kubectl.get("nodes")["items"]
    }
    for app in ("jarvis-backend", "jarvis-frontend", "redis", "redis-sentinel"):
        pods = kubectl.get("pods", "-n", NAMESPACE, "-l", f"app={app}")["items"]
        assert len({zones[pod["spec"]["nodeName"]] for pod in pods}) == len(set(zones.values())) == 3, app


def test_the_database_is_three_with_the_guides_figures(production_stack: JarvisProject, kubectl: Kubectl) -> None:
    cluster = spec(kubectl, "clusters.postgresql.cnpg.io", "postgres-cluster")
    assert cluster["instances"] == 3
    assert (cluster["storage"]["size"], cluster["storage"]["storageClass"]) == ("100Gi", "fast-ssd")
    parameters = cluster["postgresql"]["parameters"]
    figures = {"max_connections": "200", "shared_buffers": "256MB", "effective_cache_size": "1GB"}
    assert figures.items() <= parameters.items()
    start = cluster["bootstrap"]["initdb"]
    assert (start["database"], start["owner"]) == ("jarvis_production", "jarvis_prod")
    assert start["secret"] == {"name": "postgres-credentials"}
    assert cluster["affinity"]["podAntiAffinityType"] == "required"
    [spread] = cluster["topologySpreadConstraints"]
    assert spread["topologyKey"] == "topology.kubernetes.io/zone"
    assert cluster["enablePDB"] is True
    assert spec(kubectl, "poolers.postgresql.cnpg.io", "postgres-pooler-rw")["instances"] == 2


def test_the_database_is_archived_in_two_places(production_stack: JarvisProject, kubectl: Kubectl) -> None:
    places = {"postgres-cluster": "postgres-backups", "postgres-cluster-second": "postgres-backups-second"}
    buckets: set[str] = set()
    for cluster, store in places.items():
        [plugin] = spec(kubectl, "clusters.postgresql.cnpg.io", cluster)["plugins"]
        assert (plugin["isWALArchiver"], plugin["parameters"]["barmanObjectName"]) == (True, store)
        schedule = spec(kubectl, "scheduledbackups.postgresql.cnpg.io", f"{cluster}-backup")
        assert (schedule["schedule"], schedule["method"]) == ("0 0 */6 * * *", "plugin")
        assert schedule["cluster"] == {"name": cluster}
        archive = spec(kubectl, "objectstores.barmancloud.cnpg.io", store)
        assert archive["retentionPolicy"] == "30d"
        buckets.add(archive["configuration"]["destinationPath"])
        for secret in archive["configuration"]["s3Credentials"].values():
            assert secret["key"] in kubectl.get("secret", secret["name"], "-n", NAMESPACE)["data"]
    assert len(buckets) == 2


def test_the_cache_is_three_servers_with_three_sentinels(production_stack: JarvisProject, kubectl: Kubectl) -> None:
    files = kubectl.get("configmap", "redis-config", "-n", NAMESPACE)["data"]
    lines = set(files["redis.conf"].splitlines())
    assert {"maxmemory 2gb", "maxmemory-policy allkeys-lru", "save 900 1", "save 300 10", "save 60 10000"} <= lines
    assert "sentinel announce-hostnames yes" in files["sentinel.conf"]
    for name in ("redis", "redis-sentinel"):
        workload_spec = spec(kubectl, "statefulset", name)
        assert workload_spec["serviceName"] == name
        [rule] = workload_spec["template"]["spec"]["affinity"]["podAntiAffinity"][
            "requiredDuringSchedulingIgnoredDuringExecution"
        ]
        assert rule["topologyKey"] == "kubernetes.io/hostname"
        service = spec(kubectl, "service", name)
        assert (service["clusterIP"], service["publishNotReadyAddresses"]) == ("None", True)


def test_the_ways_in_are_a_gateway_and_a_load_balancer(production_stack: JarvisProject, kubectl: Kubectl) -> None:
    gateway = spec(kubectl, "gateways.gateway.networking.k8s.io", "jarvis")
    listeners = {item["port"]: item for item in gateway["listeners"]}
    assert set(listeners) == {80, 443}
    assert [item["name"] for item in listeners[443]["tls"]["certificateRefs"]] == [TLS]
    routes = {name: spec(kubectl, "httproutes", name) for name in ("jarvis-frontend", "jarvis-backend")}
    assert routes["jarvis-frontend"]["hostnames"] == ["app.jarvis.com", "admin.jarvis.com"]
    assert routes["jarvis-backend"]["hostnames"] == ["api.jarvis.com"]
    for name, route in routes.items():
        assert {item["sectionName"] for item in route["parentRefs"]} == {"https"}
        assert {back["name"] for rule in route["rules"] for back in rule["backendRefs"]} == {name}
        assert "Strict-Transport-Security" in str(route["rules"])
    certificate = spec(kubectl, "certificate", TLS)
    assert (certificate["secretName"], certificate["dnsNames"]) == (TLS, HOSTS)
    balancer = spec(kubectl, "service", "jarvis-loadbalancer")
    assert (balancer["type"], balancer["selector"]) == ("LoadBalancer", {"app": "jarvis-backend"})
    [port] = balancer["ports"]
    assert (port["port"], port["targetPort"], port["protocol"]) == (443, 8000, "TCP")


def test_the_application_is_told_what_the_guide_says(production_stack: JarvisProject, kubectl: Kubectl) -> None:
    told = kubectl.get("configmap", "jarvis-config", "-n", NAMESPACE)["data"]
    expected = {
        "ENVIRONMENT": "production",
        "DEBUG": "false",
        "LOG_LEVEL": "WARNING",
        "POSTGRES_DB": "jarvis_production",
        "POSTGRES_USER": "jarvis_prod",
        "POSTGRES_REPLICA_HOST": f"postgres-cluster-ro.{NAMESPACE}.svc",
        "BACKEND_URL": "https://api.jarvis.com",
        "FRONTEND_URL": "https://app.jarvis.com",
        "CORS_ORIGINS": "https://app.jarvis.com,https://admin.jarvis.com",
        "JWT_EXPIRE_MINUTES": "60",
        "MAX_WORKERS": "8",
        "WORKER_CONNECTIONS": "1000",
        "KEEPALIVE_TIMEOUT": "65",
        "BACKUP_RETENTION_DAYS": "30",
        "SSL_CERT_PATH": "/etc/ssl/certs/jarvis-prod.crt",
        "SSL_KEY_PATH": "/etc/ssl/private/jarvis-prod.key",
    }
    assert expected.items() <= told.items()
    assert len(told["REDIS_CLUSTER_HOSTS"].split(",")) == 3
    assert len(told["OLLAMA_CLUSTER_URLS"].split(",")) == 2


def test_the_admission_policies_refuse_images_that_change(
    production_stack: JarvisProject, kubectl: Kubectl, control_plane: ControlPlane
) -> None:
    backend = spec(kubectl, "deployment", "jarvis-backend")["template"]["spec"]

    def judged(image: str) -> str:
        return Judge(control_plane, NAMESPACE).create(with_image(backend, image))

    assert judged("jarvis:1.9.0") == ""
    assert "latest" in judged("jarvis:latest")
    assert "jarvis:staging" in judged("jarvis:staging")


def test_a_destroy_is_refused_whole(production_stack: JarvisProject, kubectl: Kubectl) -> None:
    before = len(production_stack.resources("production"))
    refused = production_stack.run("destroy", "production")
    assert refused.returncode == 1
    assert "so nothing is destroyed" in refused.stderr
    assert "postgres-cluster" in refused.stderr
    assert "--unprotect" in refused.stderr
    assert len(production_stack.resources("production")) == before
    kubectl.get("deployment", "jarvis-backend", "-n", NAMESPACE)


@pytest.fixture(scope="module")
def other_project(tmp_path_factory: pytest.TempPathFactory, control_plane: ControlPlane) -> JarvisProject:
    """The production stack in a namespace of its own, to be ended; the controllers are there already."""
    project = JarvisProject.create(tmp_path_factory.mktemp("ended"), control_plane)
    addons = ("certManager", "cloudnativePg", "barmanCloud", "gateway", "metricsServer")
    external = {f"jarvis:platform.{addon}": {"kind": "external"} for addon in addons}
    project.change("production", {"jarvis:cluster.namespace": "jarvis-ended", **external})
    return project


def test_its_end_leaves_its_data_in_the_cluster_and_nothing_else(
    other_project: JarvisProject, kubectl: Kubectl
) -> None:
    def objects(kinds: str, *options: str) -> set[str]:
        return set(kubectl("get", kinds, "-o", "name", *options).split())

    before = objects(CLUSTER_WIDE)
    preview = other_project.run("preview", "production", "--format", "markdown")
    assert preview.returncode == 0, preview.stderr
    assert objects(CLUSTER_WIDE) == before, "a preview makes nothing"
    other_project.json("up", "production")
    resources = other_project.resources("production")
    names = {name_of(item["urn"]) for item in resources if item["type"].startswith("kubernetes:")}
    assert names - set(preview.stdout.split()) == set()
    kept = {name_of(item["urn"]) for item in resources if item.get("retainOnDelete")}
    data = objects(CUSTOM, "-n", "jarvis-ended")
    assert len(data) == len(kept) - 1, "with the namespace"

    ended = other_project.run("destroy", "production", "--unprotect", "--yes")
    assert ended.returncode == 0, ended.stderr
    assert not [name for name in kept if name not in ended.stderr], "what is left is named"
    assert objects(CLUSTER_WIDE) - before == {"namespace/jarvis-ended"}
    assert before - objects(CLUSTER_WIDE) == set()
    assert objects(CUSTOM, "-n", "jarvis-ended") == data
    assert objects(NAMESPACED, "-n", "jarvis-ended") == MADE_BY_KUBERNETES
    assert not other_project.resources("production")
    kubectl("delete", "namespace", "jarvis-ended")
