"""TLS to the database and the cache, HTTPS by the backend, and who trusts whom."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest
from pydantic import ValidationError

from tests.support.mocks import Graph, Registered
from tests.unit.jarvis.support import (
    APPS,
    MINIMAL,
    app_settings,
    container_of,
    deployed,
    endpoints,
    job,
    pod_of,
    variables_of,
)

FILES = {"certificatePath": "/etc/ssl/certs/jarvis.crt", "keyPath": "/etc/ssl/private/jarvis.key"}
GIVEN = {**FILES, "secretName": "jarvis-tls"}
CLIENTS = ("jarvis-interface", "jarvis-stt", "jarvis-tts")


def workload(graph: Graph, app: str) -> Registered:
    tasks = {"jarvis-migrate", "jarvis-create-admin"}
    return job(graph, app) if app in tasks else graph.one("Deployment", app)


def literals(graph: Graph, app: str) -> dict[str, str]:
    """The variables whose values the Pod itself holds."""
    variables = variables_of(container_of(workload(graph, app)))
    return {name: value[1:] for name, value in variables.items() if value.startswith("=") and name != "HOME"}


def trusted(graph: Graph, app: str) -> dict[str, tuple[str, str]]:
    """Secret and key of each CA certificate, by the path at which the server's container finds it."""
    volumes = {v["name"]: v for v in pod_of(workload(graph, app))["volumes"]}
    if "trust" not in volumes:
        return {}
    (mount,) = [m for m in container_of(workload(graph, app))["volumeMounts"] if m["name"] == "trust"]
    assert mount["readOnly"] is True
    found: dict[str, tuple[str, str]] = {}
    for source in volumes["trust"]["projected"]["sources"]:
        (item,) = source["secret"]["items"]
        found[f"{mount['mountPath']}/{item['path']}"] = (source["secret"]["name"], item["key"])
    return found


@pytest.fixture(scope="module")
def encrypted() -> Graph:
    return deployed(tls="own authority")


@pytest.fixture(scope="module")
def serving() -> Graph:
    return deployed(app_settings(tls={**FILES, "dnsNames": ["api.jarvis.com"]}), certificates=True)


def test_backend_verifies_the_database_and_the_cache(encrypted: Graph) -> None:
    assert literals(encrypted, "jarvis-backend") == {
        "PGSSLMODE": "verify-full",
        "PGSSLROOTCERT": "/etc/jarvis/trust/postgres.crt",
        "REDIS_TLS": "true",
        "REDIS_CA_CERT": "/etc/jarvis/trust/redis.crt",
    }
    assert trusted(encrypted, "jarvis-backend") == {
        "/etc/jarvis/trust/postgres.crt": ("postgres-ca", "ca.crt"),
        "/etc/jarvis/trust/redis.crt": ("redis-tls", "authority.crt"),
    }


@pytest.mark.parametrize("task", ["jarvis-migrate", "jarvis-create-admin"])
def test_tasks_verify_the_database_only(encrypted: Graph, task: str) -> None:
    assert literals(encrypted, task) == {
        "PGSSLMODE": "verify-full",
        "PGSSLROOTCERT": "/etc/jarvis/trust/postgres.crt",
    }
    assert trusted(encrypted, task) == {"/etc/jarvis/trust/postgres.crt": ("postgres-ca", "ca.crt")}


def test_nobody_else_gets_their_authorities(encrypted: Graph) -> None:
    for app in (*CLIENTS, "jarvis-frontend", "ollama"):
        assert trusted(encrypted, app) == {}
        assert not [name for name in literals(encrypted, app) if name.startswith(("PG", "REDIS"))]


def test_public_authorities_need_no_file() -> None:
    graph = deployed(tls="public authority")
    assert literals(graph, "jarvis-backend") == {
        "PGSSLMODE": "verify-full",
        "PGSSLROOTCERT": "system",
        "REDIS_TLS": "true",
    }
    assert trusted(graph, "jarvis-backend") == {}


def test_plain_text_says_nothing() -> None:
    graph = deployed()
    assert not [app for app in (*APPS, "jarvis-migrate") if literals(graph, app) or trusted(graph, app)]


def test_another_trust_is_another_migration() -> None:
    names = {job(deployed(tls=tls), "jarvis-migrate").object_name for tls in ("none", "own authority")}
    assert len(names) == 2, "a Job's Pod can never change: it needs a new name"


def test_certificate_is_issued_for_every_name_of_the_service(serving: Graph) -> None:
    secret = serving.one("Secret", "jarvis-backend-tls")
    assert secret.inputs["metadata"]["annotations"]["names"].split(",") == [
        "jarvis-backend",
        "jarvis-backend.jarvis-test",
        "jarvis-backend.jarvis-test.svc",
        "jarvis-backend.jarvis-test.svc.cluster.local",
        "api.jarvis.com",
    ]
    backend = serving.one("Deployment", "jarvis-backend")
    (volume,) = [v for v in pod_of(backend)["volumes"] if v["name"] == "tls"]
    assert volume["secret"]["secretName"] == "jarvis-backend-tls"
    assert secret.urn in backend.dependencies


def test_backend_is_probed_and_announced_over_https(serving: Graph) -> None:
    container = container_of(serving.one("Deployment", "jarvis-backend"))
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert container[probe]["httpGet"]["scheme"] == "HTTPS"
    (port,) = serving.one("Service", "jarvis-backend").inputs["spec"]["ports"]
    assert (port["appProtocol"], port["port"]) == ("https", 8000)
    (plain,) = serving.one("Service", "jarvis-frontend").inputs["spec"]["ports"]
    assert plain["appProtocol"] == "http"
    assert "scheme" not in container_of(serving.one("Deployment", "jarvis-stt"))["readinessProbe"]["httpGet"]


@pytest.mark.parametrize("app", CLIENTS)
def test_services_call_the_backend_over_https_and_verify_it(serving: Graph, app: str) -> None:
    config = serving.one("ConfigMap", "jarvis-config").inputs["data"]
    assert config["BACKEND_INTERNAL_URL"] == "https://jarvis-backend.jarvis-test.svc:8000"
    assert config["STT_URL"].startswith("http://")
    path = "/etc/jarvis/trust/backend.crt"
    assert literals(serving, app) == {"SSL_CERT_FILE": path, "REQUESTS_CA_BUNDLE": path}
    assert trusted(serving, app) == {path: ("authority", "root.crt")}
    assert serving.one("Secret", "jarvis-backend-tls").urn in serving.one("Deployment", app).dependencies


def test_backends_key_is_the_backends_alone(serving: Graph) -> None:
    for deployment in serving.of_kind("Deployment"):
        secrets = [v["secret"]["secretName"] for v in pod_of(deployment)["volumes"] if "secret" in v]
        assert ("jarvis-backend-tls" in secrets) == (deployment.object_name == "jarvis-backend")


def test_endpoint_tells_scrapers_and_proxies_how_to_verify_it() -> None:
    found = endpoints(app_settings(tls=FILES), certificates=True)
    assert found.backend.server_name == "jarvis-backend"
    assert found.backend.trust is not None
    assert (found.backend.trust.secret_name, found.backend.trust.key) == ("authority", "root.crt")
    assert found.stt.server_name is None
    plain = endpoints()
    assert (plain.backend.server_name, plain.backend.trust) == (None, None)


def test_given_secret_brings_its_authority_along() -> None:
    found = endpoints(app_settings(tls=GIVEN), certificates=True)
    assert found.backend.trust is not None
    assert (found.backend.trust.secret_name, found.backend.trust.key) == ("jarvis-tls", "ca.crt")
    graph = deployed(app_settings(tls=GIVEN), certificates=True)
    assert not [s for s in graph.of_kind("Secret") if s.object_name == "jarvis-backend-tls"], "none is issued"


def test_reloading_backend_serves_https_too() -> None:
    graph = deployed(app_settings(tls=GIVEN, backend={"hotReload": {}}))
    assert literals(graph, "jarvis-backend") == {
        "UVICORN_SSL_CERTFILE": FILES["certificatePath"],
        "UVICORN_SSL_KEYFILE": FILES["keyPath"],
    }


def test_nothing_gives_a_certificate() -> None:
    with pytest.raises(pulumi.RunError, match=r"set jarvis:app\.tls\.secretName or jarvis:certificates"):
        deployed(app_settings(tls=FILES))


@pytest.mark.parametrize(
    ("tls", "place"),
    [({**GIVEN, "dnsNames": ["api.jarvis.com"]}, "tls"), ({**FILES, "dnsNames": ["api jarvis"]}, "tls.dnsNames.0")],
)
def test_wrong_names_are_refused(tls: dict[str, Any], place: str) -> None:
    with pytest.raises(ValidationError) as caught:
        type(app_settings()).model_validate({**MINIMAL, "tls": tls})
    assert {".".join(str(part) for part in error["loc"]) for error in caught.value.errors()} == {place}
