"""Secrets of kind `config`: given in the stack file, encrypted there by Pulumi."""

from __future__ import annotations

import pulumi
from pydantic import SecretStr

from components.secrets.contract import Credential, Credentials
from components.secrets.settings import ConfigSecrets, GivenSecrets
from components.settings.secret_text import UNREADABLE


def config_credentials(settings: ConfigSecrets) -> Credentials:
    """The given values as Pulumi secrets; no resource holds them.

    Raises ValueError where the settings were read from the file, whose ciphertexts only the engine can decrypt.
    """
    return Credentials(
        postgres_password=given("postgresPassword", settings.postgres_password),
        redis_password=given("redisPassword", settings.redis_password),
        jarvis_secret_key=given("jarvisSecretKey", settings.jarvis_secret_key),
        jarvis_admin_password=given("jarvisAdminPassword", settings.jarvis_admin_password),
        grafana_admin_password=given("grafanaAdminPassword", settings.grafana_admin_password),
        slack_webhook_url=slack_webhook_url(settings),
        backup_access_key_id=backup_access_key_id(settings),
        backup_secret_access_key=backup_secret_access_key(settings),
    )


def given(name: str, value: SecretStr) -> Credential:
    """A value of the stack file. Raises ValueError where it is still encrypted."""
    if value is UNREADABLE:
        raise ValueError("these settings hold ciphertexts: load them in the running program")
    return Credential(name, pulumi.Output.secret(value.get_secret_value()))


def slack_webhook_url(settings: GivenSecrets) -> Credential | None:
    """Where Alertmanager posts, if anywhere."""
    return _optional("slackWebhookUrl", settings.slack_webhook_url)


def backup_access_key_id(settings: GivenSecrets) -> Credential | None:
    """The public half of the object storage's key, if backups go to one."""
    return _optional("backupAccessKeyId", settings.backup_access_key_id)


def backup_secret_access_key(settings: GivenSecrets) -> Credential | None:
    """The secret half."""
    return _optional("backupSecretAccessKey", settings.backup_secret_access_key)


def _optional(name: str, value: SecretStr | None) -> Credential | None:
    return None if value is None else given(name, value)
