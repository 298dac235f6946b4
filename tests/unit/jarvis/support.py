"""Builds the application with mocks."""

from __future__ import annotations

from typing import Any

import pulumi

from components.jarvis.app import Jarvis
from components.jarvis.contract import JarvisEndpoints
from components.jarvis.settings import AppSettings
from tests.support.mocks import Graph, Registered, cluster_access, credential, registered

MINIMAL: dict[str, Any] = {"image": {"tag": "1.9.0"}, "corsOrigins": ["http://localhost:3000"]}
PASSWORDS = {
    "postgres": "postgres-pass-9f2",
    "redis": "redis-pass-7c1",
    "key": "k" * 31 + "Z",
    "admin": "admin-pass-4d8",
}
APPS = ("jarvis-backend", "jarvis-frontend", "jarvis-interface", "jarvis-stt", "jarvis-tts")


def app_settings(**changes: Any) -> AppSettings:
    """The smallest valid settings with top-level keys (camelCase) replaced."""
    return AppSettings.model_validate({**MINIMAL, **changes})


def deployed(
    settings: AppSettings | None = None,
    *,
    passwords: dict[str, str] | None = None,
    protect: bool = False,
    postgres_host: str = "postgres",
    high_availability: bool = False,
) -> Graph:
    """What the application registers."""
    return registered(
        lambda: jarvis(
            settings or app_settings(),
            passwords=passwords,
            protect=protect,
            postgres_host=postgres_host,
            high_availability=high_availability,
        )
    )


def endpoints(settings: AppSettings | None = None) -> JarvisEndpoints:
    """The application's contract."""
    found: list[JarvisEndpoints] = []
    registered(lambda: found.append(jarvis(settings or app_settings()).endpoints))
    return found[0]


def jarvis(
    settings: AppSettings,
    *,
    passwords: dict[str, str] | None = None,
    protect: bool = False,
    postgres_host: str = "postgres",
    high_availability: bool = False,
) -> Jarvis:
    """The application over a database and a cache that stand already; call it inside a program."""
    from components.cache.contract import CacheConnection
    from components.database.contract import DatabaseConnection
    from components.network.contract import PodPeer
    from components.secrets.contract import Credentials

    secret = {key: credential(value, key) for key, value in {**PASSWORDS, **(passwords or {})}.items()}
    text = pulumi.Output.from_input
    return Jarvis(
        "jarvis",
        settings,
        cluster=cluster_access(),
        database=DatabaseConnection(
            host=text(postgres_host),
            port=text(5432),
            database=text("jarvis_dev"),
            username=text("jarvis"),
            password=secret["postgres"],
            peer=PodPeer("postgres"),
            peer_port=5432,
            replica_host=text("postgres-ro") if high_availability else None,
        ),
        cache=CacheConnection(
            host=text("redis"),
            port=text(6379),
            password=secret["redis"],
            peer=PodPeer("redis"),
            peer_port=6379,
            cluster_hosts=text("redis-1:6379,redis-2:6379") if high_availability else None,
        ),
        credentials=Credentials(
            postgres_password=secret["postgres"],
            redis_password=secret["redis"],
            jarvis_secret_key=secret["key"],
            jarvis_admin_password=secret["admin"],
            grafana_admin_password=secret["admin"],
        ),
        protect=protect,
    )


def pod_of(workload: Registered) -> dict[str, Any]:
    """The Pod spec of a Deployment or Job."""
    return workload.inputs["spec"]["template"]["spec"]


def container_of(workload: Registered) -> dict[str, Any]:
    """The only container of a Deployment or Job."""
    (container,) = pod_of(workload)["containers"]
    return container


def variables_of(container: dict[str, Any]) -> dict[str, str]:
    """Each variable and where it comes from: `config`, `secret`, or `=` and its literal value."""
    sources = {}
    for variable in container["env"]:
        source = variable.get("valueFrom", {})
        if "configMapKeyRef" in source:
            assert source["configMapKeyRef"] == {"name": "jarvis-config", "key": variable["name"]}
            sources[variable["name"]] = "config"
        elif "secretKeyRef" in source:
            assert source["secretKeyRef"] == {"name": "jarvis-secrets", "key": variable["name"]}
            sources[variable["name"]] = "secret"
        else:
            sources[variable["name"]] = "=" + variable["value"]
    return sources


def job(graph: Graph, app: str) -> Registered:
    """The only Job of that `app` label."""
    (found,) = [j for j in graph.of_kind("Job") if j.inputs["metadata"]["labels"]["app"] == app]
    return found
