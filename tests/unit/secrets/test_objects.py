"""Secret objects, by Pulumi and by the External Secrets operator."""

from __future__ import annotations

import base64
import json
from typing import Any

import pulumi
import pytest

from components.kubernetes.metadata import AppLabels
from components.kubernetes.secrets import Entry, SecretObject, Templated, secret_object
from components.secrets.contract import Credential, Credentials
from components.secrets.external import external_credentials
from components.secrets.settings import ExternalSecrets
from tests.support.mocks import Graph, cluster_access, credential, registered

STORE = {"store": {"name": "vault"}}


def credentials(**more: Any) -> Credentials:
    return external_credentials(ExternalSecrets.model_validate({"kind": "external-secrets", **STORE, **more}))


def made(entries: dict[str, Entry]) -> tuple[Graph, SecretObject]:
    given: list[SecretObject] = []

    def build() -> None:
        owner = pulumi.ComponentResource("jarvis:test:Owner", "owner")
        labels = AppLabels("redis", "cache", "test")
        given.append(secret_object("redis-credentials", entries, labels=labels, cluster=cluster_access(), parent=owner))

    return registered(build), given[0]


def test_known_values_become_a_secret() -> None:
    graph, made_secret = made(
        {"user": "redis", "password": credential("x-1"), "conf": Templated("pass {}", credential("x-1"))}
    )
    secret = graph.one("Secret", "redis-credentials")
    data = {key: base64.b64decode(value).decode() for key, value in secret.inputs["data"].items()}
    assert data == {"user": "redis", "password": "x-1", "conf": "pass x-1"}
    assert secret.inputs["type"] == "Opaque"
    assert "data" in secret.secret_inputs
    assert made_secret.name == "redis-credentials"


def test_a_store_makes_the_same_secret_and_pulumi_knows_no_value() -> None:
    held = credentials(prefix="jarvis/").redis_password
    graph, _ = made({"user": "redis", "password": held, "conf": Templated("pass {}", held)})
    assert graph.of_kind("Secret") == []
    external = graph.one("ExternalSecret", "redis-credentials")
    assert external.type == "kubernetes:external-secrets.io/v1:ExternalSecret"
    assert external.inputs["metadata"]["annotations"] == {"pulumi.com/waitFor": "condition=Ready"}
    assert external.inputs["spec"] == {
        "refreshInterval": "3600s",
        "secretStoreRef": {"kind": "ClusterSecretStore", "name": "vault"},
        "target": {
            "name": "redis-credentials",
            "creationPolicy": "Owner",
            "deletionPolicy": "Retain",
            "template": {
                "engineVersion": "v2",
                "type": "Opaque",
                "metadata": {"labels": AppLabels("redis", "cache", "test").all},
                "data": {"user": "redis", "password": "{{ .redisPassword }}", "conf": "pass {{ .redisPassword }}"},
            },
        },
        "data": [{"secretKey": "redisPassword", "remoteRef": {"key": "jarvis/redisPassword"}}],
    }


def test_one_entry_of_a_store_may_hold_everything() -> None:
    graph, _ = made({"password": credentials(entry="jarvis/production").redis_password})
    spec = graph.one("ExternalSecret", "redis-credentials").inputs["spec"]
    assert spec["data"][0]["remoteRef"] == {"key": "jarvis/production", "property": "redisPassword"}


def checksum(entries: dict[str, Entry]) -> str:
    found: list[str] = []

    def build() -> None:
        owner = pulumi.ComponentResource("jarvis:test:Owner", "owner")
        labels = AppLabels("redis", "cache", "test")
        made_secret = secret_object("s", entries, labels=labels, cluster=cluster_access(), parent=owner)
        made_secret.checksum.apply(found.append)

    registered(build)
    return found[0]


def test_a_rotation_changes_the_checksum() -> None:
    first, second = (credentials(version=version).redis_password for version in (1, 2))
    assert checksum({"password": first}) != checksum({"password": second})
    assert checksum({"password": first}) == checksum({"password": first})
    assert checksum({"password": credential("x-1")}) != checksum({"password": credential("x-2")})


def test_what_the_store_lacks_is_none() -> None:
    assert credentials().slack_webhook_url is None
    assert credentials(slackWebhookUrl=True).slack_webhook_url is not None
    assert credentials(backupAccessKeys=True).backup_secret_access_key is not None


def test_a_value_that_only_the_cluster_knows_is_not_given_out() -> None:
    with pytest.raises(pulumi.RunError, match=r"jarvis:secrets\.postgresPassword is known only inside the cluster"):
        _ = credentials().postgres_password.value


def test_two_origins_in_one_secret_are_refused() -> None:
    mixed: dict[str, Entry] = {"a": credentials().redis_password, "b": Credential("x", pulumi.Output.from_input("y"))}
    with pytest.raises(ValueError, match="more than one place"):
        made(mixed)


def test_no_value_is_in_the_graph_but_in_the_secret() -> None:
    graph, _ = made({"password": credential("told-to-nobody")})
    encoded = base64.b64encode(b"told-to-nobody").decode()
    holders = [r.name for r in graph.resources if encoded in json.dumps(r.inputs)]
    assert holders == ["redis-credentials"]
