"""The offline provider `aws` under the real engine: checked, planned, deterministic, and refused in earnest."""

from __future__ import annotations

from pathlib import Path

import pulumi
import pulumi_aws as aws
import pytest

from sandbox.providers import rehearsal
from sandbox.toolchain import Toolchain
from tests.support.inline_stack import InlineStack


@pytest.fixture
def stack(tmp_path: Path, toolchain: Toolchain) -> InlineStack:
    cli = toolchain.ensure("pulumi")["pulumi"]
    extra = {"AWS_REGION": "eu-west-3", **rehearsal.environment(tmp_path / "kubeconfig", None)}
    return InlineStack(tmp_path / "stack", cli, tmp_path / "kubeconfig", extra)


def bucket() -> None:
    made = aws.s3.Bucket("backups", bucket="jarvis-backups", tags={"Application": "jarvis"})
    pulumi.export("arn", made.arn)


def test_one_bucket_is_previewed_made_and_found_unchanged(stack: InlineStack) -> None:
    assert stack.preview(bucket) == {"create": 2}
    assert stack.up(bucket) == {"create": 2}
    assert stack.outputs == {"arn": "arn:aws:s3:::jarvis-backups"}
    assert stack.up(bucket) == {"same": 2}
