"""The five services: rollout, probes, security, variables, hot reload."""

from __future__ import annotations

from typing import Any

import pytest

from components.kubernetes.checksum import CHECKSUM_ANNOTATION
from tests.support.mocks import Graph
from tests.unit.jarvis.support import APPS, app_settings, container_of, deployed, pod_of, variables_of

TLS = {
    "secretName": "jarvis-tls",
    "certificatePath": "/etc/ssl/certs/jarvis.crt",
    "keyPath": "/etc/ssl/private/jarvis.key",
}


@pytest.fixture(scope="module")
def graph() -> Graph:
    return deployed()


@pytest.mark.parametrize(
    ("app", "image", "port"),
    [
        ("jarvis-backend", "jarvis:1.9.0", 8000),
        ("jarvis-frontend", "jarvis-frontend:1.9.0", 3000),
        ("jarvis-interface", "jarvis-interface:1.9.0", 8001),
        ("jarvis-tts", "jarvis-tts:1.9.0", 8002),
        ("jarvis-stt", "jarvis-stt:1.9.0", 8003),
    ],
)
def test_service_reaches_its_pods(graph: Graph, app: str, image: str, port: int) -> None:
    deployment, service = graph.one("Deployment", app), graph.one("Service", app)
    template = deployment.inputs["spec"]["template"]
    assert service.inputs["spec"]["selector"] == {"app": app} == deployment.inputs["spec"]["selector"]["matchLabels"]
    assert template["metadata"]["labels"]["app"] == app
    assert [(p["name"], p["port"], p["targetPort"]) for p in service.inputs["spec"]["ports"]] == [
        ("http", port, "http")
    ]
    assert container_of(deployment)["image"] == image
    assert [(p["name"], p["containerPort"]) for p in container_of(deployment)["ports"]] == [("http", port)]
    account = graph.one("ServiceAccount", app)
    assert pod_of(deployment)["serviceAccountName"] == app
    assert account.inputs["automountServiceAccountToken"] is False
    assert account.urn in deployment.dependencies


@pytest.mark.parametrize("app", APPS)
def test_rollout_leaves_no_gap(graph: Graph, app: str) -> None:
    deployment = graph.one("Deployment", app)
    spec, pod, container = deployment.inputs["spec"], pod_of(deployment), container_of(deployment)
    assert spec["strategy"] == {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}}
    assert spec["revisionHistoryLimit"] == 10
    assert 0 < container["lifecycle"]["preStop"]["sleep"]["seconds"] < pod["terminationGracePeriodSeconds"]
    assert {c["topologyKey"] for c in pod["topologySpreadConstraints"]} == {
        "topology.kubernetes.io/zone",
        "kubernetes.io/hostname",
    }
    assert all(c["labelSelector"] == {"matchLabels": {"app": app}} for c in pod["topologySpreadConstraints"])
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert container[probe]["httpGet"] == {"path": "/health", "port": "http"}
    assert container["startupProbe"]["periodSeconds"] * container["startupProbe"]["failureThreshold"] == 150
    assert patience(container["livenessProbe"]) > patience(container["readinessProbe"])


def patience(probe: dict[str, Any]) -> float:
    """Seconds until a probe gives up."""
    return probe["periodSeconds"] * probe["failureThreshold"]


GENERAL = {"HOME": "=/tmp", "ENVIRONMENT": "config", "DEBUG": "config", "LOG_LEVEL": "config"}


def test_frontend_sees_no_secret_and_no_database(graph: Graph) -> None:
    assert variables_of(container_of(graph.one("Deployment", "jarvis-frontend"))) == {
        **GENERAL,
        "BACKEND_PORT": "config",
        "FRONTEND_PORT": "config",
    }


@pytest.mark.parametrize("service", ["interface", "stt", "tts"])
def test_microservice_knows_its_port_and_the_backend(graph: Graph, service: str) -> None:
    assert variables_of(container_of(graph.one("Deployment", f"jarvis-{service}"))) == {
        **GENERAL,
        f"{service.upper()}_PORT": "config",
        "BACKEND_INTERNAL_URL": "config",
    }


def test_backend_reads_its_passwords_from_the_secret(graph: Graph) -> None:
    variables = variables_of(container_of(graph.one("Deployment", "jarvis-backend")))
    assert {name for name, place in variables.items() if place == "secret"} == {
        "POSTGRES_PASSWORD",
        "REDIS_PASSWORD",
        "JARVIS_SECRET_KEY",
    }


def test_service_links_are_off(graph: Graph) -> None:
    """They would set POSTGRES_PORT, REDIS_PORT and OLLAMA_PORT to tcp:// addresses."""
    assert all(pod_of(d)["enableServiceLinks"] is False for d in graph.of_kind("Deployment"))


def checksums(**changes: Any) -> dict[str, str]:
    return {
        deployment.object_name: deployment.inputs["spec"]["template"]["metadata"]["annotations"][CHECKSUM_ANNOTATION]
        for deployment in deployed(**changes).of_kind("Deployment")
        if deployment.object_name in APPS
    }


def rolled(**changes: Any) -> set[str]:
    before, after = checksums(), checksums(**changes)
    return {app for app in before if before[app] != after[app]}


def test_unchanged_configuration_rolls_nothing() -> None:
    assert rolled() == set()


def test_changed_setting_rolls_only_its_readers() -> None:
    assert rolled(settings=app_settings(jwtExpireMinutes=480)) == {"jarvis-backend"}
    assert rolled(settings=app_settings(frontendUrl="https://app.jarvis.com")) == {"jarvis-backend", "jarvis-frontend"}
    assert rolled(settings=app_settings(logLevel="ERROR")) == set(APPS)


def test_changed_password_rolls_only_its_readers() -> None:
    assert rolled(passwords={"redis": "another-password"}) == {"jarvis-backend"}
    assert rolled(passwords={"admin": "another-password"}) == set()


def test_certificate_is_mounted_where_the_backend_is_told() -> None:
    graph = deployed(app_settings(tls=TLS))
    backend = graph.one("Deployment", "jarvis-backend")
    mounts = {m["mountPath"]: m for m in container_of(backend)["volumeMounts"]}
    assert (mounts["/etc/ssl/certs/jarvis.crt"]["subPath"], mounts["/etc/ssl/private/jarvis.key"]["subPath"]) == (
        "tls.crt",
        "tls.key",
    )
    config = graph.one("ConfigMap", "jarvis-config").inputs["data"]
    assert (config["SSL_CERT_PATH"], config["SSL_KEY_PATH"]) == (TLS["certificatePath"], TLS["keyPath"])
    (volume,) = [v for v in pod_of(backend)["volumes"] if v["name"] == "tls"]
    assert volume["secret"]["secretName"] == "jarvis-tls"
    assert "tls" not in {v["name"] for v in pod_of(graph.one("Deployment", "jarvis-frontend"))["volumes"]}


def test_image_and_pull_settings_reach_the_pods() -> None:
    image = {"registry": "registry.jarvis.local", "tag": "staging", "pullPolicy": "Always", "pullSecrets": ["pull"]}
    graph = deployed(app_settings(image=image, stt={"image": {"tag": "2"}}))
    for app in APPS:
        deployment = graph.one("Deployment", app)
        assert container_of(deployment)["imagePullPolicy"] == "Always"
        assert pod_of(deployment)["imagePullSecrets"] == [{"name": "pull"}]
    assert container_of(graph.one("Deployment", "jarvis-stt"))["image"] == "registry.jarvis.local/jarvis-stt:2"


def test_tag_that_is_no_label_value_is_cut() -> None:
    deployment = deployed(app_settings(image={"tag": "_" + "a" * 127})).one("Deployment", "jarvis-backend")
    assert deployment.inputs["metadata"]["labels"]["app.kubernetes.io/version"] == "a" * 62


def test_hot_reload_runs_the_backend_from_the_source_volume() -> None:
    graph = deployed(app_settings(backend={"hotReload": {"sourcePath": "/srv/app"}}))
    backend = graph.one("Deployment", "jarvis-backend")
    claim = graph.one("PersistentVolumeClaim", "jarvis-backend-source")
    assert container_of(backend)["command"] == [
        *("uvicorn", "backend.main:app", "--reload", "--host", "0.0.0.0", "--port", "$(BACKEND_PORT)")  # noqa: S104
    ]
    (mount,) = [m for m in container_of(backend)["volumeMounts"] if m["name"] == "source"]
    assert mount == {"name": "source", "mountPath": "/srv/app"}
    (volume,) = [v for v in pod_of(backend)["volumes"] if v["name"] == "source"]
    assert volume["persistentVolumeClaim"]["claimName"] == "jarvis-backend-source"
    assert claim.urn in backend.dependencies
    assert not claim.protect
    assert backend.inputs["spec"]["strategy"] == {"type": "Recreate"}


def test_hot_reload_seeds_the_volume_from_the_image() -> None:
    (seed,) = pod_of(deployed(app_settings(frontend={"hotReload": {}})).one("Deployment", "jarvis-frontend"))[
        "initContainers"
    ]
    assert seed["image"] == "jarvis-frontend:1.9.0"
    assert seed["command"][-2:] == ["/source", "/app"]
    assert seed["volumeMounts"] == [{"name": "source", "mountPath": "/source"}]
    assert "env" not in seed or not seed["env"]


def test_hot_reload_runs_the_guides_frontend_command() -> None:
    frontend = deployed(app_settings(frontend={"hotReload": {}})).one("Deployment", "jarvis-frontend")
    command = container_of(frontend)["command"]
    assert command[-2:] == ["npm", "start"]
    assert "PORT=$(FRONTEND_PORT)" in command
    assert "FRONTEND_PORT" in variables_of(container_of(frontend))


def test_without_hot_reload_the_image_decides(graph: Graph) -> None:
    assert all("command" not in container_of(graph.one("Deployment", app)) for app in APPS)
    assert not [c for c in graph.of_kind("PersistentVolumeClaim") if c.object_name.endswith("-source")]
