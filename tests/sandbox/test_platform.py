"""The platform under the real engine: every add-on, its mirror, and kinds that others brought."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pulumi
import pulumi_kubernetes as k8s
import pytest
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from automation.default_project import SandboxTools, kinds_in_place
from automation.layout import Layout
from automation.rehearsal import SandboxCluster
from components.cluster.contract import ClusterAccess
from components.cluster.eks_settings import EksCluster
from components.cluster.kinds import create_node_pools
from components.kubernetes.custom import custom_resource
from components.platform.catalogue import CATALOGUE
from components.platform.kinds import create_platform
from components.platform.mirror import install_mirror
from components.platform.settings import PlatformSettings
from sandbox.control_plane import ControlPlane
from sandbox.toolchain import Toolchain
from tests.support.inline_stack import InlineStack
from tests.support.kubectl import Kubectl
from tests.support.mocks import aks_access, eks_access

EVERYTHING: dict[str, Any] = {name: {"kind": "helm"} for name in CATALOGUE}
MIRROR = {"registry": "mirror.example/all"}
NAMESPACE = "platform-test"
ADMIN = "arn:aws:iam::123456789012:role/platform-admin"
TARGET_GROUP = "arn:aws:elasticloadbalancing:eu-west-3:123456789012:targetgroup/jarvis-backend/0123456789abcdef"


@pytest.fixture
def stack(tmp_path: Path, toolchain: Toolchain, control_plane: ControlPlane) -> InlineStack:
    return InlineStack(tmp_path, toolchain.ensure("pulumi")["pulumi"], control_plane.kubeconfig)


def program() -> None:
    """Every add-on, and objects of some of them, most of which wait until their operator has acted."""
    settings = PlatformSettings.model_validate({**EVERYTHING, "mirror": MIRROR})
    install_mirror(settings.mirror)
    provider = k8s.Provider("cluster")
    cluster = ClusterAccess(provider, pulumi.Output.from_input(NAMESPACE), "test", eks=eks_access(), aks=aks_access())
    platform = create_platform(settings, cluster=cluster)
    opts = pulumi.ResourceOptions(provider=provider, depends_on=list(platform.resources))
    namespace = k8s.core.v1.Namespace(NAMESPACE, metadata=ObjectMetaArgs(name=NAMESPACE), opts=opts)

    def waiting(name: str, asked: str) -> ObjectMetaArgs:
        return ObjectMetaArgs(name=name, namespace=namespace.metadata.name, annotations={"pulumi.com/waitFor": asked})

    custom_resource(
        "postgres",
        api_version="postgresql.cnpg.io/v1",
        kind="Cluster",
        metadata=waiting("postgres", '["condition=Ready", "jsonpath={.status.readyInstances}=3"]'),
        spec={"instances": 3, "imageName": "ghcr.io/cloudnative-pg/postgresql:18", "storage": {"size": "1Gi"}},
        opts=opts,
    )
    pools = EksCluster.model_validate({"admins": [ADMIN], "autoscaler": "karpenter"})
    create_node_pools(pools, cluster=replace(cluster, prerequisites=platform.resources))
    custom_resource(
        "targets",
        api_version="elbv2.k8s.aws/v1beta1",
        kind="TargetGroupBinding",
        metadata=ObjectMetaArgs(name="jarvis-backend", namespace=namespace.metadata.name),
        spec={
            "targetGroupARN": TARGET_GROUP,
            "targetType": "ip",
            "serviceRef": {"name": "jarvis-backend", "port": 8000},
        },
        opts=opts,
    )
    custom_resource(
        "gateway",
        api_version="gateway.networking.k8s.io/v1",
        kind="Gateway",
        metadata=waiting("web", "condition=Programmed"),
        spec={"gatewayClassName": "envoy", "listeners": [{"name": "web", "port": 80, "protocol": "HTTP"}]},
        opts=opts,
    )


def test_every_addon_stands_before_what_is_of_its_kinds(stack: InlineStack, kubectl: Kubectl) -> None:
    stack.preview(program)
    made = stack.up(program)
    releases = json.loads(kubectl("get", "configmaps", "-A", "-l", "owner=helm-offline", "-o", "json"))["items"]
    charts = {item["data"]["chart"] for item in releases}
    assert len(charts) == len(CATALOGUE)
    assert all(chart.startswith("oci://mirror.example/all/charts/") for chart in charts)
    cluster = kubectl.get("clusters.postgresql.cnpg.io", "postgres", "-n", NAMESPACE)
    assert cluster["spec"]["imageName"] == "mirror.example/all/ghcr.io/cloudnative-pg/postgresql:18"
    assert cluster["status"]["readyInstances"] == 3
    assert kubectl.get("nodepools.karpenter.sh", "jarvis")["spec"]["limits"]["nodes"] == "7"
    enforced = kubectl.get("namespace", "cnpg-system")["metadata"]["labels"]["pod-security.kubernetes.io/enforce"]
    assert enforced == "restricted"
    count = sum(made.values())
    assert stack.up(program) == {"same": count}
    assert stack.refresh(program) == {"same": count}

    assert stack.destroy(program) == {"delete": count}
    assert kubectl.run("get", "namespace", "cnpg-system").returncode != 0
    kubectl("get", "crd", "clusters.postgresql.cnpg.io")


def test_kinds_that_the_cluster_has_already_are_admitted(
    tmp_path: Path, control_plane: ControlPlane, kubectl: Kubectl
) -> None:
    file = tmp_path / "Pulumi.x.yaml"
    file.write_text("config:\n  jarvis:platform:\n    traefik: {kind: external}\n    certManager: {kind: helm}\n")
    projects = kinds_in_place(file)
    assert projects == ("traefik",)
    SandboxTools(Layout(tmp_path)).install_kinds(SandboxCluster(control_plane.kubeconfig, None), projects)
    middleware = {
        "apiVersion": "traefik.io/v1alpha1",
        "kind": "Middleware",
        "metadata": {"name": "headers", "namespace": "default"},
        "spec": {"headers": {"stsSeconds": 1}},
    }
    kubectl("apply", "--server-side", "-f", "-", manifest=middleware)
    kubectl("delete", "middlewares.traefik.io", "headers")
