"""What the application gives to exposure, monitoring and network policies."""

from __future__ import annotations

from dataclasses import dataclass

from components.network.contract import Flow, ServiceEndpoint


@dataclass(frozen=True)
class JarvisEndpoints:
    """The application's Services and the traffic that it needs."""

    backend: ServiceEndpoint
    frontend: ServiceEndpoint
    interface: ServiceEndpoint
    stt: ServiceEndpoint
    tts: ServiceEndpoint
    ollama: ServiceEndpoint
    """The first instance."""
    flows: tuple[Flow, ...]
