"""Loki as Grafana knows it."""

from __future__ import annotations

from typing import Final

from components.monitoring.grafana_provisioning import DataSource
from components.monitoring.prometheus_config import Yaml
from components.monitoring.signals.sources import LOKI_DATA_SOURCE, TEMPO_DATA_SOURCE

_MAX_LINES: Final = 1000
_TRACE_LINK: Final[dict[str, Yaml]] = {
    "name": "trace_id",
    # A label, which structured metadata is to Grafana; the collector reads it from the line.
    "matcherType": "label",
    "matcherRegex": "trace_id",
    # `$$` is a dollar sign to provisioning, which reads `$name` as an environment variable.
    "url": "$${__value.raw}",
    "urlDisplayLabel": "View trace",
    "datasourceUid": TEMPO_DATA_SOURCE,
}


def loki_data_source(url: str, *, traces: bool) -> DataSource:
    """The guide's data source; from each line that names a trace a link opens it, where there are `traces`."""
    options: list[tuple[str, Yaml]] = [("maxLines", _MAX_LINES)]
    if traces:
        options.append(("derivedFields", [_TRACE_LINK]))
    return DataSource(name="Loki", type="loki", uid=LOKI_DATA_SOURCE, url=url, json_data=tuple(options))
