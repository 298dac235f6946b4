"""The OpenTelemetry Collector's configuration: OTLP in, a sample of the traces on to Tempo.

Source: https://opentelemetry.io/docs/collector/configuration/ and the README of each part.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import yaml

from components.monitoring.prometheus_config import Yaml
from components.monitoring.traces.settings import HeadSampling, TailSampling

GRPC_PORT: Final = 4317
HTTP_PORT: Final = 4318
"""Source of both: https://opentelemetry.io/docs/specs/otlp/"""
METRICS_PORT: Final = 8888
HEALTH_PORT: Final = 13133

_SPAN_METRICS: Final = "spanmetrics"
_TEMPO: Final = "otlp_grpc/tempo"
_PROMETHEUS: Final = "otlp_http/prometheus"
_BUCKETS: Final = ("100ms", "250ms", "500ms", "1s", "2s", "5s", "10s", "30s")
"""As far as the guide's own buckets of response times, and beyond their end."""


@dataclass(frozen=True)
class CollectorConfig:
    """What the text depends on."""

    tempo: str
    """host:port of an OTLP gRPC receiver."""
    sampling: HeadSampling | TailSampling
    prometheus: str | None = None
    """URL of an OTLP HTTP receiver of metrics, without `/v1/metrics`; span metrics go nowhere where absent."""
    address: str = "0.0.0.0"  # noqa: S104 - Pods listen on all their addresses
    ports: tuple[int, int, int, int] = (GRPC_PORT, HTTP_PORT, METRICS_PORT, HEALTH_PORT)
    """OTLP gRPC, OTLP HTTP, metrics, health."""


def collector_yml(config: CollectorConfig) -> str:
    """The text of the file; the same settings always give the same bytes."""
    exporters: dict[str, Yaml] = {_TEMPO: _tempo(config.tempo)}
    document: dict[str, Yaml] = {
        "extensions": {"health_check": {"endpoint": f"{config.address}:{config.ports[3]}"}},
        "receivers": {"otlp": {"protocols": _protocols(config)}},
        "processors": {
            # First in each pipeline: it refuses before memory runs out, and clients try again.
            "memory_limiter": {"check_interval": "1s", "limit_percentage": 75, "spike_limit_percentage": 20},
            **_sampler(config.sampling),
            "batch": {"send_batch_size": 1024, "timeout": "2s"},
        },
        "exporters": exporters,
    }
    if config.prometheus is not None:
        exporters[_PROMETHEUS] = {"endpoint": config.prometheus}
        document["connectors"] = {_SPAN_METRICS: _span_metrics()}
    document["service"] = _service(config)
    return yaml.safe_dump(document, sort_keys=False, width=120)


def _protocols(config: CollectorConfig) -> dict[str, Yaml]:
    return {
        "grpc": {"endpoint": f"{config.address}:{config.ports[0]}"},
        "http": {"endpoint": f"{config.address}:{config.ports[1]}"},
    }


def _tempo(endpoint: str) -> dict[str, Yaml]:
    """A queue in memory, and tries for 5 minutes: a restart of Tempo loses nothing."""
    return {
        "endpoint": endpoint,
        "tls": {"insecure": True},
        "sending_queue": {"enabled": True, "queue_size": 1000},
        "retry_on_failure": {"enabled": True, "max_elapsed_time": "300s"},
    }


def _sampler(sampling: HeadSampling | TailSampling) -> dict[str, Yaml]:
    match sampling:
        case HeadSampling():
            return {"probabilistic_sampler": {"sampling_percentage": sampling.percentage}}
        case TailSampling():
            return {"tail_sampling": _tail(sampling)}


def _tail(sampling: TailSampling) -> dict[str, Yaml]:
    """A trace is kept when any policy wants it."""
    return {
        "decision_wait": f"{sampling.decision_seconds}s",
        "num_traces": sampling.traces_in_memory,
        "policies": [
            {"name": "errors", "type": "status_code", "status_code": {"status_codes": ["ERROR"]}},
            {"name": "slow", "type": "latency", "latency": {"threshold_ms": sampling.slow_milliseconds}},
            {
                "name": "share",
                "type": "probabilistic",
                "probabilistic": {"sampling_percentage": sampling.percentage},
            },
        ],
    }


def _span_metrics() -> dict[str, Yaml]:
    return {
        "namespace": "traces.span.metrics",
        "histogram": {"explicit": {"buckets": list(_BUCKETS)}},
        "dimensions": [{"name": "http.request.method"}, {"name": "http.response.status_code"}],
        "metrics_flush_interval": "15s",
        "aggregation_cardinality_limit": 2000,
    }


def _service(config: CollectorConfig) -> dict[str, Yaml]:
    sampler = next(iter(_sampler(config.sampling)))
    pipelines: dict[str, Yaml] = {
        "traces": {
            "receivers": ["otlp"],
            "processors": ["memory_limiter", sampler, "batch"],
            "exporters": [_TEMPO],
        }
    }
    if config.prometheus is not None:
        # Beside the sampled pipeline: metrics count every span, those of traces that are not kept too.
        pipelines["traces/all"] = {
            "receivers": ["otlp"],
            "processors": ["memory_limiter"],
            "exporters": [_SPAN_METRICS],
        }
        pipelines["metrics"] = {
            "receivers": [_SPAN_METRICS],
            "processors": ["memory_limiter", "batch"],
            "exporters": [_PROMETHEUS],
        }
    reader: Yaml = {"pull": {"exporter": {"prometheus": {"host": config.address, "port": config.ports[2]}}}}
    return {
        "extensions": ["health_check"],
        "telemetry": {"logs": {"level": "warn"}, "metrics": {"level": "normal", "readers": [reader]}},
        "pipelines": pipelines,
    }
