"""Who of the application may talk to whom; everything else is denied.

The frontend has no flow to the backend: its pages run in the browser, which calls the API by its public address (the
guide's BACKEND_URL and CORS_ORIGINS). The ways in from outside belong to exposure, the scrapes to monitoring.
"""

from __future__ import annotations

from typing import Final

from components.cache.contract import CacheConnection
from components.database.contract import DatabaseConnection
from components.jarvis.contract import TelemetryTarget
from components.jarvis.ollama import instance_names, pull_job_name
from components.jarvis.settings import AppSettings
from components.network.contract import PUBLIC_ADDRESSES, Flow, PodPeer

BACKEND: Final = "jarvis-backend"
FRONTEND: Final = "jarvis-frontend"
INTERFACE: Final = "jarvis-interface"
STT: Final = "jarvis-stt"
TTS: Final = "jarvis-tts"
MIGRATE: Final = "jarvis-migrate"
CREATE_ADMIN: Final = "jarvis-create-admin"
TRACED: Final = (BACKEND, INTERFACE, STT, TTS)
"""The services that send OpenTelemetry signals; the frontend's code runs in browsers."""

_HTTPS: Final = 443


def app_flows(
    settings: AppSettings,
    database: DatabaseConnection,
    cache: CacheConnection,
    telemetry: TelemetryTarget | None = None,
) -> tuple[Flow, ...]:
    """Every flow that the application's settings call for."""
    backend = PodPeer(BACKEND)
    flows = [
        Flow(backend, database.peer, database.peer_port),
        *cache.flows_from(backend),
    ]
    direct = database.direct_peer or database.peer
    if database.replica_host is not None and direct != database.peer:
        flows.append(Flow(backend, direct, database.peer_port))
    if settings.migration is not None:
        flows.append(Flow(PodPeer(MIGRATE), direct, database.peer_port))
    if settings.admin is not None:
        flows.append(Flow(PodPeer(CREATE_ADMIN), database.peer, database.peer_port))
    for app, service in ((INTERFACE, settings.interface), (STT, settings.stt), (TTS, settings.tts)):
        flows += [Flow(backend, PodPeer(app), service.port), Flow(PodPeer(app), backend, settings.backend.port)]
    if settings.backend.internet_access:
        flows += [Flow(backend, public, _HTTPS) for public in PUBLIC_ADDRESSES]
    if telemetry is not None:
        flows += [Flow(PodPeer(app), telemetry.peer, telemetry.port) for app in TRACED]
    return (*flows, *_ollama_flows(settings))


def _ollama_flows(settings: AppSettings) -> list[Flow]:
    ollama = settings.ollama
    flows: list[Flow] = []
    for name in instance_names(ollama.instances):
        flows.append(Flow(PodPeer(BACKEND), PodPeer(name), ollama.port))
        if ollama.models:
            flows.append(Flow(PodPeer(pull_job_name(name)), PodPeer(name), ollama.port))
        if ollama.models and ollama.internet_access:
            flows += [Flow(PodPeer(name), public, _HTTPS) for public in PUBLIC_ADDRESSES]
    return flows
