"""The rules of two stacks on one Prometheus, judged by promtool: each stack hears of its own troubles only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from components.monitoring.operator.rules import rule_spec
from components.monitoring.operator.sharing import Sharing
from components.monitoring.signals.model import AlertRule, Exporter, RuleGroup
from components.monitoring.signals.platform_rules import platform_groups
from components.monitoring.signals.rules import RuleOptions, rule_groups
from tests.support import platform_cases, stack_cases
from tests.support.prometheus import promtool
from tests.support.stack_cases import Case, scenario

STACKS = {"jarvis-production": "production", "jarvis-staging": "staging"}
EVERYTHING: frozenset[Exporter] = frozenset(get_args(Exporter))
OF_NO_STACK = {"alertmanager", "node-exporter"}
GROUPS = rule_groups(RuleOptions("production", EVERYTHING, certificate_days=180))
FOR_ALL = {
    rule.name
    for group in GROUPS
    for rule in group.rules
    if isinstance(rule, AlertRule) and (group.needs in OF_NO_STACK or "prometheus_" in rule.expr)
}
"""Alerts on what carries all stacks."""


def specification(groups: Sequence[RuleGroup], namespace: str) -> dict[str, Any]:
    return rule_spec(groups, Sharing(namespace, own_container_job=True), STACKS[namespace])


def write(directory: Path, groups: Sequence[RuleGroup]) -> Path:
    """As the operator writes them out, each stack's in a file; evaluated as often as the test says."""
    for namespace in STACKS:
        spec = specification(groups, namespace)
        timeless = [{key: value for key, value in group.items() if key != "interval"} for group in spec["groups"]]
        (directory / f"{namespace}.yml").write_text(yaml.safe_dump({"groups": timeless}))
    return directory


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("rules"), GROUPS)


@pytest.fixture(scope="module")
def platform_rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Few enough for samples of days."""
    return write(tmp_path_factory.mktemp("rules"), platform_groups())


def test_promtool_accepts_them(tmp_path: Path) -> None:
    for namespace in STACKS:
        file = tmp_path / f"{namespace}.yml"
        file.write_text(yaml.safe_dump(specification(GROUPS, namespace)))
        result = promtool("check", "rules", "--lint=all", "--lint-fatal", file)
        assert result.returncode == 0, result.stdout + result.stderr


def own(series: stack_cases.Series) -> stack_cases.Series:
    """The samples as a Prometheus has them that observes several namespaces, of production's."""
    return {name.replace("{", '{namespace="jarvis-production",', 1): values for name, values in series.items()}


def firing(case: Case, namespace: str, at: str, expected: int) -> dict[str, Any]:
    environment = f'namespace="{namespace}",environment="{STACKS[namespace]}"'
    window = f',window="{case.window}"' if case.window else ""
    alert = f'ALERTS{{alertname="{case.alert}",alertstate="firing",{environment}{window}}}'
    return {
        "expr": f"count({alert}) or vector(0)",
        "eval_time": at,
        "exp_samples": [{"labels": "{}", "value": expected}],
    }


def stack_tests(interval: str) -> Iterator[dict[str, Any]]:
    for case in stack_cases.CASES:
        if case.interval != interval:
            continue
        production = [firing(case, "jarvis-production", at, n) for at, n in ((case.not_at, 0), (case.at, 1))]
        # Of a stack without any sample nothing is heard, but that all its targets are missing.
        others = [firing(case, "jarvis-staging", case.at, int(case.alert in FOR_ALL))]
        yield scenario(case, own(case.bad), production + (others if case.alert != "TargetsMissing" else []))


@pytest.mark.parametrize("interval", sorted({case.interval for case in stack_cases.CASES}))
def test_a_stack_s_troubles_are_its_own(interval: str, rules: Path, tmp_path: Path) -> None:
    judged(rules, list(stack_tests(interval)), interval, tmp_path)


def test_what_carries_a_stack_is_its_own_too(platform_rules: Path, tmp_path: Path) -> None:
    tests: list[dict[str, Any]] = []
    for sample in platform_cases.CASES:
        silent, fires = sample.silent_at[0], sample.firing_at[0]
        case = Case(sample.alert, sample.series, {}, at=fires, not_at=silent, interval="1m")
        series = {name: values for name, values in sample.series.items() if "namespace=" in name}
        series |= own({name: values for name, values in sample.series.items() if name not in series})
        expressions = [
            firing(case, "jarvis-production", silent, 0),
            firing(case, "jarvis-production", fires, 1),
            firing(case, "jarvis-staging", fires, int(case.alert in FOR_ALL)),
        ]
        tests.append(scenario(case, series, expressions))
    judged(platform_rules, tests, "1m", tmp_path)


def test_containers_that_two_jobs_scrape_are_told_of_once(rules: Path, tmp_path: Path) -> None:
    labels = 'namespace="jarvis-production",pod="a",container="a"'
    series: dict[str, str] = {}
    for job in ("kubernetes-cadvisor", "kubelet"):
        series[f'container_memory_working_set_bytes{{job="{job}",{labels}}}'] = "95x60"
        series[f'container_spec_memory_limit_bytes{{job="{job}",{labels}}}'] = "100x60"
    case = Case("HighMemoryUsage", series, {}, at="6m", not_at="1m")
    expressions = [firing(case, "jarvis-production", "1m", 0), firing(case, "jarvis-production", "6m", 1)]
    judged(rules, [scenario(case, series, expressions)], "15s", tmp_path)


def judged(rules: Path, tests: list[dict[str, Any]], interval: str, directory: Path) -> None:
    document = {"rule_files": [str(rules / "*.yml")], "evaluation_interval": interval, "tests": tests}
    (directory / "test.yml").write_text(yaml.safe_dump(document))
    result = promtool("test", "rules", directory / "test.yml")
    assert result.returncode == 0, result.stdout + result.stderr
