"""Names by which Grafana's data sources and dashboards refer to each other; they never change."""

from __future__ import annotations

from typing import Final

LOKI_DATA_SOURCE: Final = "loki"
TEMPO_DATA_SOURCE: Final = "tempo"
