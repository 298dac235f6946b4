"""Monitoring of kind `operator`: objects that the cluster's prometheus-operator and Grafana read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

import pulumi
from pulumi_kubernetes.core.v1 import ConfigMap
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from components.cluster.contract import ClusterAccess
from components.jarvis.contract import JarvisEndpoints
from components.kubernetes.custom import Field, custom_resource
from components.kubernetes.metadata import AppLabels
from components.kubernetes.secrets import SecretObject, secret_object
from components.monitoring.contract import MonitoringEndpoints
from components.monitoring.operator.flows import from_shared_grafana, notification_flows, scrape_flows
from components.monitoring.operator.grafana_files import SharedGrafanaFiles
from components.monitoring.operator.monitors import monitors
from components.monitoring.operator.routing import SLACK_KEY, routing_spec
from components.monitoring.operator.rules import rule_spec
from components.monitoring.operator.settings import AlertRouting, SharedGrafana
from components.monitoring.operator.sharing import Sharing
from components.monitoring.parts import Part
from components.monitoring.settings import OperatorMonitoring
from components.monitoring.signals.model import CertificateAccess, Exporter, ScrapeJob, ServiceAccountAccess
from components.monitoring.signals.scrape import scrape_jobs
from components.monitoring.stack_rules import stack_rules
from components.monitoring.stores import logs_and_traces
from components.network.contract import Flow, ServiceEndpoint
from components.secrets.contract import Credential, Credentials

_NAMESPACE: Final = "$(STACK_NAMESPACE)"
"""Stands in texts for the stack's namespace, whose name is known only once it exists."""
_NAME: Final = "jarvis"
_RECEIVERS: Final = "alertmanager-receivers"


class MonitoringObjects(pulumi.ComponentResource):
    """Tells the cluster's Prometheus, Alertmanager and Grafana of the stack, and keeps its logs and traces."""

    endpoints: MonitoringEndpoints

    def __init__(
        self,
        name: str,
        settings: OperatorMonitoring,
        *,
        cluster: ClusterAccess,
        jarvis: JarvisEndpoints,
        data: tuple[Part, ...],
        credentials: Credentials,
        protect: bool = False,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`data`: what database and cache bring."""
        super().__init__("jarvis:monitoring:MonitoringObjects", name, None, opts)
        self._settings = settings
        self._cluster = cluster
        self._labels = AppLabels(_NAME, "monitoring", cluster.environment)
        self._sharing = Sharing(_NAMESPACE, own_container_job=settings.container_metrics.enabled)
        stores = logs_and_traces(settings.logs, settings.traces, cluster=cluster, parent=self, protect=protect)
        parts = (*data, *stores)
        exporters = known_exporters(settings, parts)
        rules = stack_rules(settings, cluster.environment, exporters, jarvis.backend)
        self._object("v1", "PrometheusRule", _NAME, rule_spec(rules, self._sharing, cluster.environment))
        for monitor in monitors(operator_jobs(settings, jarvis, parts), jarvis.backend.trust):
            self._object("v1", monitor.kind, monitor.name, monitor.spec)
        if settings.alertmanager is not None:
            self._routing(settings.alertmanager, credentials.slack_webhook_url)
        if settings.grafana is not None:
            self._dashboards(settings.grafana, exporters, parts)
        self.endpoints = MonitoringEndpoints(
            prometheus=_prometheus(settings), grafana=None, flows=operator_flows(settings, jarvis, parts)
        )
        self.register_outputs({"prometheus": self.endpoints.prometheus.url})

    def _routing(self, settings: AlertRouting, slack_webhook_url: Credential | None) -> None:
        secret: SecretObject | None = None
        if slack_webhook_url is not None:
            entries = {SLACK_KEY: slack_webhook_url}
            secret = secret_object(_RECEIVERS, entries, labels=self._labels, cluster=self._cluster, parent=self)
        spec = routing_spec(settings, _NAMESPACE, secret.name if secret else None)
        # The operator refuses an object whose Secret is not there.
        needed = [secret.resource] if secret else []
        self._object("v1alpha1", "AlertmanagerConfig", _NAME, spec, *needed)

    def _dashboards(self, grafana: SharedGrafana, exporters: AbstractSet[Exporter], parts: Sequence[Part]) -> None:
        files = SharedGrafanaFiles(self._sharing, self._cluster.environment, grafana.prometheus_uid)
        for file, text in files.dashboards(exporters).items():
            name = file.removesuffix(".json")
            self._files(f"{name}-dashboard", self._cluster.namespace, grafana.dashboard_label, {file: text})
        sources = [source for part in parts for source in part.data_sources]
        if sources:
            name = f"jarvis-{self._cluster.environment}-data-sources"
            file = {f"{name}.yaml": files.data_sources(sources)}
            self._files(name, grafana.namespace, grafana.data_source_label, file)

    def _files(self, name: str, namespace: pulumi.Input[str], label: str, files: Mapping[str, str]) -> None:
        ConfigMap(
            name,
            metadata=ObjectMetaArgs(
                name=name,
                namespace=namespace,
                labels={**self._labels.all, label: "1"},
                annotations={"grafana_folder": "Jarvis"},
            ),
            data={file: self._in_namespace(text) for file, text in files.items()},
            opts=self._cluster.child_of(self),
        )

    def _object(self, version: str, kind: str, name: str, spec: Mapping[str, Field], *needed: pulumi.Resource) -> None:
        custom_resource(
            f"{name}-{kind}".lower(),
            api_version=f"monitoring.coreos.com/{version}",
            kind=kind,
            metadata=ObjectMetaArgs(
                name=name,
                namespace=self._cluster.namespace,
                labels={**self._labels.all, **self._settings.prometheus.selected_by},
            ),
            spec={key: self._field(value) for key, value in spec.items()},
            opts=self._cluster.child_of(self, *needed),
        )

    def _field(self, value: Field) -> Field:
        """The same with the namespace's name in every text."""
        if isinstance(value, str):
            return self._in_namespace(value)
        if isinstance(value, Mapping):
            return {key: self._field(member) for key, member in value.items()}
        if isinstance(value, Sequence):
            return [self._field(item) for item in value]
        return value

    def _in_namespace(self, text: str) -> pulumi.Input[str]:
        if _NAMESPACE not in text:
            return text
        return self._cluster.namespace.apply(lambda namespace: text.replace(_NAMESPACE, namespace))


def known_exporters(settings: OperatorMonitoring, parts: Sequence[Part]) -> frozenset[Exporter]:
    """Whose metrics that Prometheus has: rules and dashboards on the rest are left out."""
    cluster = settings.exporters
    of_cluster: tuple[tuple[Exporter, bool], ...] = (
        ("alertmanager", settings.alertmanager is not None),
        ("kube-state-metrics", cluster.kube_state_metrics),
        ("kubelet", cluster.kubelet),
        ("node-exporter", cluster.node_exporter),
    )
    return frozenset((*(part.exporter for part in parts), *(name for name, there in of_cluster if there)))


def operator_jobs(
    settings: OperatorMonitoring, jarvis: JarvisEndpoints, parts: Sequence[Part]
) -> tuple[ScrapeJob, ...]:
    """The jobs of kind standalone, but for the exporters that the cluster has already."""
    containers = settings.container_metrics
    server_name = jarvis.backend.server_name
    return scrape_jobs(
        _NAMESPACE,
        backend_port=jarvis.backend.port,
        microservice_ports=(jarvis.stt.port, jarvis.tts.port, jarvis.interface.port),
        exporters=tuple(target for part in parts for target in part.targets),
        containers=ServiceAccountAccess(containers.verify_certificates) if containers.enabled else None,
        # The file is that of a Prometheus of one's own: a monitor names the Secret.
        backend_access=CertificateAccess("", server_name) if server_name else None,
    )


def operator_flows(settings: OperatorMonitoring, jarvis: JarvisEndpoints, parts: Sequence[Part]) -> tuple[Flow, ...]:
    """The traffic from that Prometheus, Alertmanager and Grafana into the stack, and of the stack's own stores."""
    observing = settings.prometheus.namespace
    return (
        *scrape_flows(observing, jarvis, (target for part in parts for target in part.targets)),
        *(notification_flows(observing, settings.alertmanager) if settings.alertmanager else ()),
        *from_shared_grafana(
            (flow for part in parts for flow in part.flows),
            settings.grafana.namespace if settings.grafana else None,
        ),
    )


def _prometheus(settings: OperatorMonitoring) -> ServiceEndpoint:
    prometheus = settings.prometheus
    url = f"http://{prometheus.service}.{prometheus.namespace}.svc:{prometheus.port}"
    return ServiceEndpoint(prometheus.service, prometheus.port, pulumi.Output.from_input(url))
