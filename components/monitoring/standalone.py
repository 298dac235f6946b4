"""Monitoring of kind `standalone`: an observability stack beside the application."""

from __future__ import annotations

import pulumi

from components.cluster.contract import ClusterAccess
from components.jarvis.contract import JarvisEndpoints
from components.monitoring.alerting.alertmanager import Alertmanager
from components.monitoring.contract import MonitoringEndpoints
from components.monitoring.exporters.exporters import Exporters
from components.monitoring.exporters.jobs import exporter_jobs, volume_job
from components.monitoring.flows import ALERTMANAGER_APP, ALERTMANAGER_PORT, alerting_flows, monitoring_flows
from components.monitoring.grafana import Grafana
from components.monitoring.parts import Part
from components.monitoring.prometheus import Prometheus
from components.monitoring.prometheus_config import (
    BACKEND_CA_FILE,
    AlertmanagerTarget,
    PrometheusConfig,
    prometheus_yml,
    rule_files,
)
from components.monitoring.settings import StandaloneMonitoring
from components.monitoring.signals.model import CertificateAccess, Exporter, ServiceAccountAccess
from components.monitoring.signals.scrape import ExporterTarget, scrape_jobs
from components.monitoring.stack_rules import stack_rules
from components.monitoring.stores import logs_and_traces
from components.secrets.contract import Credential, Credentials


class Monitoring(pulumi.ComponentResource):
    """Scrapes the stack, evaluates its alerts, tells people and shows dashboards."""

    endpoints: MonitoringEndpoints

    def __init__(
        self,
        name: str,
        settings: StandaloneMonitoring,
        *,
        cluster: ClusterAccess,
        jarvis: JarvisEndpoints,
        data: tuple[Part, ...],
        credentials: Credentials,
        protect: bool = False,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`data`: what database and cache bring."""
        super().__init__("jarvis:monitoring:Monitoring", name, None, opts)
        self._settings = settings
        self._cluster = cluster
        self._guarded = protect
        parts = (
            *data,
            *self._alerting(credentials.slack_webhook_url),
            *logs_and_traces(settings.logs, settings.traces, cluster=cluster, parent=self, protect=protect),
            *self._exporters(),
        )
        prometheus = self._prometheus(jarvis, parts)
        grafana = self._grafana(credentials.grafana_admin_password, parts)
        targets = tuple(target for part in parts for target in part.targets)
        kubelets = settings.prometheus.container_metrics.enabled
        self.endpoints = MonitoringEndpoints(
            prometheus=prometheus.endpoint,
            grafana=grafana.endpoint,
            flows=(
                *monitoring_flows(jarvis, targets, kubelets=kubelets),
                *(flow for part in parts for flow in part.flows),
            ),
        )
        self.register_outputs({"prometheus": prometheus.endpoint.url, "grafana": grafana.endpoint.url})

    def _alerting(self, slack_webhook_url: Credential | None) -> tuple[Part, ...]:
        settings = self._settings.alertmanager
        if settings is None:
            return ()
        Alertmanager(
            "alertmanager",
            settings,
            cluster=self._cluster,
            slack_webhook_url=slack_webhook_url,
            protect=self._guarded,
            opts=pulumi.ResourceOptions(parent=self),
        )
        target = ExporterTarget("alertmanager", ALERTMANAGER_APP, ALERTMANAGER_PORT)
        flows = alerting_flows(settings, slack=slack_webhook_url is not None)
        return (Part("alertmanager", (target,), flows),)

    def _exporters(self) -> tuple[Part, ...]:
        if self._settings.exporters is None:
            return ()
        opts = pulumi.ResourceOptions(parent=self)
        return Exporters("exporters", self._settings.exporters, cluster=self._cluster, opts=opts).parts

    def _known_exporters(self, parts: tuple[Part, ...]) -> frozenset[Exporter]:
        return frozenset((*(part.exporter for part in parts), *_kubelets(self._settings)))

    def _prometheus(self, jarvis: JarvisEndpoints, parts: tuple[Part, ...]) -> Prometheus:
        settings = self._settings
        environment = self._cluster.environment
        rules = stack_rules(settings, environment, self._known_exporters(parts), jarvis.backend)
        config = self._cluster.namespace.apply(
            lambda namespace: prometheus_yml(prometheus_config(namespace, settings, environment, jarvis, parts))
        )
        return Prometheus(
            "prometheus",
            settings.prometheus,
            cluster=self._cluster,
            config=config,
            rules=rule_files(rules),
            trust=jarvis.backend.trust,
            takes_otlp=settings.traces is not None and settings.traces.span_metrics,
            protect=self._guarded,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _grafana(self, admin_password: Credential, parts: tuple[Part, ...]) -> Grafana:
        return Grafana(
            "grafana",
            self._settings.grafana,
            cluster=self._cluster,
            admin_password=admin_password,
            data_sources=tuple(source for part in parts for source in part.data_sources),
            exporters=self._known_exporters(parts),
            protect=self._guarded,
            opts=pulumi.ResourceOptions(parent=self),
        )


def _kubelets(settings: StandaloneMonitoring) -> tuple[Exporter, ...]:
    """What the kubelets are asked beside their containers: how full volumes are."""
    asked = settings.exporters is not None and settings.prometheus.container_metrics.enabled
    return ("kubelet",) if asked else ()


def prometheus_config(
    namespace: str,
    settings: StandaloneMonitoring,
    environment: str,
    jarvis: JarvisEndpoints,
    parts: tuple[Part, ...],
) -> PrometheusConfig:
    """What Prometheus is told in `namespace`."""
    containers = settings.prometheus.container_metrics
    kubelets = ServiceAccountAccess(containers.verify_certificates) if containers.enabled else None
    server_name = jarvis.backend.server_name
    jobs = scrape_jobs(
        namespace,
        backend_port=jarvis.backend.port,
        microservice_ports=(jarvis.stt.port, jarvis.tts.port, jarvis.interface.port),
        exporters=tuple(target for part in parts for target in part.targets),
        containers=kubelets,
        backend_access=CertificateAccess(BACKEND_CA_FILE, server_name) if server_name else None,
    )
    if settings.exporters is not None:
        volumes = (volume_job(namespace, kubelets),) if kubelets else ()
        jobs = (*jobs, *exporter_jobs(settings.exporters, namespace), *volumes)
    return PrometheusConfig(
        cluster=settings.cluster_name or f"jarvis-{environment}",
        environment=environment,
        jobs=jobs,
        alertmanager=AlertmanagerTarget(namespace) if settings.alertmanager else None,
        replicated=settings.prometheus.replicas > 1,
    )
