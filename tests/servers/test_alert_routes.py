"""The generated alertmanager.yml before amtool: every route, with Slack and without."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from components.monitoring.alerting.config import AlertmanagerConfig, alertmanager_yml
from tests.support.alertmanager import amtool

WEBHOOK = "http://webhook-handler:5000/alerts"
CONFIGS = {
    "everything": AlertmanagerConfig(
        WEBHOOK, "/etc/alertmanager/secrets/slack-webhook-url", "https://heartbeat.example"
    ),
    "no Slack": AlertmanagerConfig(WEBHOOK),
}
ROUTES = [
    ({"alertname": "ServiceDown", "severity": "critical", "environment": "production"}, "critical-alerts"),
    ({"alertname": "ServiceDown", "severity": "critical", "environment": "staging"}, "critical-alerts"),
    ({"alertname": "HighMemoryUsage", "severity": "warning", "environment": "production"}, "production-alerts"),
    ({"alertname": "HighMemoryUsage", "severity": "warning", "environment": "staging"}, "web.hook"),
    ({"alertname": "HighMemoryUsage"}, "web.hook"),
    ({"alertname": "Watchdog", "severity": "none", "environment": "production"}, "heartbeat"),
]


@pytest.fixture(params=CONFIGS)
def config(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "alertmanager.yml"
    path.write_text(alertmanager_yml(CONFIGS[request.param]))
    return path


def test_alertmanager_accepts_the_configuration(config: Path) -> None:
    result = amtool("check-config", config)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(("labels", "receiver"), ROUTES)
def test_route(labels: dict[str, str], receiver: str, tmp_path: Path) -> None:
    path = tmp_path / "alertmanager.yml"
    path.write_text(alertmanager_yml(CONFIGS["everything"]))
    written = [f"{name}={value}" for name, value in labels.items()]
    result = amtool("config", "routes", "test", f"--config.file={path}", f"--verify.receivers={receiver}", *written)
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_guides_grouping_and_receivers() -> None:
    config = yaml.safe_load(alertmanager_yml(CONFIGS["everything"]))
    route = config["route"]
    assert route["group_by"] == ["alertname", "environment"]
    assert (route["group_wait"], route["group_interval"], route["repeat_interval"]) == ("10s", "10s", "1h")
    assert route["receiver"] == "web.hook"
    receivers = {receiver["name"]: receiver for receiver in config["receivers"]}
    (webhook,) = receivers["web.hook"]["webhook_configs"]
    assert webhook["url"] == WEBHOOK
    (critical,) = receivers["critical-alerts"]["slack_configs"]
    assert (critical["channel"], critical["title"], critical["text"]) == (
        "#jarvis-critical",
        "CRITICAL: {{ .GroupLabels.alertname }}",
        "{{ .CommonAnnotations.summary }}",
    )
    (production,) = receivers["production-alerts"]["slack_configs"]
    assert (production["channel"], production["title"]) == (
        "#jarvis-production",
        "PROD: {{ .GroupLabels.alertname }}",
    )


def test_without_slack_the_webhook_is_told_and_nobody_of_the_watchdog() -> None:
    config = yaml.safe_load(alertmanager_yml(CONFIGS["no Slack"]))
    receivers = {receiver["name"]: receiver for receiver in config["receivers"]}
    for name in ("critical-alerts", "production-alerts"):
        assert receivers[name] == {"name": name, "webhook_configs": [{"url": WEBHOOK, "send_resolved": True}]}
    assert receivers["nobody"] == {"name": "nobody"}
