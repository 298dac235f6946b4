"""Signals as the text that Prometheus reads. The same signals always give the same bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import yaml

from components.monitoring.signals.model import (
    AlertRule,
    CertificateAccess,
    KubernetesTargets,
    RecordingRule,
    Relabeling,
    RuleGroup,
    ScrapeJob,
    ServiceAccountAccess,
    StaticTargets,
)

RULE_DIRECTORY: Final = "alerts"
INTERVAL: Final = "15s"
"""Scrape and evaluation interval; the guide's (section Monitoring Production)."""
BACKEND_CA_FILE: Final = "/etc/prometheus/trust/backend.crt"
REPLICA_VARIABLE: Final = "POD_NAME"
"""Prometheus puts environment variables into external labels."""
_REPLICA_LABEL: Final = "prometheus_replica"
SERVICE_ACCOUNT_DIRECTORY: Final = "/var/run/secrets/kubernetes.io/serviceaccount"

Yaml = str | int | bool | Sequence["Yaml"] | Mapping[str, "Yaml"]


@dataclass(frozen=True)
class AlertmanagerTarget:
    """Where alerts are sent: the Pods with this `app` label."""

    namespace: str
    app: str = "alertmanager"
    port: int = 9093


@dataclass(frozen=True)
class PrometheusConfig:
    """Everything that one Prometheus server is told, rules apart."""

    cluster: str
    """The guide's CLUSTER_NAME."""
    environment: str
    jobs: tuple[ScrapeJob, ...]
    alertmanager: AlertmanagerTarget | None = None
    """Alerts are evaluated and shown, but sent nowhere, where absent."""
    replicated: bool = False
    """Whether several servers are told the same: each then labels what it hands on, but no alert, or Alertmanager
    would take the same one of two servers for two."""


def prometheus_yml(config: PrometheusConfig) -> str:
    """The text of prometheus.yml, which expects the rule files in `alerts/` beside it."""
    return _dump(_main(config))


def rule_files(groups: Sequence[RuleGroup]) -> dict[str, str]:
    """The text of every rule file by its name, one file a group."""
    return {f"{group.name.removeprefix('jarvis-')}.yml": rule_file(group) for group in groups}


def rule_file(group: RuleGroup) -> str:
    """The text of a rule file with that one group."""
    return _dump({"groups": [{"name": group.name, "rules": [_rule(rule) for rule in group.rules]}]})


def _main(config: PrometheusConfig) -> dict[str, Yaml]:
    document: dict[str, Yaml] = {
        "global": {
            "scrape_interval": INTERVAL,
            "evaluation_interval": INTERVAL,
            "external_labels": {
                "cluster": config.cluster,
                "environment": config.environment,
                **({_REPLICA_LABEL: f"${{{REPLICA_VARIABLE}}}"} if config.replicated else {}),
            },
        },
        "rule_files": [f"{RULE_DIRECTORY}/*.yml"],
        "scrape_configs": [_job(job) for job in config.jobs],
    }
    if config.alertmanager is not None:
        drop: list[Yaml] = [{"action": "labeldrop", "regex": _REPLICA_LABEL}] if config.replicated else []
        document["alerting"] = {
            **({"alert_relabel_configs": drop} if drop else {}),
            "alertmanagers": [_alertmanagers(config.alertmanager)],
        }
    return document


def _alertmanagers(target: AlertmanagerTarget) -> dict[str, Yaml]:
    return {
        **_targets(KubernetesTargets("pod", (target.namespace,))),
        "relabel_configs": [
            _relabeling(Relabeling(("__meta_kubernetes_pod_label_app",), "keep", target.app)),
            # The other port of the Pod is the servers' own, among each other.
            _relabeling(Relabeling(("__address__",), "keep", f".+:{target.port}")),
        ],
    }


def _job(job: ScrapeJob) -> dict[str, Yaml]:
    document: dict[str, Yaml] = {"job_name": job.name}
    if job.metrics_path != "/metrics":
        document["metrics_path"] = job.metrics_path
    if not job.honor_timestamps:
        document["honor_timestamps"] = False
    if job.access is not None:
        document.update(_access(job.access))
    document.update(_targets(job.targets))
    for key, relabelings in (
        ("relabel_configs", job.relabelings),
        ("metric_relabel_configs", job.metric_relabelings),
    ):
        if relabelings:
            document[key] = [_relabeling(relabeling) for relabeling in relabelings]
    return document


def _access(access: ServiceAccountAccess | CertificateAccess) -> dict[str, Yaml]:
    match access:
        case ServiceAccountAccess(verify):
            return {
                "scheme": "https",
                "authorization": {"credentials_file": f"{SERVICE_ACCOUNT_DIRECTORY}/token"},
                "tls_config": {"ca_file": f"{SERVICE_ACCOUNT_DIRECTORY}/ca.crt"}
                if verify
                else {"insecure_skip_verify": True},
            }
        case CertificateAccess(ca_file, server_name):
            return {"scheme": "https", "tls_config": {"ca_file": ca_file, "server_name": server_name}}


def _targets(targets: KubernetesTargets | StaticTargets) -> dict[str, Yaml]:
    match targets:
        case KubernetesTargets(role, namespaces):
            discovery: dict[str, Yaml] = {"role": role}
            if namespaces:
                discovery["namespaces"] = {"names": list(namespaces)}
            return {"kubernetes_sd_configs": [discovery]}
        case StaticTargets(addresses):
            return {"static_configs": [{"targets": list(addresses)}]}


def _relabeling(relabeling: Relabeling) -> dict[str, Yaml]:
    document: dict[str, Yaml] = {"source_labels": list(relabeling.source_labels), "action": relabeling.action}
    if relabeling.regex is not None:
        document["regex"] = relabeling.regex
    if relabeling.target_label is not None:
        document["target_label"] = relabeling.target_label
    return document


def _rule(rule: AlertRule | RecordingRule) -> dict[str, Yaml]:
    match rule:
        case AlertRule():
            return {
                "alert": rule.name,
                "expr": rule.expr,
                "for": rule.for_,
                "labels": rule.labels,
                "annotations": rule.annotations,
            }
        case RecordingRule():
            return {"record": rule.record, "expr": rule.expr}


def _dump(document: Mapping[str, Yaml]) -> str:
    return yaml.safe_dump(document, sort_keys=False, width=120)
