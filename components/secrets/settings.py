"""Where a stack's passwords and keys come from, one model a kind."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, model_validator

from components.settings.secret_text import SecretText
from components.settings.section import Section
from components.settings.text import Matching
from components.settings.workloads import DnsLabel

Password = Annotated[SecretStr, SecretText(min_length=8)]
SigningKey = Annotated[SecretStr, SecretText(min_length=32)]
SecretUrl = Annotated[SecretStr, SecretText(min_length=12, prefix="https://")]
StoreKey = Annotated[str, Matching(r"[A-Za-z0-9._/-]+", "a key of the store, such as jarvis/production")]


class GivenSecrets(Section):
    """Secrets of services outside the stack, which nobody can make up: `pulumi config set --secret --path`."""

    slack_webhook_url: SecretUrl | None = None
    """The guide's SLACK_WEBHOOK_URL; without it alerts go to the webhook only."""
    backup_access_key_id: Password | None = None
    """Access key of the object storage that backups go to."""
    backup_secret_access_key: Password | None = None
    """Its secret half."""

    @model_validator(mode="after")
    def _both_halves(self) -> Self:
        if (self.backup_access_key_id is None) != (self.backup_secret_access_key is None):
            raise ValueError("backupAccessKeyId and backupSecretAccessKey go together: give both or neither")
        return self


class GeneratedSecrets(GivenSecrets):
    """Random values, made on the first `up` and kept, encrypted, in the stack's state."""

    kind: Literal["generated"] = "generated"
    version: Annotated[int, Field(ge=1)] = 1
    """Raise it to rotate every value on the next `up`."""
    length: Annotated[int, Field(ge=32, le=128)] = 40
    """Characters of each value."""


class ConfigSecrets(GivenSecrets):
    """Values given with `pulumi config set --secret --path`, encrypted in the stack file."""

    kind: Literal["config"] = "config"
    postgres_password: Password
    """The guide's POSTGRES_PASSWORD: 8 characters or more."""
    redis_password: Password
    """The guide's REDIS_PASSWORD: 8 characters or more. With `jarvis:cache` of kind managed-redis any will do: Azure
    makes keys of its own, and it is not used."""
    jarvis_secret_key: SigningKey
    """The guide's JARVIS_SECRET_KEY, which signs the JWTs: 32 characters or more."""
    jarvis_admin_password: Password
    """Password of the first administrator of Jarvis: 8 characters or more."""
    grafana_admin_password: Password
    """The guide's GRAFANA_PASSWORD: 8 characters or more."""


class SecretStoreReference(Section):
    """A store of the External Secrets operator, set up by whoever runs the cluster."""

    kind: Literal["SecretStore", "ClusterSecretStore"] = "ClusterSecretStore"
    name: DnsLabel


class ExternalSecrets(Section):
    """Values that the External Secrets operator fetches inside the cluster; Pulumi never sees one.

    Their names are those of kind `config`: postgresPassword, redisPassword, jarvisSecretKey, jarvisAdminPassword,
    grafanaAdminPassword. Passwords are printable ASCII without spaces, quotes and backslashes.
    """

    kind: Literal["external-secrets"] = "external-secrets"
    store: SecretStoreReference
    entry: StoreKey | None = None
    """One entry of the store that holds every value as a property; each value is an entry of its own where absent."""
    prefix: StoreKey | None = None
    """What stands before each name where `entry` is absent, such as jarvis/production/."""
    slack_webhook_url: bool = False
    """Whether the store has the value slackWebhookUrl."""
    backup_access_keys: bool = False
    """Whether the store has the values backupAccessKeyId and backupSecretAccessKey."""
    refresh_seconds: Annotated[int, Field(ge=60, le=86_400)] = 3_600
    """How often the operator looks for new values, which Pods read at their next start."""
    version: Annotated[int, Field(ge=1)] = 1
    """Raise it after a rotation in the store: every Pod that uses a secret starts anew."""

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if self.entry is not None and self.prefix is not None:
            raise ValueError("prefix has no meaning beside entry: give one of them")
        return self


SecretsSettings = Annotated[GeneratedSecrets | ConfigSecrets | ExternalSecrets, Field(discriminator="kind")]
"""A further kind is one more model here and one more case in `kinds.py`."""
