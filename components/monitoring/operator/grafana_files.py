"""Dashboards and data sources for a Grafana that several stacks share: each stack's bear names of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Final, cast

from components.monitoring.dashboards.catalogue import dashboard_files
from components.monitoring.grafana_provisioning import PROMETHEUS_DATA_SOURCE, DataSource, data_sources_file
from components.monitoring.operator.routing import seen_from_elsewhere
from components.monitoring.operator.sharing import Sharing
from components.monitoring.prometheus_config import Yaml
from components.monitoring.signals.model import Exporter
from components.monitoring.signals.sources import LOKI_DATA_SOURCE, TEMPO_DATA_SOURCE

_UID_LENGTH: Final = 40
"""Grafana takes no longer one."""
_QUERY_KEYS: Final = frozenset({"expr", "query"})


@dataclass(frozen=True)
class SharedGrafanaFiles:
    """What a stack brings to the cluster's Grafana."""

    sharing: Sharing
    environment: str
    prometheus_uid: str
    """Of the data source that is the cluster's Prometheus."""

    def dashboards(self, exporters: AbstractSet[Exporter]) -> dict[str, str]:
        """The JSON of each dashboard by file name; the same bytes for the same stack."""
        return {name: self._dashboard(text) for name, text in dashboard_files(exporters).items()}

    def data_sources(self, sources: Sequence[DataSource]) -> str:
        """The provisioning file of the stack's own stores."""
        return data_sources_file(*(self._data_source(source) for source in sources))

    def _dashboard(self, text: str) -> str:
        document = cast("dict[str, Yaml]", json.loads(text))
        shared = cast("dict[str, Yaml]", self._member("", document, of_prometheus=True))
        shared["uid"] = f"{document['uid']}-{self.environment}"[:_UID_LENGTH]
        shared["title"] = f"{document['title']} ({self.environment})"
        return json.dumps(shared, sort_keys=True, indent=1)

    def _member(self, key: str, value: Yaml, *, of_prometheus: bool) -> Yaml:
        """A part of a dashboard; `of_prometheus` is whether queries in it are PromQL."""
        if isinstance(value, Mapping):
            source = value.get("datasource")
            if isinstance(source, Mapping):
                of_prometheus = source.get("type") == "prometheus"
            return {name: self._member(name, item, of_prometheus=of_prometheus) for name, item in value.items()}
        if isinstance(value, str):
            return self._text(key, value, of_prometheus)
        if isinstance(value, Sequence):
            return [self._member("", item, of_prometheus=of_prometheus) for item in value]
        return value

    def _text(self, key: str, text: str, of_prometheus: bool) -> str:
        if key in {"uid", "datasourceUid"}:
            return self._uid(text)
        return self.sharing.query(text) if key in _QUERY_KEYS and of_prometheus else text

    def _data_source(self, source: DataSource) -> DataSource:
        options = tuple((name, self._member(name, value, of_prometheus=False)) for name, value in source.json_data)
        return replace(
            source,
            name=f"{source.name} ({self.environment})",
            uid=self._uid(source.uid),
            url=seen_from_elsewhere(source.url, self.sharing.namespace),
            json_data=options,
        )

    def _uid(self, uid: str) -> str:
        own = {name: f"{name}-{self.environment}"[:_UID_LENGTH] for name in (LOKI_DATA_SOURCE, TEMPO_DATA_SOURCE)}
        return {**own, PROMETHEUS_DATA_SOURCE: self.prometheus_uid}.get(uid, uid)
