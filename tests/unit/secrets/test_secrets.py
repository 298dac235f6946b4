"""Where passwords and keys come from."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields

import pulumi
import pytest
from pydantic import SecretStr, TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel

from components.secrets.config import config_credentials
from components.secrets.contract import Credentials
from components.secrets.kinds import create_credentials
from components.secrets.settings import ConfigSecrets, GeneratedSecrets, SecretsSettings
from components.settings.secret_text import UNREADABLE
from tests.support.mocks import Graph, registered

GIVEN = {
    "postgres_password": "given-postgres",
    "redis_password": "given-redis-1",
    "jarvis_secret_key": "given-signing-key-of-32-characters",
    "jarvis_admin_password": "given-admin-1",
    "grafana_admin_password": "given-grafana",
}
OPTIONAL = {"slack_webhook_url", "backup_access_key_id", "backup_secret_access_key"}
NAMES = {field.name.replace("_", "-") for field in fields(Credentials) if field.name not in OPTIONAL}
GIVEN_ELSEWHERE = {
    "slack_webhook_url": "https://hooks.slack.com/services/T0/B0/x",
    "backup_access_key_id": "AKIA-backup",
    "backup_secret_access_key": "backup-secret-half",
}


def config_secrets() -> ConfigSecrets:
    return ConfigSecrets(**{name: SecretStr(value) for name, value in GIVEN.items()})


def generated(settings: GeneratedSecrets) -> Graph:
    return registered(lambda: create_credentials(settings))


def revealed(build: object) -> dict[str, tuple[str, bool]]:
    """Each credential's value and whether it is a Pulumi secret."""
    found: dict[str, tuple[str, bool]] = {}

    async def reveal() -> None:
        credentials = build()  # type: ignore[operator]
        for field in fields(credentials):
            credential = getattr(credentials, field.name)
            if credential is not None:
                assert credential.name == to_camel(field.name)
                found[field.name] = (await credential.value.future(), await credential.value.is_secret())

    pulumi.runtime.set_mocks(Graph(), project="jarvis", stack="test", preview=False)
    pulumi.runtime.test(lambda: pulumi.Output.from_input(reveal()))()
    return found


def test_one_random_password_for_each_credential() -> None:
    graph = generated(GeneratedSecrets())
    assert {password.name for password in graph.of_kind("RandomPassword")} == NAMES
    for password in graph.of_kind("RandomPassword"):
        assert password.inputs["length"] == 40
        assert password.inputs["keepers"] == {"version": "1"}
        assert re.fullmatch(r"[A-Za-z0-9._~-]*", password.inputs["overrideSpecial"]), "not safe in a URL"
        assert all(password.inputs[f"min{kind}"] == 1 for kind in ("Lower", "Upper", "Numeric", "Special"))


def test_a_new_version_changes_what_every_password_depends_on() -> None:
    graph = generated(GeneratedSecrets(version=2))
    assert {password.inputs["keepers"]["version"] for password in graph.of_kind("RandomPassword")} == {"2"}


def test_generated_values_are_secrets() -> None:
    for value, is_secret in revealed(lambda: create_credentials(GeneratedSecrets())).values():
        assert is_secret
        assert len(value) == 40


def test_given_values_are_secrets_and_no_resource() -> None:
    found = revealed(lambda: create_credentials(config_secrets()))
    assert found == {name: (value, True) for name, value in GIVEN.items()}
    assert registered(lambda: create_credentials(config_secrets())).resources == []


@pytest.mark.parametrize("kind", [GeneratedSecrets, lambda **more: config_secrets().model_copy(update=more)])
def test_secrets_of_outside_services_are_taken_over(kind: Callable[..., SecretsSettings]) -> None:
    settings = kind(**{name: SecretStr(value) for name, value in GIVEN_ELSEWHERE.items()})
    found = revealed(lambda: create_credentials(settings))
    assert {name: found[name] for name in GIVEN_ELSEWHERE} == {
        name: (value, True) for name, value in GIVEN_ELSEWHERE.items()
    }


def test_half_a_key_is_refused() -> None:
    with pytest.raises(ValidationError, match="give both or neither"):
        GeneratedSecrets(backup_access_key_id=SecretStr("AKIA-backup"))


def test_an_address_that_is_none_is_refused_unshown() -> None:
    with pytest.raises(ValidationError, match="beginning with https://") as caught:
        TypeAdapter[object](SecretsSettings).validate_python(
            {"kind": "generated", "slackWebhookUrl": "hooks.slack.com"}
        )
    assert "hooks.slack.com" not in str(caught.value.errors()[0]["ctx"])


def test_settings_from_a_file_cannot_be_deployed() -> None:
    settings = config_secrets().model_copy(update={"redis_password": UNREADABLE})
    with pytest.raises(ValueError, match="load them in the running program"):
        config_credentials(settings)


def test_given_values_are_never_shown() -> None:
    settings = config_secrets()
    shown = repr(settings) + str(settings) + repr(settings.model_dump()) + settings.model_dump_json()
    assert "given-" not in shown


@pytest.mark.parametrize(
    ("name", "value"),
    [("redis_password", "short-7"), ("jarvis_secret_key", "x" * 31), ("postgres_password", "a b c d e f")],
)
def test_a_weak_value_is_refused_unshown(name: str, value: str) -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter[object](SecretsSettings).validate_python({"kind": "config", **GIVEN, name: value})
    assert all(error["type"] == "not_allowed" for error in caught.value.errors())


@pytest.mark.parametrize("length", [31, 129])
def test_lengths_out_of_bounds(length: int) -> None:
    with pytest.raises(ValidationError):
        GeneratedSecrets(length=length)
