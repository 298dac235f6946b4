"""Secrets of kind `external-secrets`: references that the cluster resolves; Pulumi never sees a value."""

from __future__ import annotations

from components.secrets.contract import Credential, Credentials, ExternalReference, ExternalStore
from components.secrets.settings import ExternalSecrets


def external_credentials(settings: ExternalSecrets) -> Credentials:
    """A reference for each credential, under its own name in the store."""
    store = ExternalStore(settings.store.kind, settings.store.name, settings.refresh_seconds, settings.version)

    def reference(name: str) -> Credential:
        if settings.entry is not None:
            return Credential(name, ExternalReference(store, settings.entry, name))
        return Credential(name, ExternalReference(store, f"{settings.prefix or ''}{name}"))

    return Credentials(
        postgres_password=reference("postgresPassword"),
        redis_password=reference("redisPassword"),
        jarvis_secret_key=reference("jarvisSecretKey"),
        jarvis_admin_password=reference("jarvisAdminPassword"),
        grafana_admin_password=reference("grafanaAdminPassword"),
        slack_webhook_url=reference("slackWebhookUrl") if settings.slack_webhook_url else None,
        backup_access_key_id=reference("backupAccessKeyId") if settings.backup_access_keys else None,
        backup_secret_access_key=reference("backupSecretAccessKey") if settings.backup_access_keys else None,
    )
