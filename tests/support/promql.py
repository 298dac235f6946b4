"""Which metrics a PromQL query reads, without a PromQL parser: enough for the queries of this repository.

tests/servers asks Prometheus' own parser for the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

_NOISE = (
    r'"(?:[^"\\]|\\.)*"',
    r"\{[^}]*\}",
    r"\[[^\]]*\]",
    r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)",
    r"\boffset\s+\w+",
)
_KEYWORDS = {"and", "or", "unless", "bool"}


def metric_names(query: str) -> set[str]:
    """Names of the metrics that `query` reads."""
    for pattern in _NOISE:
        query = re.sub(pattern, " ", query)
    names = re.findall(r"(?<![\w:.])([a-zA-Z_:][\w:]*)(?!\w|\s*\()", query)
    return set(names) - _KEYWORDS


def dashboard_queries(dashboard_json: str) -> Iterator[tuple[str, str]]:
    """(panel title, query) of every target of a dashboard."""
    dashboard: dict[str, Any] = json.loads(dashboard_json)
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            yield panel["title"], target["expr"]


def resolved(query: str, *, window: str = "5m", variable: str = ".*") -> str:
    """The query as Grafana sends it, with its variables replaced."""
    return query.replace("$__rate_interval", window).replace("$model", variable)
