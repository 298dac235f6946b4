"""Alertmanager's configuration as the AlertmanagerConfig that the operator adds to the cluster's own.

The operator narrows every route and inhibition to alerts with the object's own namespace (the matcher strategy
OnNamespace, its default), and changes nothing else.
Source: https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1alpha1.AlertmanagerConfig
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final, cast
from urllib.parse import urlsplit, urlunsplit

from pydantic.alias_generators import to_camel

from components.kubernetes.custom import Field
from components.monitoring.alerting.config import SLACK_URL_FILE, AlertmanagerConfig, alertmanager_document
from components.monitoring.operator.settings import AlertRouting
from components.monitoring.prometheus_config import Yaml

SLACK_KEY: Final = SLACK_URL_FILE.rpartition("/")[2]
_MATCHER: Final = re.compile(r'(\w+)(=~|!~|!=|=)"(.*)"')
_OTHER_NAMES: Final = {"source_matchers": "sourceMatch", "target_matchers": "targetMatch"}
"""Where the object's field is not the file's key in camel case."""


def routing_spec(settings: AlertRouting, namespace: str, slack_secret: str | None) -> dict[str, Field]:
    """The `spec`; `slack_secret` is the Secret whose key SLACK_KEY holds Slack's address."""
    config = AlertmanagerConfig(
        webhook_url=seen_from_elsewhere(settings.webhook_url, namespace),
        slack_url_file=SLACK_URL_FILE if slack_secret else None,
        heartbeat_url=seen_from_elsewhere(settings.heartbeat_url, namespace) if settings.heartbeat_url else None,
    )
    document = alertmanager_document(config)
    document.pop("global", None)
    return {_name(key): _field(key, value, slack_secret) for key, value in document.items()}


def seen_from_elsewhere(url: str, namespace: str) -> str:
    """An address, whose host without a dot is a Service of `namespace`, as Pods of other namespaces call it."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if "." in host:
        return url
    return urlunsplit(parts._replace(netloc=parts.netloc.replace(host, f"{host}.{namespace}.svc")))


def _field(key: str, value: Yaml, slack_secret: str | None) -> Field:
    if key.endswith("matchers"):
        return [_matcher(matcher) for matcher in cast("Sequence[str]", value)]
    if isinstance(value, Mapping):
        members: dict[str, Field] = {_name(name): _field(name, member, slack_secret) for name, member in value.items()}
        return members
    if isinstance(value, Sequence) and not isinstance(value, str):
        # A list's members are what the list is named after.
        items = [_field("", item, slack_secret) for item in value]
        return [_with_address(item, slack_secret) for item in items] if key == "slack_configs" else items
    return value


def _with_address(slack: Field, secret: str | None) -> Field:
    address: dict[str, Field] = {"apiURL": {"name": secret, "key": SLACK_KEY}}
    return {**address, **cast("Mapping[str, Field]", slack)}


def _matcher(text: str) -> dict[str, Field]:
    found = _MATCHER.fullmatch(text)
    if found is None:
        raise ValueError(f"{text} is no matcher")
    name, how, value = found.groups()
    return {"name": name, "matchType": how, "value": value}


def _name(key: str) -> str:
    return _OTHER_NAMES.get(key) or to_camel(key)
