"""Where a stack's passwords and keys come from, one model a kind."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, SecretStr

from components.settings.secret_text import SecretText
from components.settings.section import Section

Password = Annotated[SecretStr, SecretText(min_length=8)]
SigningKey = Annotated[SecretStr, SecretText(min_length=32)]


class GeneratedSecrets(Section):
    """Random values, made on the first `up` and kept, encrypted, in the stack's state."""

    kind: Literal["generated"] = "generated"
    version: Annotated[int, Field(ge=1)] = 1
    """Raise it to rotate every value on the next `up`."""
    length: Annotated[int, Field(ge=32, le=128)] = 40
    """Characters of each value."""


class ConfigSecrets(Section):
    """Values given with `pulumi config set --secret --path`, encrypted in the stack file."""

    kind: Literal["config"] = "config"
    postgres_password: Password
    """The guide's POSTGRES_PASSWORD: 8 characters or more."""
    redis_password: Password
    """The guide's REDIS_PASSWORD: 8 characters or more."""
    jarvis_secret_key: SigningKey
    """The guide's JARVIS_SECRET_KEY, which signs the JWTs: 32 characters or more."""
    jarvis_admin_password: Password
    """Password of the first administrator of Jarvis: 8 characters or more."""
    grafana_admin_password: Password
    """The guide's GRAFANA_PASSWORD: 8 characters or more."""


SecretsSettings = Annotated[GeneratedSecrets | ConfigSecrets, Field(discriminator="kind")]
"""A further kind is one more model here and one more case in `kinds.py`."""
