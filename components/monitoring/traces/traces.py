"""The traces of a stack: the OpenTelemetry Collector and Tempo."""

from __future__ import annotations

from typing import Final

import pulumi

from components.cluster.contract import ClusterAccess
from components.jarvis.contract import TelemetryTarget
from components.monitoring.flows import GRAFANA_APP, PROMETHEUS_APP
from components.monitoring.parts import Part
from components.monitoring.signals.scrape import PROMETHEUS_PORT, ExporterTarget
from components.monitoring.traces import collector_config, tempo_config
from components.monitoring.traces.collector import COLLECTOR_APP, Collector
from components.monitoring.traces.contract import TracesEndpoints
from components.monitoring.traces.data_source import tempo_data_source
from components.monitoring.traces.settings import TracesSettings
from components.monitoring.traces.tempo import TEMPO_APP, Tempo
from components.network.contract import Flow, PodPeer

PROMETHEUS_OTLP: Final = f"http://{PROMETHEUS_APP}:80/api/v1/otlp"
"""Answers where Prometheus runs with --web.enable-otlp-receiver."""


class Traces(pulumi.ComponentResource):
    """Takes spans from the application and keeps a sample of the traces."""

    endpoints: TracesEndpoints

    def __init__(
        self,
        name: str,
        settings: TracesSettings,
        *,
        cluster: ClusterAccess,
        logs: bool,
        protect: bool = False,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`logs` is whether Grafana has logs to open from a span; `protect` keeps the volume."""
        super().__init__("jarvis:monitoring:Traces", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        tempo = Tempo("tempo", settings.tempo, cluster=cluster, protect=protect, opts=child)
        collector = Collector(
            "otel-collector",
            settings.collector,
            cluster=cluster,
            tempo=f"{TEMPO_APP}:{tempo_config.OTLP_PORT}",
            prometheus=PROMETHEUS_OTLP if settings.span_metrics else None,
            opts=child,
        )
        source = tempo_data_source(
            f"http://{TEMPO_APP}:{tempo_config.HTTP_PORT}", logs=logs, span_metrics=settings.span_metrics
        )
        front = Part(
            "otel-collector",
            (ExporterTarget(COLLECTOR_APP, COLLECTOR_APP, collector_config.METRICS_PORT),),
            trace_flows(span_metrics=settings.span_metrics),
        )
        store = Part("tempo", (ExporterTarget(TEMPO_APP, TEMPO_APP, tempo_config.HTTP_PORT),), data_sources=(source,))
        self.endpoints = TracesEndpoints(collector.endpoint, tempo.endpoint, (front, store))
        self.register_outputs({"collector": collector.endpoint.url, "tempo": tempo.endpoint.url})


def collector_target(environment: str) -> TelemetryTarget:
    """Where the application sends its spans."""
    return TelemetryTarget(PodPeer(COLLECTOR_APP), collector_config.GRPC_PORT, application_environment(environment))


def application_environment(environment: str) -> dict[str, str]:
    """What OpenTelemetry's SDKs read; metrics stay Prometheus' and logs Loki's, so each signal goes one way.

    Source: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
    """
    return {
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://{COLLECTOR_APP}:{collector_config.GRPC_PORT}",
        "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc",
        "OTEL_TRACES_EXPORTER": "otlp",
        "OTEL_METRICS_EXPORTER": "none",
        "OTEL_LOGS_EXPORTER": "none",
        "OTEL_PROPAGATORS": "tracecontext,baggage",
        "OTEL_RESOURCE_ATTRIBUTES": f"service.namespace=jarvis,deployment.environment.name={environment}",
    }


def trace_flows(*, span_metrics: bool) -> tuple[Flow, ...]:
    """From the collector to Tempo and, with span metrics, to Prometheus; from Grafana to Tempo."""
    collector, tempo = PodPeer(COLLECTOR_APP), PodPeer(TEMPO_APP)
    metrics = [Flow(collector, PodPeer(PROMETHEUS_APP), PROMETHEUS_PORT)] if span_metrics else []
    return (
        Flow(collector, tempo, tempo_config.OTLP_PORT),
        *metrics,
        Flow(PodPeer(GRAFANA_APP), tempo, tempo_config.HTTP_PORT),
    )
