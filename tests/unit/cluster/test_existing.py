"""The namespace of a stack in an existing cluster."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi_kubernetes.core.v1 import ConfigMap
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs
from pydantic import ValidationError

from components.cluster.contract import ClusterAccess
from components.cluster.kinds import create_cluster
from components.cluster.namespace_settings import LimitRange, PodSecurity
from components.cluster.settings import ExistingCluster
from components.settings.workloads import ResourcePair
from tests.support.mocks import Graph, registered

LABEL = "pod-security.kubernetes.io"


def cluster_graph(settings: ExistingCluster | None = None, *, protect: bool = False) -> Graph:
    """The cluster and one object that uses its namespace."""

    def build() -> None:
        access: ClusterAccess = create_cluster(settings or ExistingCluster(), environment="staging", protect=protect)
        assert access.environment == "staging"
        ConfigMap(
            "user",
            metadata=ObjectMetaArgs(name="user", namespace=access.namespace),
            opts=pulumi.ResourceOptions(provider=access.provider),
        )

    return registered(build)


def provider_inputs(graph: Graph) -> dict[str, Any]:
    (provider,) = graph.of_kind("kubernetes")
    return provider.inputs


def test_the_namespace_has_the_guides_name_and_enforces_restricted() -> None:
    namespace = cluster_graph().one("Namespace", "jarvis-staging")
    labels = namespace.inputs["metadata"]["labels"]
    assert {labels[f"{LABEL}/{mode}"] for mode in ("enforce", "warn", "audit")} == {"restricted"}
    assert {labels[f"{LABEL}/{mode}-version"] for mode in ("enforce", "warn", "audit")} == {"latest"}
    assert labels["environment"] == "staging"


@pytest.mark.parametrize("level", ["baseline", "privileged"])
def test_less_than_restricted_still_warns_and_audits_restricted(level: Any) -> None:
    settings = ExistingCluster(namespace="own", pod_security=PodSecurity(enforce=level, version="v1.36"))
    labels = cluster_graph(settings).one("Namespace", "own").inputs["metadata"]["labels"]
    assert labels[f"{LABEL}/enforce"] == level
    assert labels[f"{LABEL}/warn"] == labels[f"{LABEL}/audit"] == "restricted"
    assert labels[f"{LABEL}/enforce-version"] == labels[f"{LABEL}/warn-version"] == "v1.36"


def test_quota_and_defaults_are_in_the_namespace() -> None:
    graph = cluster_graph()
    quota, limits = graph.one("ResourceQuota", "jarvis"), graph.one("LimitRange", "jarvis")
    assert {item.inputs["metadata"]["namespace"] for item in (quota, limits)} == {"jarvis-staging"}
    assert set(quota.inputs["spec"]["hard"]) == {
        "requests.cpu",
        "requests.memory",
        "limits.cpu",
        "limits.memory",
        "pods",
        "persistentvolumeclaims",
        "requests.storage",
    }
    (item,) = limits.inputs["spec"]["limits"]
    assert item["type"] == "Container"
    assert item["default"] == {"cpu": "500m", "memory": "512Mi"}
    assert item["defaultRequest"] == {"cpu": "100m", "memory": "128Mi"}
    assert item["max"] == {"cpu": "16", "memory": "64Gi"}


def test_whoever_uses_the_namespace_waits_for_its_limits() -> None:
    graph = cluster_graph()
    user = graph.one("ConfigMap", "user")
    waited_for = {graph.one(*key).urn for key in (("Namespace", "jarvis-staging"), ("ResourceQuota", "jarvis"))}
    assert user.inputs["metadata"]["namespace"] == "jarvis-staging"
    assert waited_for | {graph.one("LimitRange", "jarvis").urn} <= user.dependencies


def test_a_quota_may_be_left_out() -> None:
    graph = cluster_graph(ExistingCluster(quota=None))
    assert not graph.of_kind("ResourceQuota")
    assert graph.one("ConfigMap", "user").inputs["metadata"]["namespace"] == "jarvis-staging"


@pytest.mark.parametrize("protect", [True, False])
def test_protect_keeps_the_namespace(protect: bool) -> None:
    namespace = cluster_graph(protect=protect).one("Namespace", "jarvis-staging")
    assert (namespace.protect, namespace.retain_on_delete) == (protect, protect)


def test_the_provider_finds_its_own_kubeconfig_where_none_is_named() -> None:
    inputs = provider_inputs(cluster_graph())
    assert "kubeconfig" not in inputs
    assert "context" not in inputs
    assert inputs["enableServerSideApply"] == "true"
    assert inputs["enableConfigMapMutable"] == inputs["enableSecretMutable"] == "true"


def test_a_tilde_is_the_home_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "config").write_text("apiVersion: v1")
    inputs = provider_inputs(cluster_graph(ExistingCluster(kubeconfig="~/config", context="kind")))
    assert inputs["kubeconfig"] == str(tmp_path / "config")
    assert inputs["context"] == "kind"


def test_a_kubeconfig_that_does_not_exist_is_named() -> None:
    with pytest.raises(pulumi.RunError, match="The kubeconfig ~/no/such/file does not exist"):
        cluster_graph(ExistingCluster(kubeconfig="~/no/such/file"))


def test_limits_out_of_order_are_refused() -> None:
    with pytest.raises(ValidationError, match=r"default\.memory 1Gi is below defaultRequest\.memory 2Gi"):
        LimitRange(default=ResourcePair(cpu="1", memory="1Gi"), default_request=ResourcePair(cpu="500m", memory="2Gi"))
    with pytest.raises(ValidationError, match=r"max\.cpu 16 is below default\.cpu 17"):
        LimitRange(default=ResourcePair(cpu="17", memory="1Gi"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"namespace": "Jarvis"},
        {"podSecurity": {"enforce": "strict"}},
        {"podSecurity": {"version": "1.36"}},
        {"quota": {"pods": 0}},
        {"kubeconfig": ""},
        {"context": " "},
    ],
)
def test_wrong_settings_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ExistingCluster.model_validate(wrong)
