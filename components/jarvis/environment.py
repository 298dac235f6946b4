"""The application's environment variables: every variable of the guide's `.env` blocks, and who gets which.

Pure: settings and addresses in, two maps out. Values are written exactly as the guide writes them: `true` and `false`
in lower case, lists with commas.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import pulumi

from components.backup.contract import Plan
from components.jarvis.settings import AppSettings
from components.secrets.contract import Credential

Variables = Mapping[str, pulumi.Input[str]]


@dataclass(frozen=True)
class StackValues:
    """What the application's settings do not hold, because the stack or another component makes it."""

    environment: str
    """The guide's ENVIRONMENT."""
    postgres_host: pulumi.Input[str]
    postgres_port: pulumi.Input[str]
    postgres_database: pulumi.Input[str]
    postgres_user: pulumi.Input[str]
    postgres_password: Credential
    redis_password: Credential
    jarvis_secret_key: Credential
    admin_password: Credential
    ollama_url: pulumi.Input[str]
    redis_host: pulumi.Input[str]
    redis_port: pulumi.Input[str]
    service_urls: Variables
    """Addresses of the services inside the cluster by variable, which the guide has no names for."""
    redis_cluster_hosts: pulumi.Input[str] | None = None
    """host:port of every node, with commas: takes the place of host and port, as in the guide's production."""
    redis_sentinel_hosts: pulumi.Input[str] | None = None
    """host:port of every Sentinel, with commas: beside the servers, they tell which of those is primary."""
    redis_sentinel_master: str | None = None
    """The name by which the Sentinels know the primary."""
    ollama_cluster_urls: pulumi.Input[str] | None = None
    """URLs of several instances, with commas: takes the place of the single one, as in the guide's production."""
    postgres_replica_host: pulumi.Input[str] | None = None
    backup: Plan | None = None
    """What the database's backups are made by, as the application is told."""


@dataclass(frozen=True)
class AppEnvironment:
    """Variables by where they are stored."""

    config: Variables
    """Data of the ConfigMap `jarvis-config`."""
    secret: Mapping[str, Credential]
    """Data of the Secret `jarvis-secrets`."""

    def select(self, names: Sequence[str]) -> AppEnvironment:
        """Only the variables of these names; a name that this stack has no value for is left out."""
        return AppEnvironment(
            config={name: self.config[name] for name in names if name in self.config},
            secret={name: self.secret[name] for name in names if name in self.secret},
        )


NO_VARIABLES: Final = AppEnvironment(config=MappingProxyType({}), secret=MappingProxyType({}))

_GENERAL: Final = ("ENVIRONMENT", "DEBUG", "LOG_LEVEL")
_POSTGRES: Final = ("POSTGRES_HOST", "POSTGRES_PORT", "POSTGRES_DB", "POSTGRES_USER", "POSTGRES_PASSWORD")

CONSUMERS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "jarvis-backend": (
            *_GENERAL,
            *_POSTGRES,
            "POSTGRES_REPLICA_HOST",
            *("REDIS_HOST", "REDIS_PORT", "REDIS_CLUSTER_HOSTS", "REDIS_PASSWORD"),
            *("REDIS_SENTINEL_HOSTS", "REDIS_SENTINEL_MASTER"),
            *("OLLAMA_BASE_URL", "OLLAMA_CLUSTER_URLS"),
            *("INTERFACE_URL", "STT_URL", "TTS_URL"),
            *("BACKEND_PORT", "BACKEND_URL", "FRONTEND_URL"),
            *("JARVIS_SECRET_KEY", "CORS_ORIGINS", "JWT_EXPIRE_MINUTES"),
            *("BRAIN_MEMORY_ENABLED", "MCP_SEARCH_ENABLED", "WEBSOCKET_ENABLED"),
            *("SSL_CERT_PATH", "SSL_KEY_PATH"),
            *("MAX_WORKERS", "WORKER_CONNECTIONS", "KEEPALIVE_TIMEOUT"),
        ),
        "jarvis-frontend": (
            *_GENERAL,
            *("FRONTEND_PORT", "FRONTEND_URL", "BACKEND_PORT", "BACKEND_URL", "WEBSOCKET_ENABLED"),
        ),
        "jarvis-interface": (*_GENERAL, "INTERFACE_PORT", "BACKEND_INTERNAL_URL"),
        "jarvis-stt": (*_GENERAL, "STT_PORT", "BACKEND_INTERNAL_URL"),
        "jarvis-tts": (*_GENERAL, "TTS_PORT", "BACKEND_INTERNAL_URL"),
        "jarvis-migrate": (*_GENERAL, *_POSTGRES),
        "jarvis-create-admin": (
            *_GENERAL,
            *_POSTGRES,
            *("JARVIS_SECRET_KEY", "JARVIS_ADMIN_USERNAME", "JARVIS_ADMIN_EMAIL", "JARVIS_ADMIN_PASSWORD"),
        ),
    }
)
"""Which variables each workload needs, and no other: the frontend never sees a password."""


def app_environment(settings: AppSettings, stack: StackValues) -> AppEnvironment:
    """Every variable of the application. An absent setting gives no variable."""
    config = {
        "ENVIRONMENT": stack.environment,
        "DEBUG": _rendered(settings.debug),
        "LOG_LEVEL": settings.log_level,
        **_database(stack),
        **_cache(stack),
        **_services(settings, stack),
        "CORS_ORIGINS": ",".join(settings.cors_origins),
        "JWT_EXPIRE_MINUTES": str(settings.jwt_expire_minutes),
        **_optional_settings(settings),
        **_backup(stack.backup),
    }
    secret = {
        "POSTGRES_PASSWORD": stack.postgres_password,
        "REDIS_PASSWORD": stack.redis_password,
        "JARVIS_SECRET_KEY": stack.jarvis_secret_key,
    }
    if settings.admin is not None:
        config["JARVIS_ADMIN_USERNAME"] = settings.admin.username
        config["JARVIS_ADMIN_EMAIL"] = settings.admin.email
        secret["JARVIS_ADMIN_PASSWORD"] = stack.admin_password
    return AppEnvironment(config=config, secret=secret)


def _database(stack: StackValues) -> dict[str, pulumi.Input[str]]:
    return {
        "POSTGRES_HOST": stack.postgres_host,
        "POSTGRES_PORT": stack.postgres_port,
        "POSTGRES_DB": stack.postgres_database,
        "POSTGRES_USER": stack.postgres_user,
        **({} if stack.postgres_replica_host is None else {"POSTGRES_REPLICA_HOST": stack.postgres_replica_host}),
    }


def _cache(stack: StackValues) -> dict[str, pulumi.Input[str]]:
    servers: dict[str, pulumi.Input[str]] = (
        {"REDIS_HOST": stack.redis_host, "REDIS_PORT": stack.redis_port}
        if stack.redis_cluster_hosts is None
        else {"REDIS_CLUSTER_HOSTS": stack.redis_cluster_hosts}
    )
    if stack.redis_sentinel_hosts is None or stack.redis_sentinel_master is None:
        return servers
    return {
        **servers,
        "REDIS_SENTINEL_HOSTS": stack.redis_sentinel_hosts,
        "REDIS_SENTINEL_MASTER": stack.redis_sentinel_master,
    }


def _services(settings: AppSettings, stack: StackValues) -> dict[str, pulumi.Input[str]]:
    ollama: dict[str, pulumi.Input[str]] = (
        {"OLLAMA_BASE_URL": stack.ollama_url}
        if stack.ollama_cluster_urls is None
        else {"OLLAMA_CLUSTER_URLS": stack.ollama_cluster_urls}
    )
    return {
        **ollama,
        "BACKEND_PORT": str(settings.backend.port),
        "FRONTEND_PORT": str(settings.frontend.port),
        "INTERFACE_PORT": str(settings.interface.port),
        "STT_PORT": str(settings.stt.port),
        "TTS_PORT": str(settings.tts.port),
        **stack.service_urls,
    }


def _backup(plan: Plan | None) -> dict[str, str]:
    if plan is None:
        return {}
    return {"BACKUP_SCHEDULE": plan.schedule, "BACKUP_RETENTION_DAYS": str(plan.retention_days)}


def _optional_settings(settings: AppSettings) -> dict[str, str]:
    features, performance, tls = settings.features, settings.performance, settings.tls
    values: dict[str, str | int | bool | None] = {
        "BACKEND_URL": settings.backend_url,
        "FRONTEND_URL": settings.frontend_url,
        "BRAIN_MEMORY_ENABLED": features.brain_memory,
        "MCP_SEARCH_ENABLED": features.mcp_search,
        "WEBSOCKET_ENABLED": features.websocket,
        "SSL_CERT_PATH": tls.certificate_path if tls else None,
        "SSL_KEY_PATH": tls.key_path if tls else None,
        "MAX_WORKERS": performance.max_workers,
        "WORKER_CONNECTIONS": performance.worker_connections,
        "KEEPALIVE_TIMEOUT": performance.keepalive_timeout_seconds,
    }
    return {name: _rendered(value) for name, value in values.items() if value is not None}


def _rendered(value: str | int | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
