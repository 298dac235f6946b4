"""The passwords and keys of a stack, wherever they come from."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi


@dataclass(frozen=True)
class Credentials:
    """Every member is a Pulumi secret, from the first moment."""

    postgres_password: pulumi.Output[str]
    """The guide's POSTGRES_PASSWORD."""
    redis_password: pulumi.Output[str]
    """The guide's REDIS_PASSWORD."""
    jarvis_secret_key: pulumi.Output[str]
    """The guide's JARVIS_SECRET_KEY, which signs the JWTs: 32 characters or more."""
    jarvis_admin_password: pulumi.Output[str]
    """Password of the first administrator, made by the admin-user Job."""
    grafana_admin_password: pulumi.Output[str]
    """The guide's GRAFANA_PASSWORD."""
