"""Routing as the text that Alertmanager reads. The same settings always give the same bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import yaml

from components.monitoring.prometheus_config import Yaml
from components.monitoring.signals.routing import (
    DEFAULT_RECEIVER,
    GROUP_BY,
    GROUP_INTERVAL_SECONDS,
    GROUP_WAIT_SECONDS,
    INHIBITIONS,
    RECEIVERS,
    REPEAT_INTERVAL,
    ROUTES,
    WATCHDOG,
    Receiver,
)

SLACK_URL_FILE: Final = "/etc/alertmanager/secrets/slack-webhook-url"
_HEARTBEAT: Final = "heartbeat"
_NOBODY: Final = "nobody"


@dataclass(frozen=True)
class AlertmanagerConfig:
    """Everything that Alertmanager is told."""

    webhook_url: str
    slack_url_file: str | None = None
    """File with the guide's SLACK_WEBHOOK_URL; where absent, the webhook is told instead."""
    heartbeat_url: str | None = None


def alertmanager_yml(config: AlertmanagerConfig) -> str:
    """The text of alertmanager.yml."""
    return yaml.safe_dump(alertmanager_document(config), sort_keys=False, width=120)


def alertmanager_document(config: AlertmanagerConfig) -> dict[str, Yaml]:
    """What the file says."""
    return {
        **({} if config.slack_url_file is None else {"global": {"slack_api_url_file": config.slack_url_file}}),
        "route": _routes(config),
        "receivers": [*(_receiver(item, config) for item in RECEIVERS), _watchdog_receiver(config)],
        "inhibit_rules": [
            {
                "source_matchers": list(rule.source),
                "target_matchers": list(rule.target),
                "equal": list(rule.equal),
            }
            for rule in INHIBITIONS
        ],
    }


def _routes(config: AlertmanagerConfig) -> dict[str, Yaml]:
    watchdog: dict[str, Yaml] = {
        "matchers": [f'alertname="{WATCHDOG}"'],
        "receiver": _NOBODY if config.heartbeat_url is None else _HEARTBEAT,
        "group_wait": "0s",
        "group_interval": "1m",
        "repeat_interval": "50s",
    }
    routes = [{"matchers": list(route.matchers), "receiver": route.receiver} for route in ROUTES]
    return {
        "group_by": list(GROUP_BY),
        "group_wait": f"{GROUP_WAIT_SECONDS}s",
        "group_interval": f"{GROUP_INTERVAL_SECONDS}s",
        "repeat_interval": REPEAT_INTERVAL,
        "receiver": DEFAULT_RECEIVER.name,
        "routes": [watchdog, *routes],
    }


def _watchdog_receiver(config: AlertmanagerConfig) -> dict[str, Yaml]:
    if config.heartbeat_url is None:
        return {"name": _NOBODY}
    # Only that it fires: a message that it ended would count as a sign of life.
    return {"name": _HEARTBEAT, "webhook_configs": [{"url": config.heartbeat_url, "send_resolved": False}]}


def _receiver(receiver: Receiver, config: AlertmanagerConfig) -> dict[str, Yaml]:
    if receiver.channel is None or config.slack_url_file is None:
        return {"name": receiver.name, "webhook_configs": [{"url": config.webhook_url, "send_resolved": True}]}
    message: dict[str, Yaml] = {"channel": receiver.channel, "send_resolved": True, "title": receiver.title}
    if receiver.text:
        message["text"] = receiver.text
    return {"name": receiver.name, "slack_configs": [message]}
