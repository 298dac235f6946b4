"""Monitoring among mocks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pulumi

from components.cache.contract import CacheConnection
from components.certificates.contract import TrustAnchor
from components.database.contract import DatabaseConnection
from components.jarvis.contract import JarvisEndpoints
from components.monitoring.contract import MonitoringEndpoints
from components.monitoring.kinds import create_monitoring
from components.monitoring.settings import OperatorMonitoring, StandaloneMonitoring
from components.network.contract import PodPeer, ServiceEndpoint
from components.secrets.contract import Credentials
from tests.support.mocks import Graph, cluster_access, credential, registered

PASSWORD = "grafana-password-of-the-test"
SLACK_URL = "https://hooks.slack.com/services/T0/B0/of-the-test"
PORTS = {"backend": 8000, "frontend": 3000, "interface": 8001, "tts": 8002, "stt": 8003}


def jarvis_endpoints(*, tls: bool = False) -> JarvisEndpoints:
    """The application's; with `tls`, its backend serves HTTPS."""

    def endpoint(name: str, port: int) -> ServiceEndpoint:
        return ServiceEndpoint(name, port, pulumi.Output.from_input(f"http://{name}.jarvis-test.svc:{port}"))

    services = {name: endpoint(f"jarvis-{name}", port) for name, port in PORTS.items()}
    if tls:
        trust = TrustAnchor("jarvis-backend-tls")
        services["backend"] = replace(services["backend"], server_name="jarvis-backend", trust=trust)
    return JarvisEndpoints(**services, ollama=endpoint("ollama", 11434), flows=())


def database_connection(exporter_app: str | None = "postgres") -> DatabaseConnection:
    text = pulumi.Output.from_input("postgres")
    return DatabaseConnection(
        host=text,
        port=pulumi.Output.from_input(5432),
        database=text,
        username=text,
        password=credential("x"),
        peer=PodPeer("postgres"),
        peer_port=5432,
        exporter_app=exporter_app,
    )


def cache_connection(exporter_app: str | None = "redis") -> CacheConnection:
    return CacheConnection(
        host=pulumi.Output.from_input("redis"),
        port=pulumi.Output.from_input(6379),
        password=credential("x"),
        peer=PodPeer("redis"),
        peer_port=6379,
        exporter_app=exporter_app,
    )


def stack_credentials(*, slack: bool = False) -> Credentials:
    """Of these, monitoring uses Grafana's password and, where there is one, Slack's address."""
    other = credential("x")
    return Credentials(
        postgres_password=other,
        redis_password=other,
        jarvis_secret_key=other,
        jarvis_admin_password=other,
        grafana_admin_password=credential(PASSWORD, "grafanaAdminPassword"),
        slack_webhook_url=credential(SLACK_URL, "slackWebhookUrl") if slack else None,
    )


def monitoring_graph(
    settings: StandaloneMonitoring | OperatorMonitoring | None = None,
    *,
    protect: bool = False,
    exporters: bool = True,
    slack: bool = False,
    tls: bool = False,
) -> tuple[Graph, MonitoringEndpoints]:
    """What monitoring of a stack in the namespace `jarvis-test` registers and gives."""
    given: list[MonitoringEndpoints] = []

    def build() -> None:
        given.append(
            create_monitoring(
                settings or StandaloneMonitoring(),
                cluster=cluster_access(),
                jarvis=jarvis_endpoints(tls=tls),
                database=database_connection("postgres" if exporters else None),
                cache=cache_connection("redis" if exporters else None),
                credentials=stack_credentials(slack=slack),
                protect=protect,
            )
        )

    return registered(build), given[0]


def pod_of(graph: Graph, kind: str, name: str) -> dict[str, Any]:
    """The Pod spec of a workload."""
    return graph.one(kind, name).inputs["spec"]["template"]["spec"]
