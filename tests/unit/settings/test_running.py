"""Settings of the running program: what the engine hands over, checked again with the secrets decrypted."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pytest

from infra.settings.errors import SettingsError
from infra.settings.load import load_running_settings
from infra.settings.model import StackSettings
from tests.support.mocks import Graph
from tests.unit.settings.stacks import DEV, SECRETS, changed, production

CLEAR = {
    "kind": "config",
    "postgresPassword": "clear-postgres",
    "redisPassword": "clear-redis-1",
    "jarvisSecretKey": "clear-signing-key-of-32-characters",
    "jarvisAdminPassword": "clear-admin-1",
    "grafanaAdminPassword": "clear-grafana",
}


def running(config: dict[str, Any], *secret_keys: str) -> StackSettings:
    """The settings as the engine gives them: everything that is no text as JSON."""
    pulumi.runtime.set_mocks(Graph(), project="jarvis", stack="dev")
    texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()}
    pulumi.runtime.set_all_config(texts, list(secret_keys))
    try:
        return load_running_settings()
    finally:
        pulumi.runtime.set_all_config({}, [])


def refused(config: dict[str, Any], *secret_keys: str) -> str:
    with pytest.raises(SettingsError) as caught:
        running(config, *secret_keys)
    text = str(caught.value)
    for value in CLEAR.values():
        assert value == "config" or value not in text
    return text


def test_dev() -> None:
    settings = running(DEV)
    assert settings.environment == "development"
    assert settings.protect is False
    assert settings.app.jwt_expire_minutes == 1440


def test_text_of_a_whole_key() -> None:
    assert running({**DEV, "jarvis:protect": "true"}).protect is True
    assert running({**DEV, "aws:region": "eu-west-1"}).protect is False


def test_secrets_are_decrypted() -> None:
    settings = running(changed(DEV, {"secrets": CLEAR}), "jarvis:secrets")
    assert settings.secrets.kind == "config"
    assert settings.secrets.redis_password.get_secret_value() == "clear-redis-1"


def test_secrets_are_never_shown() -> None:
    settings = running(changed(DEV, {"secrets": CLEAR}), "jarvis:secrets")
    shown = repr(settings) + str(settings) + settings.model_dump_json() + repr(settings.model_dump())
    assert "clear-" not in shown


def test_secrets_in_plain_text() -> None:
    text = refused(changed(DEV, {"secrets": CLEAR}))
    assert text.count("is in plain text; a secret is stored encrypted.") == 5
    assert "pulumi config set --secret --path 'jarvis:secrets.jarvisSecretKey' --stack dev" in text


def test_short_key() -> None:
    text = refused(changed(DEV, {"secrets": {**CLEAR, "jarvisSecretKey": "too-short"}}), "jarvis:secrets")
    assert text == (
        "Pulumi.dev.yaml: jarvis:secrets.jarvisSecretKey has a value, not shown here, that is not allowed; "
        "it must be 32 or more printable ASCII characters, no spaces, quotes, backquotes or backslashes."
        "\n    pulumi config set --secret --path 'jarvis:secrets.jarvisSecretKey' --stack dev"
    )
    assert "too-short" not in text


@pytest.mark.parametrize("character", [" ", "'", '"', "\\", "`", "\n", "\x7f", "é", "\u200b"])
def test_characters_that_some_program_would_misread(character: str) -> None:
    password = f"abcdefgh{character}ijkl"
    text = refused(changed(DEV, {"secrets": {**CLEAR, "redisPassword": password}}), "jarvis:secrets")
    assert "jarvis:secrets.redisPassword has a value, not shown here" in text
    assert password not in text


@pytest.mark.parametrize("character", "!#$%&()*+,-./:;<=>?@[]^_{|}~")
def test_characters_that_are_fine(character: str) -> None:
    password = f"abcdefgh{character}ijkl"
    settings = running(changed(DEV, {"secrets": {**CLEAR, "redisPassword": password}}), "jarvis:secrets")
    assert settings.secrets.kind == "config"
    assert settings.secrets.redis_password.get_secret_value() == password


def test_values_of_a_secret_key_are_hidden() -> None:
    config = changed(DEV, {"app.logLevel": "hunter2hunter2"})
    assert "hunter2" not in refused(config, "jarvis:app")
    assert "hunter2" in refused(config)


def test_secret_values_where_keys_are_wrong() -> None:
    assert "jarvis:postgresPassword is not a setting" in refused({**DEV, "jarvis:postgresPassword": "clear-postgres"})
    assert "jarvis:secrets is " not in refused({**DEV, "jarvis:secrets": "clear-postgres"})


def test_ciphertexts_are_no_values() -> None:
    assert "has a value, not shown here" in refused(changed(DEV, {"secrets": SECRETS}), "jarvis:secrets")


def test_misspelt_namespace() -> None:
    assert "Jarvis:app is not read by this program (did you mean jarvis:app?)." in refused({**DEV, "Jarvis:app": "{}"})


def test_published_values_are_refused_in_production() -> None:
    key = {"backupAccessKeyId": "clear-key-id", "backupSecretAccessKey": "clear-key"}
    secrets = {**CLEAR, **key, "jarvisSecretKey": "dev_secret_key_32_chars_long_123"}
    text = refused(changed(production(), {"secrets": secrets}), "jarvis:secrets")
    assert text == (
        "Pulumi.dev.yaml: jarvis:secrets.jarvisSecretKey is a value published in the deployment guide, "
        "which production must not use."
    )
