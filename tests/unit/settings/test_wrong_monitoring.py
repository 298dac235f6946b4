"""Wrong settings of alerting, logs, traces and exporters: each gives its exact sentence, and only that."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.settings.stacks import Case, assert_refused, staging

MEMORY = "a whole number of bytes with a suffix (Ki, Mi, Gi, Ti, k, M, G or T), such as 512Mi or 20Gi"
RECEIVER = "an http or https URL without a query, such as http://webhook-handler:5000/alerts"

CASES: dict[str, Case] = {
    # monitoring
    "monitoring of no kind": (
        staging,
        {"monitoring.kind": "datadog"},
        'jarvis:monitoring.kind is "datadog"; it must be operator or standalone.',
    ),
    "alertmanager a boolean": (
        staging,
        {"monitoring.alertmanager": True},
        "jarvis:monitoring.alertmanager is true; it must be a mapping.",
    ),
    "ten Alertmanagers": (
        staging,
        {"monitoring.alertmanager": {"replicas": 10}},
        "jarvis:monitoring.alertmanager.replicas is the number 10; it must be a whole number from 1 to 9.",
    ),
    "webhook with a query": (
        staging,
        {"monitoring.alertmanager": {"webhookUrl": "http://webhook-handler:5000/alerts?token=a"}},
        'jarvis:monitoring.alertmanager.webhookUrl is "http://webhook-handler:5000/alerts?..."; it must be '
        f"{RECEIVER}.",
    ),
    "heartbeat without a scheme": (
        staging,
        {"monitoring.alertmanager": {"heartbeatUrl": "heartbeat.example.com"}},
        f'jarvis:monitoring.alertmanager.heartbeatUrl is "heartbeat.example.com"; it must be {RECEIVER}.',
    ),
    "Slack beside Alertmanager": (
        staging,
        {"monitoring.alertmanager": {"slackApiUrl": "https://hooks.slack.com"}},
        "jarvis:monitoring.alertmanager.slackApiUrl is not a setting; allowed here are ...",
    ),
    "three Prometheus servers": (
        staging,
        {"monitoring.prometheus": {"replicas": 3}},
        "jarvis:monitoring.prometheus.replicas is the number 3; it must be a whole number from 1 to 2.",
    ),
    "logs for an hour": (
        staging,
        {"monitoring.logs": {"loki": {"retentionHours": 1}}},
        "jarvis:monitoring.logs.loki.retentionHours is the number 1; it must be a whole number from 24 to "
        "87600.",
    ),
    "log store in MB": (
        staging,
        {"monitoring.logs": {"loki": {"storage": {"size": "20GB"}}}},
        f'jarvis:monitoring.logs.loki.storage.size is "20GB"; it must be {MEMORY}.',
    ),
    "lines without a limit": (
        staging,
        {"monitoring.logs": {"loki": {"limits": {"maxLineKilobytes": 0}}}},
        "jarvis:monitoring.logs.loki.limits.maxLineKilobytes is the number 0; it must be a whole number "
        "from 1 to 1024.",
    ),
    "Promtail": (
        staging,
        {"monitoring.logs": {"promtail": {}}},
        "jarvis:monitoring.logs.promtail is not a setting; allowed here are loki, alloy.",
    ),
    "six collectors of logs": (
        staging,
        {"monitoring.logs": {"alloy": {"replicas": 6}}},
        "jarvis:monitoring.logs.alloy.replicas is the number 6; it must be a whole number from 1 to 5.",
    ),
    "sampling of no kind": (
        staging,
        {"monitoring.traces": {"collector": {"sampling": {"kind": "random"}}}},
        'jarvis:monitoring.traces.collector.sampling.kind is "random"; it must be head or tail.',
    ),
    "two see half a trace": (
        staging,
        {"monitoring.traces": {"collector": {"replicas": 2}}},
        "jarvis:monitoring.traces.collector: replicas 2 would each see a part of a trace: sampling.kind "
        "tail needs replicas 1, or give sampling.kind head.",
    ),
    "every other trace twice": (
        staging,
        {"monitoring.traces": {"collector": {"sampling": {"kind": "head", "percentage": 200}}}},
        "jarvis:monitoring.traces.collector.sampling.percentage is the number 200; it must be a whole "
        "number from 1 to 100.",
    ),
    "slow of the head": (
        staging,
        {"monitoring.traces": {"collector": {"sampling": {"kind": "head", "slowMilliseconds": 200}}}},
        "jarvis:monitoring.traces.collector.sampling.slowMilliseconds is not a setting; allowed here are "
        "kind, percentage.",
    ),
    "traces for ever": (
        staging,
        {"monitoring.traces": {"tempo": {"retentionHours": 0}}},
        "jarvis:monitoring.traces.tempo.retentionHours is the number 0; it must be a whole number from 1 to "
        "8760.",
    ),
    "exporter a boolean": (
        staging,
        {"monitoring.exporters": {"nodeExporter": True}},
        "jarvis:monitoring.exporters.nodeExporter is true; it must be a mapping.",
    ),
    "exporter that nobody knows": (
        staging,
        {"monitoring.exporters": {"cadvisor": {}}},
        "jarvis:monitoring.exporters.cadvisor is not a setting; allowed here are kubeStateMetrics, "
        "nodeExporter.",
    ),
    "perfection": (
        staging,
        {"monitoring.objectives": {"availabilityPercent": 100}},
        "jarvis:monitoring.objectives.availabilityPercent is the number 100; it must be a number from 90 to "
        "99.99.",
    ),
    "availability a text": (
        staging,
        {"monitoring.objectives": {"availabilityPercent": "99.9"}},
        'jarvis:monitoring.objectives.availabilityPercent is "99.9"; it must be a number from 90 to '
        "99.99.\n    Leave the quotes out: 99.9",
    ),
    "latency of no bucket": (
        staging,
        {"monitoring.objectives": {"latencySeconds": 3}},
        "jarvis:monitoring.objectives.latencySeconds is the number 3; it must be a bucket of "
        "jarvis_ai_response_time_seconds: 0.1, 0.25, 0.5, 1, 2, 5, 10.",
    ),
    "runbooks without a scheme": (
        staging,
        {"monitoring.runbooks": "docs/runbooks"},
        'jarvis:monitoring.runbooks is "docs/runbooks"; it must be a URL with http or https, such as '
        "http://localhost.",
    ),
    "cluster's name with a space": (
        staging,
        {"monitoring.clusterName": "jarvis staging"},
        'jarvis:monitoring.clusterName is "jarvis staging"; it must be 1 to 63 letters, digits, dots, '
        "hyphens and underscores, such as jarvis-production.",
    ),
    "labels of Prometheus a list": (
        staging,
        {"monitoring": {"kind": "operator", "prometheus": {"selectedBy": ["release"]}}},
        "jarvis:monitoring.prometheus.selectedBy is a list; it must be a mapping.",
    ),
    "label's value with a slash": (
        staging,
        {"monitoring": {"kind": "operator", "prometheus": {"selectedBy": {"release": "a/b"}}}},
        'jarvis:monitoring.prometheus.selectedBy.release is "a/b"; it must be the value of a Kubernetes '
        "label, such as kube-prometheus-stack.",
    ),
    "storage of the cluster's Prometheus": (
        staging,
        {"monitoring": {"kind": "operator", "prometheus": {"storage": {"size": "1Gi"}}}},
        "jarvis:monitoring.prometheus.storage is not a setting; allowed here are ...",
    ),
    "span metrics for the cluster": (
        staging,
        {"monitoring": {"kind": "operator", "traces": {"spanMetrics": True}}},
        "jarvis:monitoring: traces.spanMetrics needs a Prometheus that takes OTLP, which kind operator "
        "cannot know: take it out, or give kind standalone.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_sentence(name: str, tmp_path: Path) -> None:
    assert_refused(tmp_path, *CASES[name])
