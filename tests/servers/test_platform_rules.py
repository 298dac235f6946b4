"""Every alert on workloads, volumes, nodes, logs and traces over made-up samples: firing, silent, and well worded."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
import yaml
from grafana_foundation_sdk.cog.encoder import JSONEncoder

from components.monitoring.dashboards.platform import platform
from components.monitoring.exporters.jobs import exporter_jobs, volume_job
from components.monitoring.exporters.settings import ExportersSettings, NodeExporterSettings
from components.monitoring.prometheus_config import PrometheusConfig, prometheus_yml, rule_files
from components.monitoring.signals.model import AlertRule, Exporter, Metric, ServiceAccountAccess
from components.monitoring.signals.platform_metrics import OBSERVABILITY_METRICS
from components.monitoring.signals.platform_rules import platform_groups
from tests.support.platform_cases import CASES, Case
from tests.support.prometheus import promtool
from tests.support.promql import dashboard_queries, metric_names, resolved

ALERTS = {rule.name: rule for group in platform_groups() for rule in group.rules if isinstance(rule, AlertRule)}


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("rules")
    for name, text in rule_files(platform_groups()).items():
        (directory / name).write_text(text)
    return directory


def expectations(case: Case) -> list[dict[str, object]]:
    firing = {
        "exp_labels": case.labels,
        "exp_annotations": {"summary": case.summary, "description": case.description},
    }
    silent: list[dict[str, object]] = [{"eval_time": at, "alertname": case.alert} for at in case.silent_at]
    return silent + [{"eval_time": at, "alertname": case.alert, "exp_alerts": [firing]} for at in case.firing_at]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.alert)
def test_alert(case: Case, rules: Path, tmp_path: Path) -> None:
    series = [{"series": name, "values": values} for name, values in case.series.items()]
    test = {"interval": "1m", "input_series": series, "alert_rule_test": expectations(case)}
    document = {"rule_files": [str(rules / "*.yml")], "evaluation_interval": "1m", "tests": [test]}
    (tmp_path / "test.yml").write_text(yaml.safe_dump(document))
    result = promtool("test", "rules", tmp_path / "test.yml")
    assert result.returncode == 0, result.stdout + result.stderr


def test_every_alert_is_seen_firing_and_silent() -> None:
    assert {case.alert for case in CASES if case.firing_at and case.silent_at} == set(ALERTS)


def test_promtool_accepts_every_file(rules: Path) -> None:
    for file in rules.iterdir():
        result = promtool("check", "rules", "--lint=all", "--lint-fatal", file)
        assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("rule", ALERTS.values(), ids=lambda rule: rule.name)
def test_alerts_use_only_metrics_that_their_group_s_exporter_exports(rule: AlertRule) -> None:
    (group,) = [group for group in platform_groups() if rule in group.rules]
    by_name: dict[str, Metric] = {series: metric for metric in OBSERVABILITY_METRICS for series in metric.series}
    assert {by_name[name].exported_by for name in metric_names(rule.expr)} == {group.needs}


def test_promtool_parses_every_query_of_the_dashboard(tmp_path: Path) -> None:
    queries = list(dashboard_queries(JSONEncoder().encode(platform(set(get_args(Exporter))))))
    rules = [{"record": f"panel:query:{index}", "expr": resolved(query)} for index, (_, query) in enumerate(queries)]
    (tmp_path / "queries.yml").write_text(yaml.safe_dump({"groups": [{"name": "queries", "rules": rules}]}))
    result = promtool("check", "rules", tmp_path / "queries.yml")
    assert result.returncode == 0, result.stdout + result.stderr
    assert len(rules) > 15


@pytest.mark.parametrize("verify", [True, False])
def test_promtool_accepts_the_jobs_of_cluster_and_nodes(verify: bool, tmp_path: Path) -> None:
    settings = ExportersSettings(node_exporter=NodeExporterSettings(enabled=True))
    jobs = (*exporter_jobs(settings, "jarvis-test"), volume_job("jarvis-test", ServiceAccountAccess(verify)))
    assert [job.name for job in jobs] == ["kube-state-metrics", "node-exporter", "kubernetes-volumes"]
    config = tmp_path / "prometheus.yml"
    config.write_text(prometheus_yml(PrometheusConfig(cluster="test", environment="test", jobs=jobs)))
    # Only its syntax: the token and the CA lie in the Pod.
    result = promtool("check", "config", "--syntax-only", config)
    assert result.returncode == 0, result.stdout + result.stderr
