"""What parts of monitoring tell the others, taken together."""

from __future__ import annotations

from collections.abc import Sequence

from components.monitoring.grafana_provisioning import DataSource
from components.monitoring.parts import Part
from components.monitoring.signals.scrape import ExporterTarget
from components.network.contract import Flow


def flows_of(parts: Sequence[Part]) -> tuple[Flow, ...]:
    return tuple(flow for part in parts for flow in part.flows)


def targets_of(parts: Sequence[Part]) -> tuple[ExporterTarget, ...]:
    return tuple(target for part in parts for target in part.targets)


def source_of(parts: Sequence[Part]) -> DataSource:
    """The only data source."""
    (source,) = (source for part in parts for source in part.data_sources)
    return source
