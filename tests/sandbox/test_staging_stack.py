"""The staging stack as the API server stores it, in the guide's figures; and its end, which leaves nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.control_plane import ControlPlane
from tests.support.admission import Judge, with_image
from tests.support.graph import name_of
from tests.support.jarvis_project import JarvisProject
from tests.support.kubectl import Kubectl

NAMESPACE = "jarvis-staging"
TLS = "jarvis-staging-tls"
HOSTS = {"jarvis-frontend": "app-staging.jarvis.local", "jarvis-backend": "api-staging.jarvis.local"}
CLUSTER_WIDE = (
    "namespaces,clusterroles,clusterrolebindings,priorityclasses,persistentvolumes,validatingadmissionpolicies,"
    "validatingadmissionpolicybindings"
)


def test_images_are_the_mutable_ones_of_staging_and_always_pulled(
    staging_stack: JarvisProject, kubectl: Kubectl
) -> None:
    for name in ("backend", "frontend", "interface", "stt", "tts"):
        deployment = kubectl.get("deployment", f"jarvis-{name}", "-n", NAMESPACE)
        [container] = deployment["spec"]["template"]["spec"]["containers"]
        assert container["image"] == ("jarvis:staging" if name == "backend" else f"jarvis-{name}:staging")
        assert container["imagePullPolicy"] == "Always"


def test_what_users_see_is_twice_there_and_grows_to_ten(staging_stack: JarvisProject, kubectl: Kubectl) -> None:
    scales = {item["metadata"]["name"]: item["spec"] for item in kubectl.get("hpa", "-n", NAMESPACE)["items"]}
    budgets = {item["metadata"]["name"]: item for item in kubectl.get("pdb", "-n", NAMESPACE)["items"]}
    assert set(scales) == set(budgets) == set(HOSTS)
    for name, scale in scales.items():
        assert (scale["minReplicas"], scale["maxReplicas"]) == (2, 10)
        targets = {metric["resource"]["name"]: metric["resource"]["target"] for metric in scale["metrics"]}
        assert targets["cpu"]["averageUtilization"] == 70
        assert "memory" in targets
        deployment = kubectl.get("deployment", name, "-n", NAMESPACE)
        assert scale["scaleTargetRef"]["name"] == name
        assert deployment["spec"]["replicas"] == 2
        assert budgets[name]["status"]["disruptionsAllowed"] == 1


def test_requests_and_limits_are_the_guides(staging_stack: JarvisProject, kubectl: Kubectl) -> None:
    expected = {
        "jarvis-backend": {"requests": {"cpu": "500m", "memory": "1Gi"}, "limits": {"cpu": "1", "memory": "2Gi"}},
        "jarvis-frontend": {"requests": {"cpu": "250m", "memory": "512Mi"}, "limits": {"cpu": "500m", "memory": "1Gi"}},
    }
    for name, resources in expected.items():
        deployment = kubectl.get("deployment", name, "-n", NAMESPACE)
        assert deployment["spec"]["template"]["spec"]["containers"][0]["resources"] == resources


def test_priorities_are_the_stacks_own(staging_stack: JarvisProject, kubectl: Kubectl) -> None:
    pods = kubectl.get("pods", "-n", NAMESPACE, "-l", "app in (jarvis-backend, jarvis-frontend)")["items"]
    given = {(pod["metadata"]["labels"]["app"], pod["spec"]["priority"]) for pod in pods}
    assert given == {("jarvis-backend", 300000), ("jarvis-frontend", 200000)}
    classes = {item["metadata"]["name"]: item for item in kubectl.get("priorityclasses")["items"]}
    assert not [name for name, item in classes.items() if item.get("globalDefault") and name.startswith("jarvis")]


def test_the_ways_in_are_https_for_both_hosts(staging_stack: JarvisProject, kubectl: Kubectl) -> None:
    ingresses = {item["metadata"]["name"]: item for item in kubectl.get("ingresses", "-n", NAMESPACE)["items"]}
    assert set(ingresses) == {*HOSTS, *(f"{name}-redirect" for name in HOSTS)}
    for name, host in HOSTS.items():
        spec = ingresses[name]["spec"]
        assert spec["ingressClassName"] == "traefik"
        assert spec["tls"] == [{"hosts": [host], "secretName": TLS}]
        [rule] = spec["rules"]
        assert rule["host"] == host
        [path] = rule["http"]["paths"]
        service = kubectl.get("service", path["backend"]["service"]["name"], "-n", NAMESPACE)
        assert service["spec"]["selector"] == {"app": name}
        assert "tls" not in ingresses[f"{name}-redirect"]["spec"]
        assert ingresses[name]["status"]["loadBalancer"]["ingress"]
    certificate = kubectl.get("certificate", TLS, "-n", NAMESPACE)["spec"]
    assert certificate["secretName"] == TLS
    assert set(certificate["dnsNames"]) == set(HOSTS.values())


def test_the_database_is_one_server_with_a_nightly_dump(staging_stack: JarvisProject, kubectl: Kubectl) -> None:
    server = kubectl.get("statefulset", "postgres", "-n", NAMESPACE)["spec"]
    assert server["replicas"] == 1
    claim = kubectl.get("pvc", "data-postgres-0", "-n", NAMESPACE)["spec"]
    assert (claim["resources"]["requests"]["storage"], claim["storageClassName"]) == ("20Gi", "fast-ssd")
    backup = kubectl.get("cronjob", "postgres-backup", "-n", NAMESPACE)["spec"]
    assert (backup["schedule"], backup["timeZone"], backup["suspend"]) == ("0 2 * * *", "Etc/UTC", False)
    assert backup["concurrencyPolicy"] == "Forbid"
    assert kubectl.get("cronjob", "postgres-restore", "-n", NAMESPACE)["spec"]["suspend"] is True
    volumes = backup["jobTemplate"]["spec"]["template"]["spec"]["volumes"]
    claims = [volume["persistentVolumeClaim"]["claimName"] for volume in volumes if "persistentVolumeClaim" in volume]
    assert claims == ["postgres-backups"]


def test_the_application_is_told_what_the_guide_says(staging_stack: JarvisProject, kubectl: Kubectl) -> None:
    told = kubectl.get("configmap", "jarvis-config", "-n", NAMESPACE)["data"]
    expected = {
        "ENVIRONMENT": "staging",
        "DEBUG": "false",
        "LOG_LEVEL": "INFO",
        "POSTGRES_DB": "jarvis_staging",
        "POSTGRES_USER": "jarvis_staging",
        "BACKEND_URL": "https://api-staging.jarvis.local",
        "FRONTEND_URL": "https://app-staging.jarvis.local",
        "CORS_ORIGINS": "https://app-staging.jarvis.local",
        "JWT_EXPIRE_MINUTES": "480",
        "SSL_CERT_PATH": "/etc/ssl/certs/jarvis-staging.crt",
        "SSL_KEY_PATH": "/etc/ssl/private/jarvis-staging.key",
    }
    assert expected.items() <= told.items()


def test_the_admission_policies_refuse_what_is_not_staging(
    staging_stack: JarvisProject, kubectl: Kubectl, control_plane: ControlPlane
) -> None:
    backend = kubectl.get("deployment", "jarvis-backend", "-n", NAMESPACE)["spec"]["template"]["spec"]

    def judged(image: str) -> str:
        return Judge(control_plane, NAMESPACE).create(with_image(backend, image))

    assert judged("jarvis:staging") == judged("quay.io/prometheus/prometheus:v3.13.5") == ""
    assert "latest" in judged("quay.io/prometheus/prometheus:latest")
    assert "jarvis:dev" in judged("jarvis:dev")
    assert "registry.example.com" in judged("registry.example.com/prometheus:v3.13.5")


@pytest.fixture(scope="module")
def other_project(tmp_path_factory: pytest.TempPathFactory, control_plane: ControlPlane) -> JarvisProject:
    """The staging stack in namespaces of its own, to be destroyed."""
    project = JarvisProject.create(tmp_path_factory.mktemp("gone"), control_plane)
    changes = {
        "jarvis:cluster.namespace": "jarvis-gone-staging",
        "jarvis:platform.certManager.namespace": "gone-cert-manager",
    }
    project.change("staging", changes)
    return project


def test_it_is_previewed_deployed_and_destroyed_whole(other_project: JarvisProject, kubectl: Kubectl) -> None:
    def everything() -> set[str]:
        return set(kubectl("get", CLUSTER_WIDE, "-o", "name").split())

    before = everything()
    preview = other_project.run("preview", "staging", "--format", "markdown")
    assert preview.returncode == 0, preview.stderr
    assert everything() == before, "a preview makes nothing"
    other_project.json("up", "staging")
    resources = other_project.resources("staging")
    unnamed = {name_of(item["urn"]) for item in resources if item["type"].startswith("kubernetes:")} - set(
        preview.stdout.split()
    )
    assert unnamed == set()
    assert {"namespace/jarvis-gone-staging", "namespace/gone-cert-manager"} <= everything()
    other_project.json("destroy", "staging")
    assert everything() == before
    assert not other_project.resources("staging")
    assert Path(other_project.state_file("staging")).exists()
