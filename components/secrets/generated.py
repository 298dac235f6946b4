"""Secrets of kind `generated`: random values, kept in the stack's state."""

from __future__ import annotations

from typing import Final

import pulumi
import pulumi_random as random

from components.secrets.config import backup_access_key_id, backup_secret_access_key, slack_webhook_url
from components.secrets.contract import Credential, Credentials
from components.secrets.settings import GeneratedSecrets

SPECIAL_CHARACTERS: Final = "-_."
"""Unreserved in URLs (RFC 3986), and plain text to shells, Redis and PostgreSQL."""


class GeneratedCredentials(pulumi.ComponentResource):
    """One random password for each credential of the stack, all replaced when `settings.version` changes."""

    credentials: Credentials

    def __init__(
        self,
        name: str,
        settings: GeneratedSecrets,
        *,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("jarvis:secrets:GeneratedCredentials", name, None, opts)
        self._settings = settings
        self.credentials = Credentials(
            postgres_password=self._random("postgres-password", "postgresPassword"),
            redis_password=self._random("redis-password", "redisPassword"),
            jarvis_secret_key=self._random("jarvis-secret-key", "jarvisSecretKey"),
            jarvis_admin_password=self._random("jarvis-admin-password", "jarvisAdminPassword"),
            grafana_admin_password=self._random("grafana-admin-password", "grafanaAdminPassword"),
            slack_webhook_url=slack_webhook_url(settings),
            backup_access_key_id=backup_access_key_id(settings),
            backup_secret_access_key=backup_secret_access_key(settings),
        )
        self.register_outputs({})

    def _random(self, name: str, credential: str) -> Credential:
        password = random.RandomPassword(
            name,
            length=self._settings.length,
            override_special=SPECIAL_CHARACTERS,
            min_lower=1,
            min_upper=1,
            min_numeric=1,
            min_special=1,
            keepers={"version": str(self._settings.version)},
            opts=pulumi.ResourceOptions(parent=self),
        )
        return Credential(credential, pulumi.Output.secret(password.result))
