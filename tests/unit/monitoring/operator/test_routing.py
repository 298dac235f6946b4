from __future__ import annotations

import base64
import json
from typing import Any

import pytest
import yaml

from components.monitoring.alerting.config import SLACK_URL_FILE, AlertmanagerConfig, alertmanager_yml
from components.monitoring.operator.routing import seen_from_elsewhere
from tests.support.mocks import Graph
from tests.unit.monitoring.operator.support import EVERYTHING, operator_graph, spec_of
from tests.unit.monitoring.support import SLACK_URL

HEARTBEAT = EVERYTHING["alertmanager"]["heartbeatUrl"]


@pytest.fixture(scope="module")
def graph() -> Graph:
    return operator_graph()[0]


def as_file(value: Any) -> Any:
    """A spec as the file says it, Slack's address apart: the operator's own way, backwards."""
    if isinstance(value, list):
        return [as_file(item) for item in value]
    if isinstance(value, dict):
        if set(value) == {"name", "matchType", "value"}:
            return f'{value["name"]}{value["matchType"]}"{value["value"]}"'
        names = {"sourceMatch": "source_matchers", "targetMatch": "target_matchers"}
        snake = {key: names.get(key) or "".join(f"_{c.lower()}" if c.isupper() else c for c in key) for key in value}
        return {snake[key]: as_file(item) for key, item in value.items() if key != "apiURL"}
    return value


@pytest.mark.parametrize("slack", [True, False])
def test_both_deliveries_route_alike(slack: bool) -> None:
    graph, _ = operator_graph(slack=slack)
    webhook = "http://webhook-handler.jarvis-test.svc:5000/alerts"
    file = yaml.safe_load(alertmanager_yml(AlertmanagerConfig(webhook, SLACK_URL_FILE if slack else None, HEARTBEAT)))
    file.pop("global", None)
    assert as_file(spec_of(graph, "AlertmanagerConfig", "jarvis")) == file


def test_the_address_of_slack_is_in_a_secret_only(graph: Graph) -> None:
    secret = graph.one("Secret", "alertmanager-receivers")
    assert "data" in secret.secret_inputs
    (key, value), *others = secret.inputs["data"].items()
    assert (base64.b64decode(value).decode(), others) == (SLACK_URL, [])
    spec = spec_of(graph, "AlertmanagerConfig", "jarvis")
    messages = [message for receiver in spec["receivers"] for message in receiver.get("slackConfigs", [])]
    assert [message["apiURL"] for message in messages] == [{"name": "alertmanager-receivers", "key": key}] * 2
    others = [json.dumps(r.inputs, default=str) for r in graph.resources if r is not secret]
    assert not [text for text in others if SLACK_URL in text or value in text]
    assert secret.urn in graph.one("AlertmanagerConfig", "jarvis").dependencies


def test_without_slack_the_webhook_is_told_everything() -> None:
    graph, _ = operator_graph(slack=False)
    assert "alertmanager-receivers" not in [r.object_name for r in graph.of_kind("Secret")]
    receivers = spec_of(graph, "AlertmanagerConfig", "jarvis")["receivers"]
    assert not any("slackConfigs" in receiver for receiver in receivers)


def test_every_route_has_its_receiver(graph: Graph) -> None:
    spec = spec_of(graph, "AlertmanagerConfig", "jarvis")
    names = {receiver["name"] for receiver in spec["receivers"]}
    routes = [spec["route"], *spec["route"]["routes"]]
    assert {route["receiver"] for route in routes} == names


@pytest.mark.parametrize(
    ("url", "seen"),
    [
        ("http://webhook-handler:5000/alerts", "http://webhook-handler.jarvis.svc:5000/alerts"),
        ("http://http/http", "http://http.jarvis.svc/http"),
        ("https://hooks.example.com/jarvis", "https://hooks.example.com/jarvis"),
        ("http://10.0.0.1:5000", "http://10.0.0.1:5000"),
    ],
)
def test_a_service_of_the_stack_is_found_from_another_namespace(url: str, seen: str) -> None:
    assert seen_from_elsewhere(url, "jarvis") == seen


def test_without_alertmanager_nothing_is_routed() -> None:
    graph, _ = operator_graph(alertmanager=None)
    assert graph.of_kind("AlertmanagerConfig") == []
    assert "alertmanager-receivers" not in [r.object_name for r in graph.of_kind("Secret")]
