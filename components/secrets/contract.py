"""The passwords and keys of a stack, wherever they come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pulumi


@dataclass(frozen=True)
class ExternalStore:
    """A store that the External Secrets operator reads inside the cluster."""

    kind: Literal["SecretStore", "ClusterSecretStore"]
    name: str
    refresh_seconds: int
    """How often the operator looks for a new value."""
    version: int
    """Part of every checksum: raised, Pods start anew with the values of that moment."""


@dataclass(frozen=True)
class ExternalReference:
    """Where a store keeps one value."""

    store: ExternalStore
    key: str
    property: str | None = None
    """A member of the entry `key`, where that holds several."""


@dataclass(frozen=True)
class Credential:
    """One password or key."""

    name: str
    """Its name among the stack's secrets, such as postgresPassword."""
    source: pulumi.Output[str] | ExternalReference
    """A Pulumi secret, or where the cluster itself fetches a value that Pulumi never sees."""

    @property
    def value(self) -> pulumi.Output[str]:
        """The Pulumi secret, for what lies outside the cluster.

        Raises pulumi.RunError where only the cluster knows the value.
        """
        if isinstance(self.source, ExternalReference):
            raise pulumi.RunError(
                f"jarvis:secrets.{self.name} is known only inside the cluster (kind external-secrets), but a resource "
                "outside of it needs the value: give jarvis:secrets another kind."
            )
        return self.source


@dataclass(frozen=True)
class Credentials:
    """Every secret of a stack; a member that is None is one that the stack does without."""

    postgres_password: Credential
    """The guide's POSTGRES_PASSWORD."""
    redis_password: Credential
    """The guide's REDIS_PASSWORD."""
    jarvis_secret_key: Credential
    """The guide's JARVIS_SECRET_KEY, which signs the JWTs: 32 characters or more."""
    jarvis_admin_password: Credential
    """Password of the first administrator, made by the admin-user Job."""
    grafana_admin_password: Credential
    """The guide's GRAFANA_PASSWORD."""
    slack_webhook_url: Credential | None = None
    """The guide's SLACK_WEBHOOK_URL, to which Alertmanager posts."""
    backup_access_key_id: Credential | None = None
    """Access key of the object storage that backups go to."""
    backup_secret_access_key: Credential | None = None
    """Its secret half."""
