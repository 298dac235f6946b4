"""The alerts beside the guide's four, over made-up samples, judged by promtool: each fires, and each is silent.

The guide's own have their cases in test_alert_rules.py, those on what carries Jarvis theirs in test_platform_rules.py.
"""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
import yaml

from components.monitoring.prometheus_config import rule_files
from components.monitoring.signals.model import AlertRule, Exporter
from components.monitoring.signals.platform_rules import platform_groups
from components.monitoring.signals.rules import RuleOptions, critical_alerts, rule_groups
from tests.support.prometheus import promtool
from tests.support.stack_cases import CASES, Case, firing, scenario

OPTIONS = RuleOptions("production", frozenset(get_args(Exporter)), certificate_days=180)
GUIDE = {rule.name for rule in critical_alerts("production")}
PLATFORM = {group.name for group in platform_groups()}
ALERTS = {
    (rule.name, rule.labels.get("window", ""))
    for group in rule_groups(OPTIONS)
    if group.name not in PLATFORM
    for rule in group.rules
    if isinstance(rule, AlertRule) and rule.name not in GUIDE
}


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every rule file that any stack gets."""
    directory = tmp_path_factory.mktemp("rules")
    for name, text in rule_files(rule_groups(OPTIONS)).items():
        (directory / name).write_text(text)
    return directory


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.alert} {case.window}".strip())
def test_alert(case: Case, rules: Path, tmp_path: Path) -> None:
    document = {
        "rule_files": [str(rules / "*.yml")],
        "evaluation_interval": case.interval,
        "tests": [
            scenario(case, case.bad, [firing(case, case.not_at, 0), firing(case, case.at, 1)]),
            scenario(case, case.calm, [firing(case, case.at, 0)]),
        ],
    }
    (tmp_path / "test.yml").write_text(yaml.safe_dump(document))
    result = promtool("test", "rules", tmp_path / "test.yml")
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_watchdog_always_fires(rules: Path, tmp_path: Path) -> None:
    case = Case("Watchdog", {"up": "1x10"}, {}, "0s", "0s")
    document = {
        "rule_files": [str(rules / "*.yml")],
        "tests": [scenario(case, case.bad, [firing(case, "1m", 1)])],
    }
    (tmp_path / "test.yml").write_text(yaml.safe_dump(document))
    result = promtool("test", "rules", tmp_path / "test.yml")
    assert result.returncode == 0, result.stdout + result.stderr


def test_every_alert_is_seen_firing_and_silent() -> None:
    assert {(case.alert, case.window) for case in CASES} | {("Watchdog", "")} == ALERTS
