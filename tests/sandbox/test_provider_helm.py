"""Helm releases with the offline provider: recorded, their kinds admitted, without noise in later runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pulumi
import pulumi_kubernetes as k8s
import pytest

from sandbox.control_plane import ControlPlane
from sandbox.toolchain import Toolchain
from tests.support.inline_stack import InlineStack
from tests.support.kubectl import Kubectl

NAMESPACE = "helm-test"


@pytest.fixture
def stack(tmp_path: Path, toolchain: Toolchain, control_plane: ControlPlane) -> InlineStack:
    return InlineStack(tmp_path, toolchain.ensure("pulumi")["pulumi"], control_plane.kubeconfig)


def release(**changed: Any) -> k8s.helm.v3.Release:
    given: dict[str, Any] = {
        "name": "cert-manager",
        "chart": "cert-manager",
        "version": "v1.21.1",
        "namespace": NAMESPACE,
        "create_namespace": True,
        "atomic": True,
        "repository_opts": k8s.helm.v3.RepositoryOptsArgs(repo="https://charts.example"),
        "values": {"crds": {"enabled": True}},
    }
    return k8s.helm.v3.Release("cert-manager", **{**given, **changed})


def program(**changed: Any) -> None:
    installed = release(**changed)
    k8s.apiextensions.CustomResource(
        "certificate",
        api_version="cert-manager.io/v1",
        kind="Certificate",
        metadata={
            "name": "web",
            "namespace": NAMESPACE,
            "annotations": {"pulumi.com/waitFor": "condition=Ready", "pulumi.com/timeoutSeconds": "30"},
        },
        spec={"secretName": "web", "dnsNames": ["web.example"], "issuerRef": {"name": "ca"}},
        opts=pulumi.ResourceOptions(depends_on=[installed]),
    )
    pulumi.export("status", installed.status.status)
    pulumi.export("revision", installed.status.revision)


def test_a_release_lives_from_create_to_destroy(stack: InlineStack, kubectl: Kubectl) -> None:
    assert stack.preview(program) == {"create": 3}
    assert stack.up(program) == {"create": 3}
    said = [event.diagnostic_event.message for event in stack.events if event.diagnostic_event]
    assert len([text for text in said if "Helm charts are not installed here" in text]) == 1
    assert stack.outputs == {"status": "deployed", "revision": 1}
    ready = kubectl.get("certificates.cert-manager.io", "web", "-n", NAMESPACE)["status"]["conditions"][0]
    assert (ready["type"], ready["status"]) == ("Ready", "True")
    assert stack.up(program) == {"same": 3}
    assert stack.refresh(program) == {"same": 3}
    assert stack.up(program) == {"same": 3}

    assert stack.up(lambda: program(version="v1.21.2")) == {"same": 2, "update": 1}
    assert stack.outputs["revision"] == 2

    kubectl("delete", "configmap", "helm-release.cert-manager", "-n", NAMESPACE)
    assert stack.up(lambda: program(version="v1.21.2"), refresh=True)["create"] == 1

    stack.destroy(program)
    assert kubectl.run("get", "configmap", "helm-release.cert-manager", "-n", NAMESPACE).returncode != 0
    kubectl("get", "crd", "certificates.cert-manager.io")  # kinds outlive their release


def test_a_release_needs_its_namespace(stack: InlineStack) -> None:
    text = stack.failing("up", lambda: release(namespace="nowhere", create_namespace=False) and None)
    assert "namespace nowhere does not exist: make it before, or set `createNamespace`" in text


def test_a_wrong_input_is_refused_before_anything_is_made(stack: InlineStack) -> None:
    text = stack.failing("preview", lambda: release(timeout="long") and None)
    assert "`timeout` must be a whole number, not 'long'" in text


def test_no_release_is_recorded_where_real_nodes_are(stack: InlineStack, kubectl: Kubectl) -> None:
    node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "real"}}
    kubectl("create", "-f", "-", manifest=node)
    try:
        text = stack.failing("up", lambda: release(namespace="default") and None)
    finally:
        kubectl("delete", "node", "real")
    assert "cannot install Helm charts, and only in a sandbox" in text


def test_what_is_waited_for_is_said_where_it_does_not_come(stack: InlineStack) -> None:
    def waiting() -> None:
        annotations = {"pulumi.com/waitFor": "jsonpath={.data.ready}=yes", "pulumi.com/timeoutSeconds": "1"}
        metadata = {"name": "waiting", "namespace": "default", "annotations": annotations}
        k8s.core.v1.ConfigMap("waiting", metadata=metadata, data={"ready": "no"})

    assert ".data.ready is no, not yes" in stack.failing("up", waiting)
    stack.destroy(waiting)
