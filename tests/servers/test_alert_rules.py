"""Every alert over made-up samples, judged by promtool: when it fires, when it does not, when it resolves.

Samples are 15 s apart, as the guide has it, and written in promtool's notation: https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/#series
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from components.monitoring.prometheus_config import rule_files
from components.monitoring.signals.model import AlertRule, Exporter
from components.monitoring.signals.rules import RUNBOOKS, RuleOptions, critical_alerts, rule_groups
from tests.support.prometheus import promtool

Series = dict[str, str]
Labels = dict[str, str]


@dataclass(frozen=True)
class Case:
    """An alert's expected state at some moments. Labels and description are those of the one alert that fires."""

    name: str
    alert: str
    series: Series
    silent_at: tuple[str, ...]
    firing_at: tuple[str, ...] = ()
    labels: Labels | None = None
    description: str = ""


BACKEND = '{job="jarvis-backend",instance="10.0.0.1:8000"}'
SECOND = '{job="jarvis-backend",instance="10.0.0.2:8000"}'
CONTAINER = '{namespace="jarvis-production",pod="jarvis-backend-1",container="jarvis-backend"}'
POD_TOTAL = '{namespace="jarvis-production",pod="jarvis-backend-1"}'
ERRORS = "jarvis_requests_errors_total"
FAILURES = "jarvis_database_connections_failed_total"
USED, LIMIT = "container_memory_working_set_bytes", "container_spec_memory_limit_bytes"
FAILED_ONCE = {"job": "jarvis-backend", "instance": "10.0.0.1:8000", "severity": "critical"}

CASES = (
    Case(
        "a target is down from 1m on for 2 minutes",
        "ServiceDown",
        {f"up{BACKEND}": "1x3 0x7 1x20"},
        silent_at=("45s", "1m", "1m15s", "3m", "4m"),
        firing_at=("1m30s", "2m", "2m45s"),
        labels={
            "job": "jarvis-backend",
            "instance": "10.0.0.1:8000",
            "severity": "critical",
            "environment": "production",
        },
        description="Service jarvis-backend has been down for more than 30 seconds",
    ),
    Case(
        "one missed scrape is no outage",
        "ServiceDown",
        {f"up{BACKEND}": "1x3 0 1x20"},
        silent_at=("1m", "1m15s", "1m30s", "2m"),
    ),
    Case(
        "what is not Jarvis' own is not a service of Jarvis",
        "ServiceDown",
        {'up{job="postgres",instance="10.0.0.9:9187"}': "0x20"},
        silent_at=("2m", "5m"),
    ),
    Case(
        "two replicas fail 0.1 times a second each, then no more",
        "HighErrorRate",
        {f"{ERRORS}{BACKEND}": "0x20 0+1.5x40 60x60", f"{ERRORS}{SECOND}": "0x20 0+1.5x40 60x60"},
        silent_at=("5m", "7m", "9m15s", "20m", "25m"),
        firing_at=("12m", "15m"),
        labels={"job": "jarvis-backend", "severity": "critical"},
        description="Error rate is 0.20 errors per second",
    ),
    Case(
        "0.09 errors a second are not too many",
        "HighErrorRate",
        {f"{ERRORS}{BACKEND}": "0+1.35x60"},
        silent_at=("5m", "10m", "14m"),
    ),
    Case(
        "a connection fails at 5m15s, and none after it",
        "DatabaseConnectionFailure",
        {f"{FAILURES}{BACKEND}": "0x20 1x60"},
        silent_at=("5m", "5m15s", "6m", "10m", "15m"),
        firing_at=("6m15s", "8m", "9m45s"),
        labels=FAILED_ONCE,
        description="1 database connections failed",
    ),
    Case(
        "the first failure makes the series",
        "DatabaseConnectionFailure",
        {f"{FAILURES}{BACKEND}": "_x21 1x60"},
        silent_at=("5m15s", "6m", "10m15s", "15m"),
        firing_at=("6m15s", "8m", "10m"),
        labels=FAILED_ONCE,
        description="1 database connections failed",
    ),
    Case(
        "failures of long ago are over",
        "DatabaseConnectionFailure",
        {f"{FAILURES}{BACKEND}": "7x80"},
        silent_at=("5m15s", "10m", "19m"),
    ),
    Case(
        "a restart of the backend is no failure",
        "DatabaseConnectionFailure",
        {f"{FAILURES}{BACKEND}": "7x40 0x40"},
        silent_at=("9m", "10m15s", "12m", "19m"),
    ),
    Case(
        "a container uses 95 % of its limit from 1m on, until 10m",
        "HighMemoryUsage",
        {f"{USED}{CONTAINER}": "50x3 95x35 50x20", f"{LIMIT}{CONTAINER}": "100x80"},
        silent_at=("1m", "5m45s", "10m", "12m"),
        firing_at=("6m", "9m45s"),
        labels={
            "namespace": "jarvis-production",
            "pod": "jarvis-backend-1",
            "container": "jarvis-backend",
            "severity": "warning",
        },
        description="Container jarvis-backend using 95% memory",
    ),
    Case(
        "a container without a limit cannot reach it",
        "HighMemoryUsage",
        {f"{USED}{CONTAINER}": "95x40", f"{LIMIT}{CONTAINER}": "0x40"},
        silent_at=("6m", "9m"),
    ),
    Case(
        "a Pod's total is no container",
        "HighMemoryUsage",
        {f"{USED}{POD_TOTAL}": "95x40", f"{LIMIT}{POD_TOTAL}": "100x40"},
        silent_at=("6m", "9m"),
    ),
)


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The rule files of a production stack."""
    directory = tmp_path_factory.mktemp("rules")
    for name, text in rule_files(rule_groups(RuleOptions("production"))).items():
        (directory / name).write_text(text)
    return directory


def alert_rule(name: str) -> AlertRule:
    (found,) = [
        r
        for g in rule_groups(RuleOptions("production"))
        for r in g.rules
        if isinstance(r, AlertRule) and r.name == name
    ]
    return found


def expectations(case: Case) -> list[dict[str, Any]]:
    firing = {
        "exp_labels": case.labels,
        "exp_annotations": {
            "summary": alert_rule(case.alert).annotations["summary"].replace("{{ $labels.job }}", "jarvis-backend"),
            "description": case.description,
            "runbook_url": f"{RUNBOOKS}/{case.alert}.md",
        },
    }
    silent = [{"eval_time": at, "alertname": case.alert} for at in case.silent_at]
    return silent + [{"eval_time": at, "alertname": case.alert, "exp_alerts": [firing]} for at in case.firing_at]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.alert}: {case.name}")
def test_alert(case: Case, rules: Path, tmp_path: Path) -> None:
    document = {
        "rule_files": [str(rules / "*.yml")],
        "evaluation_interval": "15s",
        "tests": [
            {
                "interval": "15s",
                "input_series": [{"series": series, "values": values} for series, values in case.series.items()],
                "alert_rule_test": expectations(case),
            }
        ],
    }
    (tmp_path / "test.yml").write_text(yaml.safe_dump(document))
    result = promtool("test", "rules", tmp_path / "test.yml")
    assert result.returncode == 0, result.stdout + result.stderr


def test_every_alert_of_the_guide_is_seen_firing_and_silent() -> None:
    alerts = {rule.name for rule in critical_alerts("x")}
    assert {case.alert for case in CASES if case.firing_at and case.silent_at} == alerts
    assert {case.alert for case in CASES if not case.firing_at} == alerts


@pytest.mark.parametrize("environment", ["development", "staging", "production"])
def test_promtool_accepts_the_rules_of_every_environment(environment: str, tmp_path: Path) -> None:
    for name, text in rule_files(rule_groups(RuleOptions(environment, frozenset(get_args(Exporter))))).items():
        (tmp_path / name).write_text(text)
        result = promtool("check", "rules", "--lint=all", "--lint-fatal", tmp_path / name)
        assert result.returncode == 0, result.stdout + result.stderr
