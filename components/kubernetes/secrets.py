"""Secret objects: made from values that Pulumi knows, or by the External Secrets operator from its store."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_kubernetes.core.v1 import Secret

from components.cluster.contract import ClusterAccess
from components.kubernetes.checksum import config_checksum
from components.kubernetes.custom import Field, custom_resource, wait_for
from components.kubernetes.metadata import AppLabels, object_meta
from components.secrets.contract import Credential, ExternalReference, ExternalStore

_OPAQUE: Final = "Opaque"


@dataclass(frozen=True)
class Templated:
    """A text around a credential: each `{}` of `template` stands for its value."""

    template: str
    credential: Credential


Entry = str | Credential | Templated
"""One value of a Secret; text without a credential is for what belongs beside one, such as its user's name."""


@dataclass(frozen=True)
class SecretObject:
    """A Secret that Pods may use once `resource` stands."""

    name: str
    checksum: pulumi.Output[str]
    """Changes with every value that Pulumi knows, and with the store's version where it knows none."""
    resource: pulumi.Resource


def secret_object(
    name: str,
    entries: Mapping[str, Entry],
    *,
    labels: AppLabels,
    cluster: ClusterAccess,
    parent: pulumi.Resource,
    resource_name: str | None = None,
    secret_type: str = _OPAQUE,
) -> SecretObject:
    """The Secret `name` with one key an entry; `resource_name` is its name in Pulumi where that differs.

    Raises ValueError where its credentials come from more than one place.
    """
    opts = cluster.child_of(parent)
    credentials = [credential for entry in entries.values() if (credential := _credential(entry)) is not None]
    references = {item.name: item.source for item in credentials if isinstance(item.source, ExternalReference)}
    if not references:
        values = {key: _value(entry) for key, entry in entries.items()}
        secret = Secret(
            resource_name or name,
            metadata=object_meta(name, cluster.namespace, labels),
            type=secret_type,
            data=secret_data(values),
            opts=opts,
        )
        return SecretObject(name, config_checksum(credential_marks(entries)), secret)
    store = _only_store(name, credentials)
    texts = {key: _go_template(entry) for key, entry in entries.items()}
    external = custom_resource(
        resource_name or name,
        api_version="external-secrets.io/v1",
        kind="ExternalSecret",
        metadata=object_meta(name, cluster.namespace, labels, wait_for("condition=Ready")),
        spec=_external_spec(name, labels, secret_type, texts, references, store),
        opts=opts,
    )
    return SecretObject(name, config_checksum(credential_marks(entries)), external)


def credential_marks(entries: Mapping[str, Entry]) -> dict[str, pulumi.Input[str]]:
    """What a checksum over entries is made of: values, or the places that they come from and the store's version."""
    return {key: _mark(entry) for key, entry in entries.items()}


def _mark(entry: Entry) -> pulumi.Input[str]:
    credential = _credential(entry)
    if credential is None or not isinstance(credential.source, ExternalReference):
        return _value(entry)
    source = credential.source
    return f"{_go_template(entry)} {source.store} {source.key} {source.property}"


def _credential(entry: Entry) -> Credential | None:
    match entry:
        case str():
            return None
        case Credential():
            return entry
        case Templated():
            return entry.credential


def _only_store(name: str, credentials: list[Credential]) -> ExternalStore:
    stores = {item.source.store if isinstance(item.source, ExternalReference) else None for item in credentials}
    store = stores.pop()
    if stores or store is None:
        raise ValueError(f"the credentials of the Secret {name} come from more than one place")
    return store


def _value(entry: Entry) -> pulumi.Input[str]:
    match entry:
        case str():
            return entry
        case Credential():
            return entry.value
        case Templated(template, credential):
            return credential.value.apply(lambda value: template.replace("{}", value))


def _go_template(entry: Entry) -> str:
    match entry:
        case str():
            return entry
        case Credential():
            return f"{{{{ .{entry.name} }}}}"
        case Templated(template, credential):
            return template.replace("{}", f"{{{{ .{credential.name} }}}}")


def _external_spec(
    name: str,
    labels: AppLabels,
    secret_type: str,
    texts: Mapping[str, str],
    references: Mapping[str, ExternalReference],
    store: ExternalStore,
) -> dict[str, Field]:
    return {
        "refreshInterval": f"{store.refresh_seconds}s",
        "secretStoreRef": {"kind": store.kind, "name": store.name},
        "target": {
            "name": name,
            "creationPolicy": "Owner",
            # The last known values stay when an entry vanishes from the store: Pods go on.
            "deletionPolicy": "Retain",
            "template": {
                "engineVersion": "v2",
                "type": secret_type,
                # With a template, the operator copies none of its own object's.
                "metadata": {"labels": labels.all},
                "data": dict(texts),
            },
        },
        "data": [
            {"secretKey": key, "remoteRef": {"key": reference.key, "property": reference.property}}
            for key, reference in references.items()
        ],
    }


def secret_data(values: Mapping[str, pulumi.Input[str]]) -> dict[str, pulumi.Output[str]]:
    """The `data` of a Secret, whose values are Pulumi secrets.

    `data`, not `stringData`: server-side apply leaves a key that has gone from `stringData` in the Secret.
    """
    return {key: pulumi.Output.secret(value).apply(_base64) for key, value in values.items()}


def _base64(text: str) -> str:
    return b64encode(text.encode()).decode()
