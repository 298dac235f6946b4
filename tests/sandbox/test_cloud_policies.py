"""The policy pack on clouds' resources under the real engine, with the offline providers: nothing is made anywhere."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from sandbox.plugins import write_policy_pack
from sandbox.toolchain import Toolchain
from tests.support.inline_stack import InlineStack, Program
from tests.support.jarvis_project import REPOSITORY

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
CANARY = "canary-hunter22"
TAGS = {"Environment": "production", "Application": "jarvis"}


def found(tmp_path: Path, toolchain: Toolchain, program: Program) -> dict[str, str]:
    """What the policies refuse, or advise against, in a preview of the program: sentences by `policy resource`."""
    pulumi = toolchain.ensure("pulumi")["pulumi"]
    stack = InlineStack(tmp_path / "stack", pulumi, tmp_path / "no-kubeconfig", {"AWS_REGION": "eu-west-3"})
    pack = write_policy_pack(tmp_path / "pack", Path(sys.executable), REPOSITORY / "policies")
    stack.failing("preview", program, policy_packs=[str(pack)])
    sentences = {
        f"{event.policy_event.policy_name} {(event.policy_event.resource_urn or '').rpartition('::')[2]}": (
            event.policy_event.message
        )
        for event in stack.events
        if event.policy_event is not None
    }
    assert CANARY not in stack.text + str(sentences)
    return sentences


def test_mistakes_in_aws_are_refused(tmp_path: Path, toolchain: Toolchain) -> None:
    def program() -> None:
        from pulumi_aws import ec2, rds, s3

        rds.Instance("database", instance_class="db.m6g.large", engine="postgres", engine_version="13.1",
                     password=CANARY, publicly_accessible=True, tags=TAGS)  # fmt: skip
        group = ec2.SecurityGroup("nodes", description="Nodes", tags=TAGS)
        ec2.SecurityGroupRule("ssh", security_group_id=group.id, type="ingress", protocol="tcp",
                              from_port=22, to_port=22, cidr_blocks=["0.0.0.0/0"])  # fmt: skip
        bucket = s3.Bucket("backups")
        s3.BucketVersioning("versions", bucket=bucket.id, versioning_configuration={"status": "Enabled"})

    sentences = found(tmp_path, toolchain, program)
    expected = {
        "encryption-at-rest database", "no-public-data database", "supported-versions database", "backups database",
        "deletion-protection database", "high-availability database", "protected-state database", "open-ports ssh",
        "tags backups", "bucket-guards backups",
    }  # fmt: skip
    assert expected <= set(sentences)
    assert "it lacks a BucketPublicAccessBlock, a key of its own" in sentences["bucket-guards backups"]
    assert "versions (BucketVersioning)" not in sentences["bucket-guards backups"], "it has them, by reference"
    assert "22 is open to the world" in sentences["open-ports ssh"]


def test_mistakes_in_azure_are_refused(tmp_path: Path, toolchain: Toolchain) -> None:
    def program() -> None:
        from pulumi_azure_native import dbforpostgresql, storage

        dbforpostgresql.Server("database", resource_group_name="rg", location="francecentral", version="13",
                               administrator_login="jarvis", administrator_login_password=CANARY)  # fmt: skip
        storage.StorageAccount("backups", resource_group_name="rg", location="francecentral", kind="StorageV2",
                               sku={"name": "Standard_LRS"}, allow_blob_public_access=True, tags=TAGS)  # fmt: skip

    sentences = found(tmp_path, toolchain, program)
    assert {
        "no-public-data database", "supported-versions database", "backups database", "high-availability database",
        "tags database", "no-public-data backups", "encryption-in-transit backups", "backups backups",
        "cluster-access backups",
    } <= set(sentences)  # fmt: skip
