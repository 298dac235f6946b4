"""Queries over a Prometheus that several stacks share: each keeps to the samples of its own namespace.

The operator can do so itself (enforcedNamespaceLabel), but only where whoever runs Prometheus wants it for everybody.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from components.monitoring.signals.metrics import METRICS
from components.monitoring.signals.model import Exporter, RecordingRule
from components.monitoring.signals.rules import RuleOptions, rule_groups
from components.monitoring.signals.scrape import CONTAINER_JOB

_OF_NO_STACK: Final[frozenset[Exporter]] = frozenset({"prometheus", "alertmanager", "node-exporter"})
"""Prometheus, Alertmanager and the nodes carry all stacks alike."""
_OF_TARGETS: Final = frozenset({"up", "ALERTS"})
"""What Prometheus itself writes of each target and alert, with the labels of that."""
_QUOTED: Final = re.compile(r'("(?:[^"\\]|\\.)*")')


@dataclass(frozen=True)
class Sharing:
    """Which samples are a stack's own."""

    namespace: str
    own_container_job: bool
    """Whether the stack scrapes its containers itself: the cluster's own job for all containers has them once more."""

    def query(self, expr: str) -> str:
        """The same query over the stack's own samples only."""
        names = "|".join(map(re.escape, _own_series()))
        selector = re.compile(rf"(?<![\w:])({names})(?![\w:])(\{{)?")
        # Every second piece is a text in quotes, the value of a label.
        pieces = _QUOTED.split(expr)
        pieces[::2] = [selector.sub(self._narrowed, piece) for piece in pieces[::2]]
        return "".join(pieces)

    def _narrowed(self, selector: re.Match[str]) -> str:
        name, brace = selector.groups()
        matchers = f'namespace="{self.namespace}"'
        if self.own_container_job and _own_series()[name] == "cadvisor":
            matchers += f',job="{CONTAINER_JOB}"'
        return f"{name}{{{matchers}{',' if brace else '}'}"


@cache
def _own_series() -> dict[str, Exporter]:
    """The names of all series that are some stack's, and who exports them."""
    exported: dict[str, Exporter] = {
        series: metric.exported_by
        for metric in METRICS
        if metric.exported_by not in _OF_NO_STACK or metric.name in _OF_TARGETS
        for series in metric.series
    }
    # What is recorded depends on no option.
    rules = (rule for group in rule_groups(RuleOptions("")) for rule in group.rules)
    recorded: dict[str, Exporter] = {rule.record: "prometheus" for rule in rules if isinstance(rule, RecordingRule)}
    return {**exported, **recorded}
