"""What the stack must know of an observability stack that the cluster has already."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from components.monitoring.alerting.settings import ReceiverUrl
from components.settings.section import Section
from components.settings.text import Matching
from components.settings.workloads import DnsLabel

LabelKey = Annotated[
    str,
    Matching(
        r"([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?",
        "the key of a Kubernetes label, such as release",
    ),
]
LabelValue = Annotated[
    str,
    Matching(
        r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?",
        "the value of a Kubernetes label, such as kube-prometheus-stack",
    ),
]
DataSourceUid = Annotated[
    str, Matching(r"[A-Za-z0-9_-]{1,40}", "1 to 40 letters, digits, hyphens and underscores, such as prometheus")
]
Labels = Mapping[LabelKey, LabelValue]


class SharedPrometheus(Section):
    """The cluster's Prometheus. Its selectors must let it take rules and monitors from the stack's namespace."""

    namespace: DnsLabel = "monitoring"
    """Where Prometheus and Alertmanager run."""
    service: DnsLabel = "prometheus-operated"
    """The Service in front of it; the operator makes this one for every Prometheus."""
    port: Annotated[int, Field(ge=1, le=65535)] = 9090
    """TCP port of `service`."""
    selected_by: Labels = Field(default_factory=lambda: {"release": "kube-prometheus-stack"})
    """Labels that its ruleSelector, serviceMonitorSelector and podMonitorSelector ask for: by the chart's defaults,
    `release` with the name of its Helm release."""


class SharedGrafana(Section):
    """The cluster's Grafana, whose sidecars read dashboards and data sources from ConfigMaps."""

    namespace: DnsLabel = "monitoring"
    """Where it runs. Data sources are put there, for by the chart's defaults its sidecar looks nowhere else."""
    dashboard_label: LabelKey = "grafana_dashboard"
    """With the value 1, on each ConfigMap with a dashboard; those are in the stack's own namespace."""
    data_source_label: LabelKey = "grafana_datasource"
    """With the value 1, on the ConfigMap with the data sources of logs and traces."""
    prometheus_uid: DataSourceUid = "prometheus"
    """Grafana's uid of the data source that is that Prometheus; the chart's."""


class AlertRouting(Section):
    """Who is told, by the cluster's Alertmanager. Grouping, routes and receivers are the guide's."""

    webhook_url: ReceiverUrl = "http://webhook-handler:5000/alerts"
    """The guide's default receiver, which is also told what Slack would be, where the stack has no Slack. A host
    without a dot is a Service of the stack's namespace."""
    heartbeat_url: ReceiverUrl | None = None
    """Told every minute that alerting works, by an alert that always fires. Nobody watches alerting where absent."""


class ClusterExporters(Section):
    """What the cluster's Prometheus knows beside the stack itself. Alerts on the rest are left out."""

    kube_state_metrics: bool = True
    """Whether it scrapes kube-state-metrics with honorLabels, as the chart's does: replicas, restarts, Jobs."""
    kubelet: bool = True
    """Whether it scrapes /metrics of the kubelets, as the chart's does: how full volumes are."""
    node_exporter: bool = False
    """Whether its node-exporter's samples bear a `node` label, which the chart's do not by default. Most clusters have
    alerts on their nodes of their own."""
