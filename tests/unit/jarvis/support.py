"""Builds the application with mocks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import pulumi

from components.cluster.contract import ClusterAccess
from components.jarvis.app import Jarvis
from components.jarvis.contract import JarvisEndpoints, TelemetryTarget
from components.jarvis.settings import AppSettings
from components.kubernetes.metadata import AppLabels, object_meta
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


def deployed(settings: AppSettings | None = None, **around: Any) -> Graph:
    """What the application registers; `around` as in `jarvis`."""
    return registered(lambda: jarvis(settings or app_settings(), **around))


def endpoints(settings: AppSettings | None = None, **around: Any) -> JarvisEndpoints:
    """The application's contract."""
    found: list[JarvisEndpoints] = []
    registered(lambda: found.append(jarvis(settings or app_settings(), **around).endpoints))
    return found[0]


class Authority:
    """A CertificateAuthority whose certificates are Secrets of its own; made for the names that it was asked for."""

    def issue(
        self,
        name: str,
        dns_names: Sequence[pulumi.Input[str]],
        *,
        labels: AppLabels,
        cluster: ClusterAccess,
        parent: pulumi.Resource,
    ) -> Any:
        from pulumi_kubernetes.core.v1 import Secret

        from components.certificates.contract import ServerCertificate, TrustAnchor

        names = pulumi.Output.all(*dns_names).apply(",".join)
        metadata = object_meta(name, cluster.namespace, labels, {"names": names})
        secret = Secret(name, metadata=metadata, opts=cluster.child_of(parent))
        return ServerCertificate(name, TrustAnchor("authority", "root.crt"), secret, 180)


def jarvis(
    settings: AppSettings,
    *,
    passwords: dict[str, str] | None = None,
    protect: bool = False,
    postgres_host: str = "postgres",
    high_availability: bool = False,
    tls: Literal["none", "own authority", "public authority"] = "none",
    certificates: bool = False,
    telemetry: TelemetryTarget | None = None,
    pooler: bool = False,
) -> Jarvis:
    """The application over a database and a cache that stand already; call it inside a program.

    `tls` is of the database and the cache.
    """
    from components.cache.contract import CacheConnection
    from components.certificates.contract import TrustAnchor
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
            direct_host=text("postgres-rw") if pooler else None,
            direct_peer=PodPeer("postgres-server") if pooler else None,
            tls=tls != "none",
            trust=TrustAnchor("postgres-ca") if tls == "own authority" else None,
        ),
        cache=CacheConnection(
            host=text("redis"),
            port=text(6379),
            password=secret["redis"],
            peer=PodPeer("redis"),
            peer_port=6379,
            cluster_hosts=text("redis-1:6379,redis-2:6379") if high_availability else None,
            sentinel_hosts=text("sentinel-1:26379,sentinel-2:26379") if high_availability else None,
            sentinel_master="jarvis" if high_availability else None,
            sentinel_app="redis-sentinel" if high_availability else None,
            tls=tls != "none",
            trust=TrustAnchor("redis-tls", "authority.crt") if tls == "own authority" else None,
        ),
        credentials=Credentials(
            postgres_password=secret["postgres"],
            redis_password=secret["redis"],
            jarvis_secret_key=secret["key"],
            jarvis_admin_password=secret["admin"],
            grafana_admin_password=secret["admin"],
        ),
        protect=protect,
        certificates=Authority() if certificates else None,
        telemetry=telemetry,
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
    sources: dict[str, str] = {}
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
