"""Passwords of Azure's managed services under the real engine: none is anywhere in plain text.

Azure's SDK marks neither a server's password nor what tells a cache's keys as secret: the components do.
"""

from __future__ import annotations

import json
from pathlib import Path

import pulumi
import pytest

from components.cache.managed_redis import ManagedRedis
from components.cache.managed_redis_settings import ManagedRedisCache
from components.cloud.azure.settings import AzureCloudSettings
from components.cloud.contract import require_azure
from components.cloud.kinds import create_cloud
from components.database.flexible_server import FlexibleServer
from components.database.flexible_server_settings import FlexibleServerDatabase
from components.secrets.contract import Credential
from sandbox.providers import rehearsal
from sandbox.providers.azure_native.subscription import NONE
from sandbox.toolchain import Toolchain
from tests.support.inline_stack import InlineStack, Program

FIRST, SECOND = "canary-hunter22-first", "canary-hunter22-second"
CLOUD: dict[str, object] = {
    "kind": "azure",
    "subscriptionId": NONE,
    "tenantId": NONE,
    "monitor": None,
    "backupStorage": None,
    "keyVault": {},
}


def services(password: str) -> Program:
    """A database with a replica and a cache, the password given as if nobody had marked it."""

    def program() -> None:
        settings = AzureCloudSettings.model_validate(CLOUD)
        cloud = require_azure(create_cloud(settings, environment="production", protect=False), "the test")
        database = FlexibleServer(
            "database",
            FlexibleServerDatabase.model_validate({"kind": "flexible-server", "replica": {}}),
            cloud=cloud,
            password=Credential("postgresPassword", pulumi.Output.from_input(password)),
        )
        cache = ManagedRedis("cache", ManagedRedisCache(), cloud=cloud)
        pulumi.export("host", database.connection.host)
        pulumi.export("cacheKey", cache.connection.password.value)

    return program


@pytest.fixture
def stack(tmp_path: Path, toolchain: Toolchain) -> InlineStack:
    cli = toolchain.ensure("pulumi")["pulumi"]
    nowhere = tmp_path / "no-kubeconfig"
    return InlineStack(tmp_path / "stack", cli, nowhere, rehearsal.environment(nowhere, None))


def seen(stack: InlineStack) -> str:
    """All that the last run kept and told, but for what Pulumi's SDK tells whoever debugs it."""
    return stack.state + told(stack)


def told(stack: InlineStack) -> str:
    events = [event for event in stack.events if getattr(event.diagnostic_event, "severity", None) != "debug"]
    return stack.text + "".join(map(str, events))


def test_no_password_is_in_plain_text(stack: InlineStack) -> None:
    stack.preview(services(FIRST))
    assert FIRST not in told(stack)
    stack.up(services(FIRST))
    key = stack.outputs["cacheKey"]
    assert key
    for secret in (FIRST, key):
        assert secret not in seen(stack)
        assert json.dumps(secret) not in seen(stack)
    server = stack.resource("server")
    assert server["inputs"]["administratorLogin"] == "jarvis_prod"
    assert "ciphertext" in server["inputs"]["administratorLoginPassword"]
    assert "administratorLoginPassword" in server["additionalSecretOutputs"]


def test_nor_when_it_changes(stack: InlineStack) -> None:
    stack.up(services(FIRST))
    done = stack.up(services(SECOND), diff=True)
    assert done["update"] == 1
    assert stack.steps()["server"] == "update"
    assert FIRST not in seen(stack)
    assert SECOND not in seen(stack)
