"""Every kind of cache, with TLS, through the real engine into an API server that enforces `restricted`."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence

import pulumi
import pulumi_kubernetes as k8s
import pytest

from components.cache.kinds import create_cache
from components.cache.settings import CacheSettings, ContainerCache, SentinelCache, SentinelServers
from components.certificates.contract import ServerCertificate, TrustAnchor
from components.cluster.contract import ClusterAccess
from components.kubernetes.metadata import AppLabels, object_meta
from components.settings.workloads import Storage
from sandbox.control_plane import ControlPlane
from sandbox.toolchain import Toolchain
from tests.support.inline_stack import InlineStack
from tests.support.kubectl import Kubectl
from tests.support.mocks import credential


class SecretAuthority:
    """Puts what stands for a certificate into a Secret, as cert-manager would."""

    def issue(
        self,
        name: str,
        dns_names: Sequence[pulumi.Input[str]],
        *,
        labels: AppLabels,
        cluster: ClusterAccess,
        parent: pulumi.Resource,
    ) -> ServerCertificate:
        secret = k8s.core.v1.Secret(
            name,
            metadata=object_meta(name, cluster.namespace, labels),
            string_data=dict.fromkeys(("tls.crt", "tls.key", "ca.crt"), "stands for a PEM file"),
            opts=cluster.child_of(parent),
        )
        return ServerCertificate(name, TrustAnchor(name), secret, 180)


def program(settings: CacheSettings, namespace: str) -> Callable[[], None]:
    def build() -> None:
        cluster = ClusterAccess(k8s.Provider("cluster"), pulumi.Output.from_input(namespace), "test")
        connection = create_cache(
            settings,
            cluster=cluster,
            password=credential("a-password-of-the-test"),
            certificates=SecretAuthority(),
            protect=False,
        )
        pulumi.export("host", connection.host)

    return build


@pytest.fixture
def namespace(kubectl: Kubectl) -> Iterator[str]:
    name = f"cache-{uuid.uuid4().hex[:8]}"
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    metadata = {"name": name, "labels": labels}
    kubectl("create", "-f", "-", manifest={"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})
    yield name
    kubectl("delete", "namespace", name, "--wait=false")


@pytest.fixture
def stack(tmp_path_factory: pytest.TempPathFactory, toolchain: Toolchain, control_plane: ControlPlane) -> InlineStack:
    root = tmp_path_factory.mktemp("cache")
    return InlineStack(root / "project", toolchain.ensure("pulumi")["pulumi"], control_plane.kubeconfig)


def test_sentinel(stack: InlineStack, namespace: str, kubectl: Kubectl) -> None:
    settings = SentinelCache()
    stack.up(program(settings, namespace))
    assert stack.outputs["host"] == f"redis.{namespace}.svc"
    pods = kubectl.get("pods", "-n", namespace)["items"]
    assert all(status["ready"] for pod in pods for status in pod["status"]["containerStatuses"])
    claims = {f"data-{part}-{index}" for part in ("redis", "redis-sentinel") for index in range(3)}
    mounted = {
        volume["persistentVolumeClaim"]["claimName"]
        for pod in pods
        for volume in pod["spec"]["volumes"]
        if "persistentVolumeClaim" in volume
    }
    stored = kubectl.get("persistentvolumeclaims", "-n", namespace)["items"]
    assert {item["metadata"]["name"] for item in stored} == mounted == claims
    assert {item["metadata"]["labels"]["app.kubernetes.io/managed-by"] for item in stored} == {"pulumi"}
    for app in ("redis", "redis-sentinel"):
        nodes = [pod["spec"]["nodeName"] for pod in pods if pod["metadata"]["labels"]["app"] == app]
        assert len(nodes) == len(set(nodes)) == 3
    budgets = kubectl.get("poddisruptionbudgets", "-n", namespace)["items"]
    assert [item["status"]["disruptionsAllowed"] for item in budgets] == [1, 1]
    assert set(stack.up(program(settings, namespace))) == {"same"}
    larger = SentinelCache(storage=Storage(size="8Gi"), sentinel=SentinelServers(storage=Storage(size="2Gi")))
    changes = stack.up(program(larger, namespace))
    assert (changes.pop("update"), set(changes)) == (6, {"same"}), "volumes grow in place"


def test_container(stack: InlineStack, namespace: str, kubectl: Kubectl) -> None:
    stack.up(program(ContainerCache(), namespace))
    (pod,) = kubectl.get("pods", "-n", namespace)["items"]
    assert all(status["ready"] for status in pod["status"]["containerStatuses"])
