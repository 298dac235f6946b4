"""Secrets of kind `config`: given in the stack file, encrypted there by Pulumi."""

from __future__ import annotations

import pulumi
from pydantic import SecretStr

from components.secrets.contract import Credentials
from components.secrets.settings import ConfigSecrets
from components.settings.secret_text import UNREADABLE


def config_credentials(settings: ConfigSecrets) -> Credentials:
    """The given values as Pulumi secrets; no resource holds them.

    Raises ValueError where the settings were read from the file, whose ciphertexts only the engine can decrypt.
    """

    def secret(value: SecretStr) -> pulumi.Output[str]:
        if value is UNREADABLE:
            raise ValueError("these settings hold ciphertexts: load them in the running program")
        return pulumi.Output.secret(value.get_secret_value())

    return Credentials(
        postgres_password=secret(settings.postgres_password),
        redis_password=secret(settings.redis_password),
        jarvis_secret_key=secret(settings.jarvis_secret_key),
        jarvis_admin_password=secret(settings.jarvis_admin_password),
        grafana_admin_password=secret(settings.grafana_admin_password),
    )
