"""Settings of the application: `jarvis:app` of a stack file.

Each variable of the guide's `.env` blocks has its field here, except ENVIRONMENT, which is the stack's, and the
addresses and passwords that the stack itself makes (PostgreSQL, Redis, Ollama).
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from components.jarvis.images import AppImages
from components.jarvis.scale import Availability
from components.jarvis.services import (
    AdminSettings,
    BackendSettings,
    FrontendSettings,
    InterfaceSettings,
    MigrationSettings,
    OllamaSettings,
    SttSettings,
    TtsSettings,
)
from components.jarvis.values import FilePath, Origin, WebUrl
from components.settings.addresses import DnsName
from components.settings.section import Section
from components.settings.workloads import DnsLabel


class Features(Section):
    """Feature switches; the application's own default where absent, as in the guide's staging and production."""

    brain_memory: bool | None = None
    """BRAIN_MEMORY_ENABLED."""
    mcp_search: bool | None = None
    """MCP_SEARCH_ENABLED; web search needs `backend.internetAccess` too."""
    websocket: bool | None = None
    """WEBSOCKET_ENABLED."""


class Performance(Section):
    """Server tuning; the application's own default where absent."""

    max_workers: Annotated[int, Field(ge=1, le=256)] | None = None
    """MAX_WORKERS: server processes of one backend Pod."""
    worker_connections: Annotated[int, Field(ge=1, le=100000)] | None = None
    """WORKER_CONNECTIONS: connections that one process serves at a time."""
    keepalive_timeout_seconds: Annotated[int, Field(ge=1, le=3600)] | None = None
    """KEEPALIVE_TIMEOUT: seconds that an idle connection stays open."""


class TlsFiles(Section):
    """A certificate that the backend reads from files, to serve HTTPS on its port.

    A renewed certificate is read by Pods that start after it.
    """

    secret_name: DnsLabel | None = None
    """A Secret of type kubernetes.io/tls that is in the namespace already; one is issued by `jarvis:certificates` where
    absent. It also holds `ca.crt`, by which the other services verify the backend, and its certificate names
    jarvis-backend and jarvis-backend.NAMESPACE.svc."""
    dns_names: tuple[DnsName, ...] = ()
    """Further names in the issued certificate, such as the API's public host."""
    certificate_path: FilePath
    """SSL_CERT_PATH: where the certificate is mounted."""
    key_path: FilePath
    """SSL_KEY_PATH: where the private key is mounted."""

    @model_validator(mode="after")
    def _names_of_an_issued_one(self) -> Self:
        if self.secret_name is not None and self.dns_names:
            raise ValueError(
                f"dnsNames belong to an issued certificate: the one in the Secret {self.secret_name} "
                "has its names already"
            )
        return self


class AppSettings(Section):
    """The Jarvis application."""

    image: AppImages
    debug: bool = False
    """DEBUG."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = "INFO"
    """LOG_LEVEL."""
    backend_url: WebUrl | None = None
    """BACKEND_URL: the API's public address; browsers use localhost and the backend's port where absent."""
    frontend_url: WebUrl | None = None
    """FRONTEND_URL: the user interface's public address."""
    cors_origins: Annotated[tuple[Origin, ...], Field(min_length=1)]
    """CORS_ORIGINS: origins whose pages may call the API."""
    jwt_expire_minutes: Annotated[int, Field(ge=1, le=43200)] = 60
    """JWT_EXPIRE_MINUTES: life of a session token in minutes; the guide's strictest by default."""
    features: Features = Features()
    performance: Performance = Performance()
    tls: TlsFiles | None = None
    """HTTPS by the backend itself; plain HTTP, and neither SSL_CERT_PATH nor SSL_KEY_PATH, where absent."""
    availability: Availability = Availability()
    """Spread, priorities and pace of rollouts of all services."""
    backend: BackendSettings = BackendSettings()
    frontend: FrontendSettings = FrontendSettings()
    interface: InterfaceSettings = InterfaceSettings()
    stt: SttSettings = SttSettings()
    tts: TtsSettings = TtsSettings()
    ollama: OllamaSettings = OllamaSettings()
    migration: MigrationSettings | None = MigrationSettings()
    """Null skips it: for going back to a version whose migrations do not know the schema's present revision."""
    admin: AdminSettings | None = AdminSettings()
    """The first administrator; null makes none."""
