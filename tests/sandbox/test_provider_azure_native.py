"""The offline provider `azure-native` under the real engine: checked, planned, deterministic, refused in earnest."""

from __future__ import annotations

from pathlib import Path

import pulumi
import pulumi_azure_native as azure
import pytest

from sandbox.providers import rehearsal
from sandbox.toolchain import Toolchain
from tests.support.inline_stack import InlineStack

SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000000"


@pytest.fixture
def stack(tmp_path: Path, toolchain: Toolchain) -> InlineStack:
    cli = toolchain.ensure("pulumi")["pulumi"]
    extra = rehearsal.environment(tmp_path / "kubeconfig", None)
    return InlineStack(tmp_path / "stack", cli, tmp_path / "kubeconfig", extra)


def group() -> None:
    made = azure.resources.ResourceGroup(
        "group", resource_group_name="rg-jarvis-production", location="francecentral", tags={"Application": "jarvis"}
    )
    pulumi.export("id", made.id)


def test_one_group_is_previewed_made_and_found_unchanged(stack: InlineStack) -> None:
    assert stack.preview(group) == {"create": 2}
    assert stack.up(group) == {"create": 2}
    assert stack.outputs == {"id": f"{SUBSCRIPTION}/resourceGroups/rg-jarvis-production"}
    assert stack.up(group) == {"same": 2}
