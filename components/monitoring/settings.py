"""How a stack is observed, one model a kind."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from components.monitoring.alerting.settings import AlertmanagerSettings, Objectives
from components.monitoring.exporters.settings import ExportersSettings
from components.monitoring.logs.settings import LogsSettings
from components.monitoring.operator.settings import AlertRouting, ClusterExporters, SharedGrafana, SharedPrometheus
from components.monitoring.signals.rules import RUNBOOKS
from components.monitoring.traces.settings import TracesSettings
from components.settings.section import Section
from components.settings.text import Matching
from components.settings.workloads import ImageReference, Resources, Storage

WebUrl = Annotated[
    str, Matching(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/\S*)?", "a URL with http or https, such as http://localhost")
]

ClusterName = Annotated[
    str,
    Matching(
        r"[A-Za-z0-9._-]{1,63}",
        "1 to 63 letters, digits, dots, hyphens and underscores, such as jarvis-production",
    ),
]


class ContainerMetrics(Section):
    """Memory and CPU of the stack's containers, asked of every node's kubelet.

    HighMemoryUsage needs them. They need a ClusterRole (`nodes` to find the kubelets, `nodes/metrics` to ask them),
    which whoever may only write to a namespace cannot make: `enabled: false` is for them.
    """

    enabled: bool = True
    """Whether Prometheus asks the kubelets."""
    verify_certificates: bool = True
    """Whether kubelets must prove themselves by a certificate of the cluster's CA. False for clusters whose kubelets
    sign their own, as kubeadm's and kind's do by default."""


class PrometheusSettings(Section):
    """The metrics server. Retention and resources: the guide's values-monitoring.yaml."""

    image: ImageReference = "quay.io/prometheus/prometheus:v3.13.5"
    """3.13 is the long-term support line until July 2027."""
    retention_days: Annotated[int, Field(ge=1, le=3650)] = 30
    """How long samples are kept; the oldest go earlier where `storage` fills up."""
    storage: Storage = Storage(size="50Gi")
    """Room for the samples. The guide gives no figure: 30 days of 20000 series at 15 s take about 10 GB."""
    resources: Resources = Resources.of(requests=("1000m", "2Gi"), limits=("2000m", "4Gi"))
    container_metrics: ContainerMetrics = ContainerMetrics()
    replicas: Annotated[int, Field(ge=1, le=2)] = 1
    """2 for a pair that scrapes everything twice: one may fail, and no alert is missed."""


class GrafanaSettings(Section):
    """The dashboards. The guide gives no figure: resources are ours."""

    image: ImageReference = "docker.io/grafana/grafana:12.4.3"
    """12.4 is the last line of 12, with security fixes until May 2027; from 13.2 on, data sources are plug-ins that
    update themselves from the Internet."""
    storage: Storage | None = None
    """Where users' own dashboards and accounts are kept; they are lost at each restart where absent.
    What this program provisions is never lost."""
    root_url: WebUrl | None = None
    """Where browsers find it, for links and redirects; what the request says where absent."""
    resources: Resources = Resources.of(requests=("100m", "256Mi"), limits=("500m", "512Mi"))


class StandaloneMonitoring(Section):
    """An observability stack of the stack's own, in its namespace: Prometheus and Grafana, and what is asked for."""

    kind: Literal["standalone"] = "standalone"
    cluster_name: ClusterName | None = None
    """The guide's CLUSTER_NAME, the `cluster` label of all that leaves Prometheus; jarvis-ENVIRONMENT where absent."""
    prometheus: PrometheusSettings = PrometheusSettings()
    grafana: GrafanaSettings = GrafanaSettings()
    alertmanager: AlertmanagerSettings | None = None
    """Alerts are evaluated and shown, but nobody is told, where absent."""
    logs: LogsSettings | None = None
    """Logs are where `kubectl logs` finds them only, where absent."""
    traces: TracesSettings | None = None
    """The application is told of no collector where absent."""
    exporters: ExportersSettings | None = None
    """What is known of the namespace's objects, of volumes and of nodes; nothing where absent."""
    objectives: Objectives = Objectives()
    runbooks: WebUrl = RUNBOOKS
    """Address under which each alert has a page: `docs/runbooks` of this repository."""


class OperatorMonitoring(Section):
    """Monitoring by what the cluster has already under prometheus-operator, kube-prometheus-stack for one.

    The stack brings its scrape jobs, rules, routes and dashboards as objects; logs and traces are its own where asked
    for. One Prometheus may so observe several stacks: rules and dashboards keep to the stack's namespace.
    """

    kind: Literal["operator"] = "operator"
    prometheus: SharedPrometheus = SharedPrometheus()
    grafana: SharedGrafana | None = SharedGrafana()
    """The dashboards are shown nowhere where null."""
    container_metrics: ContainerMetrics = ContainerMetrics()
    """By a job of the stack's own: the chart drops the containers' memory limits, which HighMemoryUsage needs."""
    alertmanager: AlertRouting | None = None
    """Alerts are routed as the cluster's Alertmanager is told elsewhere, where absent."""
    logs: LogsSettings | None = None
    traces: TracesSettings | None = None
    exporters: ClusterExporters = ClusterExporters()
    objectives: Objectives = Objectives()
    runbooks: WebUrl = RUNBOOKS
    """Address under which each alert has a page: `docs/runbooks` of this repository."""

    @model_validator(mode="after")
    def _span_metrics_need_a_prometheus_of_the_stack_s_own(self) -> Self:
        if self.traces is not None and self.traces.span_metrics:
            raise ValueError(
                "traces.spanMetrics needs a Prometheus that takes OTLP, which kind operator cannot know: "
                "take it out, or give kind standalone"
            )
        return self


MonitoringSettings = Annotated[StandaloneMonitoring | OperatorMonitoring, Field(discriminator="kind")]
