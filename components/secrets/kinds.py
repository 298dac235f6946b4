"""Which kind of secrets a stack has."""

from __future__ import annotations

import pulumi

from components.secrets.contract import Credentials
from components.secrets.settings import ConfigSecrets, GeneratedSecrets


def create_credentials(
    settings: GeneratedSecrets | ConfigSecrets,
    *,
    protect: bool = False,
    opts: pulumi.ResourceOptions | None = None,
) -> Credentials:
    """The stack's passwords and keys; `protect` refuses the deletion of generated ones, which rotation needs too."""
    match settings:
        case GeneratedSecrets():
            from components.secrets.generated import GeneratedCredentials

            return GeneratedCredentials("credentials", settings, protect=protect, opts=opts).credentials
        case ConfigSecrets():
            from components.secrets.config import config_credentials

            return config_credentials(settings)
