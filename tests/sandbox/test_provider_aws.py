"""The offline provider `aws` under the real engine: checked, planned, the same again, and refused in earnest."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes
import pytest

from sandbox.control_plane import ControlPlane
from sandbox.providers import rehearsal
from sandbox.toolchain import Toolchain
from tests.support.inline_stack import InlineStack
from tests.support.kubectl import Kubectl

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:pulumi_aws")
BUCKETS = 100


def stack_of(tmp_path: Path, toolchain: Toolchain, environment: dict[str, str]) -> InlineStack:
    cli, region = toolchain.ensure("pulumi")["pulumi"], {"AWS_REGION": "eu-west-3"}
    return InlineStack(tmp_path / "stack", cli, tmp_path / "no-kubeconfig", {**region, **environment})


@pytest.fixture
def rehearsed(tmp_path: Path, toolchain: Toolchain) -> InlineStack:
    """In a rehearsal that uses no Kubernetes."""
    return stack_of(tmp_path, toolchain, rehearsal.environment(tmp_path / "no-kubeconfig", None))


def foundation() -> None:
    zones = aws.get_availability_zones_output(state="available")
    vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16")
    subnet = aws.ec2.Subnet("subnet", vpc_id=vpc.id, cidr_block="10.0.0.0/24", availability_zone=zones.names[0])
    database = aws.rds.Instance(
        "database", instance_class="db.m6g.large", engine="postgres", identifier="jarvis-db", password="hidden-password"
    )
    bucket = aws.s3.Bucket("backups", tags={"Application": "jarvis"})
    document = aws.iam.get_policy_document_output(
        statements=[{"actions": ["s3:GetObject"], "resources": [pulumi.Output.concat(bucket.arn, "/*")]}]
    )
    role = aws.iam.Role("role", assume_role_policy="{}")
    aws.iam.RolePolicy("policy", role=role.name, policy=document.json)
    pulumi.export("subnet", subnet.arn)
    pulumi.export("endpoint", database.endpoint)
    pulumi.export("policy", document.json)


def test_a_plan_is_made_once_and_kept(rehearsed: InlineStack) -> None:
    assert rehearsed.preview(foundation) == {"create": 7}
    assert rehearsed.up(foundation) == {"create": 7}
    outputs = rehearsed.outputs
    assert outputs["endpoint"].startswith("jarvis-db.")
    assert json.loads(outputs["policy"])["Statement"][0]["Resource"].startswith("arn:aws:s3:::backups-")
    assert "hidden-password" not in rehearsed.state + rehearsed.text
    assert rehearsed.up(foundation, refresh=True) == {"same": 7}
    assert rehearsed.outputs == outputs
    assert rehearsed.destroy(foundation) == {"delete": 7}


def test_a_nested_mistake_stops_the_preview_with_its_sentence(rehearsed: InlineStack) -> None:
    def wrong() -> None:
        args: Any = {"endpointPublicAcess": False}
        aws.eks.Cluster("cluster", role_arn="arn:x", vpc_config=args)

    text = rehearsed.failing("preview", wrong)
    assert "did you mean `endpointPublicAccess`?" in text
    assert "`vpcConfig.subnetIds` is missing: `vpcConfig` of aws:eks/cluster:Cluster needs it." in text


def test_outside_a_rehearsal_it_previews_and_creates_nothing(tmp_path: Path, toolchain: Toolchain) -> None:
    stack = stack_of(tmp_path, toolchain, {})
    assert stack.preview(foundation) == {"create": 7}
    assert "The offline provider `aws` only plans: nothing was created" in stack.failing("up", foundation)
    assert not [
        item
        for item in json.loads(stack.state)["checkpoint"]["latest"]["resources"]
        if item.get("id", "").startswith("vpc-")
    ]


def test_objects_for_a_planned_cluster_go_into_the_sandbox(
    tmp_path: Path, toolchain: Toolchain, control_plane: ControlPlane, kubectl: Kubectl
) -> None:
    """Whatever the program's own kubeconfig names."""

    def program() -> None:
        cluster = aws.eks.Cluster("cluster", name="jarvis", role_arn="arn:x", vpc_config={"subnet_ids": ["subnet-1"]})
        kubeconfig = pulumi.Output.all(cluster.endpoint, cluster.certificate_authority.data).apply(_kubeconfig)
        provider = kubernetes.Provider("kubernetes", kubeconfig=kubeconfig)
        kubernetes.core.v1.ConfigMap(
            "map",
            metadata={"name": "rehearsed", "namespace": "default"},
            data={"issuer": cluster.identities[0].oidcs[0].issuer},
            opts=pulumi.ResourceOptions(provider=provider),
        )

    environment = rehearsal.environment(control_plane.kubeconfig, control_plane.context)
    stack = stack_of(tmp_path, toolchain, environment)
    assert stack.preview(program) == {"create": 4}
    assert stack.up(program) == {"create": 4}
    issuer = kubectl("get", "configmap", "rehearsed", "-o", "jsonpath={.data.issuer}")
    assert issuer.startswith("https://oidc.eks.eu-west-3.amazonaws.com/id/")
    assert stack.up(program) == {"same": 4}
    assert stack.destroy(program) == {"delete": 4}


def test_a_hundred_resources_are_checked_fast(rehearsed: InlineStack) -> None:
    def many() -> None:
        for number in range(BUCKETS):
            aws.s3.Bucket(f"bucket-{number}", bucket=f"jarvis-{number}")

    started = time.monotonic()
    assert rehearsed.preview(many) == {"create": BUCKETS + 1}
    assert time.monotonic() - started < 60


def _kubeconfig(parts: list[str]) -> str:
    server, authority = parts
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "eks", "cluster": {"server": server, "certificate-authority-data": authority}}],
            "users": [{"name": "eks", "user": {"token": "none"}}],
            "contexts": [{"name": "eks", "context": {"cluster": "eks", "user": "eks"}}],
            "current-context": "eks",
        }
    )
