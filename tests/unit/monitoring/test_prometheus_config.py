"""The generated configuration against the guide's own text.

Source: the guide, sections Monitoring Production and Alertes Production Critiques.
"""

from __future__ import annotations

from typing import Any, get_args

import pytest
import yaml

from components.monitoring.prometheus_config import (
    AlertmanagerTarget,
    PrometheusConfig,
    prometheus_yml,
    rule_files,
)
from components.monitoring.signals.metrics import METRICS
from components.monitoring.signals.model import (
    AlertRule,
    CertificateAccess,
    Exporter,
    RecordingRule,
    ServiceAccountAccess,
)
from components.monitoring.signals.rules import RuleOptions, rule_groups
from components.monitoring.signals.scrape import ExporterTarget, scrape_jobs
from tests.support.jarvis_project import REPOSITORY
from tests.support.promql import metric_names

GUIDE_CONFIG = """
global:
  scrape_interval: 15s
  evaluation_interval: 15s
  external_labels:
    cluster: 'jarvis-production'
    environment: 'production'
rule_files:
  - "alerts/*.yml"
scrape_configs:
  - job_name: 'jarvis-backend'
    kubernetes_sd_configs:
      - role: endpoints
        namespaces:
          names: ['jarvis-production']
    relabel_configs:
      - source_labels: [__meta_kubernetes_service_name]
        action: keep
        regex: jarvis-backend
  - job_name: 'jarvis-microservices'
    kubernetes_sd_configs:
      - role: pod
        namespaces:
          names: ['jarvis-production']
    relabel_configs:
      - source_labels: [__meta_kubernetes_pod_label_app]
        action: keep
        regex: 'jarvis-(stt|tts|interface)'
alerting:
  alertmanagers:
    - kubernetes_sd_configs:
        - role: pod
          namespaces:
            names: ['jarvis-production']
      relabel_configs:
        - source_labels: [__meta_kubernetes_pod_label_app]
          action: keep
          regex: alertmanager
"""

GUIDE_ALERTS = """
groups:
- name: jarvis-production-critical
  rules:
  - alert: ServiceDown
    expr: up{job=~"jarvis-.*"} == 0
    for: 30s
    labels:
      severity: critical
      environment: production
    annotations:
      summary: "Service {{ $labels.job }} is down"
      description: "Service {{ $labels.job }} has been down for more than 30 seconds"
  - alert: HighErrorRate
    expr: rate(jarvis_requests_errors_total[5m]) > 0.1
    for: 2m
    labels:
      severity: critical
    annotations:
      summary: "High error rate detected"
      description: "Error rate is {{ $value | humanizePercentage }}"
  - alert: DatabaseConnectionFailure
    expr: jarvis_database_connections_failed_total > 0
    for: 1m
    labels:
      severity: critical
    annotations:
      summary: "Database connection failures"
      description: "{{ $value }} database connections failed"
  - alert: HighMemoryUsage
    expr: container_memory_usage_bytes / container_spec_memory_limit_bytes > 0.9
    for: 5m
    labels:
      severity: warning
    annotations:
      summary: "High memory usage"
      description: "Container {{ $labels.container }} using {{ $value | humanizePercentage }} memory"
"""

DECIDED_OTHERWISE = {
    ("HighErrorRate", "expr"),
    ("HighErrorRate", "annotations"),
    ("DatabaseConnectionFailure", "expr"),
    ("HighMemoryUsage", "expr"),
}
"""What docs/decisions/0004-alert-expressions.md changes."""


EVERYTHING = RuleOptions("production", exporters=frozenset(get_args(Exporter)))
ALERTS = [rule for group in rule_groups(EVERYTHING) for rule in group.rules if isinstance(rule, AlertRule)]


def config(**changes: Any) -> PrometheusConfig:
    given: dict[str, Any] = {
        "cluster": "jarvis-production",
        "environment": "production",
        "jobs": scrape_jobs(
            "jarvis-production",
            backend_port=8000,
            microservice_ports=(8003, 8002, 8001),
            exporters=(ExporterTarget("postgres", "postgres", 9187),),
            containers=ServiceAccountAccess(),
        ),
        **changes,
    }
    return PrometheusConfig(**given)


def rendered(**changes: Any) -> dict[str, Any]:
    return yaml.safe_load(prometheus_yml(config(**changes)))


def rendered_alerts(environment: str) -> dict[str, Any]:
    return yaml.safe_load(rule_files(rule_groups(RuleOptions(environment)))[f"{environment}-critical.yml"])


def test_everything_in_the_guide_s_configuration_is_in_ours() -> None:
    guide, ours = yaml.safe_load(GUIDE_CONFIG), rendered(alertmanager=AlertmanagerTarget("jarvis-production"))
    for section in ("global", "rule_files"):
        assert ours[section] == guide[section]
    (theirs,), (managers,) = guide["alerting"]["alertmanagers"], ours["alerting"]["alertmanagers"]
    port = {"source_labels": ["__address__"], "action": "keep", "regex": ".+:9093"}
    assert managers == {**theirs, "relabel_configs": [*theirs["relabel_configs"], port]}
    jobs = {job["job_name"]: job for job in ours["scrape_configs"]}
    for job in guide["scrape_configs"]:
        mine = jobs[job["job_name"]]
        assert mine["kubernetes_sd_configs"] == job["kubernetes_sd_configs"]
        assert mine["relabel_configs"][: len(job["relabel_configs"])] == job["relabel_configs"]


@pytest.mark.parametrize("job", ["jarvis-backend", "jarvis-microservices", "postgres"])
def test_only_servers_are_targets_and_each_is_told_apart(job: str) -> None:
    (mine,) = [found for found in rendered()["scrape_configs"] if found["job_name"] == job]
    ports = {"jarvis-backend": "8000", "jarvis-microservices": "8001|8002|8003", "postgres": "9187"}[job]
    assert mine["relabel_configs"][1:] == [
        {"source_labels": ["__address__"], "action": "keep", "regex": f".+:({ports})"},
        {"source_labels": ["__meta_kubernetes_pod_phase"], "action": "drop", "regex": "Succeeded|Failed"},
        {"source_labels": ["__meta_kubernetes_pod_label_app"], "action": "replace", "target_label": "app"},
        {"source_labels": ["__meta_kubernetes_pod_name"], "action": "replace", "target_label": "pod"},
    ]


def test_alerts_go_nowhere_without_an_alertmanager() -> None:
    assert "alerting" not in rendered()


def test_containers_of_other_namespaces_and_unused_metrics_are_dropped() -> None:
    job = rendered()["scrape_configs"][-1]
    assert (job["scheme"], job["metrics_path"], job["honor_timestamps"]) == ("https", "/metrics/cadvisor", False)
    names, namespace = job["metric_relabel_configs"]
    assert set(names["regex"].split("|")) == {m.name for m in METRICS if m.exported_by == "cadvisor"}
    assert namespace == {"source_labels": ["namespace"], "action": "keep", "regex": "jarvis-production"}


def test_the_alerts_are_the_guide_s_but_for_what_is_decided_otherwise() -> None:
    (guide,), (ours,) = yaml.safe_load(GUIDE_ALERTS)["groups"], rendered_alerts("production")["groups"]
    assert ours["name"] == guide["name"]
    assert [rule["alert"] for rule in ours["rules"]] == [rule["alert"] for rule in guide["rules"]]
    for rule in ours["rules"]:
        assert rule["annotations"].pop("runbook_url").endswith(f"/docs/runbooks/{rule['alert']}.md")
    different = {
        (rule["alert"], key)
        for rule, mine in zip(guide["rules"], ours["rules"], strict=True)
        for key in rule.keys() | mine.keys()
        if rule.get(key) != mine.get(key)
    }
    assert different == DECIDED_OTHERWISE


def test_the_environment_is_the_stack_s_own() -> None:
    (group,) = rendered_alerts("staging")["groups"]
    assert group["name"] == "jarvis-staging-critical"
    assert group["rules"][0]["labels"] == {"severity": "critical", "environment": "staging"}


def test_rules_read_only_metrics_that_something_exports() -> None:
    rules = [rule for group in rule_groups(EVERYTHING) for rule in group.rules]
    known = {series for metric in METRICS for series in metric.series}
    known |= {rule.record for rule in rules if isinstance(rule, RecordingRule)}
    for rule in rules:
        read = metric_names(rule.expr)
        assert read or rule.expr == "vector(1)", rule
        assert read <= known, rule


def test_names_of_alerts_and_metrics_are_unique() -> None:
    for names in (
        [metric.name for metric in METRICS],
        [(rule.name, rule.labels.get("window")) for rule in ALERTS],
        [group.name for group in rule_groups(EVERYTHING)],
    ):
        assert len(names) == len(set(names))


def test_rendering_twice_gives_the_same_bytes() -> None:
    assert prometheus_yml(config()) == prometheus_yml(config())
    assert rule_files(rule_groups(RuleOptions("production"))) == rule_files(rule_groups(RuleOptions("production")))


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: f"{rule.name} {rule.labels.get('window', '')}")
def test_every_alert_says_how_bad_it_is_and_what_to_do(rule: AlertRule) -> None:
    assert rule.labels["severity"] in {"critical", "warning", "none"}
    assert rule.annotations["summary"]
    assert rule.annotations["description"]
    assert (REPOSITORY / "docs/runbooks" / rule.annotations["runbook_url"].rpartition("/")[2]).is_file()


def test_rules_on_what_does_not_run_are_left_out() -> None:
    names = {group.name for group in rule_groups(RuleOptions("x"))}
    assert not names & {"jarvis-alerting", "jarvis-postgres", "jarvis-postgres-cluster", "jarvis-redis"}
    assert "jarvis-redis" in {group.name for group in rule_groups(RuleOptions("x", frozenset({"redis-exporter"})))}


def test_a_pair_tells_itself_apart_in_samples_and_not_in_alerts() -> None:
    ours = rendered(alertmanager=AlertmanagerTarget("jarvis-production"), replicated=True)
    assert ours["global"]["external_labels"]["prometheus_replica"] == "${POD_NAME}"
    assert ours["alerting"]["alert_relabel_configs"] == [{"action": "labeldrop", "regex": "prometheus_replica"}]


def test_a_backend_that_serves_tls_is_verified() -> None:
    access = CertificateAccess("/ca.crt", "jarvis-backend")
    jobs = scrape_jobs("x", backend_port=8000, microservice_ports=(8001,), backend_access=access)
    job = rendered(jobs=jobs)["scrape_configs"][0]
    assert (job["scheme"], job["tls_config"]) == ("https", {"ca_file": "/ca.crt", "server_name": "jarvis-backend"})
