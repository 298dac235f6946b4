"""Monitoring of kind `standalone`: Prometheus and Grafana beside the application."""

from __future__ import annotations

import pulumi

from components.cache.contract import CacheConnection
from components.cluster.contract import ClusterAccess
from components.database.contract import DatabaseConnection
from components.jarvis.contract import JarvisEndpoints
from components.monitoring.contract import MonitoringEndpoints
from components.monitoring.flows import monitoring_flows
from components.monitoring.grafana import Grafana
from components.monitoring.prometheus import Prometheus
from components.monitoring.prometheus_config import PrometheusConfig, prometheus_yml, rule_files
from components.monitoring.settings import StandaloneMonitoring
from components.monitoring.signals.model import ServiceAccountAccess
from components.monitoring.signals.rules import rule_groups
from components.monitoring.signals.scrape import ExporterTarget, scrape_jobs
from components.secrets.contract import Credential


class Monitoring(pulumi.ComponentResource):
    """Scrapes the stack, evaluates its alerts and shows its dashboards."""

    endpoints: MonitoringEndpoints

    def __init__(  # noqa: PLR0913 - one argument a dependency
        self,
        name: str,
        settings: StandaloneMonitoring,
        *,
        cluster: ClusterAccess,
        jarvis: JarvisEndpoints,
        database: DatabaseConnection,
        cache: CacheConnection,
        grafana_admin_password: Credential,
        protect: bool = False,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("jarvis:monitoring:Monitoring", name, None, opts)
        exporters = exporter_targets(database, cache)
        config = cluster.namespace.apply(
            lambda namespace: prometheus_yml(_config(namespace, settings, cluster.environment, jarvis, exporters))
        )
        child = pulumi.ResourceOptions(parent=self)
        prometheus = Prometheus(
            "prometheus",
            settings.prometheus,
            cluster=cluster,
            config=config,
            rules=rule_files(rule_groups(cluster.environment)),
            protect=protect,
            opts=child,
        )
        grafana = Grafana(
            "grafana",
            settings.grafana,
            cluster=cluster,
            admin_password=grafana_admin_password,
            protect=protect,
            opts=child,
        )
        self.endpoints = MonitoringEndpoints(
            prometheus=prometheus.endpoint,
            grafana=grafana.endpoint,
            flows=monitoring_flows(jarvis, exporters, kubelets=settings.prometheus.container_metrics.enabled),
        )
        self.register_outputs({"prometheus": prometheus.endpoint.url, "grafana": grafana.endpoint.url})


def exporter_targets(database: DatabaseConnection, cache: CacheConnection) -> tuple[ExporterTarget, ...]:
    """The exporters that the stack's database and cache have in the cluster."""
    candidates = (
        ("postgres", database.exporter_app, database.exporter_port),
        ("redis", cache.exporter_app, cache.exporter_port),
    )
    return tuple(ExporterTarget(job, app, port) for job, app, port in candidates if app is not None)


def _config(
    namespace: str,
    settings: StandaloneMonitoring,
    environment: str,
    jarvis: JarvisEndpoints,
    exporters: tuple[ExporterTarget, ...],
) -> PrometheusConfig:
    containers = settings.prometheus.container_metrics
    return PrometheusConfig(
        cluster=settings.cluster_name or f"jarvis-{environment}",
        environment=environment,
        jobs=scrape_jobs(
            namespace,
            backend_port=jarvis.backend.port,
            microservice_ports=(jarvis.stt.port, jarvis.tts.port, jarvis.interface.port),
            exporters=exporters,
            containers=ServiceAccountAccess(containers.verify_certificates) if containers.enabled else None,
        ),
    )
