"""What the application gives to exposure, monitoring and network policies, and the telemetry target that it takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from components.network.contract import Flow, Peer, ServiceEndpoint


@dataclass(frozen=True)
class JarvisEndpoints:
    """The application's Services and the traffic that it needs."""

    backend: ServiceEndpoint
    """With `server_name` and `trust` where it serves HTTPS."""
    frontend: ServiceEndpoint
    interface: ServiceEndpoint
    stt: ServiceEndpoint
    tts: ServiceEndpoint
    ollama: ServiceEndpoint
    """The first instance."""
    flows: tuple[Flow, ...]


@dataclass(frozen=True)
class TelemetryTarget:
    """A collector to which the backend, the interface and speech send their OpenTelemetry signals."""

    peer: Peer
    """Where the traffic goes, for network policies."""
    port: int
    """TCP port of `peer`."""
    variables: Mapping[str, pulumi.Input[str]]
    """OTEL_EXPORTER_OTLP_ENDPOINT and others that are the same for all; each gets an OTEL_SERVICE_NAME of its own.

    Names: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
    """
