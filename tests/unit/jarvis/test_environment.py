"""The guide's `.env` blocks, row by row: each variable has the guide's very value and its place."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from components.backup.contract import Plan
from components.jarvis.environment import CONSUMERS, StackValues, app_environment
from components.secrets.contract import Credential, ExternalReference, ExternalStore
from tests.unit.jarvis.support import app_settings

DEVELOPMENT = """
ENVIRONMENT=development
DEBUG=true
LOG_LEVEL=DEBUG
POSTGRES_HOST=localhost
POSTGRES_PORT=5432
POSTGRES_DB=jarvis_dev
POSTGRES_USER=jarvis
POSTGRES_PASSWORD=dev_password_123
REDIS_HOST=localhost
REDIS_PORT=6379
REDIS_PASSWORD=dev_redis_123
OLLAMA_BASE_URL=http://localhost:11434
BACKEND_PORT=8000
FRONTEND_PORT=3000
JARVIS_SECRET_KEY=dev_secret_key_32_chars_long_123
CORS_ORIGINS=http://localhost:3000,http://localhost:3001
JWT_EXPIRE_MINUTES=1440
BRAIN_MEMORY_ENABLED=true
MCP_SEARCH_ENABLED=true
WEBSOCKET_ENABLED=true
"""
STAGING = """
ENVIRONMENT=staging
DEBUG=false
LOG_LEVEL=INFO
POSTGRES_HOST=postgres-staging.jarvis.local
POSTGRES_PORT=5432
POSTGRES_DB=jarvis_staging
POSTGRES_USER=jarvis_staging
POSTGRES_PASSWORD=${POSTGRES_STAGING_PASSWORD}
REDIS_HOST=redis-staging.jarvis.local
REDIS_PORT=6379
REDIS_PASSWORD=${REDIS_STAGING_PASSWORD}
OLLAMA_BASE_URL=http://ollama-staging.jarvis.local:11434
BACKEND_URL=https://api-staging.jarvis.local
FRONTEND_URL=https://app-staging.jarvis.local
JARVIS_SECRET_KEY=${JARVIS_STAGING_SECRET_KEY}
CORS_ORIGINS=https://app-staging.jarvis.local
JWT_EXPIRE_MINUTES=480
SSL_CERT_PATH=/etc/ssl/certs/jarvis-staging.crt
SSL_KEY_PATH=/etc/ssl/private/jarvis-staging.key
"""
PRODUCTION = """
ENVIRONMENT=production
DEBUG=false
LOG_LEVEL=WARNING
POSTGRES_HOST=postgres-cluster.jarvis.local
POSTGRES_PORT=5432
POSTGRES_DB=jarvis_production
POSTGRES_USER=jarvis_prod
POSTGRES_PASSWORD=${POSTGRES_PROD_PASSWORD}
POSTGRES_REPLICA_HOST=postgres-replica.jarvis.local
REDIS_CLUSTER_HOSTS=redis-1.jarvis.local:6379,redis-2.jarvis.local:6379,redis-3.jarvis.local:6379
REDIS_PASSWORD=${REDIS_PROD_PASSWORD}
OLLAMA_CLUSTER_URLS=http://ollama-1.jarvis.local:11434,http://ollama-2.jarvis.local:11434
BACKEND_URL=https://api.jarvis.com
FRONTEND_URL=https://app.jarvis.com
JARVIS_SECRET_KEY=${JARVIS_PROD_SECRET_KEY}
CORS_ORIGINS=https://app.jarvis.com,https://admin.jarvis.com
JWT_EXPIRE_MINUTES=60
SSL_CERT_PATH=/etc/ssl/certs/jarvis-prod.crt
SSL_KEY_PATH=/etc/ssl/private/jarvis-prod.key
MAX_WORKERS=8
WORKER_CONNECTIONS=1000
KEEPALIVE_TIMEOUT=65
BACKUP_SCHEDULE=0 2 * * *
BACKUP_RETENTION_DAYS=30
"""
SETTINGS: dict[str, dict[str, Any]] = {
    "development": {
        "debug": True,
        "logLevel": "DEBUG",
        "corsOrigins": ["http://localhost:3000", "http://localhost:3001"],
        "jwtExpireMinutes": 1440,
        "features": {"brainMemory": True, "mcpSearch": True, "websocket": True},
    },
    "staging": {
        "backendUrl": "https://api-staging.jarvis.local",
        "frontendUrl": "https://app-staging.jarvis.local",
        "corsOrigins": ["https://app-staging.jarvis.local"],
        "jwtExpireMinutes": 480,
        "tls": {
            "secretName": "jarvis-staging-tls",
            "certificatePath": "/etc/ssl/certs/jarvis-staging.crt",
            "keyPath": "/etc/ssl/private/jarvis-staging.key",
        },
    },
    "production": {
        "logLevel": "WARNING",
        "backendUrl": "https://api.jarvis.com",
        "frontendUrl": "https://app.jarvis.com",
        "corsOrigins": ["https://app.jarvis.com", "https://admin.jarvis.com"],
        "jwtExpireMinutes": 60,
        "tls": {
            "secretName": "jarvis-tls",
            "certificatePath": "/etc/ssl/certs/jarvis-prod.crt",
            "keyPath": "/etc/ssl/private/jarvis-prod.key",
        },
        "performance": {"maxWorkers": 8, "workerConnections": 1000, "keepaliveTimeoutSeconds": 65},
    },
}
BLOCKS = {"development": DEVELOPMENT, "staging": STAGING, "production": PRODUCTION}
SECRETS = {"POSTGRES_PASSWORD", "REDIS_PASSWORD", "JARVIS_SECRET_KEY"}
PORTS = {"BACKEND_PORT": "8000", "FRONTEND_PORT": "3000"}
"""Written in every environment: the guide leaves them out where they have their default."""
OURS = {"INTERFACE_PORT", "STT_PORT", "TTS_PORT", "JARVIS_ADMIN_USERNAME", "JARVIS_ADMIN_EMAIL"}
"""Variables that the guide has no names for."""


def rows(environment: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in BLOCKS[environment].strip().splitlines())


def stored(value: str) -> Credential:
    """A credential that is told by its name; no program runs here in which a Pulumi secret could have a value."""
    return Credential(value, ExternalReference(ExternalStore("SecretStore", "any", 60, 1), value))


def stack_values(row: dict[str, str]) -> StackValues:
    return StackValues(
        environment=row["ENVIRONMENT"],
        postgres_host=row["POSTGRES_HOST"],
        postgres_port=row["POSTGRES_PORT"],
        postgres_database=row["POSTGRES_DB"],
        postgres_user=row["POSTGRES_USER"],
        postgres_password=stored(row["POSTGRES_PASSWORD"]),
        postgres_replica_host=row.get("POSTGRES_REPLICA_HOST"),
        redis_host=row.get("REDIS_HOST", "unused"),
        redis_port=row.get("REDIS_PORT", "unused"),
        redis_cluster_hosts=row.get("REDIS_CLUSTER_HOSTS"),
        redis_password=stored(row["REDIS_PASSWORD"]),
        jarvis_secret_key=stored(row["JARVIS_SECRET_KEY"]),
        admin_password=stored("admin-password"),
        ollama_url=row.get("OLLAMA_BASE_URL", "unused"),
        ollama_cluster_urls=row.get("OLLAMA_CLUSTER_URLS"),
        service_urls={},
        backup=Plan(row["BACKUP_SCHEDULE"], int(row["BACKUP_RETENTION_DAYS"])) if "BACKUP_SCHEDULE" in row else None,
    )


@pytest.mark.parametrize(
    ("environment", "name", "value"),
    [(environment, name, value) for environment in BLOCKS for name, value in rows(environment).items()],
)
def test_row_has_the_guides_value_in_its_place(environment: str, name: str, value: str) -> None:
    built = app_environment(app_settings(**SETTINGS[environment]), stack_values(rows(environment)))
    place, other = (built.secret, built.config) if name in SECRETS else (built.config, built.secret)
    assert place[name] == (stored(value) if name in SECRETS else value)
    assert name not in other


@pytest.mark.parametrize("environment", BLOCKS)
def test_nothing_but_the_guides_rows(environment: str) -> None:
    built = app_environment(app_settings(**SETTINGS[environment]), stack_values(rows(environment)))
    assert built.config.keys() - OURS == (rows(environment).keys() | PORTS.keys()) - SECRETS
    assert built.secret.keys() == SECRETS | {"JARVIS_ADMIN_PASSWORD"}
    assert {name: built.config[name] for name in PORTS} == PORTS


def everything() -> set[str]:
    """The names of every variable that any settings give."""
    names: set[str] = set()
    for environment in BLOCKS:
        stack = dataclasses.replace(
            stack_values(rows(environment)),
            service_urls=dict.fromkeys(("BACKEND_INTERNAL_URL", "INTERFACE_URL", "STT_URL", "TTS_URL"), "http://x"),
            redis_sentinel_hosts="sentinel:26379",
            redis_sentinel_master="jarvis",
        )
        built = app_environment(app_settings(**SETTINGS[environment]), stack)
        names |= built.config.keys() | built.secret.keys()
    return names


def test_each_variable_has_a_reader() -> None:
    """Only the backup's plan is read by nobody here: the backup jobs are another component."""
    read = {name for names in CONSUMERS.values() for name in names}
    assert read - everything() == set(), "a workload asks for a variable that nothing sets"
    assert everything() - read == {"BACKUP_SCHEDULE", "BACKUP_RETENTION_DAYS"}


def test_secrets_reach_only_who_needs_them() -> None:
    secrets = SECRETS | {"JARVIS_ADMIN_PASSWORD"}
    assert {app: set(names) & secrets for app, names in CONSUMERS.items()} == {
        "jarvis-backend": {"POSTGRES_PASSWORD", "REDIS_PASSWORD", "JARVIS_SECRET_KEY"},
        "jarvis-frontend": set(),
        "jarvis-interface": set(),
        "jarvis-stt": set(),
        "jarvis-tts": set(),
        "jarvis-migrate": {"POSTGRES_PASSWORD"},
        "jarvis-create-admin": {"POSTGRES_PASSWORD", "JARVIS_SECRET_KEY", "JARVIS_ADMIN_PASSWORD"},
    }


def test_no_admin_no_admin_variables() -> None:
    built = app_environment(app_settings(admin=None), stack_values(rows("development")))
    assert not [name for name in (*built.config, *built.secret) if "ADMIN" in name]


def test_feature_switched_off_is_written_in_lower_case() -> None:
    built = app_environment(app_settings(features={"websocket": False}), stack_values(rows("development")))
    assert built.config["WEBSOCKET_ENABLED"] == "false"
    assert "MCP_SEARCH_ENABLED" not in built.config
