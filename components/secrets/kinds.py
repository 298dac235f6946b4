"""Which kind of secrets a stack has."""

from __future__ import annotations

import pulumi

from components.secrets.contract import Credentials
from components.secrets.settings import ConfigSecrets, ExternalSecrets, GeneratedSecrets, SecretsSettings


def create_credentials(
    settings: SecretsSettings,
    *,
    opts: pulumi.ResourceOptions | None = None,
) -> Credentials:
    """The stack's passwords and keys. Generated ones are never protected: rotation replaces them."""
    match settings:
        case GeneratedSecrets():
            from components.secrets.generated import GeneratedCredentials

            return GeneratedCredentials("credentials", settings, opts=opts).credentials
        case ConfigSecrets():
            from components.secrets.config import config_credentials

            return config_credentials(settings)
        case ExternalSecrets():
            from components.secrets.external import external_credentials

            return external_credentials(settings)
